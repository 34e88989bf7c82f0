"""Retention: nothing before its day, nothing without a decision, and then no trace but that every figure is true."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Mapping
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arena_cli.casework.identities import keep_identities, set_identity
from arena_cli.cli.run import run
from arena_cli.cli.world import World
from arena_cli.figures.learning import Learning
from arena_cli.figures.report import Report, build
from arena_cli.indicators import fund_table
from arena_cli.journal import Occasion
from arena_cli.keeping import checking
from arena_cli.model import Access, AccessAction, Decision, IdentityKeeping, Month, Note, Place, Placement, Sector
from arena_cli.model.retention import FOLLOW_UP_END, PROJECT_END, CountedFrom, RetentionRule, RetentionStage
from arena_cli.privacy import erasing, retaining
from arena_cli.privacy.bands import Bands
from arena_cli.privacy.erasing import IDENTIFYING, KEPT, STRUCTURE
from arena_cli.privacy.persons import PARTICIPANT, Schema
from arena_cli.privacy.rules import term
from arena_cli.store import BeforeRetention, Store
from tests.conftest import Arena, Ran, make_world
from tests.engines import only_plain
from tests.random_lists import random_lists
from tests.random_outcomes import put_outcomes
from tests.sample import DESCRIPTION, PROJECT, occasion, put

DNR = ("--decision", "KS 2031/17")
WHY = ("--why", "protokoll")
LATER = make_world(datetime(2031, 3, 3, 9, tzinfo=UTC))
EARLIER = make_world(datetime(2018, 4, 3, 9, tzinfo=UTC))

CANARIES = {
    "reason": "skäl-Kanariefågel-å",
    "taken back": "återtaget-Kanariefågel",
    "host": "Värd Kanariefågel AB",
    "old host": "Förra värden Kanariefågel",
    "note": 'berättelse "Kanariefågel"\tö',
    "result": "resultat Kanariefågel",
    "decision": "beslut Kanariefågel",
    "purpose": "syfte Kanariefågel",
    "ref": "kanarie-löpnr-1",
    "old ref": "kanarie-löpnr-0",
    "name": "Kanariefågelsson",
    "address": "Kanarievägen 1, Krokom",
    "number": "198301012392",  # Skatteverket's test persons
}
"""Texts that stand in every place where somebody can type one."""


def done(ran: Ran) -> str:
    assert ran.code == 0, ran.err
    return ran.out.strip()


def rule(code: str = "rule", after: str = PROJECT_END, years: int = 5, **others: Any) -> RetentionRule:
    facts = {"stage": RetentionStage.RECORDS, "counted_from": CountedFrom.DAY, "name": code, "name_en": code}
    return RetentionRule(code=code, after=after, years=years, source="påhittad", **{**facts, **others})


def new_file(path: Path, *rules: RetentionRule) -> Store:
    Store.create(path, PROJECT, occasion("init"), rules or (rule(),))
    return Store.open(path, writing=True)


# -- until when -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("years", "counted_from", "day", "until"),
    [
        (0, "day", "2018-03-31", "2018-03-31"),
        (5, "day", "2018-03-31", "2023-03-31"),
        (5, "year_end", "2018-03-31", "2023-12-31"),
        (4, "year_end", "2018-12-31", "2022-12-31"),
        (1, "day", "2020-02-29", "2021-03-01"),
        (4, "day", "2020-02-29", "2024-02-29"),
    ],
)
def test_the_years_of_a_rule_begin_on_the_day_or_at_the_end_of_its_year(
    years: int, counted_from: str, day: str, until: str
) -> None:
    found = rule(years=years, counted_from=CountedFrom(counted_from)).due(date.fromisoformat(day))
    assert found == date.fromisoformat(until)


def test_the_longest_rule_wins_and_an_unknown_day_keeps_everything(tmp_path: Path) -> None:
    rules = (rule("short", years=2), rule("long", years=7), rule("names", FOLLOW_UP_END, 0, stage="identities"))
    with new_file(tmp_path / "a.db", *rules) as store:
        assert term(store, RetentionStage.RECORDS).until == date(2025, 3, 31)
        assert term(store, RetentionStage.IDENTITIES).until == date(2018, 9, 30)
    with new_file(tmp_path / "b.db", *rules, rule("fund", "final_payment", 1)) as store:
        assert term(store, RetentionStage.RECORDS).until is None
        with store.change(occasion()) as change:
            change.insert("retention_date", {"event": "final_payment", "happened_on": "2026-05-05"})
        assert term(store, RetentionStage.RECORDS).until == date(2027, 5, 5)
        with store.change(occasion()) as change:
            change.insert("retention_date", {"event": "final_payment", "happened_on": None})
        assert term(store, RetentionStage.RECORDS).until is None
    with new_file(tmp_path / "c.db", rules[2]) as store:
        assert term(store, RetentionStage.RECORDS).until is None


def test_the_records_are_kept_at_least_as_long_as_the_identities(tmp_path: Path) -> None:
    rules = (rule(years=1), rule("names", years=9, stage="identities"))
    with new_file(tmp_path / "a.db", *rules) as store:
        assert term(store, RetentionStage.RECORDS).until == date(2027, 3, 31)


def test_days_and_rules_are_entered_with_a_reason(project: Arena) -> None:
    told = done(project("retain"))
    assert "the day of final_payment_decision is not known: it is kept" in told
    set_day = ("set-retention", "--event", "final_payment_decision", "--date")
    assert project(*set_day, "2018-06-01").code == 2
    assert project("set-retention", "--event", "party", "--date", "2018-06-01", *WHY).code == 2
    assert project("set-retention", "--event", "project_end", "--date", "2018-06-01", *WHY).code == 2
    assert project("set-retention", *WHY).code == 2
    done(project(*set_day, "2016-06-01", *WHY))
    assert "final_payment_decision, 2016-06-01: to be kept until 2020-12-31" in done(project("retain"))
    done(project(*set_day, "-", *WHY))
    assert done(project("retain")) == told
    Path("p.toml").write_text((Path(retaining.__file__).parents[1] / "projects" / "oppen-arena.toml").read_text()
                              .replace("years = 4", "years = 14"))  # fmt: skip
    done(project("set-retention", "--rules", "p.toml", *WHY))
    done(project(*set_day, "2016-06-01", *WHY))
    assert "final_payment_decision, 2016-06-01: to be kept until 2030-12-31" in done(project("retain"))
    assert project("undo", "--yes").code == 0
    assert "the day of final_payment_decision is not known" in done(project("retain"))


def test_the_doctor_says_when_the_time_is_over(project: Arena) -> None:
    def told(world: World) -> list[str]:
        return [line for line in project("doctor", world=world).out.splitlines() if "Retention" in line]

    over = make_world(datetime(2018, 10, 1, 9, tzinfo=UTC))
    assert told(make_world(datetime(2018, 9, 30, 9, tzinfo=UTC))) == []
    (line,) = told(over)
    assert line.startswith("!   Retention: the time for which persons' data had to be kept was over on 2018-09-30")
    done(project("retain", "--plan", "p.json", world=over))
    left_by_a_kill = Path(".p.json.arena-0123abcd.tmp")
    left_by_a_kill.hardlink_to("p.json")
    done(project("retain", "--execute", "p.json", *DNR, world=over))
    assert not left_by_a_kill.exists()
    assert told(over) == []
    assert "Erased on 2018-10-01, by decision KS 2031/17: who somebody is" in done(project("retain", world=over))


# -- a register with a text in every place ----------------------------------------------------------------------------


SHORT = replace(PROJECT, starts_on=date(2016, 1, 1), ends_on=date(2016, 4, 30))
NAMES = rule("names", FOLLOW_UP_END, 0, stage=RetentionStage.IDENTITIES)


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register of people of every kind: typed in, corrected, undone, and taken in with a list; reported twice."""
    folder = tmp_path_factory.mktemp("register")
    path = folder / "arena.db"
    Store.create(path, SHORT, occasion("init"), (rule(), NAMES))
    with Store.open(path, writing=True) as store:
        put(store, random_lists(DESCRIPTION, 12, SHORT.starts_on, SHORT.ends_on, seed=3))
        put_outcomes(store, waiting=2, seed=3)
        _type_canaries(store)
    (folder / "list.csv").write_text(
        "ref;municipality;sex;birth_year;entered_on;entry_step;exited_on;destination\n"
        + "".join(f"lista-{n};2305;woman;{1960 + n};2016-02-{n + 1:02};a;2016-04-{n + 1:02};job\n" for n in range(8)),
        encoding="utf-8",
    )
    report = ("report", "--format", "json,md", "--out", str(folder / "ut"), "--month")
    for command in (("import", str(folder / "list.csv")), (*report, "2016-02"), (*report, "2016-04")):
        with redirect_stdout(StringIO()), redirect_stderr(StringIO()) as said:
            assert run([*command, "--db", str(path)], EARLIER) == 0, said.getvalue()
    return path


