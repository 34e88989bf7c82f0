"""The oracle against cases counted by hand, and against the identities of figures.md on random lists."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.oracle import ALL, Figures, Measure, MoveRow, Oracle, ProjectDescription, SpellRow
from tests.random_lists import Lists, Names, Odds, last_of_month, random_lists, write_lists

PROJECT = ProjectDescription(
    municipalities=("2309", "2380", "2418"),
    steps=("1", "2", "3", "4"),
    destinations={"job": "work", "firm": "work", "school": "studies", "moved": "other", "unknown": "unknown"},
)
OCTOBER = "2016-10"
DAY = timedelta(days=1)


def spell(
    entered_on: str,
    exited_on: str | None = None,
    exit_type: str | None = None,
    destination: str | None = None,
    *,
    ref: str = "a",
    municipality: str = "2380",
    sex: str = "women",
    step: str | None = None,
) -> SpellRow:
    return SpellRow(
        ref=ref,
        municipality=municipality,
        sex=sex,
        birth_year=1980,
        entered_on=date.fromisoformat(entered_on),
        entry_step=step,
        exited_on=date.fromisoformat(exited_on) if exited_on else None,
        exit_type=exit_type,
        destination=destination,
    )


def move(moved_on: str, step: str, ref: str = "a") -> MoveRow:
    return MoveRow(ref, date.fromisoformat(moved_on), step)


def figures(*rows: SpellRow | MoveRow, month: str = OCTOBER) -> Figures:
    spells = [row for row in rows if isinstance(row, SpellRow)]
    moves = [row for row in rows if isinstance(row, MoveRow)]
    return Oracle(PROJECT, spells, moves).figures(month)


def shown(counted: Figures, section: str, municipality: str = ALL, sex: str = ALL) -> dict[Measure, int]:
    """Show what is not zero in one section's row."""
    return {key[1]: n for key, n in counted.items() if (key[0], *key[2:]) == (section, municipality, sex) and n}


# --- counted by hand ----------------------------------------------------------------------------------------


def test_entered_on_the_first_is_not_in_the_opening_stock_and_on_the_last_is_in_the_closing() -> None:
    counted = figures(spell("2016-10-01"), spell("2016-10-31", ref="b"), spell("2016-09-30", ref="c"))
    assert shown(counted, "stock_flow") == {"opening": 1, "entered": 2, "closing": 3}


def test_exited_on_the_last_is_not_in_the_closing_stock_and_on_the_last_before_not_in_the_opening() -> None:
    counted = figures(
        spell("2016-09-01", "2016-09-30", "completed", ref="a"),
        spell("2016-09-01", "2016-10-01", "completed", ref="b"),
        spell("2016-09-01", "2016-10-31", "completed", ref="c"),
        spell("2016-09-01", "2016-11-01", "completed", ref="d"),
    )
    assert shown(counted, "stock_flow") == {"opening": 3, "exited": 2, "closing": 1}
    assert shown(counted, "persons") == {"participants": 4, "spells": 4, "active": 1, "left": 3}
    assert shown(counted, "progression") == {"not_placed": 3}


def test_a_spell_inside_the_month_counts_once_in_and_once_out() -> None:
    counted = figures(spell("2016-10-07", "2016-10-07", "completed", "job", step="2"))
    assert shown(counted, "stock_flow") == {"entered": 1, "exited": 1}
    assert shown(counted, "movement") == {("in", "out"): 1}
    assert shown(counted, "progression") == {"same": 1}
    assert shown(counted, "steps") == {}
    assert shown(counted, "exits") == {"work": 1}
    assert shown(counted, "left_by_destination") == {"job": 1}


def test_transfer_over_a_seam_is_one_out_and_one_in_and_nobody_left_the_project() -> None:
    counted = figures(
        spell("2016-09-01", "2016-10-10", "transferred", step="1"),
        spell("2016-10-10", municipality="2309", step="2"),
    )
    assert shown(counted, "stock_flow") == {
        "opening": 1,
        "transferred_in": 1,
        "transferred_out": 1,
        "closing": 1,
    }
    assert shown(counted, "stock_flow", "2380") == {"opening": 1, "transferred_out": 1}
    assert shown(counted, "stock_flow", "2309") == {"transferred_in": 1, "closing": 1}
    assert shown(counted, "persons") == {
        "participants": 1,
        "spells": 2,
        "transfer_continuations": 1,
        "active": 1,
    }
    assert shown(counted, "persons", "2380") == {"participants": 1, "spells": 1, "left": 1}
    assert shown(counted, "persons", "2309") == {"participants": 1, "spells": 1, "active": 1}
    assert shown(counted, "left") == {}
    assert shown(counted, "left", "2380") == {"transferred": 1}
    assert shown(counted, "exits") == {}
    assert shown(counted, "progression") == {"same": 2}
    assert shown(counted, "movement") == {("1", "out"): 1, ("in", "2"): 1}


