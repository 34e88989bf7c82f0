"""Every figure of the report is the number of the records that are said to be behind it."""

from __future__ import annotations

from pathlib import Path

import pytest

from arena_cli.figures.report import build
from arena_cli.figures.why import Address, UnknownFigure, trace
from arena_cli.model import Month
from tests.random_lists import Odds, random_lists
from tests.sample import DESCRIPTION, PROJECT, TODAY, new_store, put

CROWDED = Odds(month_edge=0.7, re_entry=0.8, transferred=0.6, seam=0.7, open_spell=0.1, same_day_spell=0.2)


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("month", ["2015-10", "2016-10"])
def test_the_parts_add_up_to_every_figure(tmp_path: Path, month: str, seed: int) -> None:
    lists = random_lists(DESCRIPTION, 14, PROJECT.starts_on, PROJECT.ends_on, seed=seed, odds=CROWDED)
    with new_store(tmp_path / "arena.db") as store:
        put(store, lists)
        units: dict[tuple[str, str], int] = {}
        for figure in build(store, Month.parse(month), TODAY).figures():
            address = Address(figure.section, figure.measure, figure.municipality, figure.sex)
            traced = trace(store, Month.parse(month), address)
            assert len(traced.included) == figure.value, address
            kind = (figure.section, "moves" if str(figure.measure).startswith("moves") else "")
            if figure.measure != "first_elsewhere" and figure.section != "persons":
                assert units.setdefault(kind, len(traced.included) + len(traced.excluded)) == len(
                    traced.included
                ) + len(traced.excluded), address


@pytest.mark.parametrize(
    "text",
    ["", "stock_flow", "stock_flow/exited/2380", "stock_flow/gone/all/all", "moon/exited/all/all",
     "stock_flow/exited/9999/all", "stock_flow/exited/all/womens", "movement/a-b/all/all", "steps/z/all/all"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    with new_store(tmp_path / "arena.db") as store, pytest.raises(UnknownFigure):
        trace(store, Month(2016, 10), Address.parse(text))