@pytest.fixture
def register(arena: Arena, prepared: Path) -> Arena:
    shutil.copy(prepared, "arena.db")
    return arena


def _type_canaries(store: Store) -> None:
    said = replace(occasion("edit-participant"), why=CANARIES["reason"])
    (first, *_) = store.participants()
    (spell, *_) = store.spells("WHERE exit_type IS NULL OR exit_type <> 'misregistered'")
    with store.change(said) as change:
        change.update(first, with_ref := replace(first, ref=CANARIES["old ref"]))
        change.update(with_ref, replace(first, ref=CANARIES["ref"]))
        place = change.add(Place(0, "P-001", CANARIES["old host"], Sector.PRIVATE, "2305", 2, SHORT.starts_on))
        change.update(place, replace(place, host=CANARIES["host"]))
        change.add(Placement(0, spell.id, place.id, spell.entered_on, None, spell.exited_on))
        note = change.add(Note(0, "2305", "2016-03", tried=CANARIES["note"], next_step="-"))
        change.update(note, replace(note, settled_on=date(2016, 4, 1), result=CANARIES["result"]))
        change.add(Decision(0, None, date(2016, 3, 1), CANARIES["decision"], "lokal ledare", date(2016, 6, 1)))
        change.add(Access(0, AccessAction.READ, CANARIES["purpose"], "identity", 1, first.code))
    told = {"family_name": CANARIES["name"], "address": CANARIES["address"], "number": CANARIES["number"]}
    keep_identities(store, occasion("keep-identities"), IdentityKeeping.PERSONNUMMER)
    set_identity(store, occasion("set-identity"), first.code, told)
    with store.change(replace(said, why=CANARIES["taken back"])) as change:
        taken = change.add(replace(note, id=0, tried="kort"))
        change.remove(taken)


