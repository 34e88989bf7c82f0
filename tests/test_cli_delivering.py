"""Reports written to files: kept as delivered, revised with a reason, printed again; and made night after night."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest
from filelock import FileLock

from arena_cli import deliveries
from arena_cli.cli import report_set
from arena_cli.cli.world import World
from arena_cli.deliveries import KeptFile, keep
from arena_cli.figures.report import build
from arena_cli.journal import Occasion
from arena_cli.model import Access, Month
from arena_cli.store import Store
from tests.conftest import Arena, Ran, make_world
from tests.engines import only_plain

OCTOBER = ("--month", "2016-10")
NIGHTLY = ("report", "--month", "last", "--format", "md,html", "--out", "out", "--if-changed", "--quiet")
MARKDOWN = "rapport-2016-10.intern.en.md"
MANIFEST = "rapport-2016-10.intern.en.manifest.json"


def night(day: int, **environ: str) -> World:
    """A night of November 2016, in English."""
    return make_world(datetime(2016, 11, day, 5, 15, tzinfo=UTC), **environ)


def enrol(arena: Arena, municipality: str, entered: str, registered: int = 7) -> Ran:
    words = ("--municipality", municipality, "--date", entered, "--sex", "woman", "--step", "1")
    said = arena("add-participant", *words, world=night(registered))
    assert said.code == 0, said.err
    return said


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def listed(arena: Arena, *arguments: str) -> list[dict[str, object]]:
    said = arena("list-reports", "--json", *arguments)
    assert said.code == 0, said.err
    found: list[dict[str, object]] = json.loads(said.out)
    return found


@pytest.fixture
def october(project: Arena, code: str) -> Arena:
    """A project in which somebody entered in October 2016, which was reported in the night to 1 November."""
    said = project(*NIGHTLY, world=night(1))
    assert (said.code, said.out, said.err) == (0, "", "")
    return project


# -- the set of files -------------------------------------------------------------------------------------------------


def test_the_manifest_names_the_files_their_hashes_and_what_they_were_made_from(october: Arena, tmp_path: Path) -> None:
    written = contents(tmp_path / "out")
    manifest = json.loads(written.pop(MANIFEST))
    assert {file["name"]: (file["sha256"], file["bytes"]) for file in manifest["files"]} == {
        name: (sha256(content).hexdigest(), len(content)) for name, content in written.items()
    }
    assert {file["format"] for file in manifest["files"]} == {"md", "html"}
    with Store.open(tmp_path / "arena.db") as store:
        *_, last, _ = store.links()  # and after it, that it was delivered
        report = build(store, Month(2016, 10), datetime(2016, 11, 1, tzinfo=UTC).date())
    assert manifest["journal"] == {"entries": last.seq, "hash": last.hash}
    assert manifest["fingerprint"] == report.fingerprint()
    assert (manifest["month"], manifest["revision"], manifest["reason"]) == ("2016-10", 1, {})
    assert manifest["made"] == "2016-11-01 06:15"
    assert set(manifest["versions"]) == {"arena", "schema", "python", "sqlite"}


def test_a_preview_delivers_nothing(project: Arena, code: str, tmp_path: Path) -> None:
    before = (tmp_path / "arena.db").read_bytes()
    assert project("report", *OCTOBER).code == 0
    assert (tmp_path / "arena.db").read_bytes() == before
    assert listed(project) == []


def test_a_report_changes_no_record_and_cannot_be_undone(october: Arena, tmp_path: Path) -> None:
    with Store.open(tmp_path / "arena.db") as store:
        changed = [entry.command for entry in store.entries() if entry.subject != "access"]
        assert set(changed) == {"init", "add-participant"}
    assert "add-participant" in october("undo", "--yes").err
    assert len(listed(october)) == 1


@pytest.mark.parametrize("failing", [1, 2, 3])
def test_all_files_appear_or_none(
    project: Arena, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    replace, calls = Path.replace, iter(range(1, 100))

    def fail(path: Path, target: Path) -> Path:
        if next(calls) == failing:
            raise PermissionError(13, "open in another program", str(target))
        return replace(path, target)

    for before in ({}, {MARKDOWN: b"mine", "other.txt": b"other"}):
        for name, content in before.items():
            (tmp_path / "out" / name).write_bytes(content)
        calls = iter(range(1, 100))
        monkeypatch.setattr(Path, "replace", fail)
        refused = project(*NIGHTLY, world=night(1))
        assert (refused.code, refused.out) == (7, "")
        assert refused.err.count("\n") == 1
        assert contents(tmp_path / "out") == before
        monkeypatch.undo()
        monkeypatch.chdir(tmp_path)
    assert project(*NIGHTLY, world=night(2)).code == 0
    assert MANIFEST in contents(tmp_path / "out")


def test_a_file_that_somebody_has_changed_is_set_aside(october: Arena, tmp_path: Path) -> None:
    markdown = tmp_path / "out" / MARKDOWN
    delivered = markdown.read_bytes()
    markdown.write_text("my own words")
    said = october(*NIGHTLY, world=night(2))
    assert said.code == 0
    assert said.err == (
        "out/rapport-2016-10.intern.en.aside-1.md was not as it had been delivered: "
        "it has been set aside under this name.\n"
    )
    assert (tmp_path / "out" / "rapport-2016-10.intern.en.aside-1.md").read_text() == "my own words"
    assert markdown.read_bytes() == delivered


def test_what_a_killed_run_left_is_put_right_by_the_next(october: Arena, tmp_path: Path) -> None:
    whole = contents(tmp_path / "out")
    (tmp_path / "out" / MANIFEST).unlink()
    (tmp_path / "out" / MARKDOWN).unlink()
    (tmp_path / "out" / ".rapport-0123456789abcdef.tmp").write_text("half a rep")
    said = october(*NIGHTLY, world=night(2))
    assert (said.code, said.out, said.err) == (0, "", "")
    assert contents(tmp_path / "out") == whole
    assert len(listed(october)) == 1


# -- night after night ------------------------------------------------------------------------------------------------


def test_a_night_on_which_nothing_has_changed_writes_nothing(october: Arena, tmp_path: Path) -> None:
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in (tmp_path / "out").iterdir()}
    database = (tmp_path / "arena.db").read_bytes()
    said = october(*NIGHTLY, world=night(2))
    assert (said.code, said.out, said.err) == (0, "", "")
    assert {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in (tmp_path / "out").iterdir()} == before
    assert (tmp_path / "arena.db").read_bytes() == database
    aloud = october(*NIGHTLY[:-1], world=night(2))
    assert (aloud.code, aloud.out) == (0, "")
    assert aloud.err == "Nothing has changed since the report was delivered: it is there.\n"


def test_what_changes_no_figure_of_the_month_is_no_change(october: Arena) -> None:
    enrol(october, "Krokom", "2016-11-07")
    assert october(*NIGHTLY, world=night(8)).err == ""
    assert len(listed(october)) == 1


def test_a_month_that_changes_becomes_a_revision_with_its_reason(october: Arena, tmp_path: Path) -> None:
    first = contents(tmp_path / "out")
    enrol(october, "Åre", "2016-10-20")
    enrol(october, "Åre", "2016-10-21")
    said = october(*NIGHTLY, world=night(8))
    assert (said.code, said.out) == (0, "")
    (line,) = said.err.splitlines()
    assert line.startswith("2016-10: revision 2 of the report; ")
    assert line.endswith(" figures have changed. Because: 2 late entries.")
    text = (tmp_path / "out" / MARKDOWN).read_text()
    assert "REVISION 2" in text.partition("\n##")[0]
    assert "Revision 2 replaces the report of 1 November 2016: " in text
    assert "| **New** | **1** | **3** | **+2** | **+2 by late entry in Åre, registered 7 November 2016** |" in text
    before, after = listed(october)
    assert (before["revision"], after["revision"], after["reason"]) == (1, 2, {"late_entry": 2})
    assert json.loads((tmp_path / "out" / MANIFEST).read_text())["reason"] == {"late_entry": 2}
    again = october("report", "--as-delivered", str(before["id"]), "--format", "md")
    assert again.out.encode() == first[MARKDOWN]
    assert october(*NIGHTLY, world=night(9)).err == ""
    there = contents(tmp_path / "out")
    refused = october("report", "--as-delivered", str(before["id"]), "--out", "out")
    assert (refused.code, refused.out, contents(tmp_path / "out")) == (5, "", there)
    assert refused.err.startswith("out has revision 2 of that report, which this earlier one would replace.")
    assert october("report", "--as-delivered", str(before["id"]), "--out", "earlier").code == 0
    assert contents(tmp_path / "earlier") == first


def test_a_revision_that_could_not_be_written_is_told_of_when_it_is(
    october: Arena, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrol(october, "Åre", "2016-10-20")
    before = contents(tmp_path / "out")

    def fail(path: Path, target: Path) -> Path:
        raise PermissionError(13, "open in another program", str(target))

    monkeypatch.setattr(Path, "replace", fail)
    refused = october(*NIGHTLY, world=night(8))
    assert (refused.code, len(refused.err.splitlines())) == (7, 1)
    assert contents(tmp_path / "out") == before
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert "revision 2 of the report; " in october(*NIGHTLY, world=night(9)).err
    assert "Made 2016-11-08 06:15" in (tmp_path / "out" / MARKDOWN).read_text()
    assert october(*NIGHTLY, world=night(10)).err == ""


def test_a_note_makes_a_revision_that_says_so_and_taking_it_back_another(october: Arena) -> None:
    assert october("add-note", "--month", "2016-10", "--tried", "group start", world=night(2)).code == 0
    assert october(*NIGHTLY, world=night(3)).err == (
        "2016-10: revision 2 of the report; its notes or decisions have changed.\n"
    )
    said = october("undo", "--yes", world=night(4))
    assert said.err.startswith("The last change: add-note by anna, 2016-11-02 06:15. Month: 2016-10, Tried: ")
    assert "revision 3 of the report; its notes or decisions" in october(*NIGHTLY, world=night(5)).err
    assert october("check", "--all", "--quiet", world=night(6)).code == 0


def test_figures_that_come_back_are_a_new_revision(october: Arena) -> None:
    enrol(october, "Åre", "2016-10-20")
    assert "revision 2" in october(*NIGHTLY, world=night(8)).err
    assert october("undo", "--yes", world=night(9)).code == 0
    assert "revision 3 of the report" in october(*NIGHTLY, world=night(10)).err
    first, _, third = listed(october)
    assert first["fingerprint"] == third["fingerprint"]
    assert third["reason"] == {"correction": 1}


def test_what_comes_after_a_preliminary_report_is_not_late(project: Arena, code: str, tmp_path: Path) -> None:
    arguments = ("report", *OCTOBER, "--out", "out", "--if-changed", "--quiet")
    assert project(*arguments, world=make_world(datetime(2016, 10, 25, tzinfo=UTC))).code == 0
    enrol(project, "Åre", "2016-10-26", registered=1)
    in_between = project("report", "--month", "2016-11", world=night(1))
    assert "Changed since earlier reports" not in in_between.out
    said = project(*arguments, world=night(1))
    assert said.err == "2016-10: revision 2 of the report replaces a preliminary one.\n"
    text = (tmp_path / "out" / MARKDOWN).read_text()
    assert "PRELIMINARY" not in text
    assert "REVISION 2" in text
    assert "Changed since earlier reports" not in text
    assert project(*arguments, world=night(2)).err == ""
    enrol(project, "Åre", "2016-10-27")
    assert "revision 3 of the report; " in project(*arguments, world=night(8)).err


def test_another_format_or_layout_is_the_same_revision(october: Arena, tmp_path: Path) -> None:
    said = october("report", *OCTOBER, "--format", "csv", "--out", "out", "--if-changed", world=night(2))
    assert said.out == "out/rapport-2016-10.intern.csv\n"
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "report.md.j2").write_text("Mine\n")
    mine = ("report", *OCTOBER, "--templates", "mine", "--out", "out")
    assert october(*mine, world=night(2)).err == ""
    assert (tmp_path / "out" / MARKDOWN).read_text() == "Mine\n"
    assert [report["revision"] for report in listed(october)] == [1, 1, 1]
    assert october(*mine, world=night(3)).out == f"out/{MARKDOWN}\n"
    assert len(listed(october)) == 3


def test_the_same_data_are_the_same_files_whenever_they_are_written(october: Arena, tmp_path: Path) -> None:
    whole = contents(tmp_path / "out")
    assert october("report", *OCTOBER, "--format", "md,html", "--out", "out", world=night(5)).code == 0
    assert october("report", *OCTOBER, "--format", "md,html", "--out", "elsewhere", world=night(6)).code == 0
    assert contents(tmp_path / "out") == contents(tmp_path / "elsewhere") == whole


def test_each_readers_are_told_what_they_were_not(october: Arena, tmp_path: Path) -> None:
    """The Swedish readers hear first of October when a late entry is in it; for them nothing has changed."""
    enrol(october, "Åre", "2016-10-20")
    swedish = october("report", *OCTOBER, "--lang", "sv", "--out", "out", world=night(8))
    assert (swedish.code, swedish.err) == (0, "")
    of_some = ("report", "--municipality", "Åre", "--municipality", "Krokom", "--out", "out")
    assert october(*of_some, *OCTOBER, world=night(8)).err == ""
    assert [(r["language"], r["municipalities"], r["revision"]) for r in listed(october)] == [
        ("en", [], 1),
        ("sv", [], 1),
        ("en", ["2309", "2321"], 1),
    ]


def test_when_the_last_follow_up_is_over_nothing_is_delivered(october: Arena, tmp_path: Path) -> None:
    """The project ends on 31 March 2018: half a year and four weeks later nothing more comes in."""
    there = contents(tmp_path / "out")
    after = make_world(datetime(2018, 12, 1, 5, tzinfo=UTC))
    assert october(*NIGHTLY, world=after) == Ran(0, "", "")
    assert contents(tmp_path / "out") == there
    assert [delivery["month"] for delivery in listed(october)] == ["2016-10"]
    said = october(*NIGHTLY[:-1], world=after)
    assert (said.code, said.out) == (0, "")
    assert said.err == (
        "The project ended on 2018-03-31, and its last follow-up was due on 2018-10-28: nothing was written.\n"
    )
    assert october(*NIGHTLY[:-2], "--month", "2018-11", world=after).code == 0
    october(*NIGHTLY, world=make_world(datetime(2018, 11, 1, 5, tzinfo=UTC)))
    assert [delivery["month"] for delivery in listed(october)] == ["2016-10", "2018-11", "2018-10"]


def test_the_list_says_in_the_readers_language_who_a_report_was_for(october: Arena) -> None:
    said = october("list-reports", "--lang", "sv")
    assert " mötet " in said.out
    assert "meeting" not in said.out


# -- the next report --------------------------------------------------------------------------------------------------


def test_the_next_report_says_what_has_changed_and_the_one_after_does_not_repeat_it(
    october: Arena, tmp_path: Path
) -> None:
    enrol(october, "Åre", "2016-10-20")
    arguments = ("--out", "out", "--if-changed", "--quiet")
    december = make_world(datetime(2016, 12, 1, 5, tzinfo=UTC))
    assert october("report", "--month", "2016-11", *arguments, world=december).err == ""
    text = (tmp_path / "out" / "rapport-2016-11.intern.en.md").read_text()
    assert "October 2016, reported on 1 November 2016: " in text
    assert "| **New** | **1** | **2** | **+1** | **+1 by late entry in Åre, registered 7 November 2016** |" in text
    assert "| October 2016 | 1 November 2016 | " in text
    january = make_world(datetime(2017, 1, 2, 5, tzinfo=UTC))
    assert october("report", "--month", "2016-12", *arguments, world=january).err == ""
    text = (tmp_path / "out" / "rapport-2016-12.intern.en.md").read_text()
    assert "No figure of the months that were reported before has changed since." in text
    assert "| November 2016 | 1 December 2016 | – | due | not yet due |" in text
    assert "| October 2016 | 1 November 2016 | – | due | not yet due |" in text
    again = october("report", "--month", "2016-11", world=january)
    assert "+1 by late entry in Åre" in again.out


def test_what_was_told_in_between_is_what_is_compared_with(october: Arena, tmp_path: Path) -> None:
    """Of October: 1 in its own report, 2 in November's, and now 3."""
    enrol(october, "Åre", "2016-10-20")
    december = make_world(datetime(2016, 12, 1, 5, tzinfo=UTC))
    assert october("report", "--month", "2016-11", "--out", "out", world=december).code == 0
    enrol(october, "Berg", "2016-10-21", registered=8)
    text = october("report", "--month", "2016-12", world=make_world(datetime(2017, 1, 2, 5, tzinfo=UTC))).out
    assert "| **New** | **2** | **3** | **+1** | **+1 by late entry in Berg, registered 8 November 2016** |" in text
    assert "October 2016, reported on 1 November 2016: " in text
    assert "Because: 1 late entry." in text


