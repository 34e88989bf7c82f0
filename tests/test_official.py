"""The months' files for SCB: what they say, which must be sent again after a change, and what is kept of them."""

from __future__ import annotations

import csv
import json
import sqlite3
import stat
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

import arena_cli
from arena_cli.cli.run import run
from arena_cli.cli.world import World
from arena_cli.exchange.outgoing.official import stand_in
from tests.conftest import Arena, Keyboard, Ran, make_world
from tests.engines import ENCRYPTED, dump

PURPOSE = ("--purpose", "månadsrapport till SCB")
WHY = ("--why", "skrivfel")
WOMAN, OTHER_WOMAN, MAN, COORDINATION = "198301012384", "199701012388", "198301012392", "197001782395"
"""Skatteverket's test persons."""

NEXT_YEAR = make_world(datetime(2017, 2, 1, 10, tzinfo=UTC))


def done(ran: Ran) -> str:
    assert ran.code == 0, ran.err
    return ran.out.strip()


def enter(arena: Arena, day: str, *more: str, sex: str = "woman", municipality: str = "Krokom") -> str:
    return done(arena("add-participant", "--municipality", municipality, "--date", day, "--sex", sex, *more, "--new"))


def hours(arena: Arena, code: str, month: str, many: str) -> None:
    done(arena("add-hours", code, "--month", month, "--activity", "language", "--hours", many))


def number(arena: Arena, code: str, digits: str) -> None:
    Path("who.toml").write_text(f'number = "{digits}"', encoding="utf-8")
    done(arena("set-identity", code, "--from", "who.toml"))
    Path("who.toml").unlink()


def write(arena: Arena, month: str, *more: str, world: World | None = None) -> Ran:
    return arena("write-scb-file", "--month", month, "--format", "csv", *PURPOSE, *more, world=world)


def rows(path: str) -> list[Sequence[str]]:
    """The rows of a file in English, below the headings."""
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        _, *found = map(tuple, csv.reader(file))
    return [*found]


def said(arena: Arena, month: str, *more: str) -> list[Sequence[str]]:
    return rows(done(write(arena, month, *more)))


def states(arena: Arena, world: World | None = None) -> dict[str, tuple[str, str | None]]:
    ran = arena("list-scb-files", "--json", world=world)
    found = {file["month"]: (file["state"], file["because"]) for file in json.loads(ran.out)}
    assert ran.code == (8 if {state for state, _ in found.values()} & {"changed", "follows"} else 0)
    return found


@pytest.fixture
def keeping(project: Arena) -> Arena:
    """A project that keeps personal identity numbers."""
    done(project("keep-identities", "personnummer", "--why", "beslut", "--unencrypted"))
    return project


# -- what a month says ------------------------------------------------------------------------------------------------


def test_a_month_has_who_was_there_from_when_to_when_and_the_hours(project: Arena) -> None:
    here, gone = enter(project, "2016-03-10"), enter(project, "2016-03-01", sex="man")
    enter(project, "2016-05-02")
    hours(project, here, "2016-03", "12:30")
    hours(project, here, "2016-04", "8")
    done(project("add-hours", here, "--month", "2016-04", "--activity", "education", "--hours", "2", "--certified"))
    done(project("exit-participant", gone, "--destination", "work", "--date", "2016-04-29"))
    assert said(project, "2016-03") == [
        (gone, "2016-03-01", "", "0.0", "0.0"),
        (here, "2016-03-10", "", "12.5", "0.0"),
    ]
    assert said(project, "2016-04") == [
        (gone, "2016-03-01", "2016-04-29", "0.0", "0.0"),
        (here, "2016-03-10", "", "10.0", "2.0"),
    ]
    assert [row[0] for row in said(project, "2016-05")][:1] == [here]
    assert len(rows("scb-integrationsprojekt-2016-05-r1-draft.csv")) == 2


def test_a_transfer_is_no_end_and_its_hours_add_up(project: Arena) -> None:
    code = enter(project, "2016-03-10")
    hours(project, code, "2016-04", "4")
    done(project("transfer-participant", code, "--to", "Åre", "--date", "2016-04-15"))
    done(project("add-hours", code, "--spell", "2", "--month", "2016-04", "--activity", "language", "--hours", "3"))
    assert said(project, "2016-04") == [(code, "2016-03-10", "", "7.0", "0.0")]


