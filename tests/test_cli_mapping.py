"""`arena import` of lists with words of their own: explained in a file, or asked for and then saved."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.conftest import Arena, Keyboard

OWN_WORDS = "Person;Ort;Kom in;Slutade;Blev\n17;Krokom;2016-10-03;;\n18;Åre;2016-10-04;2016-10-10;Jobb\n"
MAP = """\
[columns]
"Person" = "ref"
"Ort" = "municipality"
"kom  IN" = "entered_on"
"Slutade" = "exited_on"
"Blev" = "destination"

[values.destination]
"jobb" = "arbete"
"""


@pytest.fixture
def own_words(tmp_path: Path) -> Path:
    """A list in the current folder of which arena knows not one header."""
    path = tmp_path / "lista.csv"
    path.write_text(OWN_WORDS, encoding="utf-8")
    return path


def saved() -> Path:
    return Path("arena.map.toml")


# -- a file -----------------------------------------------------------------------------------------------------------


def test_a_file_explains_headers_and_values(project: Arena, own_words: Path) -> None:
    Path("ord.toml").write_text(MAP, encoding="utf-8")
    taken = project("import", "lista.csv", "--map", "ord.toml")
    assert (taken.code, taken.out) == (0, "Rows: 2; new: 2, changed: 0, unchanged: 0. New participants: 2.\n")
    assert "What the list's own words mean: ord.toml.\n" in taken.err
    assert not saved().exists()


def test_a_file_beside_the_database_is_always_read_and_another_goes_before_it(project: Arena, own_words: Path) -> None:
    saved().write_text(MAP.replace('"arbete"', '"studier"'), encoding="utf-8")
    Path("ord.toml").write_text('[values.destination]\nJobb = "work"\n', encoding="utf-8")
    taken = project("import", "lista.csv", "--map", "ord.toml")
    assert taken.code == 0, taken.err
    assert "What the list's own words mean: arena.map.toml, ord.toml.\n" in taken.err
    assert "unchanged: 2" in project("import", "lista.csv", "--map", "ord.toml").out
    assert "Blev differed from what was registered: 1 (row 3).\n" in project("import", "lista.csv").err


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[columns\n", "  line 1 cannot be read as TOML."),
        ('[columns]\nOrt = "orten"\n', '  columns.Ort: must be a column that arena knows, or "".'),
        ("[columns]\nOrt = 7\n", "  columns.Ort: must be a text in quotes.\n"),
        ("columns = 7\n", "  columns: must be a table of its own under a heading, as in: [columns]\n"),
        ('[kolumner]\nOrt = "ref"\n', "  kolumner: is not a key that arena knows."),
        ('[columns]\nOrt = "ref"\nORT = "municipality"\n', "  columns.ORT: is explained twice"),
        ('[values.ref]\n"7" = "8"\n', "  values.ref: is no column with a fixed set of values."),
        ('[values.sex]\nX = "häst"\n', '  values.sex.X: must be a value of the column, or "". They are: woman, man,'),
        ('[values.sex]\n"Karin Larsson" = "häst"\n', "  values.sex[1]: must be a value of the column"),
        ('[values]\nsex = "woman"\n', "  values.sex: must be a table of its own under a heading, as in: [sex]\n"),
    ],
)
def test_each_mistake_in_a_file_is_one_sentence(project: Arena, own_words: Path, text: str, fault: str) -> None:
    Path("ord.toml").write_text(text, encoding="utf-8")
    before = Path("arena.db").read_bytes()
    refused = project("import", "lista.csv", "--map", "ord.toml")
    assert refused.code == 3
    assert refused.err.startswith("Nothing was imported. The file that explains the list, ord.toml, has faults:\n")
    assert fault in refused.err
    assert Path("arena.db").read_bytes() == before


def test_all_mistakes_are_told_at_once(project: Arena, own_words: Path) -> None:
    Path("ord.toml").write_text('[columns]\nA = "x"\nB = "y"\n[values.sex]\nC = "z"\n', encoding="utf-8")
    assert len(project("import", "lista.csv", "--map", "ord.toml").err.splitlines()) == 4


def test_columns_are_called_in_either_language(project: Arena, own_words: Path) -> None:
    swedish = (
        MAP.replace('"ref"', '"Löpnr"').replace('"municipality"', '"kommun"').replace('"entered_on"', '"inskriven"')
    )
    swedish = swedish.replace('"exited_on"', '"slutdatum"').replace('"destination"', '"gick till"')
    Path("ord.toml").write_text(swedish.replace("[values.destination]", "[values.avslutsorsak]"), encoding="utf-8")
    taken = project("import", "lista.csv", "--map", "ord.toml")
    assert (taken.code, taken.out) == (0, "Rows: 2; new: 2, changed: 0, unchanged: 0. New participants: 2.\n")
    assert "unchanged: 2" in project("import", "lista.csv", "--map", "ord.toml").out


def test_a_name_of_several_columns_is_the_one_of_that_kind_of_list(project: Arena) -> None:
    Path("ord.toml").write_text(
        '[columns]\nDag = "start"\nVar = "steg"\n[values.steg]\nBotten = "1"\n', encoding="utf-8"
    )
    Path("perioder.csv").write_text("ref;kommun;dag;var\n17;Krokom;2016-10-03;Botten\n", encoding="utf-8")
    assert "new: 1" in project("import", "perioder.csv", "--map", "ord.toml").out
    Path("moves.csv").write_text("ref;datum;var\n17;2016-10-10;2\n17;2016-10-12;Botten\n", encoding="utf-8")
    assert "new: 2" in project("import", "moves.csv", "--map", "ord.toml").out


def test_a_list_refused_for_its_own_words_says_that_they_can_be_explained(project: Arena) -> None:
    Path("lista.csv").write_text("ref;kommun;start;kön\n17;Krokom;2016-10-03;häst\n", encoding="utf-8")
    hint = "Words that are the list's own need no mending: on a terminal arena asks what they mean; --map says it"
    assert hint in project("import", "lista.csv").err
    assert hint not in project("import", "lista.csv", "--json").err
    Path("lista.csv").write_text("ref;kommun;start;kön\n17;Krokom;2016-10;k\n", encoding="utf-8")
    assert hint not in project("import", "lista.csv").err


def test_a_file_that_is_not_there_or_no_text(project: Arena, own_words: Path) -> None:
    assert project("import", "lista.csv", "--map", "ord.toml").code == 4
    assert project("import", "lista.csv", "--map", ".").code == 7
    Path("ord.toml").write_bytes(b"\xff\xfe\x00")
    assert project("import", "lista.csv", "--map", "ord.toml").code == 3
    Path("ord.toml").write_bytes(b"# " + b"x" * 1_000_000)
    assert project("import", "lista.csv", "--map", "ord.toml").code == 7


def test_a_column_that_is_explained_away_is_not_used(project: Arena) -> None:
    Path("lista.csv").write_text("ref;id;kommun;start\n17;9;Krokom;2016-10-03\n", encoding="utf-8")
    assert "Two columns mean the same: ref, id." in project("import", "lista.csv").err
    Path("ord.toml").write_text('[columns]\nid = ""\n', encoding="utf-8")
    assert "Not used: id." in project("import", "lista.csv", "--map", "ord.toml").err


def test_a_text_explained_as_nothing_is_an_empty_cell(project: Arena) -> None:
    Path("lista.csv").write_text("ref;kommun;start;kön\n17;Krokom;2016-10-03;-\n", encoding="utf-8")
    assert project("import", "lista.csv").code == 3
    Path("ord.toml").write_text('[values.sex]\n"-" = ""\n', encoding="utf-8")
    assert project("import", "lista.csv", "--map", "ord.toml").code == 0


# -- asking -----------------------------------------------------------------------------------------------------------


def test_what_is_not_known_is_asked_for_and_saved(project: Arena, own_words: Path, keyboard: Keyboard) -> None:
    keyboard.types("1", "person", "1", "Kom in", "slutdatum", "")
    first = project("import", "lista.csv")
    assert first.code == 0, first.err
    assert "None of the headers is known. What does the list hold?\n  1 spells\n  2 moves\n" in first.err
    assert "Which column is ref (löpnr)?\n  1 Person\n  2 Ort\n" in first.err
    assert first.err.count("Which column is") == 3
    assert "What is in column Slutade?\n" in first.err
    assert "Not used: Blev.\n" in first.err
    assert "Nothing under" not in first.err
    assert "The answers are saved for next time: arena.map.toml.\n" in first.err
    assert stat.S_IMODE(saved().stat().st_mode) == 0o600
    keyboard.types()
    again = project("import", "lista.csv")
    assert (again.code, again.err.count("?\n")) == (0, 0)
    assert "unchanged: 2" in again.out


def test_columns_that_nobody_knows_are_asked_about_and_their_answers_saved(project: Arena, keyboard: Keyboard) -> None:
    Path("lista.csv").write_text(
        "ref;kommun;start;Sista dag;Varför;Rum;Rum;Karin Larsson\n17;Krokom;2016-10-03;2016-10-10;Jobb;1;2;\n",
        encoding="utf-8",
    )
    keyboard.types("häst", "exited_on", "Avslutsorsak", "arbete")
    taken = project("import", "lista.csv")
    assert taken.code == 0, taken.err
    assert "What is in column Sista dag?\n" in taken.err
    assert '"häst" is none of these.' in taken.err
    assert "exited_on" not in taken.err.split("What is in column Varför?")[1]
    assert "Nothing under Rum, Karin Larsson is taken." in taken.err
    assert saved().read_text(encoding="utf-8") == (
        '[columns]\n"sista dag" = "exited_on"\n"varför" = "destination"\n\n[values.destination]\n"jobb" = "work"\n'
    )
    keyboard.types()
    assert "unchanged: 1" in project("import", "lista.csv").out


def test_a_column_said_not_to_be_used_is_not_asked_about_again(project: Arena, keyboard: Keyboard) -> None:
    Path("lista.csv").write_text("ref;kommun;start;Rum\n17;Krokom;2016-10-03;4\n", encoding="utf-8")
    keyboard.types("")
    assert project("import", "lista.csv", "--dry-run").code == 0
    assert saved().read_text(encoding="utf-8") == '[columns]\n"rum" = ""\n'
    keyboard.types()
    again = project("import", "lista.csv", "--dry-run")
    assert (again.code, "left out" in again.out) == (0, False)
    assert "Not used: Rum.\n" in again.err


def test_nobody_is_asked_about_columns_with_no_input(project: Arena, keyboard: Keyboard) -> None:
    Path("lista.csv").write_text("ref;kommun;start;Rum\n17;Krokom;2016-10-03;4\n", encoding="utf-8")
    taken = project("--no-input", "import", "lista.csv")
    assert (taken.code, saved().exists()) == (0, False)
    assert "What is in column" not in taken.err
    assert "Nothing under Rum is taken. Say with --map FILE.toml what it is" in taken.err


def test_values_are_asked_for_in_the_words_of_the_project(project: Arena, keyboard: Keyboard) -> None:
    Path("lista.csv").write_text(
        "ref;kommun;start;slutdatum;gick till\n"
        "17;Krokom;2016-10-03;2016-10-10;Jobb\n"
        "18;Åre;2016-10-03;2016-10-10;jobb \n"
        "19;Åre;2016-10-03;2016-10-10;arbete\n",
        encoding="utf-8",
    )
    keyboard.types("häst", "arbete")
    taken = project("import", "lista.csv")
    assert taken.code == 0, taken.err
    assert taken.err.count('gick till: what is "') == 1
    assert '[values.destination]\n"jobb" = "work"\n' in saved().read_text(encoding="utf-8")
    keyboard.types()
    assert "unchanged: 3" in project("import", "lista.csv").out


def test_nobody_is_asked_without_a_terminal_or_with_no_input(
    project: Arena, own_words: Path, keyboard: Keyboard
) -> None:
    refused = project("--no-input", "import", "lista.csv")
    assert (refused.code, refused.err.count("\n")) == (3, 1)
    assert "None of the columns in row 1 has a header that arena knows." in refused.err
    assert not saved().exists()


def test_who_does_not_answer_changes_nothing(project: Arena, own_words: Path, keyboard: Keyboard) -> None:
    before = Path("arena.db").read_bytes()
    keyboard.types("1")
    assert project("import", "lista.csv").code == 2
    keyboard.types("1", "")
    assert project("import", "lista.csv").code == 3
    assert Path("arena.db").read_bytes() == before
    assert not saved().exists()


def test_a_column_with_many_unknown_texts_is_not_asked_about(project: Arena, keyboard: Keyboard) -> None:
    rows = "".join(f"{n};Krokom;2016-10-03;text {chr(97 + n)}\n" for n in range(21))
    Path("lista.csv").write_text(f"ref;kommun;start;anvisad av\n{rows}", encoding="utf-8")
    refused = project("import", "lista.csv")
    assert (refused.code, refused.err.count("what is")) == (3, 0)


@pytest.mark.parametrize("text", ["Fick jobb, ring Karin", "Karin Larsson", "19830101-2392", "x" * 61])
def test_what_could_be_about_a_person_is_neither_asked_about_nor_saved(
    project: Arena, keyboard: Keyboard, text: str
) -> None:
    Path("lista.csv").write_text(f'ref;kommun;start;anvisad av\n17;Krokom;2016-10-03;"{text}"\n', encoding="utf-8")
    keyboard.types("1")
    refused = project("import", "lista.csv")
    assert (refused.code, refused.err.count("what is"), saved().exists()) == (3, 0, False)
    assert text not in refused.err


def test_a_header_on_two_lines_is_told_on_one(project: Arena) -> None:
    Path("lista.csv").write_text(
        'ref;"steg vid\nstart";kommun;start;"a\nb"\n17;1;Krokom;2016-10-03;\n', encoding="utf-8"
    )
    assert "Columns: ref, steg vid start, kommun, start. Not used: a b.\n" in project("import", "lista.csv").err


def test_answers_that_cannot_be_saved_stop_the_import(project: Arena, own_words: Path, keyboard: Keyboard) -> None:
    saved().mkdir()
    assert project("import", "lista.csv").code == 7
