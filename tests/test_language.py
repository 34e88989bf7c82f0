"""The languages: which is chosen, how facts are written, and that the catalogues are whole."""

from __future__ import annotations

import gettext
import os
import re
import string
from collections.abc import Iterable
from datetime import date
from importlib.util import module_from_spec, spec_from_file_location
from io import BytesIO
from pathlib import Path
from struct import pack, unpack_from
from types import ModuleType

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import arena_cli
from arena_cli.catalogue import Catalogue
from arena_cli.errors import NotFound, Remark
from arena_cli.language import ENGLISH, SWEDISH, UnknownLanguage, choose_language, load_language
from arena_cli.model import Destination, ExitType, Group, Month, Municipality, Sector, Sex, Step

LOCALE = Path(arena_cli.__file__).with_name("locale")
SOURCE = LOCALE / "sv" / "LC_MESSAGES" / "arena.po"

STEP = Step("b", 2, "Arbetsträning", "Work training")
TOWN = Municipality("2309", "Krokoms kommun", "Krokom")
JOB = Destination("job", Group.WORK, "arbete med stöd", "supported work")


class Gone(NotFound):
    message = "There is no participant {code}. `arena list-participants` shows the codes."


@pytest.mark.parametrize(
    ("option", "environ", "os_locale", "chosen"),
    [
        (None, {}, None, SWEDISH),
        ("en", {"ARENA_LANG": "sv", "LC_ALL": "sv_SE.UTF-8"}, "sv_SE", ENGLISH),
        (None, {"ARENA_LANG": "EN_gb"}, None, ENGLISH),
        (None, {"ARENA_LANG": "", "LANG": "en_US.UTF-8"}, None, ENGLISH),
        (None, {"LC_ALL": "sv_SE.UTF-8", "LANG": "en_US.UTF-8"}, None, SWEDISH),
        (None, {"LC_MESSAGES": "en_GB", "LANG": "sv_SE"}, None, ENGLISH),
        (None, {"LANG": "C.UTF-8"}, None, SWEDISH),
        (None, {"LANG": "de_DE.UTF-8"}, None, SWEDISH),
        (None, {}, "English_United States", ENGLISH),
        (None, {}, "Swedish_Sweden", SWEDISH),
    ],
)
def test_the_option_the_variable_and_the_locale_choose_in_that_order(
    option: str | None, environ: dict[str, str], os_locale: str | None, chosen: str
) -> None:
    assert choose_language(option, environ, os_locale) == chosen


@pytest.mark.parametrize(("option", "environ"), [("fr", {}), ("svenska", {}), (None, {"ARENA_LANG": "xx"})])
def test_a_language_that_arena_does_not_speak_is_refused(option: str | None, environ: dict[str, str]) -> None:
    with pytest.raises(UnknownLanguage) as refused:
        choose_language(option, environ)
    assert "sv, en" in refused.value.sentence(load_language(ENGLISH))


@pytest.mark.parametrize(
    ("fact", "swedish", "english"),
    [
        ("text", "text", "text"),
        (12345, "12345", "12345"),
        (date(2016, 10, 3), "2016-10-03", "2016-10-03"),
        (Month(2016, 10), "2016-10", "2016-10"),
        (Path("a", "b"), os.path.join("a", "b"), os.path.join("a", "b")),  # noqa: PTH118 # as the system writes it
        (Sex.WOMAN, "kvinna", "woman"),
        (ExitType.DISCONTINUED, "avbrott", "discontinued"),
        (Group.STUDIES, "studier", "studies"),
        (TOWN, "Krokom", "Krokom"),
        (STEP, "2 Arbetsträning", "2 Work training"),
        (JOB, "arbete med stöd", "supported work"),
        ((Sex.WOMAN, 1), "kvinna, 1", "woman, 1"),
        ((), "", ""),
        (Gone(code="K7QX-4M"), "Det finns ingen deltagare K7QX-4M.", "There is no participant K7QX-4M."),
        (Remark(Gone.message, code="X"), "Det finns ingen deltagare X.", "There is no participant X."),
    ],
)
def test_a_fact_is_written_by_its_kind(fact: object, swedish: str, english: str) -> None:
    assert load_language(SWEDISH).text("{fact}", fact=fact).startswith(swedish)
    assert load_language(ENGLISH).text("{fact}", fact=fact).startswith(english)


def test_several_sentences_stand_on_lines_of_their_own() -> None:
    faults = (Gone(code="A"), Gone(code="B"))
    assert load_language(ENGLISH).text("{faults}", faults=faults).count("\n") == 1


def test_a_message_without_facts_may_have_braces_and_an_empty_one_is_empty() -> None:
    assert load_language(SWEDISH).text("{not a fact}") == "{not a fact}"
    assert load_language(SWEDISH).text("") == ""


def test_the_form_of_a_message_follows_the_count() -> None:
    assert load_language(ENGLISH).plural("{count} record", "{count} records", count=1) == "1 record"
    assert load_language(SWEDISH).plural("{count} record", "{count} records", count=2) == "2 uppgifter"