def test_who_comes_back_has_the_first_start_and_no_end_until_the_last_exit(project: Arena) -> None:
    code = enter(project, "2016-03-10")
    done(project("exit-participant", code, "--destination", "work", "--date", "2016-04-10"))
    done(project("readmit-participant", code, "--municipality", "Åre", "--date", "2016-06-01"))
    done(project("exit-participant", code, "--destination", "work", "--date", "2016-06-10"))
    done(project("readmit-participant", code, "--municipality", "Åre", "--date", "2016-06-20"))
    assert said(project, "2016-04") == [(code, "2016-03-10", "2016-04-10", "0.0", "0.0")]
    assert said(project, "2016-05") == []
    assert said(project, "2016-06") == [(code, "2016-03-10", "", "0.0", "0.0")]


def test_who_was_registered_by_mistake_is_in_no_file(project: Arena) -> None:
    code, other = enter(project, "2016-03-10"), enter(project, "2016-03-11")
    done(project("misregister-participant", code, "--yes", *WHY))
    assert [row[0] for row in said(project, "2016-03")] == [other]


def test_the_days_at_the_ends_of_the_month_belong_to_it(project: Arena) -> None:
    last, first = enter(project, "2016-03-31"), enter(project, "2016-02-01")
    done(project("exit-participant", first, "--destination", "work", "--date", "2016-03-01"))
    assert [row[0] for row in said(project, "2016-03")] == [first, last]
    assert [row[0] for row in said(project, "2016-04")] == [last]


# -- who it is --------------------------------------------------------------------------------------------------------


def test_the_number_comes_from_where_the_project_keeps_it(keeping: Arena) -> None:
    code = enter(keeping, "2016-03-10")
    number(keeping, code, WOMAN)
    ran = write(keeping, "2016-03")
    assert done(ran) == "scb-integrationsprojekt-2016-03-r1.csv"
    assert rows(ran.out.strip()) == [(WOMAN, "2016-03-10", "", "0.0", "0.0")]
    assert "draft" not in ran.err
    assert WOMAN not in ran.err
    with closing(sqlite3.connect("arena.db")) as connection:
        kept = [line for line in dump(connection) if WOMAN in line]
    assert [line.split("(")[0] for line in kept] == ['INSERT INTO "identity_number" VALUES']


def test_without_a_number_the_code_stands_in_and_the_file_says_that_it_is_a_draft(keeping: Arena) -> None:
    code, known = enter(keeping, "2016-03-10"), enter(keeping, "2016-03-11")
    number(keeping, known, WOMAN)
    ran = write(keeping, "2016-03")
    path = Path(done(ran))
    assert path.name == "scb-integrationsprojekt-2016-03-r1-draft.csv"
    assert path.read_text(encoding="utf-8-sig").startswith('"DRAFT, not for SCB')
    assert "draft and not for SCB" in ran.err
    assert [row[0] for row in rows(path.name)] == [code, WOMAN]
    number(keeping, code, OTHER_WOMAN)
    assert states(keeping) == {"2016-03": ("changed", "2016-03")}
    assert done(write(keeping, "2016-03")) == "scb-integrationsprojekt-2016-03-r2.csv"
    swedish = make_world(ARENA_LANG="sv")
    book = load_workbook(done(keeping("write-scb-file", "--month", "2016-03", *PURPOSE, world=swedish)))
    assert [cell.value for cell in book.worksheets[0][1]][:3] == ["Personnummer", "Första dagen", "Sista dagen"]
    assert book.worksheets[0]["A2"].value == OTHER_WOMAN
    assert book.worksheets[0]["B2"].value == datetime(2016, 3, 10)  # noqa: DTZ001


def test_a_demo_is_always_a_draft(arena: Arena) -> None:
    done(arena("demo", "--project", "integrationsprojekt", "--out", "demo"))
    file = next(str(path) for path in Path("demo").iterdir() if path.suffix == ".db")
    assert "-draft." in done(write(arena, "2016-03", "--db", file))