def test_move_on_the_seam_belongs_to_the_later_spell() -> None:
    counted = figures(
        spell("2016-09-01", "2016-10-10", "transferred", step="1"),
        spell("2016-10-10", municipality="2309", step="2"),
        move("2016-10-10", "3"),
    )
    assert shown(counted, "progression", "2380") == {"same": 1}
    assert shown(counted, "progression", "2309") == {"up": 1, "moves_up": 1}
    assert shown(counted, "steps") == {"3": 1}


def test_transferred_on_the_last_day_is_between_two_until_the_next_month() -> None:
    rows = (spell("2016-09-01", "2016-10-31", "transferred"), spell("2016-11-01", municipality="2309"))
    october, november = figures(*rows), figures(*rows, month="2016-11")
    assert shown(october, "stock_flow") == {"opening": 1, "transferred_out": 1}
    assert shown(october, "persons") == {"participants": 1, "spells": 1, "left": 1}
    assert shown(october, "left") == {"transferred": 1}
    assert shown(october, "persons", "2309") == {}
    assert shown(november, "stock_flow") == {"transferred_in": 1, "closing": 1}
    assert shown(november, "left") == {}
    assert shown(november, "left", "2380") == {"transferred": 1}


def test_two_transfers_on_one_day() -> None:
    counted = figures(
        spell("2016-10-10", municipality="2418"),
        spell("2016-10-10", "2016-10-10", "transferred", municipality="2309"),
        spell("2016-09-01", "2016-10-10", "transferred"),
        move("2016-10-10", "4"),
    )
    assert shown(counted, "stock_flow", "2309") == {"transferred_in": 1, "transferred_out": 1}
    assert shown(counted, "stock_flow", "2418") == {"transferred_in": 1, "closing": 1}
    assert shown(counted, "steps", "2418") == {"4": 1}
    assert shown(counted, "movement", "2309") == {("in", "out"): 1}
    assert shown(counted, "persons")["transfer_continuations"] == 2


def test_spells_alike_in_everything_stand_in_the_order_of_the_list() -> None:
    counted = figures(
        spell("2016-10-10", "2016-10-10", "transferred", municipality="2309"),
        spell("2016-10-10", "2016-10-10", "transferred", municipality="2380"),
        spell("2016-10-10", "2016-10-10", "completed", "job", municipality="2418"),
    )
    assert shown(counted, "stock_flow", "2309") == {"entered": 1, "transferred_out": 1}
    assert shown(counted, "stock_flow", "2380") == {"transferred_in": 1, "transferred_out": 1}
    assert shown(counted, "stock_flow", "2418") == {"transferred_in": 1, "exited": 1}
    assert shown(counted, "left") == {"work": 1}


def test_re_entry_in_the_month_of_the_exit() -> None:
    counted = figures(
        spell("2016-10-20", step="2"),
        spell("2016-09-01", "2016-10-10", "discontinued", "moved", step="1"),
    )
    assert shown(counted, "stock_flow") == {"opening": 1, "re_entered": 1, "exited": 1, "closing": 1}
    assert shown(counted, "persons") == {"participants": 1, "spells": 2, "re_entries": 1, "active": 1}
    assert shown(counted, "exits") == {"other": 1}
    assert shown(counted, "left") == {}


def test_first_spell_in_a_municipality_is_no_re_entry_there_but_re_entered_in_its_flow() -> None:
    counted = figures(
        spell("2016-08-01", "2016-08-20", "completed", "school"), spell("2016-10-03", municipality="2309")
    )
    assert shown(counted, "stock_flow", "2309") == {"re_entered": 1, "closing": 1}
    assert shown(counted, "persons", "2309") == {"participants": 1, "spells": 1, "active": 1}
    assert shown(counted, "persons")["re_entries"] == 1
    assert shown(counted, "left", "2380") == {"studies": 1}
    assert shown(counted, "left") == {}


