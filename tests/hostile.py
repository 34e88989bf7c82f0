"""Names that try to be more than text, and a project and a file whose every name is one of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import cycle
from pathlib import Path

from arena_cli.journal import Occasion
from arena_cli.model import (
    Activity,
    Assignment,
    Attendance,
    Decision,
    Destination,
    ExitType,
    Group,
    Municipality,
    Note,
    Place,
    Placement,
    Project,
    Referral,
    Sector,
    Sex,
    Spell,
    Step,
)
from arena_cli.store import Store
from tests.reports import PROJECT

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</td></tr></table><h1>x</h1>",
    "</style><script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "'><svg onload=alert(1)>",
    "&lt;b&gt; &amp; &#60;i&#62;",
    "<!-- comment",
    "]]><?php echo 1 ?>",
    "javascript:alert(1)",
    "[click](https://example.org)",
    "[click](javascript:alert(1))",
    "![picture](https://example.org/x.png)",
    "[reference][1]",
    "[1]: https://example.org",
    "https://example.org/x",
    "www.example.org",
    "<https://example.org>",
    "a | b | c",
    "| --- | --- |",
    "a \\| b",
    "ends with a backslash \\",
    "\\",
    "**bold** _slanted_ ~~struck~~",
    "`code` and ``code``",
    "```",
    "# heading",
    "###",
    "- item",
    "+ item",
    "* item",
    "1. item",
    "12) item",
    "> quotation",
    "---",
    "===",
    "    indented",
    "line\nbreak\r\nand another",
    "para\n\n# graph",
    "{{ 7 * 7 }}",
    "{% raw %}{{ page }}{% endraw %}",
    "{# comment #}",
    "{month} {0} %s %(x)s",
    "${x} $x$ $$x$$",
    "[red]rich[/red] [/]",
    "[link=https://example.org]x[/link]",
    ":smile: :warning:",
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;https://example.org\x07link\x1b]8;;\x07",
    "\x9b31m",
    "\N{RIGHT-TO-LEFT OVERRIDE}gnirts\N{POP DIRECTIONAL FORMATTING}",
    "zero\N{ZERO WIDTH SPACE}width\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NO-BREAK SPACE}",
    "line\N{LINE SEPARATOR}separator\N{PARAGRAPH SEPARATOR}",
    "nul\x00 bell\x07 tab\t",
    "\ue000 private \U0010ffff",
    "=1+1",
    "<b>x",
    "&copy;",
    "a<!doctype html>",
    "@SUM(A1:A9)",
    "+46=x",
    "-2+3|cmd",
    "＝1+1",  # noqa: RUF001  # spreadsheets heed the wide sign too
    "_x0041_ _x000a_",
    "]]>&#x9;%0a%0d",
    '&C&"Courier"&99 &[Page]',
)


STEERING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def steering(text: str) -> set[str]:
    """The characters that hide or steer; nothing that is shown has any but its line ends."""
    return {c for c in text if unicodedata.category(c) in STEERING} - {"\n"}


def project_called(*names: str) -> Project:
    """The hand-made project with its names replaced by these, one after the other, over and over."""
    name = cycle(names)
    return replace(
        PROJECT,
        name=(own := next(name)),
        name_en=own,
        owner=next(name),
        municipalities=tuple(replace(m, name=(n := next(name)), short_name=n) for m in PROJECT.municipalities),
        steps=tuple(replace(s, name=(n := next(name)), name_en=n) for s in PROJECT.steps),
        destinations=tuple(replace(d, name=(n := next(name)), name_en=n) for d in PROJECT.destinations),
        activities=tuple(replace(a, name=(n := next(name)), name_en=n) for a in PROJECT.activities),
    )


def hostile_projects() -> Iterator[Project]:
    """Hand-made projects in which each of the names occurs at least once, no two places called the same."""
    places = (
        1 + 1 + len(PROJECT.municipalities) + len(PROJECT.steps) + len(PROJECT.destinations) + len(PROJECT.activities)
    )
    for first in range(0, len(HOSTILE), places):
        yield project_called(*HOSTILE[first : first + places], *HOSTILE)


# -- a file -----------------------------------------------------------------------------------------------------------


def big_project(names: Sequence[str] = HOSTILE) -> Project:
    """A project with a municipality, a step, a destination, a referral and an activity of each name."""
    numbered = tuple(enumerate(names, 1))
    groups = cycle(Group)
    return replace(
        PROJECT,
        name=names[0],
        name_en=names[0],
        owner=names[1],
        municipalities=tuple(Municipality(f"{2000 + n}", name, name) for n, name in numbered),
        steps=tuple(Step(f"s{n}", n, name, name, name, name) for n, name in numbered),
        destinations=tuple(Destination(f"d{n}", next(groups), name, name) for n, name in numbered),
        referrals=tuple(Referral(f"r{n}", name, name) for n, name in numbered),
        activities=tuple(Activity(f"a{n}", name, name) for n, name in numbered),
    )


def write_file(path: Path, names: Sequence[str] = HOSTILE) -> None:
    """A file with a person for each name: a ref, a place's host and a reason are called so, and all that has a name.

    So are a note of the month, a step of the month before, and a decision.
    """
    start = Occasion(date(2016, 11, 20), "2016-11-20T08:00:00Z", "anna", "init")
    Store.create(path, big_project(names), start)
    with Store.open(path, writing=True) as store:
        for n, name in enumerate(names, 1):
            with store.change(saying(start, name)) as change:
                person = change.add_participant(name, Sex.WOMAN, 1980)
                left = n % 2 == 0
                spell = change.add_spell(
                    Spell(0, person.id, f"{2000 + n}", date(2016, 10, 3), date(2016, 10, 28) if left else None,
                          ExitType.COMPLETED if left else None, f"d{n}" if left else None, f"r{n}")
                )  # fmt: skip
                change.add_move(spell.id, date(2016, 10, 3), f"s{n}")
                place = change.add(Place(0, f"P-{n:03}", name, Sector.PRIVATE, f"{2000 + n}", 2, date(2016, 10, 3)))
                change.add(Placement(0, spell.id, place.id, date(2016, 10, 4), date(2016, 10, 14)))
                change.add(Attendance(0, spell.id, "2016-10", f"a{n}", 90))
                waiting = change.add_participant(None, Sex.MAN, 1990)
                change.add(Assignment(0, waiting.id, f"{2000 + n}", date(2016, 10, 3), f"r{n}"))
                change.add(Note(0, f"{2000 + n}", "2016-10", tried=name, happened=name, question=name, contact=name))
                change.add(Note(0, f"{2000 + n}", "2016-09", next_step=name))
                change.add(Decision(0, f"{2000 + n}", date(2016, 10, 3), name, name, date(2016, 10, 31)))


def saying(occasion: Occasion, text: str) -> Occasion:
    """The occasion with a reason, by somebody, with a command, all of which say what they should not."""
    return replace(occasion, why=text, actor=text, command=text)
