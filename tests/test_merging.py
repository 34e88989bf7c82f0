"""Two participants who are one person: joined with all that is theirs, or refused with a plan; and split again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from arena_cli import casework
from arena_cli.casework import (
    Intake,
    attendance,
    background,
    follow_up,
    formers,
    identities,
    joining,
    merging,
    pausing,
    placements,
    protection,
)
from arena_cli.casework.background import Livelihood
from arena_cli.casework.joining.obstacles import (
    DifferentBackgrounds,
    DifferentFollowUps,
    DifferentHours,
    DifferentIncome,
    DifferentNumbers,
    DifferentProtection,
    DifferentSteps,
    Obstacle,
    PausesOverlap,
    PlacementsOverlap,
    SpellsOverlap,
    TwoWaits,
    WaitsAndTakesPart,
)
from arena_cli.errors import ArenaError
from arena_cli.figures.report import build
from arena_cli.identity_number import read_personal_number
from arena_cli.model import (
    Answer,
    Employment,
    ExitType,
    FollowUp,
    FollowUpKind,
    IdentityKeeping,
    IncomeSource,
    Month,
    PauseReason,
    Protection,
    Sector,
    Sex,
)
from arena_cli.records import TABLES, table_of
from arena_cli.store import Row, Store
from tests.sample import TODAY, new_store, occasion

MARCH = Month(2016, 3)


def on(day: int, month: int = 3) -> date:
    return date(2016, month, day)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with new_store(tmp_path / "arena.db") as opened:
        yield opened


def enrol(
    store: Store,
    day: date,
    municipality: str = "2305",
    step: str | None = None,
    sex: Sex = Sex.WOMAN,
    birth_year: int | None = None,
    ref: str | None = None,
) -> str:
    intake = Intake(municipality, day, step)
    return casework.enrol(store, occasion(), intake, sex=sex, birth_year=birth_year, ref=ref).participant.code


def leave(store: Store, code: str, day: date, destination: str | None = "job") -> None:
    casework.leave(store, occasion(), code, day, ExitType.COMPLETED, destination)


def merge(store: Store, kept: str, other: str) -> merging.Merging:
    return merging.merge(store, occasion(formers.MERGE), kept, other)


def rows(store: Store) -> dict[str, list[Row]]:
    return {table: store.rows(f"SELECT * FROM {table} ORDER BY id") for table in TABLES.values()}


def obstacles(store: Store, kept: str, other: str) -> dict[type[Obstacle], tuple[str, ...]]:
    """What stands in the way, with its commands; nothing is written."""
    before, entries = rows(store), len(store.entries())
    with pytest.raises(merging.CannotMerge) as caught:
        merge(store, kept, other)
    assert (rows(store), len(store.entries())) == (before, entries)
    return {type(obstacle): obstacle.commands for obstacle in caught.value.obstacles}


def persons(store: Store) -> int:
    report = build(store, MARCH, TODAY)
    assert report.reconciles
    return report.tables["persons"].value("participants")


# -- joined -----------------------------------------------------------------------------------------------------------


def test_somebody_who_came_back_as_somebody_new_is_counted_once(store: Store) -> None:
    kept, other = enrol(store, on(1)), enrol(store, on(20), "2303")
    leave(store, kept, on(10))
    assert persons(store) == 2
    done = merge(store, kept, other)
    assert (len(done.moved), len(done.twice)) == (1, 0)
    assert persons(store) == 1
    flow = build(store, MARCH, TODAY).tables["stock_flow"]
    assert (flow.value("entered"), flow.value("re_entered")) == (1, 1)


def test_the_code_that_is_not_kept_leads_to_the_person(store: Store) -> None:
    kept, other = enrol(store, on(1)), enrol(store, on(20), "2303")
    leave(store, kept, on(10))
    merge(store, kept, other)
    told: list[tuple[str, str]] = []
    with Store.open(store.path, on_merged=lambda *codes: told.append(codes)) as reader:
        assert casework.find_participant(reader, other).code == kept
        assert casework.find_participant(reader, kept).code == kept
    assert told == [(other, kept)]
    casework.move(store, occasion(), other, "b", on(21))
    assert [move.step for move in casework.journey(store, kept).moves] == ["b"]


def test_the_same_enrolment_registered_twice_counts_once_with_all_that_either_knows(store: Store) -> None:
    kept, other = enrol(store, on(1), step="a"), enrol(store, on(1), step="a", birth_year=1985, ref="17")
    casework.move(store, occasion(), kept, "b", on(5))
    casework.move(store, occasion(), other, "c", on(9))
    pausing.pause(store, occasion(), other, on(10), PauseReason.LEAVE, on(12))
    attendance.add_hours(store, occasion(), [kept], MARCH, "talks", 90)
    attendance.add_hours(store, occasion(), [other], MARCH, "talks", 90, certified=True)
    attendance.add_hours(store, occasion(), [other], MARCH, "language", 60)
    done = merge(store, kept, other)
    assert (len(done.moved), len(done.twice)) == (0, 1)
    known = casework.journey(store, kept)
    assert (known.participant.birth_year, known.participant.ref) == (1985, "17")
    counted, misregistered = known.spells
    assert misregistered.exit_type is ExitType.MISREGISTERED
    assert [move.step for move in known.moves_of(counted)] == ["a", "b", "c"]
    assert [pause.spell_id for pause in pausing.pauses_of(store, known.participant)] == [counted.id]
    hours = attendance.hours_of(store, known.participant)
    assert [(h.activity, h.minutes, h.certified) for h in hours] == [("language", 60, False), ("talks", 90, True)]
    assert persons(store) == 1


def test_a_ref_stays_with_whom_it_is_and_still_finds_the_person(store: Store) -> None:
    kept, other = enrol(store, on(1), ref="17"), enrol(store, on(1), ref="18")
    merge(store, kept, other)
    found = {ref: store.participant_by_ref(ref) for ref in ("17", "18")}
    assert {ref: person and person.code for ref, person in found.items()} == {"17": kept, "18": kept}
    with pytest.raises(casework.RefTaken) as caught:
        enrol(store, on(2), ref="18")
    assert caught.value.facts == {"code": kept}


def test_backgrounds_income_and_waits_go_along(store: Store) -> None:
    kept = enrol(store, on(1))
    assigned = pausing.assign(store, occasion(), "2305", on(2), sex=Sex.WOMAN).participant.code
    background.record_background(
        store,
        occasion(),
        assigned,
        lambda b: replace(b, employment=Employment.UNEMPLOYED, rural=Answer.YES),
        Livelihood([IncomeSource.OTHER]),
    )
    background.record_background(store, occasion(), kept, lambda b: replace(b, employment=Employment.UNEMPLOYED))
    leave(store, kept, on(10))
    merge(store, kept, assigned)
    person = casework.find_participant(store, kept)
    assert background.background_of(store, person).rural is Answer.YES  # type: ignore[union-attr]
    assert [income.source for income in background.income_of(store, person)] == [IncomeSource.OTHER]
    assert pausing.start(store, occasion(), assigned, on(20), None).participant == person


def test_a_follow_up_of_a_spell_that_both_have_goes_over(store: Store) -> None:
    kept, other = enrol(store, on(1)), enrol(store, on(1))
    for code in (kept, other):
        leave(store, code, on(10))

    def works(record: FollowUp) -> FollowUp:
        return replace(record, working=Answer.YES, studying=Answer.NO)

    income = Livelihood([IncomeSource.WAGE_UNSUBSIDISED])
    kind = FollowUpKind.IMMEDIATE
    follow_up.record_follow_up(store, occasion(), other, kind, on(12), works, None, income)
    merge(store, kept, other)
    spell = casework.journey(store, kept).spells[0]
    assert follow_up.follow_up_of(store, spell, kind) is not None
    assert store.rows("SELECT DISTINCT participant_id, spell_id FROM income") == [(spell.participant_id, spell.id)]
    assert build(store, MARCH, TODAY).reconciles


def test_those_who_were_joined_before_come_along(store: Store) -> None:
    first, second, third = (enrol(store, on(1)) for _ in range(3))
    merge(store, second, third)
    assert merge(store, first, second).came_along == (third,)
    assert casework.find_participant(store, third).code == first
    assert persons(store) == 1


def test_nobody_is_joined_with_themselves(store: Store) -> None:
    kept, other = enrol(store, on(1)), enrol(store, on(1))
    with pytest.raises(merging.SamePerson):
        merge(store, kept, kept)
    merge(store, kept, other)
    with pytest.raises(merging.SamePerson):
        merge(store, kept, other)


def test_every_table_of_a_participant_or_a_spell_is_known_to_the_merge(store: Store) -> None:
    """A new table that refers to either must be told what becomes of its rows."""
    tables = [name for (name,) in store.rows("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    referring = {
        table
        for table in tables
        for key in store.rows(f"PRAGMA foreign_key_list({table})")
        if key[2] in {"participant", "spell"}
    }
    assert referring == {table_of(kind) for kind in (*joining.BELONGING, *joining.STAYING)}
    for kind, column in joining.BELONGING.items():
        assert column in {name for _, name, *_ in store.rows(f"PRAGMA table_info({TABLES[kind]})")}


def everything(store: Store, code: str, place: str, month: int) -> None:
    """A record of every kind, in a spell that begins and ends in a month."""
    day = Month(2016, month)
    background.record_background(
        store, occasion(), code, lambda b: replace(b, employment=Employment.INACTIVE), Livelihood([IncomeSource.OTHER])
    )
    casework.move(store, occasion(), code, "c", day.first.replace(day=5))
    pausing.pause(store, occasion(), code, day.first.replace(day=6), PauseReason.LEAVE, day.first.replace(day=8))
    placements.place_participant(store, occasion(), code, place, day.first.replace(day=9), allow_beyond_capacity=True)
    attendance.add_hours(store, occasion(), [code], day, "talks", 90)
    leave(store, code, day.first.replace(day=20))
    follow_up.record_follow_up(
        store,
        occasion(),
        code,
        FollowUpKind.IMMEDIATE,
        day.first.replace(day=22),
        lambda f: replace(f, working=Answer.YES, studying=Answer.NO),
        None,
        Livelihood([IncomeSource.OTHER]),
    )


def two_full_lives(store: Store, same_month: bool) -> tuple[str, str]:
    place = placements.add_place(
        store, occasion(), host="A", sector=Sector.PRIVATE, municipality="2305", capacity=1, opens_on=on(1, 1)
    ).place.code
    codes = []
    for month in (1, 1 if same_month else 3):
        waiting = pausing.assign(store, occasion(), "2305", on(1, month), sex=Sex.WOMAN).participant.code
        code = pausing.start(store, occasion(), waiting, on(3, month), "a").participant.code
        everything(store, code, place, month)
        codes.append(code)
    third = enrol(store, on(1))
    merging.distinguish(store, occasion(), codes[1], third)
    return codes[0], codes[1]


@pytest.mark.parametrize("same_month", [True, False])
def test_no_record_is_left_with_the_other_and_a_split_gives_all_back(store: Store, same_month: bool) -> None:
    kept, other = two_full_lives(store, same_month)
    before = rows(store)
    assert all(before[TABLES[kind]] for kind in joining.BELONGING if TABLES[kind] != "merge")
    merge(store, kept, other)
    other_id = store.participant(other).id  # type: ignore[union-attr]
    for kind, column in joining.BELONGING.items():
        if column != "spell_id":
            assert store.rows(f"SELECT * FROM {TABLES[kind]} WHERE {column} = ?", (other_id,)) == []
    assert (
        store.rows(
            "SELECT * FROM income i JOIN spell s ON s.id = i.spell_id WHERE s.participant_id <> i.participant_id"
        )
        == []
    )
    joined = rows(store)
    assert build(store, MARCH, TODAY).reconciles
    merging.split(store, occasion("split-participants"), kept, other)
    assert rows(store) == before
    merge(store, kept, other)
    without_ids = {table: found for table, found in rows(store).items() if table != "merge"}
    assert without_ids == {table: found for table, found in joined.items() if table != "merge"}
    casework.undo(store, occasion("undo"), casework.last_change(store)[0].change)
    assert rows(store) == before


# -- refused with a plan ----------------------------------------------------------------------------------------------


def test_what_is_registered_about_the_person_must_agree(store: Store) -> None:
    kept, other = enrol(store, on(1), birth_year=1985), enrol(store, on(1), sex=Sex.MAN, birth_year=1986)
    (commands,) = obstacles(store, kept, other).values()
    assert commands == (
        f"arena edit-participant {other} --sex woman --birth-year 1985 --why WHY",
        f"arena edit-participant {kept} --sex man --birth-year 1986 --why WHY",
    )


def test_spells_that_overlap_in_one_municipality_are_made_the_same_or_one_never_was(store: Store) -> None:
    kept, other = enrol(store, on(1)), enrol(store, on(3))
    leave(store, other, on(20))
    exit_of_theirs = "--type completed --destination job"
    assert obstacles(store, kept, other)[SpellsOverlap] == (
        f"arena edit-spell {other} --number 1 --entered 2016-03-01 --exited - --why WHY",
        f"arena edit-spell {kept} --number 1 --entered 2016-03-03 --exited 2016-03-20 {exit_of_theirs} --why WHY",
        f"arena edit-spell {other} --number 1 --type misregistered --why WHY",
        f"arena edit-spell {kept} --number 1 --type misregistered --why WHY",
    )


def test_touching_days_in_two_municipalities_are_a_transfer(store: Store) -> None:
    kept, other = enrol(store, on(1)), enrol(store, on(20), "2303")
    leave(store, kept, on(20))
    first, *_ = obstacles(store, kept, other)[SpellsOverlap]
    assert first == f"arena edit-spell {kept} --number 1 --type transferred --destination - --why WHY"


def test_two_who_wait_and_one_who_waits_beside_a_spell(store: Store) -> None:
    waits = [pausing.assign(store, occasion(), "2305", on(day), sex=Sex.WOMAN).participant.code for day in (1, 2)]
    assert obstacles(store, *waits)[TwoWaits] == (
        f"arena withdraw-participant {waits[1]} --date 2016-03-02",
        f"arena withdraw-participant {waits[0]} --date 2016-03-01",
        f"arena remove-assignment {waits[1]} --why WHY",
    )
    enrolled = enrol(store, on(7))
    assert obstacles(store, enrolled, waits[0])[WaitsAndTakesPart] == (
        f"arena start-participant {waits[0]} --date 2016-03-07",
        f"arena withdraw-participant {waits[0]} --date 2016-03-01",
    )


def test_backgrounds_must_agree_and_who_came_first_knows_best(store: Store) -> None:
    kept, other = enrol(store, on(20)), enrol(store, on(1), "2303")
    leave(store, other, on(10))
    for code, employment, months in ((kept, Employment.EMPLOYED, None), (other, Employment.UNEMPLOYED, 5)):
        background.record_background(
            store,
            occasion(),
            code,
            lambda b, e=employment, m=months: replace(b, employment=e, months_without_work=m),  # type: ignore[misc]
            Livelihood([IncomeSource.OTHER if months else IncomeSource.STUDY_SUPPORT]),
        )
    found = obstacles(store, kept, other)
    assert found[DifferentBackgrounds] == (
        f"arena add-background {kept} --employment unemployed --why WHY",
        f"arena add-background {other} --employment employed --months-without-work - --why WHY",
    )
    assert found[DifferentIncome][0] == (f"arena add-background {kept} --income other --main other --why WHY")


def in_the_same_spell(store: Store) -> tuple[str, str]:
    return enrol(store, on(1), step="a"), enrol(store, on(1), step="a")


def differ_in_step(store: Store, codes: tuple[str, str]) -> None:
    for code, step in zip(codes, "bc", strict=True):
        casework.move(store, occasion(), code, step, on(5))


def differ_in_pause(store: Store, codes: tuple[str, str]) -> None:
    for code, day in zip(codes, (5, 6), strict=True):
        pausing.pause(store, occasion(), code, on(day), PauseReason.LEAVE)


def differ_in_placement(store: Store, codes: tuple[str, str]) -> None:
    added = placements.add_place(
        store, occasion(), host="A", sector=Sector.PRIVATE, municipality="2305", capacity=2, opens_on=on(1)
    )
    for code, day in zip(codes, (5, 6), strict=True):
        placements.place_participant(store, occasion(), code, added.place.code, on(day))


def differ_in_hours(store: Store, codes: tuple[str, str]) -> None:
    for code, minutes in zip(codes, (60, 90), strict=True):
        attendance.add_hours(store, occasion(), [code], MARCH, "talks", minutes)


def differ_in_follow_up(store: Store, codes: tuple[str, str]) -> None:
    for code, working in zip(codes, (Answer.YES, Answer.NO), strict=True):
        leave(store, code, on(20))
        follow_up.record_follow_up(
            store,
            occasion(),
            code,
            FollowUpKind.IMMEDIATE,
            on(22),
            lambda f, w=working: replace(f, working=w, work_extent=50 if w is Answer.YES else None),  # type: ignore[misc]
        )


@pytest.mark.parametrize(
    ("differ", "obstacle", "commands"),
    [
        (
            differ_in_step,
            DifferentSteps,
            ("edit-move {other} 2 --to b --why WHY", "edit-move {kept} 2 --to c --why WHY"),
        ),
        (
            differ_in_pause,
            PausesOverlap,
            ("remove-pause {other} 1 --why WHY", "remove-pause {kept} 1 --why WHY"),
        ),
        (
            differ_in_placement,
            PlacementsOverlap,
            ("remove-placement {other} 1 --why WHY", "remove-placement {kept} 1 --why WHY"),
        ),
        (
            differ_in_hours,
            DifferentHours,
            (
                "add-hours {other} --month 2016-03 --activity talks --hours 1:00 --spell 1",
                "add-hours {kept} --month 2016-03 --activity talks --hours 1:30 --spell 1",
            ),
        ),
        (
            differ_in_follow_up,
            DifferentFollowUps,
            (
                "add-follow-up {other} --kind immediate --number 1 --date 2016-03-22 --working yes --why WHY",
                "add-follow-up {kept} --kind immediate --number 1 --date 2016-03-22 --working no --extent - --why WHY",
            ),
        ),
    ],
)
def test_what_hangs_on_a_spell_that_both_have_must_agree(
    store: Store,
    differ: Callable[[Store, tuple[str, str]], None],
    obstacle: type[Obstacle],
    commands: tuple[str, ...],
) -> None:
    kept, other = codes = in_the_same_spell(store)
    differ(store, codes)
    expected = tuple(f"arena {command.format(kept=kept, other=other)}" for command in commands)
    assert obstacles(store, kept, other) == {obstacle: expected}


# -- who they are -----------------------------------------------------------------------------------------------------

PERSONNUMMER = ("198301012392", "198301022383")
SAMORDNINGSNUMMER = "198300662395"


def tell(store: Store, code: str, **told: str) -> None:
    identities.set_identity(store, replace(occasion(), why="told"), code, told)


@pytest.fixture
def named(store: Store) -> tuple[str, str]:
    """Two who are alike, in a project that keeps who they are."""
    identities.keep_identities(store, occasion(), IdentityKeeping.PERSONNUMMER)
    return enrol(store, on(1)), enrol(store, on(1))


def test_a_name_is_found_by_either_code_and_can_be_taken_away(store: Store, named: tuple[str, str]) -> None:
    kept, other = named
    tell(store, other, given_name="Test", family_name="Testsson", number=PERSONNUMMER[0])
    merge(store, kept, other)
    (person,) = identities.with_name(store, "testsson")
    assert person.code == kept
    assert identities.with_number(store, read_personal_number(PERSONNUMMER[0], TODAY)) == person
    known = identities.known_identity(store, person)
    assert (known.identity is not None, known.number) == (True, PERSONNUMMER[0])
    identities.remove_identity(store, replace(occasion(), why="over"), kept)
    for table in ("identity", "identity_number"):
        assert store.rows(f"SELECT * FROM {table}") == []


def test_two_different_personnummer_are_two_persons(store: Store, named: tuple[str, str]) -> None:
    kept, other = named
    for code, number in zip(named, PERSONNUMMER, strict=True):
        tell(store, code, number=number)
    assert obstacles(store, kept, other)[DifferentNumbers] == (
        f"arena remove-identity {other} --why WHY",
        f"arena remove-identity {kept} --why WHY",
    )


def test_a_samordningsnummer_becomes_a_personnummer(store: Store, named: tuple[str, str]) -> None:
    kept, other = named
    tell(store, kept, number=SAMORDNINGSNUMMER)
    tell(store, other, number=PERSONNUMMER[0])
    merge(store, kept, other)
    known = identities.known_identity(store, casework.find_participant(store, other))
    assert known.numbers == (SAMORDNINGSNUMMER, PERSONNUMMER[0])


def test_whose_data_are_protected_is_said_by_hand(store: Store, named: tuple[str, str]) -> None:
    kept, other = named
    protection.set_protection(store, occasion(), other, Protection.MARKED)
    assert obstacles(store, kept, other)[DifferentProtection] == (
        f"arena set-protection {kept} marked --why WHY",
        f"arena set-protection {other} none --why WHY",
    )
    protection.set_protection(store, occasion(), kept, Protection.REGISTERED)
    assert merge(store, kept, other).kept.is_protected


# -- split ------------------------------------------------------------------------------------------------------------


def refused(store: Store, refusal: type[ArenaError], deed: Callable[[], object]) -> ArenaError:
    before, entries = rows(store), len(store.entries())
    with pytest.raises(refusal) as caught:
        deed()
    assert (rows(store), len(store.entries())) == (before, entries)
    return caught.value


def test_what_was_added_since_goes_with_its_spell(store: Store) -> None:
    kept, other = enrol(store, on(1)), enrol(store, on(20), "2303")
    leave(store, kept, on(10))
    merge(store, kept, other)
    casework.move(store, occasion(), kept, "b", on(21))
    leave(store, kept, on(25), "school")
    follow_up.record_follow_up(
        store,
        occasion(),
        kept,
        FollowUpKind.IMMEDIATE,
        on(26),
        lambda f: replace(f, working=Answer.NO),
        None,
        Livelihood([IncomeSource.OTHER]),
    )
    merging.split(store, occasion("split-participants"), kept, other)
    theirs = casework.journey(store, other)
    assert [(spell.destination, spell.municipality) for spell in theirs.spells] == [("school", "2303")]
    assert [move.step for move in theirs.moves] == ["b"]
    assert store.rows("SELECT participant_id FROM income") == [(theirs.participant.id,)]
    assert casework.journey(store, kept).moves == ()
    assert persons(store) == 2


def test_a_spell_that_could_be_either_s_stands_in_the_way_of_a_split(store: Store) -> None:
    kept, other = enrol(store, on(1)), enrol(store, on(12), "2303")
    leave(store, kept, on(10))
    merge(store, kept, other)
    leave(store, kept, on(20))
    casework.readmit(store, occasion(), kept, Intake("2305", on(25)))
    number = store.entries()[-1].change

    def split() -> None:
        merging.split(store, occasion("split-participants"), kept, other)

    refusal = refused(store, merging.ChangedSince, split)
    assert refusal.facts["changes"] == (number,)
    casework.undo(store, occasion("undo"), number)
    split()
    assert persons(store) == 2


def test_only_who_was_joined_is_split(store: Store) -> None:
    first, second, third = (enrol(store, on(1)) for _ in range(3))
    refused(store, merging.NotMerged, lambda: merging.split(store, occasion(), first, second))
    merge(store, second, third)
    merge(store, first, second)
    refused(store, merging.ChangedSince, lambda: merging.split(store, occasion(), first, third))
    merging.split(store, occasion("split-participants"), first, second)
    assert casework.find_participant(store, third).code == second


# -- told apart -------------------------------------------------------------------------------------------------------


def test_two_persons_are_remembered_until_they_are_joined_or_it_is_taken_back(store: Store) -> None:
    first, second, third = (enrol(store, on(1)) for _ in range(3))
    merging.distinguish(store, occasion(), second, first)
    refused(store, merging.DistinguishedAlready, lambda: merging.distinguish(store, occasion(), first, second))
    refused(store, merging.NotDistinguished, lambda: merging.no_longer_distinguished(store, occasion(), first, third))
    merging.no_longer_distinguished(store, occasion(), first, second)
    merging.distinguish(store, occasion(), first, second)
    merging.distinguish(store, occasion(), third, second)
    assert merge(store, first, second).were_distinguished
    ids = [participant.id for participant in store.participants()]
    assert store.rows("SELECT participant_id, other_id FROM distinction") == [(ids[0], ids[2])]