def test_the_first_report_has_nothing_to_compare_with(october: Arena, tmp_path: Path) -> None:
    assert "Changed since earlier reports" not in (tmp_path / "out" / MARKDOWN).read_text()


# -- looking back -----------------------------------------------------------------------------------------------------


def test_list_reports_for_people(october: Arena) -> None:
    enrol(october, "Åre", "2016-10-20")
    assert october(*NIGHTLY, world=night(8)).code == 0
    assert october("report", "--month", "2016-09", "--municipality", "Åre", "--out", "o", world=night(8)).code == 0
    heading, first, second, third = october("list-reports").out.splitlines()
    assert heading.split() == (
        ["Number", "Month", "Revision", "Delivered", "Audience", "Language", "Formats", "Fingerprint", "Because"]
    )
    assert first.split()[:9] == ["1", "2016-10", "1", "2016-11-01", "06:15", "the", "meeting", "en", "md,html"]
    assert second.split()[2:5] == ["2", "2016-11-08", "06:15"]
    assert second.endswith("1 late entry")
    assert "meeting, Åre" in third
    assert len(october("list-reports", *OCTOBER).out.splitlines()) == 3
    assert len(listed(october, "--month", "2016-09")) == 1


def test_as_delivered_byte_for_byte(october: Arena, tmp_path: Path) -> None:
    whole = contents(tmp_path / "out")
    for form in ("md", "html"):
        ended = subprocess.run(
            [sys.executable, "-m", "arena_cli", "report", "--as-delivered", "1", "--format", form],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "ascii"},
            capture_output=True,
            check=True,
        )
        assert ended.stdout == whole[f"rapport-2016-10.intern.en.{form}"]
    assert october("report", "--as-delivered", "1").out.encode() == whole[MARKDOWN]
    said = october("report", "--as-delivered", "1", "--out", "again")
    assert said.out.splitlines() == [f"again/{name}" for name in (MARKDOWN, MARKDOWN.replace(".md", ".html"))]
    assert contents(tmp_path / "again") == whole
    assert len(listed(october)) == 1
    (tmp_path / "again" / MARKDOWN).write_text("mine")
    told = october("report", "--as-delivered", "1", "--out", "again").err
    assert told.endswith(" was not as it had been delivered: it has been set aside under this name.\n")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--as-delivered", "7"], 4, "No report has been delivered under the number 7."),
        (["--as-delivered", "x"], 2, "--as-delivered must be a whole number from 1."),
        (["--as-delivered", "1", "--format", "csv"], 4, "Report 1 was not delivered in that format. It has: md, html."),
        (["--as-delivered", "1", "--format", "md,html"], 2, "Several formats need a folder"),
        (["--as-delivered", "1", "--month", "2016-10"], 2, "A report as delivered can only be given"),
        (["--if-changed"], 2, "--if-changed says when to write files: add --out FOLDER."),
    ],
)
def test_what_is_refused(october: Arena, arguments: list[str], code: int, said: str) -> None:
    refused = october("report", *arguments)
    assert (refused.code, refused.out) == (code, "")
    assert refused.err.startswith(said)