@pytest.mark.parametrize(
    ("digits", "told"),
    [(WOMAN, "19830101Tf29"), (MAN, "19830101Tf19"), (COORDINATION, "19700118Tf19")],
)
def test_who_is_protected_is_told_in_the_form_that_scb_has_given(keeping: Arena, digits: str, told: str) -> None:
    code = enter(keeping, "2016-03-10")
    number(keeping, code, digits)
    done(keeping("set-protection", code, "marked", *WHY))
    ran = write(keeping, "2016-03")
    assert rows(done(ran)) == [(told, "2016-03-10", "", "0.0", "0.0")]
    assert stand_in(digits) == told
    assert "Have SCB confirm it" in ran.err
    assert digits not in Path(ran.out.strip()).read_text(encoding="utf-8")


def test_of_two_protected_who_would_be_told_alike_the_codes_stand_in(keeping: Arena) -> None:
    codes = [enter(keeping, "2016-03-10"), enter(keeping, "2016-03-11")]
    for code, digits in zip(codes, ("191202119150", "191202119176"), strict=True):
        number(keeping, code, digits)
        done(keeping("set-protection", code, "marked", *WHY))
    assert [row[0] for row in said(keeping, "2016-03")] == codes
    assert Path("scb-integrationsprojekt-2016-03-r1-draft.csv").exists()


def test_a_number_told_before_a_merge_is_the_persons(keeping: Arena) -> None:
    kept, merged = enter(keeping, "2016-03-10"), enter(keeping, "2016-03-10")
    number(keeping, merged, WOMAN)
    done(keeping("merge-participants", kept, merged, "--yes", *WHY))
    assert said(keeping, "2016-03") == [(WOMAN, "2016-03-10", "", "0.0", "0.0")]


# -- frozen, and sent again -------------------------------------------------------------------------------------------


@pytest.fixture
def sent(project: Arena) -> str:
    """The code of somebody since March 2016, of whom March to June have been written."""
    code = enter(project, "2016-03-10")
    for month in ("2016-03", "2016-04", "2016-05", "2016-06"):
        done(write(project, month))
    return code


HOLDS = ("holds", None)


def test_what_happens_later_changes_nothing_in_an_earlier_file(project: Arena, sent: str) -> None:
    frozen = {path.name: path.read_bytes() for path in Path().glob("*.csv")}
    assert len(frozen) == 4
    done(project("exit-participant", sent, "--destination", "work", "--date", "2016-07-20"))
    enter(project, "2016-07-01")
    hours(project, sent, "2016-07", "5")
    done(project("edit-participant", sent, "--birth-year", "1980", *WHY))
    assert set(states(project).values()) == {HOLDS}
    done(project("write-scb-file", "--again", *PURPOSE))
    assert {path.name: path.read_bytes() for path in Path().glob("*.csv")} == frozen
    assert [row[2] for row in said(project, "2016-07")] == ["", "2016-07-20"][::-1]


def test_hours_of_one_month_are_that_month_and_all_later_ones(project: Arena, sent: str) -> None:
    hours(project, sent, "2016-05", "5")
    because = ("follows", "2016-05")
    assert states(project) == {
        "2016-03": HOLDS,
        "2016-04": HOLDS,
        "2016-05": ("changed", "2016-05"),
        "2016-06": because,
    }
    listed = project("list-scb-files")
    assert listed.code == 8
    assert "send again: it follows 2016-05" in listed.out
    assert "2 files must be sent again" in listed.err


def test_a_late_entry_in_an_earlier_month_lists_it_and_all_later_ones(project: Arena, sent: str) -> None:
    enter(project, "2016-04-04")
    changed = {month: ("changed", month) for month in ("2016-04", "2016-05", "2016-06")}
    assert states(project) == {"2016-03": HOLDS, **changed}
    ran = write(project, "2016-06")
    assert (ran.code, ran.out) == (5, "")
    assert "that of 2016-04 comes before" in ran.err
    before = Path("scb-integrationsprojekt-2016-04-r1-draft.csv").read_bytes()
    ran = project("write-scb-file", "--again", "--format", "csv", *PURPOSE)
    assert done(ran).split() == [f"scb-integrationsprojekt-2016-{month}-r2-draft.csv" for month in ("04", "05", "06")]
    assert Path("scb-integrationsprojekt-2016-04-r1-draft.csv").read_bytes() == before
    assert [len(rows(path)) for path in ran.out.split()] == [2, 2, 2]
    assert set(states(project).values()) == {HOLDS}