def test_there_and_back_again_is_a_continuation_in_the_municipality_too() -> None:
    counted = figures(
        spell("2016-07-01", "2016-08-01", "transferred"),
        spell("2016-08-01", "2016-09-05", "transferred", municipality="2309"),
        spell("2016-09-20", "2016-10-05", None, "job"),
    )
    assert shown(counted, "persons", "2380") == {
        "participants": 1,
        "spells": 2,
        "transfer_continuations": 1,
        "left": 1,
    }
    assert shown(counted, "left", "2380") == {"work": 1}
    assert shown(counted, "left", "2309") == {"transferred": 1}
    assert shown(counted, "left") == {"work": 1}
    assert shown(counted, "stock_flow") == {"opening": 1, "exited": 1}


def test_the_spell_before_in_the_whole_project_decides_what_a_return_to_a_municipality_is() -> None:
    counted = figures(
        spell("2016-07-01", "2016-08-01", "transferred"),
        spell("2016-08-01", "2016-09-05", "completed", municipality="2309"),
        spell("2016-10-20"),
    )
    assert shown(counted, "persons", "2380") == {"participants": 1, "spells": 2, "re_entries": 1, "active": 1}
    assert shown(counted, "stock_flow", "2380") == {"re_entered": 1, "closing": 1}


def test_of_two_spells_that_start_on_one_day_the_one_that_ends_first_is_first() -> None:
    counted = figures(
        spell("2016-10-10", "2016-10-20", "transferred", municipality="2418"),
        spell("2016-10-10", "2016-10-10", "transferred", municipality="2309"),
    )
    assert shown(counted, "stock_flow", "2309") == {"entered": 1, "transferred_out": 1}
    assert shown(counted, "stock_flow", "2418") == {"transferred_in": 1, "transferred_out": 1}


def test_misregistered_spell_is_outside_every_figure() -> None:
    counted = figures(
        spell("2016-09-01", "2016-10-20", "misregistered", step="1"),
        spell("2016-10-05", step="2"),
        spell("2016-10-01", "2016-10-02", "misregistered", ref="b", sex="men", step="1"),
        move("2016-09-10", "4"),
        move("2016-10-06", "3"),
    )
    assert shown(counted, "stock_flow") == {"entered": 1, "closing": 1}
    assert shown(counted, "persons") == {"participants": 1, "spells": 1, "active": 1}
    assert shown(counted, "progression") == {"up": 1, "moves_up": 1}
    assert {key[3] for key in counted} == {"women", "all"}


def test_misregistered_spell_between_does_not_break_a_transfer() -> None:
    counted = figures(
        spell("2016-09-01", "2016-09-10", "transferred"),
        spell("2016-09-15", "2016-09-20", "misregistered"),
        spell("2016-10-01", municipality="2309"),
    )
    assert shown(counted, "stock_flow") == {"transferred_in": 1, "closing": 1}


def test_not_placed_then_placed() -> None:
    counted = figures(
        spell("2016-09-01", ref="a"),
        move("2016-10-05", "2", "a"),
        move("2016-10-15", "3", "a"),
        spell("2016-10-02", ref="b"),
        move("2016-10-05", "2", "b"),
        move("2016-10-15", "3", "b"),
    )
    assert shown(counted, "progression") == {"not_placed": 1, "up": 1, "moves_up": 2}
    assert shown(counted, "steps") == {"3": 2}
    assert shown(counted, "movement") == {("not_placed", "3"): 1, ("in", "3"): 1}


def test_of_two_moves_on_a_day_the_later_registered_decides() -> None:
    counted = figures(
        spell("2016-09-01", step="2"),
        move("2016-10-31", "4"),
        move("2016-10-31", "1"),
        move("2016-10-30", "3"),
    )
    assert shown(counted, "progression") == {"down": 1, "moves_up": 2, "moves_down": 1}
    assert shown(counted, "movement") == {("2", "1"): 1}


def test_entry_step_comes_before_the_moves_of_its_day() -> None:
    counted = figures(move("2016-10-03", "1"), spell("2016-10-03", step="3"))
    assert shown(counted, "progression") == {"down": 1, "moves_down": 1}
    assert shown(counted, "steps") == {"1": 1}


def test_move_onto_the_same_step_is_neither_up_nor_down() -> None:
    counted = figures(spell("2016-09-01", step="2"), move("2016-10-03", "2"))
    assert shown(counted, "progression") == {"same": 1}