def retained(arena: Arena, stage: str = "records") -> Ran:
    done(arena("retain", "--plan", f"{stage}.json", "--stage", stage, world=LATER))
    ran = arena("retain", "--execute", f"{stage}.json", *DNR, world=LATER)
    done(ran)
    return ran


def identifying(path: Path = Path("arena.db")) -> set[str]:
    """Every text that must not be there any more: codes, refs, and the canaries."""
    with closing(sqlite3.connect(path)) as connection:
        found = {text for row in connection.execute("SELECT code, ref FROM participant") for text in row if text}
        found |= {f"lista-{n}" for n in range(8)}
    return found | set(CANARIES.values())


def hits(words: set[str], path: Path = Path("arena.db")) -> list[str]:
    """Which of the texts stand in the bytes of the file and of all that lies beside it, read by another process."""
    code = """
import json, sys
content = b"".join(open(path, "rb").read() for path in sys.argv[1:])
words = json.load(sys.stdin)
quoted = {word: json.dumps(word, ensure_ascii=False) for word in words}
forms = {word: {word, quoted[word][1:-1]} if len(word) > 6 else {quoted[word]} for word in words}
print(json.dumps([word for word in words if any(form.encode() in content for form in forms[word])]))
"""
    files = [
        str(p) for p in sorted(path.absolute().parent.iterdir()) if p.name.startswith((path.name, f".{path.name}"))
    ]
    ran = subprocess.run(
        [sys.executable, "-c", code, *files],
        input=json.dumps(sorted(words)),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[str] = json.loads(ran.stdout)
    return found


def figures(store: Store) -> Mapping[Month, Report]:
    """Every month of the project, counted."""
    month, counted = Month.of(SHORT.starts_on), {}
    while month <= Month.of(SHORT.ends_on):
        counted[month] = replace(build(store, month, LATER.now.date()), learning=Learning())
        month = month.next()
    return counted


@only_plain("looks for words in the bytes of the file")
def test_nothing_of_anybody_is_left_and_every_figure_is_what_it_was(register: Arena) -> None:
    words = identifying()
    assert {*hits(words)} == words  # they are there, so that their being gone says something
    with Store.open(Path("arena.db")) as store:
        before = figures(store)
        delivered = store.rows("SELECT * FROM delivery"), store.rows("SELECT * FROM delivered_file")
    told = retained(register).err
    assert hits(words) == []
    with Store.open(Path("arena.db")) as store:
        assert figures(store) == before
        assert (store.rows("SELECT * FROM delivery"), store.rows("SELECT * FROM delivered_file")) == delivered
        codes = {code for (code,) in store.rows("SELECT code FROM participant")}
        dump = "\n".join(store._connection.iterdump())  # all that can be read of it
    assert not codes & words
    assert not [word for word in words if (word if len(word) > 6 else f"'{word}'") in dump]
    assert "4 months counted before and after" in told
    assert re.search(r"(\d+) codes and \d+ texts; none is left", told)
    assert json.loads(done(register("check", "--all", "--json", world=LATER)))["sound"]


def test_the_file_is_shorter_by_nothing_but_its_free_pages(register: Arena) -> None:
    retained(register)
    with closing(sqlite3.connect("arena.db")) as connection:
        assert connection.execute("PRAGMA freelist_count").fetchone() == (0,)
        assert connection.execute("PRAGMA secure_delete").fetchone() is not None
    assert not Path("arena.db-journal").exists()
    assert not list(Path().glob(".arena.db*unfinished*"))


@only_plain("looks for words in the bytes of the file")
def test_identities_go_first_and_leave_the_rest_as_it_was(register: Arena) -> None:
    with Store.open(Path("arena.db")) as store:
        before, codes = figures(store), store.rows("SELECT code, sex, birth_year FROM participant ORDER BY id")
    planned = json.loads(done(register("retain", "--plan", "p.json", world=LATER)) and Path("p.json").read_text())
    assert (planned["stage"], planned["rows"]["participant.ref"]) == ("identities", 20)
    retained(register, "identities")
    gone = {CANARIES[kind] for kind in ("ref", "old ref", "name", "address", "number")}
    assert hits(gone | {f"lista-{n}" for n in range(8)}) == []
    assert CANARIES["reason"] in hits({CANARIES["reason"]})
    with Store.open(Path("arena.db")) as store:
        assert store.rows("SELECT code, sex, birth_year FROM participant ORDER BY id") == codes
        assert store.rows("SELECT count(ref) FROM participant") == [(0,)]
        assert store.rows("SELECT count(*) FROM identity, identity_number") == [(0,)]
        assert figures(store) == before
    assert register("retain", "--plan", "again.json", "--stage", "identities", world=LATER).code == 5
    words = identifying()
    retained(register, "records")
    assert hits(words) == []
    assert json.loads(done(register("check", "--all", "--json", world=LATER)))["sound"]
    assert register("retain", "--plan", "again.json", world=LATER).code == 5


# -- the two steps ----------------------------------------------------------------------------------------------------


def unchanged(arena: Arena, *arguments: str, code: int, world: Any = LATER) -> str:
    before = Path("arena.db").read_bytes()
    ran = arena(*arguments, world=world)
    assert ran.code == code, ran.err
    assert Path("arena.db").read_bytes() == before
    return ran.err


def test_a_plan_names_nobody_and_changes_nothing(register: Arena) -> None:
    words = identifying()
    told = unchanged(register, "retain", "--plan", "p.json", "--stage", "records", code=0)
    content = Path("p.json").read_text("utf-8")
    assert not [word for word in words if word in content + told]
    planned = json.loads(content)
    assert planned["kept_until"] == "2021-04-30"
    assert planned["rows"]["participant"] == 22
    assert Path("p.json").stat().st_mode & 0o777 == 0o600
    unchanged(register, "retain", "--plan", "p.json", "--stage", "records", code=0)  # the same plan
    Path("p.json").write_text("mine")
    unchanged(register, "retain", "--plan", "p.json", "--stage", "records", code=5)
    unchanged(register, "retain", "--plan", "o.json", "--execute", "p.json", code=2)
    unchanged(register, "retain", "--plan", "o.json", "--stage", "everything", code=2)


def test_nothing_goes_without_a_decision_a_plan_or_its_time(register: Arena) -> None:
    done(register("retain", "--plan", "p.json", "--stage", "records", world=EARLIER))
    execute = ("retain", "--execute", "p.json")
    unchanged(register, *execute, code=2)
    unchanged(register, *execute, "--decision", " ", code=2)
    unchanged(register, *execute, "--decision", "19830101-2392", code=2)
    unchanged(register, "retain", "--execute", "q.json", *DNR, code=4)
    early = unchanged(register, *execute, *DNR, code=5, world=make_world(datetime(2021, 4, 30, 20, tzinfo=UTC)))
    assert "2021-04-30" in early
    planned = json.loads(Path("p.json").read_text())
    altered: object
    for altered in ({**planned, "kept_until": "2018-01-01"}, {**planned, "hash": "0" * 64}, [], 3):
        Path("q.json").write_text(json.dumps(altered))
        unchanged(register, "retain", "--execute", "q.json", *DNR, code=3)
    Path("q.json").write_bytes(b"\xff{")
    unchanged(register, "retain", "--execute", "q.json", *DNR, code=3)
    assert register(*execute, *DNR, world=make_world(datetime(2021, 5, 1, 8, tzinfo=UTC))).code == 0


def test_a_day_that_is_not_known_keeps_everything(arena: Arena) -> None:
    with new_file(Path("arena.db"), rule("fund", "final_payment", 0)):
        pass
    done(arena("retain", "--plan", "p.json", "--stage", "records", world=LATER))
    assert "final_payment is not known" in unchanged(arena, "retain", "--execute", "p.json", *DNR, code=5)


@pytest.mark.parametrize(
    "change",
    [
        ["add-note", "--municipality", "2305", "--month", "2016-03", "--tried", "ännu en grupp"],
        ["set-retention", "--rules", "oppen-arena", *WHY],
    ],
    ids=["records", "rules"],
)
def test_a_register_that_has_changed_since_the_plan_is_left_alone(register: Arena, change: list[str]) -> None:
    done(register("retain", "--plan", "p.json", "--stage", "records", world=LATER))
    done(register(*change, world=EARLIER))
    assert "have changed since the plan" in unchanged(register, "retain", "--execute", "p.json", *DNR, code=5)


def test_the_same_plan_again_changes_nothing(register: Arena) -> None:
    retained(register)
    assert "already" in unchanged(register, "retain", "--execute", "records.json", *DNR, code=0)


def test_what_a_command_wrote_meanwhile_is_not_lost(register: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also what leaves the journal as it is."""
    done(register("retain", "--plan", "p.json", "--stage", "records", world=LATER))
    examined = checking.examine

    def meanwhile(*arguments: Any, **options: Any) -> Any:
        with closing(sqlite3.connect("arena.db", isolation_level=None)) as other:
            other.execute("INSERT INTO sent VALUES (NULL, 1, 'chef@example.se', 'accepted', '2031-03-03', 'bo')")
        return examined(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr("arena_cli.privacy.retaining.examine", meanwhile)
        assert register("retain", "--execute", "p.json", *DNR, world=LATER).code == 6
    with Store.open(Path("arena.db")) as store:
        assert store.rows("SELECT count(*) FROM sent") == [(1,)]
        assert store.rows("SELECT count(*) FROM retention") == [(0,)]


def test_what_else_holds_the_persons_is_listed(register: Arena) -> None:
    Path("kopior").mkdir()
    done(register("backup", "--to", "kopior", world=EARLIER))
    Path("utdrag").mkdir()
    (code, *_) = sorted(word for word in identifying() if re.fullmatch(r"....-..", word))
    done(register("export-participant", code, "--out", "utdrag", "--purpose", "begäran", world=EARLIER))
    told = retained(register).err
    assert re.search(r"backup of 2018-04-03: .*kopior/arena-2018-04-03T090000Z\.db", told)
    assert "files that export-participant wrote on 2018-04-03" in told
    back = register("restore", *map(str, Path("kopior").glob("*.db")), "--yes", world=LATER)
    assert back.code == 5
    assert "KS 2031/17" in back.err


# -- what is true afterwards ------------------------------------------------------------------------------------------


def test_the_journal_keeps_who_and_when_and_says_nothing_of_anybody(register: Arena) -> None:
    with Store.open(Path("arena.db")) as store:
        before = store.entries()
    retained(register)
    with Store.open(Path("arena.db")) as store:
        after = store.entries()
        persons = set(Schema.of(store).related())
    *after, retention = after
    assert [(e.seq, e.change, e.actor, e.command, e.undoes, e.subject) for e in after] == [
        (e.seq, e.change, e.actor, e.command, e.undoes, e.subject) for e in before
    ]
    assert {e.why for e in after} == {None}
    assert all(a.at[:13] == b.at[:13] for a, b in zip(after, before, strict=True))
    assert all(re.search(":00:00(Z|[+]00:00)$", e.at) for e in after if e.subject in persons)
    assert (retention.subject, retention.command) == ("retention", "retain")
    (kept,) = [json.loads(retention.after or "")]
    assert (kept["decision"], kept["persons"]) == ("KS 2031/17", 22)
    assert (kept["journal_seq"], kept["journal_hash"]) == (before[-1].seq, before[-1].hash)


def test_check_says_what_can_be_proven_and_finds_what_was_changed_before(register: Arena) -> None:
    retained(register)
    ran = register("check", "--all", world=LATER)
    assert ran.code == 0
    assert "decision KS 2031/17: what the journal's entries up to number" in ran.err
    assert "with the ends that 2 reports name" in ran.err
    with closing(sqlite3.connect("arena.db", isolation_level=None)) as connection:
        guard = "SELECT sql FROM sqlite_schema WHERE name = 'journal_is_never_changed'"
        ((sql,),) = connection.execute(guard).fetchall()
        connection.execute("DROP TRIGGER journal_is_never_changed")
        connection.execute("UPDATE journal SET actor = 'somebody else' WHERE seq = 30")
        connection.execute(sql)
    ran = register("check", "--all", world=LATER)
    assert ran.code == 3
    assert "broken at entry 30" in ran.out


def test_what_was_before_cannot_be_asked_for_any_more_and_says_so(register: Arena) -> None:
    retained(register)
    assert register("undo", "--yes", world=LATER).code == 4
    with Store.open(Path("arena.db")) as store, pytest.raises(BeforeRetention):
        store.as_of(30)
    assert register("list-changes", world=LATER).code == 0
    assert register("list-accesses", world=LATER).code == 0


def test_a_month_that_was_told_otherwise_is_still_told_without_its_causes(register: Arena) -> None:
    """Something was registered late after the report; then retention took away what it was."""
    woman = ("--municipality", "2305", "--date", "2016-02-09", "--sex", "woman")
    done(register("add-participant", *woman, world=EARLIER))
    retained(register)
    told = done(register("report", "--month", "2016-04", "--format", "json", "--out", "ut", world=LATER))
    data = json.loads(Path(told.splitlines()[0]).read_text("utf-8"))
    assert data["month"] == "2016-04"
    ran = register("report", "--month", "2016-04", "--format", "md", "--lang", "en", world=LATER)
    assert ran.code == 0
    assert "2016-02" in ran.out or "February 2016" in ran.out


def test_a_delivered_file_in_which_a_code_stands_loses_its_bytes_and_keeps_its_hash(register: Arena) -> None:
    with closing(sqlite3.connect("arena.db", isolation_level=None)) as connection:
        ((code,),) = connection.execute("SELECT code FROM participant LIMIT 1")
        connection.execute("DROP TRIGGER delivered_file_is_never_changed")
        packed = zlib.compress(f"# Rapport med {code}".encode())
        connection.execute("UPDATE delivered_file SET content = ? WHERE name LIKE '%2016-02%.md'", (packed,))
        connection.execute(
            "CREATE TRIGGER delivered_file_is_never_changed BEFORE UPDATE ON delivered_file\n"
            "    BEGIN SELECT RAISE(ABORT, 'a delivery is never changed'); END"
        )
        hashes = connection.execute("SELECT sha256 FROM delivered_file ORDER BY rowid").fetchall()
    told = done(register("retain", "--plan", "p.json", "--stage", "records", world=LATER))
    assert "files of reports in which a code stands" in told
    done(register("retain", "--execute", "p.json", *DNR, world=LATER))
    with closing(sqlite3.connect("arena.db")) as connection:
        contents = [zlib.decompress(c) for (c,) in connection.execute("SELECT content FROM delivered_file")]
        assert connection.execute("SELECT sha256 FROM delivered_file ORDER BY rowid").fetchall() == hashes
    assert contents.count(b"") == 1
    assert not any(code.encode() in content for content in contents)
    assert json.loads(done(register("check", "--all", "--json", world=LATER)))["sound"]


# -- the machinery bites ----------------------------------------------------------------------------------------------


def test_a_figure_that_would_be_another_stops_everything(register: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    done(register("retain", "--plan", "p.json", "--stage", "records", world=LATER))
    monkeypatch.setattr(erasing, "KEPT", {**KEPT, "spell": KEPT["spell"] - {"destination"}})
    assert "The figures of 2016-" in unchanged(register, "retain", "--execute", "p.json", *DNR, code=3)


@pytest.mark.parametrize("place", ["why", "values"])
def test_a_text_that_would_be_left_stops_everything(
    register: Arena, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    done(register("retain", "--plan", "p.json", "--stage", "records", world=LATER))
    rewritten = erasing.Eraser._link  # a bug is planted

    def forgetful(self: Any, link: Any) -> Any:
        anew = rewritten(self, link)
        return anew._replace(why=link.why) if place == "why" else anew._replace(actor=f"{link.actor} {link.after}")

    monkeypatch.setattr(erasing.Eraser, "_link", forgetful)
    assert "still stands" in unchanged(register, "retain", "--execute", "p.json", *DNR, code=3)


def test_every_column_of_a_persons_table_is_known_to_stay_or_to_go(tmp_path: Path) -> None:
    """A new column or table: name it in KEPT if figures count it. What is not named goes."""
    with new_file(tmp_path / "arena.db") as store:
        schema = Schema.of(store)
        gone = {
            (table, column)
            for table, references in schema.related().items()
            for column in set(schema.columns[table]) - KEPT.get(table, frozenset()) - STRUCTURE
            if table not in IDENTIFYING and column not in {reference.column for reference in references}
        }
        assert gone == {(PARTICIPANT, "ref"), (PARTICIPANT, "protection")}
        assert set(KEPT) <= set(schema.related())


# -- ages -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rules", ["none", "esf-2014", "esf-plus"])
def test_an_age_is_replaced_by_one_that_every_condition_takes_alike(rules: str) -> None:
    project = replace(PROJECT, fund_rules=rules)
    bands, table = Bands.of(project), fund_table(rules)
    conditions = {"age < 15", "age - 1 > 64"}
    for measure in table.measures if table else ():
        conditions |= set(re.findall(r"(?:age|months_without_work) (?:<=|>=|<|>|=) [0-9]+", measure.sql))
    classes = set()
    with closing(sqlite3.connect(":memory:")) as connection:
        for number in range(121):
            year = bands.birth_year(2016 - number, 2016)
            assert year is not None
            ages, months = (number, 2016 - year), (number, bands.months_without_work(number))
            classes.add(2016 - year)
            for condition in conditions:
                one, other = ages if condition.startswith("age") else months
                if other is not None:
                    sql = f"SELECT {condition} FROM (SELECT ? AS age, ? AS months_without_work)"
                    assert (
                        connection.execute(sql, (one, one)).fetchone()
                        == connection.execute(sql, (other, other)).fetchone()
                    ), (condition, number)
    assert len(classes) <= 9
    assert bands.birth_year(None, 2016) is None
    assert bands.birth_year(1980, None) is None


# -- any register -----------------------------------------------------------------------------------------------------


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 10_000),
    persons=st.integers(0, 14),
    stages=st.sampled_from([["records"], ["identities", "records"]]),
)
def test_whatever_the_register_the_figures_stay_and_the_texts_go(
    tmp_path_factory: pytest.TempPathFactory, seed: int, persons: int, stages: list[str]
) -> None:
    path = tmp_path_factory.mktemp("any") / "arena.db"
    Store.create(path, SHORT, occasion("init"), (rule(), NAMES))
    with Store.open(path, writing=True) as store:
        put(store, random_lists(DESCRIPTION, persons, SHORT.starts_on, SHORT.ends_on, seed=seed))
        if persons:
            put_outcomes(store, waiting=2, seed=seed)
            _type_canaries(store)
    words = {w for w in identifying(path) if not re.fullmatch("[0-9]{5}", w)}
    now = Occasion(date(2031, 3, 3), "2031-03-03T09:00:00Z", "bo", "retain")
    with Store.open(path, writing=True) as store:
        before = figures(store)
    for stage in stages:
        with Store.open(path, writing=True) as store:
            planned = retaining.plan(store, RetentionStage(stage))
            assert retaining.execute(store, planned, "KS 1", now)
    with Store.open(path) as store:
        assert figures(store) == before
        numbers = {
            table: store.rows(f"SELECT count(*) FROM {table}") for table in ("participant", "spell", "step_move")
        }
        assert numbers["participant"] == store.rows("SELECT count(DISTINCT code) FROM participant")
    content = path.read_bytes()
    assert not [word for word in words if word.encode() in content]