def test_a_delivery_is_never_changed(october: Arena, tmp_path: Path) -> None:
    import sqlite3

    connection = sqlite3.connect(tmp_path / "arena.db")
    for table, column in (("delivery", "month"), ("delivered_file", "name"), ("delivered_figures", "fingerprint")):
        with pytest.raises(sqlite3.IntegrityError, match="a delivery is never changed"):
            connection.execute(f"UPDATE {table} SET {column} = ''")
    connection.close()


# -- never twice at once ----------------------------------------------------------------------------------------------


def test_a_second_run_meanwhile_is_refused(october: Arena, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(report_set, "PATIENCE", 0.1)
    before = contents(tmp_path / "out")
    enrol(october, "Åre", "2016-10-20")
    with FileLock(tmp_path / ".arena.report-lock"):
        refused = october(*NIGHTLY, world=night(8))
    assert (refused.code, refused.out) == (6, "")
    assert refused.err == ("Another command is writing reports. Nothing was written: run this one again in a moment.\n")
    assert contents(tmp_path / "out") == before
    assert "revision 2" in october(*NIGHTLY, world=night(8)).err


def test_a_killed_run_lets_go_of_the_lock(october: Arena, tmp_path: Path) -> None:
    holding = "from filelock import FileLock; FileLock('.arena.report-lock').acquire(); print('held', flush=True)"
    command, pipe = [sys.executable, "-c", f"{holding}; input()"], subprocess.PIPE
    with subprocess.Popen(command, cwd=tmp_path, text=True, stdin=pipe, stdout=pipe) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        process.kill()
    assert october(*NIGHTLY, world=night(8)).code == 0


def test_two_that_deliver_the_same_at_once(october: Arena, tmp_path: Path) -> None:
    """Through two folders with the same file, where no lock helps: the second finds that it is not the next."""
    with Store.open(tmp_path / "arena.db", writing=True) as store:
        (last,) = deliveries.deliveries(store)
        report = build(store, last.month, datetime(2016, 11, 1, tzinfo=UTC).date())
        file = KeptFile.of("a.md", "md", b"a")
        occasion = Occasion(datetime(2016, 11, 1, tzinfo=UTC).date(), "2016-11-01T06:00:00Z", "anna", "report")
        keep(store, last, report, [file], last, occasion, "möte")
        with pytest.raises(deliveries.DeliveredMeanwhile):
            keep(store, last, report, [file], last, occasion, "möte")
        assert len(store.records(Access)) == 2  # one for each delivery that is kept
        assert [delivery.id for delivery in deliveries.deliveries(store)] == [1, 2]
        assert deliveries.content(store, 2, "a.md") == b"a"


def test_a_folder_that_takes_no_lock_delivers_nothing(october: Arena, tmp_path: Path) -> None:
    before = contents(tmp_path / "out")
    enrol(october, "Åre", "2016-10-20")
    (tmp_path / ".arena.report-lock").unlink()
    (tmp_path / ".arena.report-lock").mkdir()
    refused = october(*NIGHTLY, world=night(8))
    assert (refused.code, refused.out) == (7, "")
    assert contents(tmp_path / "out") == before
    assert len(listed(october)) == 1


# -- as cron starts it ------------------------------------------------------------------------------------------------


@only_plain("with nothing in it, the environment does not say where the tests have their key")
def test_in_an_empty_environment(project: Arena, code: str, tmp_path: Path) -> None:
    out = tmp_path / "rapporter å"
    command = [sys.executable, "-m", "arena_cli", "report", *OCTOBER, "--lang", "sv"]
    command += ["--db", str(tmp_path / "arena.db"), "--out", str(out), "--if-changed", "--quiet"]
    env = {"PYTHONPATH": os.pathsep.join(sys.path)}

    def run() -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(command, env=env, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, check=False)

    first, second = run(), run()
    assert (first.returncode, first.stdout, first.stderr) == (0, b"", b"")
    assert (second.returncode, second.stdout, second.stderr) == (0, b"", b"")
    assert "Månadsrapport" in (out / "rapport-2016-10.intern.sv.md").read_text(encoding="utf-8")
    (tmp_path / "arena.db").rename(tmp_path / "gone.db")
    third = run()
    assert (third.returncode, third.stdout) == (4, b"")
    assert third.stderr.decode().count("\n") == 1


def test_nothing_of_a_person_is_said_at_night(october: Arena, tmp_path: Path) -> None:
    code = enrol(october, "Åre", "2016-10-20").out.strip()
    said = october(*NIGHTLY, world=night(8))
    assert 1 <= len(said.err.splitlines()) <= 5
    assert code not in said.err
    assert not any(code.encode() in content for content in contents(tmp_path / "out").values())
