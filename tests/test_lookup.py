"""What people type is found by code, name, position and spelling; what is not found is answered with the choices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from unicodedata import normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arena_cli.errors import NotFound
from arena_cli.language import load_language
from arena_cli.lookup import (
    Lookup,
    NoSuchMunicipality,
    UnknownDestination,
    UnknownExitType,
    UnknownMunicipality,
    UnknownName,
    UnknownReferral,
    UnknownSex,
    UnknownStep,
    find_any_municipality,
    find_destination,
    find_exit_type,
    find_municipality,
    find_referral,
    find_sex,
    find_step,
    is_harmless,
    municipalities_of_sweden,
    municipality_names,
)
from arena_cli.model import Destination, ExitType, Group, Municipality, Referral, Sex, Step
from tests.sample import PROJECT as SAMPLE

PROJECT = replace(
    SAMPLE,
    municipalities=(
        Municipality("0581", "Norrköpings kommun", "Norrköping"),
        Municipality("2309", "Krokoms kommun", "Krokom"),
        Municipality("2321", "Åre kommun", "Åre"),
        Municipality("2380", "Östersunds kommun", "Östersund"),
    ),
    steps=(
        Step("grund", 1, "Basala behov", "Basic needs"),
        Step("praktik", 2, "Praktik på plats", "Placement"),
        Step("arbete", 3, "Arbete", "Work"),
    ),
    destinations=(
        Destination("work", Group.WORK, "arbete", "employment"),
        Destination("parental_leave", Group.OTHER, "föräldraledighet", "parental leave"),
        Destination("unknown", Group.UNKNOWN, "okänt", "unknown"),
    ),
    referrals=(
        Referral("af", "Arbetsförmedlingen", "Public Employment Service"),
        Referral("egen", "egen ansökan", "own application"),
    ),
)
LOOKUP = Lookup(PROJECT)
Find = Callable[[str], object]

FOUND: list[tuple[Find, str, object]] = [
    *((LOOKUP.municipality, typed, "2380") for typed in ("2380", "Östersund", "Östersunds kommun", "Östersund kommun")),
    *(
        (LOOKUP.municipality, typed, "2380")
        for typed in ("ÖSTERSUND", "  östersund ", "2380 Östersund", "Östersunds  kommun")
    ),
    *((LOOKUP.municipality, typed, "0581") for typed in ("0581", "581", "Norrköpings stad")),
    (LOOKUP.municipality, "åre", "2321"),
    *(
        (LOOKUP.step, typed, "praktik")
        for typed in ("praktik", "2", "Praktik på plats", "placement", "Steg 2", "step 2")
    ),
    *((LOOKUP.step, typed, "praktik") for typed in ("2 praktik på plats", "2. Praktik på plats")),
    *((LOOKUP.destination, typed, "work") for typed in ("work", "Arbete", "employment")),
    *((LOOKUP.destination, typed, "parental_leave") for typed in ("föräldraledighet", "Parental leave")),
    *((LOOKUP.destination, typed, "unknown") for typed in ("okänt", "unknown", "okänd", "uppgift saknas")),
    *((LOOKUP.referral, typed, "af") for typed in ("af", "arbetsförmedlingen", "public employment service")),
    *((LOOKUP.sex, typed, Sex.WOMAN) for typed in ("kvinna", "K", "woman", "f", "Female")),
    *((LOOKUP.sex, typed, Sex.MAN) for typed in ("man", "M", "male", "män")),
    *((LOOKUP.sex, typed, Sex.OTHER) for typed in ("annat", "other", "icke-binär")),
    *((LOOKUP.sex, typed, Sex.UNKNOWN) for typed in ("okänt", "unknown")),
    *((LOOKUP.exit_type, typed, ExitType.COMPLETED) for typed in ("completed", "avslutad", "Avslut enligt plan")),
    *((LOOKUP.exit_type, typed, ExitType.DISCONTINUED) for typed in ("discontinued", "avbrott", "avbruten")),
    *((LOOKUP.exit_type, typed, ExitType.DECEASED) for typed in ("deceased", "avliden")),
    *((LOOKUP.exit_type, typed, ExitType.TRANSFERRED) for typed in ("transferred", "överflyttad")),
    *((LOOKUP.exit_type, typed, ExitType.MISREGISTERED) for typed in ("misregistered", "felregistrerad")),
]

REFUSED: list[tuple[Find, str, type[UnknownName]]] = [
    (LOOKUP.municipality, "2308", UnknownMunicipality),
    (LOOKUP.step, "4", UnknownStep),
    (LOOKUP.destination, "månen", UnknownDestination),
    (LOOKUP.referral, "granne", UnknownReferral),
    (LOOKUP.sex, "x", UnknownSex),
    (LOOKUP.exit_type, "flyttad", UnknownExitType),
    (find_any_municipality, "Atlantis", NoSuchMunicipality),
]


def said(refusal: NotFound, language: str = "en") -> str:
    return refusal.sentence(load_language(language))


def refused(find: Find, typed: str) -> UnknownName:
    with pytest.raises(UnknownName) as caught:
        find(typed)
    return caught.value


@pytest.mark.parametrize(("find", "typed", "code"), FOUND)
def test_it_is_found(find: Find, typed: str, code: object) -> None:
    assert find(typed) == code
    assert find(normalize("NFD", typed)) == code
    assert find(f"\t{typed.upper()}\u00a0") == code


@pytest.mark.parametrize(("find", "typed", "refusal"), REFUSED)
def test_what_is_not_found_is_refused_as_not_found(find: Find, typed: str, refusal: type[UnknownName]) -> None:
    refused_with = refused(find, typed)
    assert type(refused_with) is refusal
    assert refused_with.exit_code == 4
    assert f'"{typed}"' in said(refused_with)
    assert refused(find, "").facts.keys() == {"choices", "suggestion"}


def test_single_look_ups_find_what_the_lookup_of_a_project_finds() -> None:
    assert find_municipality(PROJECT, "östersund") == "2380"
    assert find_step(PROJECT, "2") == "praktik"
    assert find_destination(PROJECT, "arbete") == "work"
    assert find_referral(PROJECT, "AF") == "af"
    assert find_municipality(PROJECT, "1") == PROJECT.municipalities[0].code
    assert find_destination(PROJECT, "2") == PROJECT.destinations[1].code
    assert find_sex("k") is Sex.WOMAN
    assert find_exit_type("avbrott") is ExitType.DISCONTINUED


def test_a_code_goes_before_a_position_and_a_name_before_a_way_of_writing_positions() -> None:
    steps = (Step("2", 1, "Start", "Start"), Step("x", 2, "Steg 1", "Step 1"))
    lookup = Lookup(replace(PROJECT, steps=steps))
    assert lookup.step("2") == "2"
    assert lookup.step("steg 1") == "x"


@pytest.mark.parametrize(
    ("find", "typed", "suggestion"),
    [
        (LOOKUP.municipality, "Ostersund", "Östersund"),
        (LOOKUP.municipality, "Krokum", "Krokom"),
        (LOOKUP.municipality, "are", "Åre"),
        (LOOKUP.step, "Placment", "2 Placement"),
        (LOOKUP.step, "basala", "1 Basic needs"),
        (LOOKUP.destination, "foraldraledig", "parental leave"),
        (LOOKUP.referral, "Arbetsformedling", "Public Employment Service"),
        (LOOKUP.sex, "kvina", "woman"),
        (LOOKUP.exit_type, "avbrot", "discontinued"),
        (find_any_municipality, "Strömsun", "Strömsund"),
    ],
)
def test_a_near_miss_is_suggested(find: Find, typed: str, suggestion: str) -> None:
    assert said(refused(find, typed)).endswith(f"Did you mean {suggestion}?")


@pytest.mark.parametrize("typed", ["2308", "7", "b", "xyzzy", "Östersund" * 100])
def test_a_number_a_letter_and_what_is_like_nothing_get_no_suggestion(typed: str) -> None:
    assert "Did you mean" not in said(refused(LOOKUP.municipality, typed))


def test_the_choices_are_listed() -> None:
    assert said(refused(LOOKUP.municipality, "x")).endswith("Norrköping, Krokom, Åre, Östersund.")
    assert said(refused(LOOKUP.step, "x")).endswith("1 Basic needs, 2 Placement, 3 Work.")
    assert said(refused(LOOKUP.sex, "x")).endswith("woman, man, other, unknown.")


@pytest.mark.parametrize(
    ("typed", "harmless"),
    [
        ("Ostersund", True),
        ("Steg 12345", True),
        ("a" * 30, True),
        ("", False),
        ("a" * 31, False),
        ("123456", False),
        ("12 34 56", False),
        ("\u0661\u0662\u0663\u0664\u0665\u0666", False),
        ("red\x1b[31m", False),
        ("two\nlines", False),
    ],
)
def test_what_was_typed_is_repeated_only_if_harmless(typed: str, harmless: bool) -> None:
    assert is_harmless(typed) is harmless
    refusal = refused(LOOKUP.municipality, typed)
    assert ("typed" in refusal.facts) is harmless
    assert (f'"{typed}"' in said(refusal)) is harmless


@settings(deadline=None)
@given(st.text())
def test_whatever_is_typed_is_found_or_refused_in_words(typed: str) -> None:
    for find, _, _ in REFUSED[:-1]:
        sentence = ""
        try:
            found = find(typed)
        except UnknownName as refusal:
            found, sentence = None, said(refusal)
        assert (found is None) == bool(sentence)


def test_each_of_the_290_is_found_by_every_form_of_its_name() -> None:
    sweden = municipalities_of_sweden()
    names = municipality_names(sweden)
    assert len(sweden) == 290
    for m in sweden:
        for form in (m.code, m.name, m.short_name, f"{m.short_name} kommun", f"{m.code} {m.short_name}"):
            assert names.find(form) is m
    assert find_any_municipality("Östersund") == Municipality("2380", "Östersunds kommun", "Östersund")


def test_a_list_that_is_wrong_on_every_row_is_answered_with_few_suggestions(monkeypatch: pytest.MonkeyPatch) -> None:
    """To look for the most alike takes a thousand times as long as to find what is there."""
    sought: list[str] = []

    def none_alike(wanted: str, *_: object, **__: object) -> list[str]:
        sought.append(wanted)
        return []

    monkeypatch.setattr("difflib.get_close_matches", none_alike)
    lookup = Lookup(PROJECT)
    for number in range(1000):
        with pytest.raises(UnknownStep):
            lookup.step(f"steg nummer {number}")
    assert 0 < len(sought) <= 100