def test_up_and_down_again_is_the_same_with_two_moves() -> None:
    counted = figures(spell("2016-09-01", step="2"), move("2016-10-03", "4"), move("2016-10-20", "2"))
    assert shown(counted, "progression") == {"same": 1, "moves_up": 1, "moves_down": 1}


def test_move_on_the_day_of_exit_counts_and_moves_of_other_months_do_not() -> None:
    counted = figures(
        spell("2016-09-01", "2016-10-31", "completed", step="1"),
        move("2016-09-30", "2"),
        move("2016-10-31", "4"),
        spell("2016-09-01", step="1", ref="b"),
        move("2016-11-01", "2", "b"),
    )
    assert shown(counted, "progression") == {"up": 1, "same": 1, "moves_up": 1}
    assert shown(counted, "movement") == {("2", "out"): 1, ("1", "1"): 1}


def test_unknown_is_never_folded_into_other() -> None:
    counted = figures(
        spell("2016-10-01", "2016-10-02", "completed", None, ref="a"),
        spell("2016-10-01", "2016-10-02", "completed", "unknown", ref="b"),
        spell("2016-10-01", "2016-10-02", "completed", "moved", ref="c"),
        spell("2016-10-01", "2016-10-02", "deceased", None, ref="d"),
    )
    assert shown(counted, "exits") == {"other": 1, "unknown": 3}
    assert shown(counted, "exits_by_destination") == {"moved": 1, "unknown": 3}
    assert shown(counted, "left") == {"other": 1, "unknown": 3}


def test_every_sex_that_occurs_has_its_rows_zeros_included() -> None:
    rows = (spell("2016-10-01"), spell("2016-10-05", ref="b", sex="other", municipality="2309"))
    counted = figures(*rows, spell("2016-11-01", ref="c", sex="men"))
    assert {key[3] for key in counted} == {"women", "other", "all"}
    assert counted[("stock_flow", "entered", "2380", "other")] == 0
    assert counted[("stock_flow", "entered", "2309", "other")] == 1
    assert counted[("stock_flow", "entered", "all", "all")] == 2
    measures = 7 + 6 + 4 + 5 + 5 + 6 + 6 + 5 + 6 * 6
    assert len(counted) == measures * 4 * 3


def test_nobody_yet_is_zero_everywhere() -> None:
    counted = figures(spell("2016-11-01"))
    assert set(counted.values()) == {0}
    assert {key[3] for key in counted} == {"all"}


def test_rows_that_contradict_are_refused() -> None:
    with pytest.raises(ValueError, match="no spell covers"):
        figures(spell("2016-10-02", "2016-10-05", "completed"), move("2016-10-06", "1"))
    with pytest.raises(ValueError, match="without a spell"):
        figures(move("2016-10-06", "1"))
    with pytest.raises(ValueError, match="one sex"):
        figures(spell("2016-10-02", "2016-10-05"), spell("2016-10-10", sex="men"))


# --- the identities on random lists -------------------------------------------------------------------------

FIRST_DAY, LAST_DAY = date(2016, 1, 1), date(2017, 3, 31)
MONTHS = [*(f"2016-{number:02d}" for number in range(1, 13)), "2017-01", "2017-02", "2017-03"]
SEEDS = range(3)


def lists_of(seed: int, persons: int = 300) -> Lists:
    return random_lists(PROJECT, persons, FIRST_DAY, LAST_DAY, seed=seed, referrals=("af", "soc"))


@pytest.fixture(scope="module", params=SEEDS, name="months")
def months_of_random_lists(request: pytest.FixtureRequest) -> list[Figures]:
    lists = lists_of(request.param)
    oracle = Oracle(PROJECT, lists.spells, lists.moves)
    return [oracle.figures(month) for month in MONTHS]


def rows_of(counted: Figures) -> Iterator[tuple[str, str]]:
    """Each (municipality, sex) of the figures."""
    yield from sorted({key[2:] for key in counted})


def row(counted: Figures, section: str, municipality: str, sex: str) -> dict[Measure, int]:
    return {key[1]: n for key, n in counted.items() if (key[0], *key[2:]) == (section, municipality, sex)}


def test_stock_and_flow_add_up_in_every_row(months: list[Figures]) -> None:
    for counted in months:
        for place in rows_of(counted):
            flow = row(counted, "stock_flow", *place)
            entering = flow["entered"] + flow["re_entered"] + flow["transferred_in"]
            leaving = flow["exited"] + flow["transferred_out"]
            assert flow["opening"] + entering - leaving == flow["closing"]


