"""Templates of the user's own: what they see, what they cannot reach, and that they end."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest
from jinja2 import FileSystemLoader

from arena_cli.errors import ArenaError
from arena_cli.figures.report import Report
from arena_cli.language import Language, load_language
from arena_cli.render import render, templates
from arena_cli.render.compose import compose
from arena_cli.render.confined import Bounds, TemplatesTooHeavy, fill_in_confined, plain
from arena_cli.render.page import Block, Cell, Column, Fact, Grid, KeyFigure, KeyFigures, Mark, Page, Row, Section
from arena_cli.render.templates import TemplateFault
from tests.conftest import Arena
from tests.reports import EDITION, failing_report, small_report

ROOT = Path(__file__).parents[1]
ENGLISH = load_language("en")

QUICK = Bounds(seconds=1, by_the_clock=30, memory=512, written=1)

only_where_bounded = pytest.mark.skipif(os.name != "posix", reason="this system bounds neither time nor memory")


def page() -> Page:
    return compose(small_report(), ENGLISH, EDITION)


def filled_in(folder: Path, template: str) -> str:
    (folder / "report.md.j2").write_text(template, encoding="utf-8")
    return fill_in_confined("md", page(), folder, QUICK)


def fault(folder: Path, template: str) -> TemplateFault:
    with pytest.raises(TemplateFault) as raised:
        filled_in(folder, template)
    assert raised.value.facts["file"] == str(folder / "report.md.j2")
    return raised.value


@pytest.mark.parametrize("language", [load_language("sv"), ENGLISH], ids=lambda language: language.code)
@pytest.mark.parametrize("report", [small_report, failing_report])
@pytest.mark.parametrize("form", ["md", "html"])
def test_copies_of_the_built_in_templates_give_the_built_in_report(
    tmp_path: Path, form: str, report: Callable[[], Report], language: Language
) -> None:
    own = replace(EDITION, templates=shutil.copytree(ROOT / "templates", tmp_path / "mine"))
    assert render(report(), form, language, own) == render(report(), form, language, EDITION)


def test_the_page_is_plain_data_with_everything_that_the_page_has() -> None:
    data = plain(page())
    assert json.loads(json.dumps(data)) == data
    assert isinstance(data, dict)
    assert set(data) == {field.name for field in fields(Page)}
    text = json.dumps(data)
    for kind in (Mark, Fact, KeyFigure, KeyFigures, Column, Cell, Row, Block, Grid, Section):
        assert all(f'"{field.name}": ' in text for field in fields(kind)), kind
    assert '"has_parts": true' in text
    with pytest.raises(TypeError):
        plain(object())


@pytest.mark.parametrize("form", ["md", "html"])
def test_what_was_compiled_is_used_and_gives_the_same(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(templates, "COMPILED", tmp_path / "nothing")
    uncompiled = render(small_report(), form, ENGLISH, EDITION)
    monkeypatch.setattr(templates, "COMPILED", tmp_path / "compiled")
    folder = templates.compile_built_in(form)
    assert render(small_report(), form, ENGLISH, EDITION) == uncompiled
    for module in folder.glob("*.py"):
        module.write_text("1 / 0", encoding="utf-8")
    with pytest.raises(ZeroDivisionError):
        render(small_report(), form, ENGLISH, EDITION)


def test_nothing_is_used_that_was_compiled_from_other_templates_or_by_another_jinja(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = shutil.copytree(ROOT / "templates", tmp_path / "templates")
    monkeypatch.setattr(templates, "COMPILED", tmp_path / "compiled")
    monkeypatch.setattr(templates, "_loader", lambda: FileSystemLoader(mine))
    before = templates.compile_built_in("html")
    with (mine / "report.html.j2").open("a", encoding="utf-8") as template:
        template.write("<!-- of another version -->")
    assert render(small_report(), "html", ENGLISH, EDITION).endswith("<!-- of another version -->")
    after = templates.compiled_folder("html")
    monkeypatch.setattr("jinja2.__version__", "0")
    assert len({before, after, templates.compiled_folder("html")}) == 3


def test_a_name_that_says_it_is_escaped_is_escaped_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "report.html.j2").write_text(
        "{% macro m() %}<b>{% endmacro %}"
        "{{ [{'rows': [{'label': m(), 'cells': [{'text': m(), 'kind': ''}], 'is_part': false}], 'is_total': false,"
        " 'has_parts': false}] | in_rows([{'is_number': true}]) }}",
        encoding="utf-8",
    )
    assert fill_in_confined("html", page(), tmp_path, QUICK) == (
        '<tbody>\n<tr><th scope="row">&lt;b&gt;</th><td class="number">&lt;b&gt;</td></tr>\n</tbody>\n'
    )


UNREACHABLE = (
    "{{ page.__class__ }}",
    "{{ page['__class__'] }}",
    "{{ page.title.__class__.__mro__ }}",
    "{{ page.title['__class__'] }}",
    "{{ page.title.upper() }}",
    "{{ page.title.format(1) }}",
    "{{ page.keys() }}",
    "{{ page.items }}",
    "{{ page.sections.append(1) }}",
    "{{ page.sections[0].grids[0].columns.__len__ }}",
    "{{ (1).real }}",
    "{{ page|attr('title') }}",
    "{{ [page.title]|map('attr', '__class__')|list }}",
    "{{ page.sections|sort(attribute='title.upper') }}",
    "{{ page.sections|groupby('__class__') }}",
    "{% for section in page.sections %}{{ loop.__class__ }}{% endfor %}",
    "{% for section in page.sections %}{{ loop._iterator }}{% endfor %}",
    "{% for section in page.sections %}{{ loop.cycle('a') }}{% endfor %}",
    "{% macro m() %}{% endmacro %}{{ m.name }}",
    "{% macro m() %}{% endmacro %}{{ m.__globals__ }}",
    "{% macro m() %}{{ caller.__class__ }}{% endmacro %}{% call m() %}{% endcall %}",
    "{% from 'macros.md.j2' import table %}{{ table._func }}",
    "{% import 'macros.md.j2' as macros %}{{ macros.table }}",
    "{{ range.__class__ }}",
    "{{ range(3).start }}",
    "{{ self.__init__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ lipsum.__globals__ }}",
    "{{ cycler.__init__.__globals__.os }}",
    "{{ joiner }}",
    "{{ namespace(a=1) }}",
    "{{ dict(a=1) }}",
    "{{ config }}",
    "{{ page.nothing }}",
    "{{ nothing.at.all }}",
    "{{ page.title|random }}",
    "{{ page.title|tojson }}",
    "{{ page.title|safe }}",
    "{% include '../report.md.j2' %}",
    "{% include '/etc/passwd' %}",
    "{% extends 'report.css.j2.py' %}",
    "{% import os %}",
    "{% do page.sections.clear() %}",
)


@pytest.mark.parametrize("template", UNREACHABLE)
def test_nothing_but_data_can_be_reached(tmp_path: Path, template: str) -> None:
    assert fault(tmp_path, f"\n{template}").facts["line"] == 2


@pytest.mark.parametrize("attribute", ["__class__", "upper", "__len__"])
def test_a_filter_finds_no_attribute_either(tmp_path: Path, attribute: str) -> None:
    found = filled_in(tmp_path, f"{{{{ [page.title, page, page.marks]|map(attribute='{attribute}')|list }}}}")
    assert found == r"\[Undefined, Undefined, Undefined\]"


def test_the_counters_of_a_loop_are_there(tmp_path: Path) -> None:
    template = "{% for mark in page.marks %}{{ loop.index }}/{{ loop.length }} {{ loop.last }}{% endfor %}"
    assert filled_in(tmp_path, template) == "1/1 True"


@pytest.mark.parametrize(
    ("template", "line", "said"),
    [
        ("\n{{ ('a' * 10 ** 10)|length }}", 2, "512 MB of memory"),
        ("\n{% set x = [page.title * 10 ** 9]|list %}\n{{ x|length }}", 2, "512 MB of memory"),
        ("\n\n{{ '%2000000000d'|format(1) }}", 3, "512 MB of memory"),
        (
            "\n{% for a in range(9999) %}{% for b in range(9999) %}{% set c = b %}{% endfor %}{% endfor %}",
            2,
            "1 seconds",
        ),
        ("\n{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", 2, "recursion"),
        ("\n{% for a in range(999) %}{{ 'a' * 10000 }}{% endfor %}", 2, "writes more than 1 MB"),
    ],
)
@only_where_bounded
def test_a_template_that_takes_too_much_is_stopped_at_its_line(
    tmp_path: Path, template: str, line: int, said: str
) -> None:
    stopped = fault(tmp_path, template)
    assert said in stopped.sentence(ENGLISH)
    assert stopped.facts["line"] == line


@only_where_bounded
def test_a_template_that_cannot_be_interrupted_is_stopped_from_outside(tmp_path: Path) -> None:
    with pytest.raises(TemplatesTooHeavy) as raised:
        filled_in(tmp_path, "{{ 10 ** (10 ** 8) % 7 }}")
    assert raised.value.exit_code == 3
    assert str(tmp_path) in raised.value.sentence(ENGLISH)


def test_the_clock_stops_it_where_nothing_else_does(tmp_path: Path) -> None:
    endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    (tmp_path / "report.md.j2").write_text(endless, encoding="utf-8")
    with pytest.raises(TemplatesTooHeavy):
        fill_in_confined("md", page(), tmp_path, Bounds(by_the_clock=1))


def test_what_is_wrong_in_a_section_is_told_and_nothing_is_written(project: Arena, tmp_path: Path) -> None:
    (tmp_path / "mine" / "sections").mkdir(parents=True)
    template = tmp_path / "mine" / "sections" / "exits.html.j2"
    template.write_text("<p>\n{{ section.titel }}</p>", encoding="utf-8")
    refused = project("report", "--templates", "mine", "--format", "md,html", "--out", "out")
    assert (refused.code, refused.out) == (3, "")
    place = os.path.join("mine", "sections", "exits.html.j2")  # noqa: PTH118  # as the system writes it
    assert refused.err.startswith(f"The template {place} cannot be used, line 2: ")
    assert "titel" in refused.err
    assert not (tmp_path / "out").exists()


def test_every_refusal_here_says_what_to_do() -> None:
    for refusal in (TemplateFault, TemplatesTooHeavy):
        assert issubclass(refusal, ArenaError)
        assert re.search(r"\. [A-Z]", refusal.message)
