"""The report in every form: its words, its marks, its safety, and the golden files that show all of it.

After a change that is meant, ARENA_UPDATE_GOLDEN=1 writes tests/golden/ anew; read the difference before committing it.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.console import Console

from arena_cli import __version__
from arena_cli.figures.learning import Learning
from arena_cli.figures.report import Report
from arena_cli.language import Language, load_language
from arena_cli.model import Note
from arena_cli.render import FORMS, Audience, Edition, as_file, draw, file_name, render
from arena_cli.render.templates import ESCAPES, NoTemplateFolder, TemplateFault, UnknownTemplate
from arena_cli.render.text import css_string, escape_markdown, visible
from arena_cli.render.words import Words
from tests.hostile import HOSTILE, project_called, steering
from tests.reports import EDITION, OCTOBER, PROJECT, empty_report, failing_report, small_report, wide_report

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
TEMPLATES = ROOT / "templates"

SWEDISH = load_language("sv")
ENGLISH = load_language("en")


def rendered(form: str, report: Report | None = None, language: Language = SWEDISH, edition: Edition = EDITION) -> str:
    return render(report or small_report(), form, language, edition)


def drawn(report: Report, language: Language = SWEDISH, *, encoding: str = "utf-8", width: int = 80) -> str:
    terminal = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    draw(report, language, EDITION, Console(file=terminal, width=width, color_system=None))
    terminal.seek(0)
    return terminal.read()


# -- the whole report -------------------------------------------------------------------------------------------------


def test_the_hand_made_report_reconciles() -> None:
    assert small_report().reconciles
    assert not failing_report().reconciles


@pytest.mark.parametrize("language", [SWEDISH, ENGLISH], ids=lambda language: language.code)
@pytest.mark.parametrize("form", ["md", "html", "txt"])
def test_golden_prose(form: str, language: Language) -> None:
    text = drawn(small_report(), language) if form == "txt" else rendered(form, language=language)
    compare_with_golden(f"small.{language.code}.{form}", text.replace(f"arena {__version__}", "arena VERSION"))


@pytest.mark.parametrize("form", ["json", "csv"])
def test_golden_data(form: str) -> None:
    compare_with_golden(f"small.{form}", rendered(form))


def compare_with_golden(name: str, text: str) -> None:
    file = GOLDEN / name
    if os.environ.get("ARENA_UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8", newline="")
    assert text == file.read_bytes().decode("utf-8")


@pytest.mark.parametrize("form", [code for code, form in FORMS.items() if form.is_text])
def test_same_data_same_text_but_for_the_line_that_says_when(form: str) -> None:
    first, second = (rendered(form, edition=replace(EDITION, made_at=at)) for at in ("2016-11-04 08:15", "later"))
    assert rendered(form) == first
    differing = [(a, b) for a, b in zip(first.splitlines(), second.splitlines(), strict=True) if a != b]
    assert len(differing) == (1 if FORMS[form].is_prose else 0)
    assert "\r" not in first


def test_importing_render_costs_nothing() -> None:
    heavy = "{'jinja2', 'markupsafe', 'babel', 'rich', 'sqlite_utils', 'json', 'csv', 'xlsxwriter'}"
    program = f"import sys, arena_cli.render; print({heavy} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "set()"


def test_a_first_month_without_anybody() -> None:
    report = empty_report()
    assert report.reconciles
    for form in FORMS:
        assert as_file(report, form, SWEDISH, EDITION)
    text = rendered("md", report)
    assert "PRELIMINÄR" in text
    assert "första månaden" in text
    assert "0 perioder − 0 återinskrivningar − 0 överflyttningar = 0 personer." in text


# -- what it says -----------------------------------------------------------------------------------------------------


def test_key_figures_have_their_change_in_words() -> None:
    swedish, english = rendered("md"), rendered("md", language=ENGLISH)
    assert "- Pågående vid månadens slut: **1\N{NO-BREAK SPACE}207** (−8 jämfört med september; medel" in swedish
    assert "- Nya: **3** (+1 jämfört med september; medel av 12 månader: 3,3; totalt" in swedish
    assert "- In the project at the end of the month: **1,207** (−8 compared with September; mean of" in english
    assert "- Down the staircase: **2** (+2 compared with September; mean of 12 months: 0.8)\n" in english


def test_bridge_from_spells_to_persons() -> None:
    text = rendered("md")
    assert (
        "1\N{NO-BREAK SPACE}234 perioder − 1 återinskrivning − 1 överflyttning = 1\N{NO-BREAK SPACE}232 personer."
        in text
    )
    assert "Kommunernas personer blir tillsammans 1\N{NO-BREAK SPACE}233, 1 fler än projektets" in text
    assert "De som har lämnat en kommun blir tillsammans 26, 1 fler än projektets 25" in text


@pytest.mark.parametrize(
    ("part", "whole", "unknown", "swedish", "english"),
    [
        (53, 123, 42, "53 av 123 (43\N{NO-BREAK SPACE}%); 42 okända", "53 of 123 (43%); 42 unknown"),
        (7, 123, 1, "7 av 123 (6\N{NO-BREAK SPACE}%); 1 okänd", "7 of 123 (6%); 1 unknown"),
        (10, 20, 0, "10 av 20 (50\N{NO-BREAK SPACE}%); 0 okända", "10 of 20 (50%); 0 unknown"),
        (10, 19, 0, "10 av 19; 0 okända", "10 of 19; 0 unknown"),
        (1, 200, 0, "1 av 200 (1\N{NO-BREAK SPACE}%); 0 okända", "1 of 200 (1%); 0 unknown"),
        (1, 201, 0, "1 av 201 (under 1\N{NO-BREAK SPACE}%); 0 okända", "1 of 201 (under 1%); 0 unknown"),
        (300, 301, 0, "300 av 301 (över 99\N{NO-BREAK SPACE}%); 0 okända", "300 of 301 (over 99%); 0 unknown"),
        (0, 40, 0, "0 av 40 (0\N{NO-BREAK SPACE}%); 0 okända", "0 of 40 (0%); 0 unknown"),
        (40, 40, 0, "40 av 40 (100\N{NO-BREAK SPACE}%); 0 okända", "40 of 40 (100%); 0 unknown"),
        (0, 0, 0, "–", "–"),
    ],
)
def test_a_share_has_its_denominator_and_its_unknowns(
    part: int, whole: int, unknown: int, swedish: str, english: str
) -> None:
    for language, expected in ((SWEDISH, swedish), (ENGLISH, english)):
        words = Words.of(language, PROJECT, small_report().scope)
        assert words.share(part, whole, unknown) == expected


def test_numbers_dates_and_lists_of_each_language() -> None:
    swedish, english = (Words.of(language, PROJECT, small_report().scope).formats for language in (SWEDISH, ENGLISH))
    assert [swedish.number(n) for n in (0, 999, 1000, 1234567)] == ["0", "999", "1\xa0000", "1\xa0234\xa0567"]
    assert [english.number(n) for n in (0, 999, 1000, 1234567)] == ["0", "999", "1,000", "1,234,567"]
    assert [swedish.signed(n) for n in (2, 0, -3, -1000)] == ["+2", "0", "−3", "−1\xa0000"]
    assert swedish.day(EDITION.as_of) == "3 november 2016"
    assert english.day(EDITION.as_of) == "3 November 2016"
    assert (swedish.month(OCTOBER), english.month(OCTOBER)) == ("oktober 2016", "October 2016")
    assert (swedish.month_name(OCTOBER), english.month_name(OCTOBER)) == ("oktober", "October")
    assert swedish.series("ABC") == "A, B och C"
    assert english.series("ABC") == "A, B and C"


def test_municipalities_stand_in_the_alphabets_order() -> None:
    assert "- Kommuner: Krokom och Åre" in rendered("md")
    assert "- Municipalities: Åre and Krokom" in rendered("md", language=ENGLISH)


def test_names_are_those_of_the_language() -> None:
    swedish, english = rendered("md"), rendered("md", language=ENGLISH)
    for name, name_en in (
        ("Provprojektet", "The test project"),
        ("2 Praktik", "2 Placement"),
        ("eget företag", "a firm"),
    ):
        assert name in swedish
        assert name not in english
        assert name_en in english


def test_marks() -> None:
    assert marks(small_report()) == "**INTERN – för mötet**"
    demo = replace(small_report(), project=replace(PROJECT, demo=True), preliminary=True)
    assert marks(demo) == (
        "**INTERN – för mötet** · **PRELIMINÄR – månaden är inte slut** · **DEMO – påhittade uppgifter**"
    )


def marks(report: Report) -> str:
    return rendered("md", report).split("\n")[2]


def test_a_report_that_does_not_reconcile_is_stamped_in_every_form_that_has_room() -> None:
    report = failing_report()
    assert marks(report).startswith("**STÄMMER INTE AV: siffrorna motsäger varandra, se Kontroller**")
    assert r"STÄMMER INTE (stock\_flow): Åre, Kvinnor: 1 mot 2." in rendered("md", report)
    assert "STÄMMER INTE (municipalities): hela projektet, Kvinnor: 1\xa0202 mot 1\xa0201." in rendered("md", report)
    assert '<li class="unreconciled">STÄMMER INTE AV' in rendered("html", report)
    assert "STÄMMER INTE AV" in drawn(report)
    assert "DOES NOT RECONCILE" in rendered("md", report, ENGLISH)
    assert json.loads(rendered("json", report))["reconciles"] is False
    assert "reconciles" not in json.loads(rendered("json"))


def test_json_says_what_a_mark_would_say() -> None:
    report = small_report(replace(PROJECT, demo=True))
    data = json.loads(rendered("json", replace(report, preliminary=True)))
    assert (data["audience"], data["preliminary"], data["demo"]) == ("meeting", True, True)
    assert not {"preliminary", "demo"} & json.loads(rendered("json")).keys()


def test_many_failures_are_not_all_listed() -> None:
    report = failing_report()
    control = report.controls[0]
    many = replace(report, controls=(replace(control, failures=control.failures * 1023),))
    text = rendered("md", many)
    assert text.count("): Åre, Kvinnor: 1 mot 2.") == 20
    assert "STÄMMER INTE (stock\\_flow): och på 1\xa0003 ställen till." in text


def test_exact_figures_are_not_drawn_for_the_public() -> None:
    public = replace(EDITION, audience=Audience.PUBLIC)
    for form in FORMS:
        with pytest.raises(TypeError):
            as_file(small_report(), form, SWEDISH, public)
    with pytest.raises(TypeError):
        draw(small_report(), SWEDISH, public, Console(file=io.StringIO()))


def test_selected_municipalities_have_their_rows_their_matrix_and_the_projects() -> None:
    edition = replace(EDITION, municipalities=("2321",))
    text = rendered("md", edition=edition)
    assert "**Provprojektet: Åre kommun**" in text
    assert "- Kommuner: Åre (av 2)" in text
    assert "Krokom" not in text
    assert "### Åre" in text
    assert "### Hela projektet" in text
    assert "perioder (Åre):" in text
    assert "perioder (hela projektet):" in text
    assert "Kommunernas personer blir" not in text  # not all of their rows are there to be added up
    rows = json.loads(rendered("json", edition=edition))["figures"]
    assert {row["municipality"] for row in rows} == {"2321", "all"}


# -- data -------------------------------------------------------------------------------------------------------------


def test_json_is_as_promised() -> None:
    data = json.loads(rendered("json"))
    assert list(data) == ["schema", "project", "month", "from", "to", "audience", "figures"]
    assert {**data, "figures": None} == {
        "schema": 1,
        "project": "provet",
        "month": "2016-10",
        "from": "2016-10-01",
        "to": "2016-10-31",
        "audience": "meeting",
        "figures": None,
    }
    assert data["figures"][0] == {
        "section": "stock_flow",
        "measure": "opening",
        "municipality": "2309",
        "sex": "women",
        "value": 1213,
    }
    moved = {"section": "movement", "from": "1", "to": "2", "municipality": "all", "sex": "all", "value": 1200}
    assert list(moved) in [list(row) for row in data["figures"]]
    assert moved in data["figures"]
    assert len(data["figures"]) == sum(len(table.values) for table in small_report().tables.values())


def test_csv_has_the_rows_of_the_json() -> None:
    text = rendered("csv")
    assert text.startswith(
        "\ufeffsection;measure;from;to;municipality;sex;value\nstock_flow;opening;;;2309;women;1213\n"
    )
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    of_the_json = json.loads(rendered("json"))["figures"]
    assert [{k: v for k, v in row.items() if v} for row in rows] == [
        {k: str(v) for k, v in row.items()} for row in of_the_json
    ]


def test_csv_has_nothing_that_a_spreadsheet_would_run() -> None:
    project = replace(PROJECT, steps=(replace(PROJECT.steps[0], code="=1+1"), PROJECT.steps[1]))
    report = small_report(PROJECT)
    steps = report.tables["steps"]
    values = {("=1+1" if key[0] == "1" else key[0], *key[1:]): value for key, value in steps.values.items()}
    formula = replace(steps, measures=("=1+1", "2", "not_placed"), values=values)
    text = rendered("csv", replace(report, project=project, tables={"steps": formula}))
    assert ";=1+1" not in text
    assert "steps;'=1+1;" in text


@pytest.mark.parametrize(
    ("form", "language", "municipalities", "expected"),
    [
        ("md", "sv", (), "rapport-2016-10.intern.sv.md"),
        ("html", "en", (), "rapport-2016-10.intern.en.html"),
        ("json", "sv", (), "rapport-2016-10.intern.json"),
        ("csv", "en", (), "rapport-2016-10.intern.csv"),
        ("md", "sv", ("2380", "2309"), "rapport-2016-10.2309-2380.intern.sv.md"),
        ("csv", "sv", tuple(str(n) for n in range(2000, 2009)), "rapport-2016-10.urval-b9573777.intern.csv"),
    ],
)
def test_file_names(form: str, language: str, municipalities: tuple[str, ...], expected: str) -> None:
    assert file_name(OCTOBER, form, language, replace(EDITION, municipalities=municipalities)) == expected


def test_a_public_reports_file_is_not_called_internal() -> None:
    assert file_name(OCTOBER, "md", "sv", replace(EDITION, audience=Audience.PUBLIC)) == "rapport-2016-10.sv.md"


# -- hostile names ----------------------------------------------------------------------------------------------------


def report_telling(name: str) -> Report:
    """The small report with all its names, and every text of its notes and decisions, put as this."""
    report = small_report(project_called(name))
    notes = [_telling(note, name) for note in (*report.learning.notes, *report.learning.steps)]
    decisions = [
        replace(decision, what=name, responsible=name, result=decision.result and name)
        for decision in report.learning.decisions
    ]
    return replace(report, learning=Learning(tuple(notes[:1]), tuple(notes[1:]), tuple(decisions)))


def _telling(note: Note, name: str) -> Note:
    texts: dict[str, Any] = {field: name for field in TEXTS if getattr(note, field) is not None}
    return replace(note, **texts)


TEXTS = ("tried", "happened", "next_step", "question", "contact", "result")


@cache
def harmless(form: str) -> str:
    return rendered(form, report_telling("Namn"))


def markdown_skeleton(text: str) -> list[tuple[str, str]]:
    """What a Markdown text is made of beside text: every element with its attributes."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return [(token.type, str(token.attrs)) for token in flat(parser.parse(text)) if token.type != "text"]


def flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from flat(token.children or [])


def markdown_words(text: str) -> str:
    tokens = flat(MarkdownIt("commonmark", {"html": True}).enable("table").parse(text))
    return "\n".join(token.content for token in tokens if token.type == "text")


class Skeleton(HTMLParser):
    """The tags of a page with their attributes, its text, and its style sheet without strings."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, object]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        self.tags.append((tag, "end"))

    def handle_comment(self, data: str) -> None:
        self.tags.append(("comment", data))

    def handle_pi(self, data: str) -> None:
        self.tags.append(("instruction", data))

    def unknown_decl(self, data: str) -> None:
        self.tags.append(("declaration", data))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text_in_markdown(name: str) -> None:
    text = rendered("md", report_telling(name))
    assert markdown_skeleton(text) == markdown_skeleton(harmless("md"))
    assert visible(name) in markdown_words(text)
    assert not steering(text)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text_in_html(name: str) -> None:
    text = rendered("html", report_telling(name))
    page = Skeleton(text)
    assert page.tags == Skeleton(harmless("html")).tags
    assert visible(name) in page.words
    assert not steering(text)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text_on_a_terminal(name: str) -> None:
    text = drawn(report_telling(name), width=200)
    assert visible(name) in text
    assert not steering(text)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_codes_are_text_in_data(name: str) -> None:
    report = small_report(replace(PROJECT, code=name))
    steps = report.tables["steps"]
    values = {(name if key[0] == "1" else key[0], *key[1:]): value for key, value in steps.values.items()}
    hostile = replace(report, tables={"steps": replace(steps, measures=(name, "2", "not_placed"), values=values)})
    as_json, as_csv = rendered("json", hostile), rendered("csv", hostile)
    assert json.loads(as_json)["project"] == name
    assert not steering(as_json)
    rows = list(csv.reader(io.StringIO(as_csv, newline=""), delimiter=";"))
    assert {len(row) for row in rows} == {7}
    assert {row[1] for row in rows[1:]} - {"2", "not_placed"} <= {name, f"'{name}"}


@given(st.text())
def test_any_name_is_text_in_markdown(name: str) -> None:
    text = "# {0}\n\n**{0}**\n\n{0}\n\n- {0}: {0}\n- **{0}:** x\n\n| {0} | x |\n| --- | ---: |\n| **{0}** | {0} |\n"
    shown = visible(f"a{name}b")
    escaped = text.format(escape_markdown(shown))
    assert markdown_skeleton(escaped) == markdown_skeleton(text.format("ab"))
    assert shown in markdown_words(escaped)


@given(st.text(min_size=1))
def test_any_name_is_visible(name: str) -> None:
    shown = visible(name)
    assert not steering(shown)
    assert shown == visible(shown) == shown.strip()


def test_css_strings_end_nothing() -> None:
    assert (
        css_string("Å</style>\"'\\\n")
        == '"'
        + "".join(f"\\{ord(c):06x}" for c in "Å</")
        + "style"
        + "".join(f"\\{ord(c):06x}" for c in ">\"'\\\n")
        + '"'
    )


# -- HTML -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", [SWEDISH, ENGLISH], ids=lambda language: language.code)
def test_html_can_be_read_by_everyone(language: Language) -> None:
    text = rendered("html", language=language)
    tags = Skeleton(text).tags
    count = {tag: sum(1 for t, attrs in tags if t == tag and attrs != "end") for tag, _ in tags}
    assert ("html", [("lang", language.code)]) in tags
    assert count["table"] == count["caption"] == 42
    assert count["h1"] == count["main"] == count["nav"] == count["header"] == count["footer"] == 1
    assert all("scope" in dict(attrs) for tag, attrs in tags if tag == "th" and isinstance(attrs, list))
    ids = [value for _, attrs in tags if isinstance(attrs, list) for key, value in attrs if key == "id"]
    targets = [value for _, attrs in tags if isinstance(attrs, list) for key, value in attrs if key == "href"]
    assert len(ids) == len(set(ids))
    assert {target.removeprefix("#") for target in targets} <= set(ids)
    assert not {"script", "link", "img", "iframe", "object", "form", "base"} & set(count)
    assert "http:" not in text
    assert "https:" not in text
    assert "default-src 'none'" in text


# -- templates of the user's own --------------------------------------------------------------------------------------


def own_templates(folder: Path, **files: str) -> Edition:
    for name, text in files.items():
        file = folder / name.replace("__", "/").replace("_j2", ".j2").replace("_md", ".md").replace("_html", ".html")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return replace(EDITION, templates=folder)


def test_one_section_can_be_overridden(tmp_path: Path) -> None:
    edition = own_templates(tmp_path, sections__exits_md_j2="Vårt eget: {{ section.title }}\n")
    text = rendered("md", edition=edition)
    assert "## Avslut i oktober 2016\n\nVårt eget: Avslut i oktober 2016\n" in text
    assert "## Kontroller" in text
    assert "Vårt eget" not in rendered("md")


@pytest.mark.parametrize(
    ("template", "line"),
    [
        ("{{ page.title }}\n{% if %}", 2),
        ("{{ page.title }}\n{{ page.nothing }}", 2),
        ("{{ nothing }}", 1),
        ("\n\n{% include 'nothing.j2' %}", 3),
        ("{{ page.title|safe }}", 1),
        ("{{ page.title|nothing }}", 1),
        ("{{ page.__class__.__mro__ }}", 1),
        ("{{ 1 / 0 }}", 1),
        ("{{ page.title + 1 }}", 1),
        ("{{ range(10 ** 9)|list }}", 1),
        ("x\n{% include 'report.md.j2' %}", 2),
    ],
)
def test_a_faulty_template_is_named_with_its_line(tmp_path: Path, template: str, line: int) -> None:
    edition = own_templates(tmp_path, report_md_j2=template)
    with pytest.raises(TemplateFault) as raised:
        rendered("md", edition=edition)
    assert raised.value.exit_code == 3
    assert raised.value.facts["file"] == str(tmp_path / "report.md.j2")
    assert raised.value.facts["line"] == line
    assert "report.md.j2" in raised.value.sentence(SWEDISH)


def test_a_template_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "report.md.j2").write_bytes(b"\xe5\xe4\xf6")
    with pytest.raises(TemplateFault) as raised:
        rendered("md", edition=replace(EDITION, templates=tmp_path))
    assert raised.value.facts["file"] == str(tmp_path / "report.md.j2")


@pytest.mark.parametrize(
    "name", ["raport.md.j2", "exits.md.j2", "sections/exit.md.j2", "charts/bar.svg.j2", "notes.txt"]
)
def test_a_file_that_no_report_would_use_is_refused(tmp_path: Path, name: str) -> None:
    for folder in ("sections", "charts"):
        (tmp_path / folder).mkdir()
    (tmp_path / ".hidden").write_text("")
    assert rendered("md", edition=replace(EDITION, templates=tmp_path)) == rendered("md")
    (tmp_path / name).write_text("")
    with pytest.raises(UnknownTemplate) as raised:
        rendered("md", edition=replace(EDITION, templates=tmp_path))
    assert raised.value.exit_code == 4
    assert raised.value.facts["file"] == tmp_path / name
    assert "report.md.j2, " in raised.value.sentence(ENGLISH)
    assert "sections/exits.md.j2, " in raised.value.sentence(ENGLISH)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NoTemplateFolder):
        rendered("md", edition=replace(EDITION, templates=tmp_path / "nowhere"))


@pytest.mark.parametrize("form", ESCAPES)
@pytest.mark.parametrize(
    "template",
    [
        "{{ page.subject }}",
        "{% autoescape false %}{{ page.subject }}{% endautoescape %}",
        "{% macro m(x) %}{{ x }}{% endmacro %}{{ m(page.subject) }}",
        "{% set x %}{{ page.subject }}{% endset %}{{ x }}",
        "{{ page.subject ~ '' }}",
        "{{ [page.subject]|join(', ') }}",
        "{{ page.subject|replace('q', 'r') }}",
        "{{ '%s'|format(page.subject) }}",
    ],
)
def test_a_template_cannot_forget_to_escape(tmp_path: Path, form: str, template: str) -> None:
    hostile = "<b>[x](y)</b>"
    expected = {"md": r"\<b\>\[x\](y)\</b\>", "html": "&lt;b&gt;[x](y)&lt;/b&gt;"}
    edition = own_templates(tmp_path, **{f"report_{form}_j2": template})
    assert rendered(form, small_report(replace(PROJECT, name=hostile)), edition=edition) == expected[form]


@pytest.mark.parametrize("template", [str(file.relative_to(TEMPLATES)) for file in sorted(TEMPLATES.rglob("*.j2"))])
def test_every_template_is_used(tmp_path: Path, template: str) -> None:
    file = tmp_path / template
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("{% fault %}", encoding="utf-8")
    report = wide_report() if "funnel" in template else small_report()
    with pytest.raises(TemplateFault):
        rendered("md" if ".md." in template else "html", report, edition=replace(EDITION, templates=tmp_path))


# -- the terminal -----------------------------------------------------------------------------------------------------


def test_no_line_is_wider_than_the_terminal_and_no_word_is_cut() -> None:
    for language in (SWEDISH, ENGLISH):
        lines = drawn(small_report(), language).splitlines()
        assert max(map(len, lines)) <= 80
        assert not [line for line in lines if "…" in line]


def test_a_terminal_without_unicode_gets_the_signs_it_has() -> None:
    text = drawn(small_report(), encoding="cp1252")
    assert "-8 jämfört med september" in text
    assert "−" not in text
    assert "–" not in text
