"""The same counts with polars, its columns read over SQLite's own module.

python with_polars.py DATABASE FIRST_DAY LAST_DAY
"""

import sys

import polars as pl

database, first, last = sys.argv[1:]
KEYS = ["municipality", "sex"]
ENTERED, TYPE, BEFORE = pl.col("entered_on"), pl.col("exit_type").fill_null(""), pl.col("before").fill_null("")
ENDED = pl.col("exited_on").fill_null("9")


def read(sql):
    return pl.read_database_uri(sql, f"sqlite://{database}")


def tell(section, measure, counts):
    for municipality, sex, count in counts.iter_rows():
        print(section, measure, municipality, sex, count, sep=",")


person = read("SELECT id AS participant_id, sex FROM participant")
spell = read("SELECT id, participant_id, municipality, entered_on, exited_on, exit_type, destination FROM spell")
spell = spell.filter((TYPE != "misregistered") & (last >= ENTERED)).join(person, on="participant_id")
spell = spell.sort("participant_id", ENTERED, ENDED, TYPE != "transferred", "id").with_columns(
    before=pl.col("exit_type").shift().over("participant_id"),
    is_first=pl.col("participant_id").is_first_distinct(),
)
in_month, transferred = ENDED.is_between(pl.lit(first), pl.lit(last)), TYPE == "transferred"
again = ~pl.col("is_first") & (first <= ENTERED)
flow = spell.group_by(KEYS).agg(
    opening=((first > ENTERED) & (first <= ENDED)).sum(),
    entered=(pl.col("is_first") & (first <= ENTERED)).sum(),
    re_entered=(again & (BEFORE != "transferred")).sum(),
    transferred_in=(again & (BEFORE == "transferred")).sum(),
    exited=(in_month & ~transferred).sum(),
    transferred_out=(in_month & transferred).sum(),
    closing=(last < ENDED).sum(),
)
for measure in flow.columns[2:]:
    tell("stock_flow", measure, flow.select(*KEYS, measure))
exits = spell.filter(in_month & ~transferred).with_columns(pl.col("destination").fill_null("unknown"))
for (destination,), found in exits.group_by("destination"):
    tell("exits_by_destination", destination, found.group_by(KEYS).len())

move = read("SELECT id, spell_id, moved_on, step FROM step_move").filter(pl.col("moved_on") <= last)
move = move.sort("spell_id", "moved_on", "id")
stands = move.group_by("spell_id", maintain_order=True).agg(pl.col("step").last())
here = spell.filter(last < ENDED).join(stands, left_on="id", right_on="spell_id", how="left")
for (step,), found in here.with_columns(pl.col("step").fill_null("not_placed")).group_by("step"):
    tell("steps", step, found.group_by(KEYS).len())

position = read("SELECT code AS step, position FROM step")
move = move.join(position, on="step", maintain_order="left").with_columns(
    change=pl.col("position").diff().over("spell_id")
)
moved = move.filter((pl.col("moved_on") >= first) & (pl.col("change") != 0))
moved = moved.join(spell.select("id", *KEYS), left_on="spell_id", right_on="id")
tell("progression", "moves_up", moved.filter(pl.col("change") > 0).group_by(KEYS).len())
tell("progression", "moves_down", moved.filter(pl.col("change") < 0).group_by(KEYS).len())
