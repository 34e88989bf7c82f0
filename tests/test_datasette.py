"""The file in a real Datasette: what is listed can be read and counts as the report does, all else is refused."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette
from datasette.utils import parse_metadata

from arena_cli.cli.run import run
from arena_cli.figures.report import build
from arena_cli.model import ALL, Month
from arena_cli.store import Store
from tests.conftest import make_world
from tests.engines import only_plain
from tests.sample import TODAY

CONFIGURATION = Path(__file__).parents[1] / "datasette.yaml"
SETTINGS: Mapping[str, Any] = parse_metadata(CONFIGURATION.read_text(encoding="utf-8"))
OURS = SETTINGS["databases"]["arena"]
MONTHS = (Month(2015, 9), Month(2016, 5), Month(2016, 10))

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # of Datasette's own packages
    only_plain("Datasette reads no encrypted file"),
]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("datasette")
    assert run(["demo", "--out", str(folder / "demo")], make_world()) == 0
    return (folder / "demo" / "demo.db").rename(folder / "arena.db")


def asked(database: Path, *paths: str) -> list[tuple[int, Any]]:
    """What Datasette answers: the status, and the rows of a page that it shows."""

    async def ask() -> list[tuple[int, Any]]:
        served = Datasette([], immutables=[str(database)], metadata=SETTINGS)
        await served.invoke_startup()
        answers = [await served.client.get(path) for path in paths]
        return [(answer.status_code, answer.text) for answer in answers]

    return asyncio.run(ask())


def rows(database: Path, *paths: str) -> list[list[dict[str, Any]]]:
    answers = asked(database, *(f"{path}{'&' if '?' in path else '?'}_shape=array&_size=max" for path in paths))
    assert {status for status, _ in answers} == {200}
    return [json.loads(text) for _, text in answers]


# -- the report -------------------------------------------------------------------------------------------------------


def test_the_queries_count_as_the_report_does(database: Path) -> None:
    names = [name for name in OURS["queries"] if name != "start"]
    found = iter(rows(database, *(f"/arena/{name}.json?month={month}" for month in MONTHS for name in names)))
    with Store.open(database) as store:
        for month in MONTHS:
            tables = build(store, month, TODAY).tables
            for name in names:
                check(name, next(found), tables)


def check(name: str, shown: list[dict[str, Any]], tables: Mapping[str, Any]) -> None:
    """Every number of a query is the figure of that name, and no row is missing."""
    wide = {
        "stock_flow": "stock_flow",
        "persons": "persons",
        "exits": "exits",
        "moves_in_month": "progression",
        "placements_in_month": "placements",
    }
    if name in wide:
        table = tables[wide[name]]
        assert [row["municipality"] for row in shown] == list(table.scope.rows)
        for row in shown:
            numbers = {measure: row[measure] for measure in row if measure not in {"municipality", "name"}}
            assert numbers
            assert numbers == {measure: table.value(measure, row["municipality"]) for measure in numbers}, name
    elif name == "left":
        table = tables["left"]
        assert {row["measure"]: row["persons"] for row in shown} == {
            measure: table.value(measure) for measure in table.measures if table.value(measure)
        }
    else:
        table = tables[name]
        column, value = {"steps": ("step", "spells"), "minutes_by_activity": ("activity", "minutes")}[name]
        assert {(row["municipality"], row[column]): row[value] for row in shown} == {
            (municipality, measure): table.value(measure, municipality, ALL)
            for municipality in table.scope.rows
            for measure in table.measures
        }


# -- what can be read -------------------------------------------------------------------------------------------------


def test_every_listed_table_can_be_read_with_its_facets(database: Path) -> None:
    for name, settings in OURS["tables"].items():
        ((status, page),) = asked(database, f"/arena/{name}.json?_facet_size=3")
        assert status == 200, name
        shown = json.loads(page)
        assert shown["rows"], name
        assert set(shown["facet_results"]) >= set(settings.get("facets", ())), name


def test_the_first_page_links_to_all_that_is_listed(database: Path) -> None:
    ((status, page),) = asked(database, "/arena/start")
    assert status == 200
    listed = {*OURS["queries"], "participants", "spells", "moves", "placements", "hours", "data_dictionary"} - {"start"}
    assert {name for name in listed if f'href="/arena/{name}"' in page} == listed


# -- what cannot ------------------------------------------------------------------------------------------------------


def test_what_is_not_listed_is_refused_whatever_it_is(database: Path) -> None:
    with Store.open(database) as store:
        there = {name for (name,) in store.rows("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")}
    unlisted = sorted(there - set(OURS["tables"]))
    assert {"identity", "identity_number", "journal", "access", "participant", "spell", "background"} <= set(unlisted)
    paths = [f"/arena/{name}{form}" for name in unlisted for form in ("", ".json", ".csv")]
    assert {status for status, _ in asked(database, *paths)} == {403}
    others = ["/", "/arena", "/arena.db", "/arena.json?sql=select+*+from+identity", "/arena?sql=select+1"]
    assert {status for status, _ in asked(database, *others)} <= {403, 404}


def test_a_file_of_another_name_shows_nothing(database: Path, tmp_path: Path) -> None:
    other = tmp_path / "norr.db"
    shutil.copy(database, other)
    paths = ["/", "/norr", "/norr/participants", "/norr/identity", "/norr/start", "/norr?sql=select+1"]
    assert {status for status, _ in asked(other, *paths)} <= {403, 404}
    ((status, _),) = asked(other, "/norr/participants.json")
    assert status == 403


def test_rows_do_not_tell_of_tables_that_are_not_listed(database: Path) -> None:
    (pages,) = asked(database, "/arena/municipality/2303")
    status, page = pages
    assert status == 200
    assert "identity" not in page
    assert "participant_id" not in page
