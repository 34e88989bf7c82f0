"""The charts' colours: text and lines stand out against white, the two sides of a chart against each other in grey."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TEMPLATES = sorted((Path(__file__).parents[2] / "templates" / "charts").glob("*.j2"))
WHITE = "#ffffff"
QUIET = {"#c3ced9", "#dde4ec", "#d5e3ef", "#fff"}
"""Marks of a scale, and the inside of what has a darker outline: nothing is lost where they are not seen."""


def luminance(colour: str) -> float:
    full = "".join(2 * c for c in colour[1:]) if len(colour) == 4 else colour[1:]
    parts = (int(full[n : n + 2], 16) / 255 for n in (0, 2, 4))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_there_are_charts() -> None:
    assert [file.name for file in TEMPLATES] == [
        f"{code}.svg.j2" for code in ("bars", "curve", "diverging", "funnel", "ranges", "series")
    ]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.name)
def test_what_is_drawn_is_seen_against_white(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    colours = set(re.findall(r"#[0-9a-f]{6}\b|#[0-9a-f]{3}\b", text)) - QUIET
    assert colours
    for colour in colours:
        assert contrast(colour, WHITE) >= 3, colour


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: file.name)
def test_text_has_the_contrast_of_text(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    inherited = re.findall(r'<svg [^>]*fill="(#[0-9a-f]+)"', text)
    own = re.findall(r'<text[^>]*fill="(#[0-9a-f]+)"', text) + re.findall(
        r'<g fill="(#[0-9a-f]+)"[^>]*text-anchor', text
    )
    assert inherited
    for colour in (*inherited, *own):
        assert contrast(colour, WHITE) >= 4.5, colour


def test_down_and_up_differ_in_grey() -> None:
    assert contrast("#12436d", "#f46a25") >= 3