def test_swedish_has_its_own_last_letters() -> None:
    names = ["Östersund", "Zinkgruvan", "Åre", "Älvdalen", "Arjeplog", "Wien", "Vansbro", "Vetlanda", "Édith", "Eda"]
    in_swedish = sorted(names, key=load_language(SWEDISH).sort_key)
    in_english = sorted(names, key=load_language(ENGLISH).sort_key)
    last = ["Zinkgruvan", "Åre", "Älvdalen", "Östersund"]
    assert in_swedish == ["Arjeplog", "Eda", "Édith", "Vansbro", "Vetlanda", "Wien", *last]
    assert in_english == [
        "Älvdalen", "Åre", "Arjeplog", "Eda", "Édith", "Östersund", "Vansbro", "Vetlanda", "Wien", "Zinkgruvan"
    ]  # fmt: skip


def test_case_and_composition_do_not_matter_to_the_order() -> None:
    key = load_language(SWEDISH).sort_key
    assert key("ÅRE") == key("åre") == key("a\N{COMBINING RING ABOVE}re")


@pytest.mark.parametrize("compiled", ["missing", "older", "as old", "newer"])
def test_the_source_is_read_where_the_compiled_catalogue_is_missing_or_older(compiled: str, tmp_path: Path) -> None:
    folder = tmp_path / "sv" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source, target = folder / "arena.po", folder / "arena.mo"
    source.write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "yes"\nmsgstr "jo"\n')
    if compiled != "missing":
        with target.open("wb") as file:
            catalogue = Catalog(locale="sv")
            catalogue.add("yes", "javisst")
            write_mo(file, catalogue)
        moment = source.stat().st_mtime + {"older": -10, "as old": -0.001, "newer": 10}[compiled]
        os.utime(target, (moment, moment))
    said = load_language(SWEDISH, tmp_path).text("yes")
    assert said == ("javisst" if compiled in {"as old", "newer"} else "jo")


# -- the catalogue ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_compiled_catalogue_says_what_the_library_reads_in_it(order: str) -> None:
    content = BytesIO()
    write_mo(content, catalogue())
    compiled = in_order(order, content.getvalue())
    ours, theirs = Catalogue(compiled), gettext.GNUTranslations(BytesIO(compiled))
    for one, many in [(m.id, m.id) if isinstance(m.id, str) else m.id for m in catalogue()]:
        assert ours.gettext(one) == theirs.gettext(one)
        for count in (0, 1, 2):
            assert ours.ngettext(one, many, count) == theirs.ngettext(one, many, count)
    for unknown in ("!", "Month.", "öööö"):
        assert (ours.gettext(unknown), ours.ngettext(unknown, "more", 2)) == (unknown, "more")


def in_order(order: str, compiled: bytes) -> bytes:
    """A compiled catalogue, as a computer with an order of bytes of its own would have written it."""
    numbers = unpack_from("=7I", compiled)
    lists = unpack_from(f"={4 * numbers[2]}I", compiled, numbers[3])
    return pack(f"{order}{7 + len(lists)}I", *numbers, *lists) + compiled[28 + 4 * len(lists) :]


OPTION = re.compile(r"--[a-z][a-z-]+")


def catalogue() -> Catalog:
    with SOURCE.open("rb") as file:
        return read_po(file)


def update_tool() -> ModuleType:
    spec = spec_from_file_location("update", LOCALE / "update.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def forms(texts: object) -> list[str]:
    return [str(text) for text in texts] if isinstance(texts, list | tuple) else [str(texts)]


def facts(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def messages(found: Iterable[Message]) -> list[Message]:
    return [message for message in found if message.id]


def test_the_catalogue_has_exactly_the_messages_of_the_code_and_the_templates() -> None:
    wanted = {tuple(forms(m.id)) for m in messages(update_tool().messages())}
    found = {tuple(forms(m.id)) for m in messages(catalogue())}
    assert found == wanted, "run src/arena_cli/locale/update.py and translate what is new"


def test_every_message_is_translated() -> None:
    assert [m.id for m in messages(catalogue()) if m.fuzzy or not all(forms(m.string))] == []


def test_a_translation_has_the_facts_of_its_message() -> None:
    for message in messages(catalogue()):
        wanted = facts(forms(message.id)[-1])
        for translation in forms(message.string):
            assert facts(translation) == wanted, message.id


def test_a_translation_keeps_the_commands_and_the_options_of_its_message() -> None:
    for message in messages(catalogue()):
        for original, translation in zip(forms(message.id), forms(message.string), strict=False):
            assert original.count("`") == translation.count("`"), original
            assert set(OPTION.findall(original)) == set(OPTION.findall(translation)), original
            assert original.endswith((".", "?")) == translation.endswith((".", "?")), original


def test_every_enumerated_value_has_a_name() -> None:
    swedish = load_language(SWEDISH)
    for member in (*Sex, *ExitType, *Group, *Sector):
        assert swedish.text("{name}", name=member)