def test_opening_is_the_closing_of_the_month_before(months: list[Figures]) -> None:
    for earlier, later in pairwise(months):
        for place in rows_of(later):
            closing = earlier.get(("stock_flow", "closing", *place), 0)
            assert later[("stock_flow", "opening", *place)] == closing


def margins(counted: Figures, municipality: str, sex: str) -> tuple[Counter[str], Counter[str]]:
    """Sum the movement matrix's rows, and of its columns."""
    row_sums, column_sums = Counter[str](), Counter[str]()
    for cell, n in row(counted, "movement", municipality, sex).items():
        assert isinstance(cell, tuple)
        row_sums[cell[0]] += n
        column_sums[cell[1]] += n
    return row_sums, column_sums


def test_margins_of_the_movement_matrix(months: list[Figures]) -> None:
    for earlier, later in pairwise(months):
        for place in rows_of(later):
            row_sums, column_sums = margins(later, *place)
            for step in (*PROJECT.steps, "not_placed"):
                assert row_sums[step] == earlier.get(("steps", step, *place), 0)
                assert column_sums[step] == later["steps", step, *place]
            flow = row(later, "stock_flow", *place)
            assert row_sums["in"] == flow["entered"] + flow["re_entered"] + flow["transferred_in"]
            assert column_sums["out"] == flow["exited"] + flow["transferred_out"]
            assert sum(row(later, "steps", *place).values()) == flow["closing"]


def test_sexes_add_up_to_all(months: list[Figures]) -> None:
    for counted in months:
        sexes = {key[3] for key in counted} - {ALL}
        for section, measure, municipality, sex in counted:
            if sex == ALL:
                parts = [counted[(section, measure, municipality, part)] for part in sexes]
                assert counted[(section, measure, municipality, ALL)] == sum(parts)


def test_municipalities_add_up_to_all_for_spells_and_to_no_less_for_persons(months: list[Figures]) -> None:
    for counted in months:
        for (section, measure, municipality, sex), whole in counted.items():
            if municipality != ALL:
                continue
            parts = sum(counted[(section, measure, part, sex)] for part in PROJECT.municipalities)
            if section not in ("persons", "left", "left_by_destination") or measure == "spells":
                assert whole == parts
            if (section, measure) == ("persons", "participants"):
                assert whole <= parts


def test_progression_adds_up_to_the_spells_served(months: list[Figures]) -> None:
    for counted in months:
        for place in rows_of(counted):
            flow, progression = row(counted, "stock_flow", *place), row(counted, "progression", *place)
            served = flow["opening"] + flow["entered"] + flow["re_entered"] + flow["transferred_in"]
            assert sum(progression[measure] for measure in ("up", "down", "same", "not_placed")) == served


def test_destinations_add_up(months: list[Figures]) -> None:
    for counted in months:
        for place in rows_of(counted):
            for section, total in (("exits", ("stock_flow", "exited")), ("left", ("persons", "left"))):
                groups = row(counted, section, *place)
                codes = row(counted, f"{section}_by_destination", *place)
                assert sum(groups.values()) == counted[(*total, *place)]
                for group in groups:
                    assert groups[group] == sum(
                        n for code, n in codes.items() if PROJECT.destinations.get(str(code), code) == group
                    )


def test_bridge_from_spells_to_persons(months: list[Figures]) -> None:
    for counted in months:
        for place in rows_of(counted):
            persons = row(counted, "persons", *place)
            continued = persons["re_entries"] + persons["transfer_continuations"]
            assert persons["spells"] - continued == persons["participants"]
            assert persons["active"] + persons["left"] == persons["participants"]
            assert persons["active"] == counted[("stock_flow", "closing", *place)]


def test_every_entry_so_far_is_a_spell(months: list[Figures]) -> None:
    ways_in = ("entered", "re_entered", "transferred_in")
    entries = [sum(counted[("stock_flow", way, ALL, ALL)] for way in ways_in) for counted in months]
    for number, counted in enumerate(months, start=1):
        assert sum(entries[:number]) == counted[("persons", "spells", ALL, ALL)]


# --- the random lists themselves ----------------------------------------------------------------------------


def counted_spells(lists: Lists) -> dict[str, list[SpellRow]]:
    """Each person's spells that are not misregistered, in order."""
    spells: dict[str, list[SpellRow]] = {}
    for item in sorted(lists.spells, key=lambda r: (r.entered_on, r.exited_on or date.max)):
        if item.exit_type != "misregistered":
            spells.setdefault(item.ref, []).append(item)
    return spells


