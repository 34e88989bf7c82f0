"""What is taken for a person's name in a note, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena_cli.personal_names import name_places

KNOWN = ("Östersunds kommun", "Östersund", "Provprojektet", "Arena norr")


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Gruppstart med Fatima gick bra", (3,)),
        ("Anna Andersson ringde", (2,)),
        ("vi bad Anna-Lena och O'Brien om hjälp", (3, 5)),
        ("Det var bra. Fatima kom igen", ()),  # begins a sentence: cannot be told from any other word
        ("Det var bra, Fatima kom igen", (4,)),
        ("fråga Åsa, eller Örjan!", (2, 4)),
        ("Grupper om högst fem i Östersund", ()),
        ("Östersunds SFI tar emot, och Arena Norr betalar", ()),
        ("möte med Arbetsförmedlingen och Försäkringskassan", ()),
        ("a meeting on Monday in Swedish, and I took part", ()),
        ('mötet: Tre av fyra kom. "De andra" var sjuka', ()),
        ("ESF, SFI och AF", ()),
        ("", ()),
    ],
)
def test_names(text: str, places: tuple[int, ...]) -> None:
    assert name_places(text, KNOWN) == places


def test_a_name_of_the_projects_own_is_asked_about_in_another_project() -> None:
    assert name_places("vi åker till Östersund") == (4,)


@given(st.text(max_size=200))
def test_any_text_can_be_looked_through(text: str) -> None:
    places = name_places(text)
    assert list(places) == sorted(set(places))
    assert name_places(text.lower()) == ()
