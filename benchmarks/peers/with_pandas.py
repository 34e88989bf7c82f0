"""The month's counts as somebody would make them with pandas: the tables read whole, then grouped.

python with_pandas.py DATABASE FIRST_DAY LAST_DAY
"""

import sqlite3
import sys

import pandas as pd

database, first, last = sys.argv[1:]
KEYS = ["municipality", "sex"]


def read(sql):
    with sqlite3.connect(database) as connection:
        return pd.read_sql_query(sql, connection)


def tell(section, measure, counts):
    for (municipality, sex), count in counts.items():
        print(section, measure, municipality, sex, int(count), sep=",")


person = read("SELECT id AS participant_id, sex FROM participant")
spell = read("SELECT id, participant_id, municipality, entered_on, exited_on, exit_type, destination FROM spell")
spell = spell[(spell.exit_type != "misregistered") & (spell.entered_on <= last)].merge(person, on="participant_id")
spell["ended"] = spell.exited_on.fillna("9")
spell["later"] = spell.exit_type != "transferred"
spell = spell.sort_values(["participant_id", "entered_on", "ended", "later", "id"])
spell["before"] = spell.groupby("participant_id").exit_type.shift()
spell["is_first"] = ~spell.participant_id.duplicated()
is_new, transferred = spell.entered_on >= first, spell.exit_type == "transferred"
in_month = (spell.ended >= first) & (spell.ended <= last)
was_there, is_there = (spell.entered_on < first) & (spell.ended >= first), spell.ended > last
after_transfer = spell.before == "transferred"
for measure, chosen in {
    "opening": was_there,
    "entered": is_new & spell.is_first,
    "re_entered": is_new & ~spell.is_first & ~after_transfer,
    "transferred_in": is_new & ~spell.is_first & after_transfer,
    "exited": in_month & ~transferred,
    "transferred_out": in_month & transferred,
    "closing": is_there,
}.items():
    tell("stock_flow", measure, spell.assign(chosen=chosen).groupby(KEYS).chosen.sum())
exits = spell[in_month & ~transferred].fillna({"destination": "unknown"})
for destination, found in exits.groupby("destination"):
    tell("exits_by_destination", destination, found.groupby(KEYS).size())

move = read("SELECT id, spell_id, moved_on, step FROM step_move")
move = move[move.moved_on <= last].sort_values(["spell_id", "moved_on", "id"])
stands = move.drop_duplicates("spell_id", keep="last").set_index("spell_id").step
here = spell[is_there].assign(step=lambda s: s.id.map(stands).fillna("not_placed"))
for step, found in here.groupby("step"):
    tell("steps", step, found.groupby(KEYS).size())

position = read("SELECT code, position FROM step").set_index("code").position
move["position"] = move.step.map(position)
move["change"] = move.groupby("spell_id").position.diff()
moved = move[(move.moved_on >= first) & move.change.notna() & (move.change != 0)]
moved = moved.merge(spell[["id", *KEYS]], left_on="spell_id", right_on="id")
for measure, found in (("moves_up", moved[moved.change > 0]), ("moves_down", moved[moved.change < 0])):
    tell("progression", measure, found.groupby(KEYS).size())
