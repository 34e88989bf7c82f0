"""Who saw what of persons: written down, listed, never changed, undone or taken for a change."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from arena_cli.casework.access import record_access
from arena_cli.exchange.outgoing.records import LISTS, is_personal
from arena_cli.journal import Occasion
from arena_cli.model import Access, AccessAction
from arena_cli.personal_number import PersonalNumberGiven
from arena_cli.store import Store
from tests.conftest import Arena

TEST_NUMBER = "198301012392"  # of Skatteverket's test persons
LOOKED = Occasion(date(2016, 10, 20), "2016-10-20T10:00:00Z", "bo", "show-identity")


def look(code: str | None = None, purpose: str = "kallelse till möte", persons: int = 1) -> Access:
    with Store.open(Path("arena.db"), writing=True) as store:
        return record_access(store, LOOKED, AccessAction.READ, purpose, "identity", persons, code)


def test_a_look_at_a_person_is_listed_with_who_when_and_what_for(project: Arena, code: str) -> None:
    look(code)
    ran = project("list-accesses")
    assert ran.code == 0
    assert re.split(" {2,}", ran.out.splitlines()[1]) == [
        *("2016-10-20 12:00", "bo", "show-identity", "read: who it is"),
        *(code, "1", "kallelse till möte"),
    ]
    assert ran.err == "1 look at persons\n"
    (seen,) = json.loads(project("list-accesses", "--json").out)
    assert seen == {
        "at": "2016-10-20T10:00:00Z",
        "actor": "bo",
        "command": "show-identity",
        "action": "read",
        "what": "identity",
        "participant": code,
        "persons": 1,
        "purpose": "kallelse till möte",
    }


def test_the_lists_that_were_taken_out_are_told_in_the_users_language(project: Arena, code: str) -> None:
    personal = [name for name, (kind, _) in LISTS.items() if is_personal(kind)]
    for name in personal:
        assert project("export", name, f"{name}.csv", "--purpose", "prov").code == 0
    assert project("export", "sus", "sus.csv", "--month", "2016-10", "--purpose", "prov").code == 0
    listed = project("list-accesses", "--lang", "sv").out
    assert listed.count("exporterat: lista ") == len(personal) + 1
    assert "exporterat: lista över perioder " in listed
    assert "exporterat: lista för SUS, 2016-10 " in listed
    assert project("export", "accesses", "ut.csv", "--lang", "sv").code == 0
    assert "lista över väntan på start" in Path("ut.csv").read_text(encoding="utf-8-sig")
    told = json.loads(project("list-accesses", "--json").out)
    assert [seen["what"] for seen in told[:-1]] == [f"list of {name}" for name in personal]


def test_a_delivered_report_stands_among_the_looks_and_moves_neither_figures_nor_bytes(
    project: Arena, code: str
) -> None:
    reporting = ("report", "--month", "2016-10", "--format", "md", "--out", "ut")
    assert project(*reporting, "--purpose", "styrgruppens möte").code == 0
    before = {file.name: file.read_bytes() for file in Path("ut").iterdir()}
    assert project(*reporting).code == 0
    assert {file.name: file.read_bytes() for file in Path("ut").iterdir()} == before
    assert project(*reporting, "--if-changed").out == ""
    (seen,) = json.loads(project("list-accesses", "--json").out)
    assert (seen["what"], seen["purpose"], seen["persons"]) == ("report 2016-10 meeting", "styrgruppens möte", 0)
    assert project(*reporting, "--lang", "sv").code == 0  # nor has the first become another beginning of the journal
    heads = {json.loads(file.read_bytes())["journal"]["hash"] for file in Path("ut").glob("*.manifest.json")}
    assert len(heads) == 1
    listed = project("list-accesses", "--lang", "sv").out
    assert "månadsuppföljning" in listed
    assert "rapport för 2016-10, målgrupp: mötet " in listed
    assert json.loads(project("list-accesses", "--participant", code, "--json").out) == []
    assert project("check", "--all").code == 0
    assert project("undo", "--yes").code == 0  # what was registered, not that a report was delivered
    assert json.loads(project("list-participants", "--json").out) == []


def test_a_look_at_a_person_is_under_the_next_head(project: Arena, code: str) -> None:
    def head() -> dict[str, str]:
        assert project("report", "--month", "2016-10", "--out", "ut").code == 0
        (manifest,) = Path("ut").glob("*.manifest.json")
        journal: dict[str, str] = json.loads(manifest.read_bytes())["journal"]
        return journal

    before = head()
    look(code)
    assert head() != before


def test_the_purpose_of_a_report_needs_a_report_that_is_kept(project: Arena) -> None:
    assert project("report", "--month", "2016-10", "--purpose", "möte").code == 2
    refused = project("report", "--month", "2016-10", "--out", "ut", "--purpose", f"möte med {TEST_NUMBER}")
    assert refused.code == 5
    assert TEST_NUMBER not in refused.err
    assert not Path("ut").exists()
    assert json.loads(project("list-accesses", "--json").out) == []


def test_what_was_seen_of_one_participant_includes_lists_of_many(project: Arena, code: str) -> None:
    look("0000-0W")
    look(None, persons=7)
    look(code)
    listed = json.loads(project("list-accesses", "--participant", code.lower(), "--json").out)
    assert [seen["persons"] for seen in listed] == [7, 1]
    assert json.loads(project("list-accesses", "--since", "2016-10-21", "--json").out) == []


def test_a_look_is_no_change_and_cannot_be_undone(project: Arena, code: str) -> None:
    before = project("list-changes").out
    look(code)
    assert project("list-changes").out == before
    undone = project("undo", "--yes")
    assert undone.code == 0
    assert f"add-participant by anna, 2016-10-20 12:00. {code}" in undone.err
    assert len(json.loads(project("list-accesses", "--json").out)) == 1
    assert project("check", "--all").code == 0


def test_a_look_at_a_person_is_never_changed(project: Arena, code: str) -> None:
    look(code)
    with (
        closing(sqlite3.connect("arena.db")) as connection,
        pytest.raises(sqlite3.IntegrityError, match="what was seen is never changed"),
    ):
        connection.execute("UPDATE access SET purpose = 'annat'")


def test_a_purpose_holds_no_personal_identity_number(project: Arena, code: str) -> None:
    with pytest.raises(PersonalNumberGiven):
        look(code, f"sökte {TEST_NUMBER}")
    assert json.loads(project("list-accesses", "--json").out) == []


def test_a_look_leaves_the_report_as_it_is(project: Arena, code: str) -> None:
    before = project("report", "--month", "2016-09", "--format", "json").out
    look(code)
    assert project("report", "--month", "2016-09", "--format", "json").out == before