def test_a_month_written_again_by_itself_leaves_the_later_ones_to_send(project: Arena, sent: str) -> None:
    hours(project, sent, "2016-04", "5")
    done(write(project, "2016-04"))
    because = ("follows", "2016-04")
    assert states(project) == {"2016-03": HOLDS, "2016-04": HOLDS, "2016-05": because, "2016-06": because}
    done(write(project, "2016-05"))
    assert states(project)["2016-06"] == ("follows", "2016-05")
    assert "2016-06-r2" in done(project("write-scb-file", "--again", *PURPOSE))
    assert set(states(project).values()) == {HOLDS}


def test_a_change_that_is_undone_leaves_the_files_as_they_are(project: Arena, sent: str) -> None:
    hours(project, sent, "2016-04", "5")
    assert states(project)["2016-04"] == ("changed", "2016-04")
    done(project("undo", "--yes"))
    assert set(states(project).values()) == {HOLDS}
    assert project("undo", "--yes").code == 0  # the entry; never that files were written
    assert len(states(project)) == 4


def test_a_file_that_was_lost_is_written_again_as_it_was(project: Arena, sent: str) -> None:
    path = Path("scb-integrationsprojekt-2016-04-r1-draft.csv")
    before = path.read_bytes()
    refused = write(project, "2016-04")
    assert (refused.code, refused.out) == (5, "")
    assert refused.err.endswith("Add --replace, or name another folder with --out.\n")
    assert len(json.loads(project("list-accesses", "--json").out)) == 4
    path.unlink()
    assert done(write(project, "2016-04")) == path.name
    assert path.read_bytes() == before
    assert set(states(project).values()) == {HOLDS}
    path.write_text("x")
    done(write(project, "2016-04", "--replace"))
    assert path.read_bytes() == before


def test_no_month_is_left_out_and_none_is_written_before_its_end(project: Arena, sent: str) -> None:
    skipped = write(project, "2016-08")
    assert skipped.code == 5
    assert "that of 2016-07 comes before" in skipped.err
    done(write(project, "2016-07"))
    done(write(project, "2016-08"))
    done(write(project, "2016-09"))
    for now, code in ((datetime(2016, 10, 31, 21, tzinfo=UTC), 5), (datetime(2016, 10, 31, 23, 30, tzinfo=UTC), 0)):
        assert write(project, "2016-10", world=make_world(now)).code == code
    assert write(project, "2014-01").code == 4


def test_what_cannot_be_done_is_refused_and_nothing_written(project: Arena, code: str) -> None:
    assert project("write-scb-file", *PURPOSE).code == 2
    assert project("write-scb-file", "--again", "--month", "2016-09", *PURPOSE).code == 2
    assert write(project, "2016-09", "--out", "nowhere").code == 4
    assert project("write-scb-file", "--month", "2016-09", "--format", "pdf", *PURPOSE).code == 2
    assert project("--no-input", "write-scb-file", "--month", "2016-09").code == 2
    assert project("write-scb-file", "--month", "2016-09", "--purpose", "om 19830101-2384").code == 5
    assert sorted(path.name for path in Path().iterdir()) == ["arena.db"]
    assert states(project) == {}
    assert json.loads(project("list-accesses", "--json").out) == []


# -- the file itself --------------------------------------------------------------------------------------------------