@pytest.mark.parametrize("seed", SEEDS)
def test_random_lists_are_valid(seed: int) -> None:
    lists = lists_of(seed)
    for item in lists.spells:
        assert FIRST_DAY <= item.entered_on <= (item.exited_on or LAST_DAY) <= LAST_DAY
        assert item.exited_on or not (item.exit_type or item.destination)
    assert all(FIRST_DAY <= item.moved_on <= LAST_DAY for item in lists.moves)
    for spells in counted_spells(lists).values():
        for earlier, later in pairwise(spells):
            assert earlier.exited_on is not None
            assert earlier.exit_type != "deceased"
            if earlier.exit_type == "transferred":
                assert earlier.exited_on <= later.entered_on
                assert earlier.municipality != later.municipality
            else:
                assert earlier.exited_on < later.entered_on


def test_random_lists_hold_every_nasty_case() -> None:
    lists = lists_of(1, persons=1500)
    pairs = [pair for spells in counted_spells(lists).values() for pair in pairwise(spells)]
    ends = [(a, b, a.exited_on) for a, b in pairs if a.exited_on]
    transfers = [(a, b, end) for a, b, end in ends if a.exit_type == "transferred"]
    moves = {(item.ref, item.moved_on) for item in lists.moves}
    assert any(b.entered_on == end for _, b, end in transfers)
    assert any(b.entered_on == end and (b.ref, end) in moves for _, b, end in transfers)
    assert any(b.entered_on > end + DAY for _, b, end in transfers)
    assert any(b.entered_on == end + DAY and end == last_of_month(end) for _, b, end in transfers)
    assert any(s[-1].exit_type == "transferred" for s in counted_spells(lists).values())
    assert any(a.exit_type != "transferred" and b.entered_on.month == end.month for a, b, end in ends)
    assert any(a.exit_type != "transferred" and b.entered_on == end + DAY for a, b, end in ends)
    assert len(moves) < len(lists.moves)
    assert {item.sex for item in lists.spells} == {"women", "men", "other", "unknown"}
    assert {None, "deceased", "misregistered", "discontinued"} <= {item.exit_type for item in lists.spells}
    assert any(item.entered_on == item.exited_on for item in lists.spells)
    assert len(counted_spells(lists)) < 1500


def test_random_lists_are_the_same_for_the_same_seed() -> None:
    assert lists_of(3) == lists_of(3)
    assert lists_of(3) != lists_of(4)


def test_odds_of_zero_leave_a_case_out() -> None:
    odds = Odds(misregistered=0, misregistered_only=0, transferred=0, repeated_step=0)
    lists = random_lists(PROJECT, 300, FIRST_DAY, LAST_DAY, seed=1, odds=odds)
    assert not {"misregistered", "transferred"} & {item.exit_type for item in lists.spells}
    counted = Oracle(PROJECT, lists.spells, lists.moves).figures(OCTOBER)
    assert counted[("persons", "transfer_continuations", ALL, ALL)] == 0


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_lists_are_written_as_asked(tmp_path: Path, delimiter: str, encoding: str) -> None:
    lists = Lists([spell("2016-10-01", "2016-10-05", "completed", "job", step="1")], [move("2016-10-03", "2")])
    names = Names(
        municipalities={"2380": "Östersund"},
        destinations={"job": "arbete"},
        exit_types={"completed": "avslutad"},
    )
    spells_file, moves_file = write_lists(
        tmp_path, lists, delimiter=delimiter, encoding=encoding, headers="sv", short_sex=True, names=names
    )
    with spells_file.open(encoding=encoding, newline="") as file:
        header, cells = csv.reader(file, delimiter=delimiter)
    assert header[:6] == ["löpnr", "kommun", "kön", "födelseår", "inskriven", "steg"]
    assert header[6:] == ["anvisad av", "avslutad", "avslutstyp", "avslutsorsak"]
    assert cells[:6] == ["a", "Östersund", "k", "1980", "2016-10-01", "1"]
    assert cells[6:] == ["", "2016-10-05", "avslutad", "arbete"]
    with moves_file.open(encoding=encoding, newline="") as file:
        assert list(csv.reader(file, delimiter=delimiter)) == [
            ["löpnr", "datum", "steg"],
            ["a", "2016-10-03", "2"],
        ]