def test_it_is_for_its_writer_only_and_the_journal_has_it_before_it_gets_its_name(
    project: Arena, sent: str, keyboard: Keyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stat.S_IMODE(Path("scb-integrationsprojekt-2016-03-r1-draft.csv").stat().st_mode) == 0o600
    look = json.loads(project("list-accesses", "--json").out)[-1]
    assert (look["action"], look["what"], look["persons"]) == ("export", "SCB file 2016-06", 1)
    assert (look["actor"], look["command"], look["purpose"]) == ("anna", "write-scb-file", PURPOSE[1])
    keyboard.types("juli till SCB")
    there = []

    def publish(draft: Path, path: Path) -> None:
        with closing(sqlite3.connect("arena.db")) as connection:
            there.extend(connection.execute("SELECT purpose FROM access ORDER BY id DESC LIMIT 1").fetchall())
        draft.rename(path)

    monkeypatch.setattr("arena_cli.cli.exporting.publish_new", publish)
    done(project("write-scb-file", "--month", "2016-07"))
    assert there == [("juli till SCB",)]


def test_a_link_in_its_place_is_not_followed(project: Arena, sent: str) -> None:
    path, elsewhere = Path("scb-integrationsprojekt-2016-06-r1-draft.csv"), Path("elsewhere.csv")
    path.unlink()
    path.symlink_to(elsewhere)
    assert write(project, "2016-06").code == 5
    done(write(project, "2016-06", "--replace"))
    assert not elsewhere.exists()


def test_the_same_data_are_the_same_bytes(project: Arena, sent: str) -> None:
    for folder in ("a", "b"):
        Path(folder).mkdir()
        done(project("write-scb-file", "--month", "2016-04", "--out", folder, *PURPOSE))
    (first,), (second,) = Path("a").iterdir(), Path("b").iterdir()
    assert first.read_bytes() == second.read_bytes()


def test_a_row_of_what_was_written_is_never_changed(project: Arena, sent: str) -> None:
    with closing(sqlite3.connect("arena.db")) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("UPDATE official_file SET digest = 'x'")
    assert project("check", "--all").code == 0


def test_an_encrypted_file_has_them_as_well(arena: Arena, tmp_path: Path) -> None:
    pytest.importorskip("sqlcipher3")
    done(arena("init", "--project", "integrationsprojekt", "--encrypted", "--recovery-sheet", "sheet.txt"))
    code = enter(arena, "2016-03-10")
    assert said(arena, "2016-03") == [(code, "2016-03-10", "", "0.0", "0.0")]
    hours(arena, code, "2016-03", "2")
    assert states(arena) == {"2016-03": ("changed", "2016-03")}


# -- retention --------------------------------------------------------------------------------------------------------

RULE = '[[retention]]\ncode = "{stage}"\nstage = "{stage}"\nafter = "done"\nyears = 0\nname = "x"\nsource = "x"\n'


@pytest.mark.parametrize("stage", ["identities", "records"])
def test_after_retention_nobody_can_tell_and_no_hash_is_left(keeping: Arena, stage: str) -> None:
    code = enter(keeping, "2016-03-10")
    number(keeping, code, WOMAN)
    done(write(keeping, "2016-03"))
    with closing(sqlite3.connect("arena.db")) as connection:
        ((digest,),) = connection.execute("SELECT digest FROM official_file").fetchall()
    profile = Path(arena_cli.__file__).with_name("projects") / "integrationsprojekt.toml"
    rules = "".join(RULE.format(stage=one) for one in ("identities", "records"))
    Path("rules.toml").write_text(profile.read_text("utf-8").split("[[retention]]")[0] + rules, encoding="utf-8")
    done(keeping("set-retention", "--rules", "rules.toml", *WHY, world=NEXT_YEAR))
    done(keeping("set-retention", "--event", "done", "--date", "2016-12-31", *WHY, world=NEXT_YEAR))
    for each in ("identities", "records")[: 1 if stage == "identities" else 2]:
        Path("plan.json").unlink(missing_ok=True)
        done(keeping("retain", "--plan", "plan.json", "--stage", each, world=NEXT_YEAR))
        done(keeping("retain", "--execute", "plan.json", "--decision", "KS 1", world=NEXT_YEAR))
    assert states(keeping, NEXT_YEAR) == {"2016-03": ("erased", None)}
    refused = write(keeping, "2016-03", "--replace", world=NEXT_YEAR)
    assert refused.code == 5
    assert "before retention" in refused.err
    assert keeping("check", "--all", world=NEXT_YEAR).code == 0
    if not ENCRYPTED:  # whose bytes say nothing anyway
        assert (digest.encode() in Path("arena.db").read_bytes()) is (stage == "identities")


def test_the_command_loads_nothing_of_it_before_it_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["write-scb-file", "--help"], make_world()) == 0
    assert "--again" in capsys.readouterr().out
