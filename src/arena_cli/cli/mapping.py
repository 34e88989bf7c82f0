"""What a list's own words mean: said in a file, said before, or asked for and then saved beside the database file.

Only somebody at a terminal is asked: of the columns that a list must have, of those under headers that nobody knows,
which would be left out otherwise, and of texts that are none of a column's values. Whoever answers once is not asked
again, and neither is cron.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from arena_cli.cli.asking import Question, ask
from arena_cli.cli.output import say
from arena_cli.cli.world import Session
from arena_cli.errors import translatable
from arena_cli.exchange.columns import (
    HEADERS,
    KIND_NAMES,
    Columns,
    Kind,
    fitness,
    header_name,
    kind_of,
    missing,
    optional,
    unknown_headers,
)
from arena_cli.exchange.content import read_list
from arena_cli.exchange.mapping import ListMap, default_map, read_map, write_map
from arena_cli.exchange.opening import HowToRead, open_list
from arena_cli.exchange.reading import Sheet, read_sheet
from arena_cli.exchange.vocabulary import Vocabulary, Word
from arena_cli.lookup import UnknownName, folded
from arena_cli.personal_names import name_places
from arena_cli.personal_number import holds_personal_number
from arena_cli.store import Store

_OPTION: Final = "--map"
_MOST_TEXTS_ASKED: Final = 20
"""A column with more texts that nobody knows is another column than it says."""
_LONGEST_TEXT_ASKED: Final = 60


class UnknownHeader(UnknownName):
    """What was typed is none of the list's headers."""


def how_to_read(session: Session, store: Store, path: Path, sheet: str | None, map_file: str | None) -> HowToRead:
    """All that is known of a list, and what somebody at the keyboard has said of it now, which is saved.

    Raises what `read_map` and `write_map` raise, and what opening the list raises where there is somebody to ask.
    """
    vocabulary = Vocabulary(store)
    place = default_map(session.database)
    saved = read_map(place, vocabulary) if place.exists() else ListMap()
    given = read_map(Path(map_file), vocabulary) if map_file else ListMap()
    used = [file for file, words in ((place, saved), (map_file, given)) if any(words)]
    if used:
        say(session.language.text(translatable("What the list's own words mean: {files}."), files=tuple(used)))
    how = HowToRead(sheet, saved | given)
    if session.may_ask:
        asked = _Asking(session, vocabulary, path)
        how = asked.columns(how)
        how = asked.values(how)
        if any(asked.answers):
            write_map(place, saved | asked.answers)
            say(session.language.text(translatable("The answers are saved for next time: {path}."), path=place))
    return how


class _Asking:
    """Asks what must be known of one list; `answers` is what was said."""

    def __init__(self, session: Session, vocabulary: Vocabulary, path: Path) -> None:
        self.answers = ListMap()
        self._session = session
        self._vocabulary = vocabulary
        self._path = path

    def columns(self, how: HowToRead) -> HowToRead:
        """Ask which columns are those that the list must have, and then what is in those that nobody knows."""
        named = how.explained.columns
        header = read_sheet(read_list(self._path), fitness(named), how.sheet).header.cells
        kind = kind_of(header, named) if fitness(named)(header)[1] else self._kind()
        if kind is None:
            return how
        for column in missing(kind, header, named):
            headers = unknown_headers(kind, header, how.explained.columns)
            found = headers and self._ask(
                translatable("Which column is {column}?"),
                _one_of(headers),
                headers,
                translatable("none of them"),
                column=f"{column} ({HEADERS[kind][column][0]})",
            )
            if not found:
                return how
            how = self._learned(how, ListMap({header_name(found): column}))
        return self._others(how, kind, header)

    def _others(self, how: HowToRead, kind: Kind, header: Sequence[str]) -> HowToRead:
        """Ask what is in the columns that nobody knows. Of two with the same header neither can be explained."""
        times = Counter(map(header_name, header))
        unknown = [cell for cell in unknown_headers(kind, header, how.explained.columns) if _may_be_kept(cell)]
        for text in unknown if len(unknown) <= _MOST_TEXTS_ASKED else ():
            choices = _called(kind, optional(kind, header, how.explained.columns))
            if not choices or times[header_name(text)] > 1:
                continue
            column = self._ask(
                translatable("What is in column {header}?"),
                _column_of(kind, choices),
                choices,
                translatable("not used"),
                header=" ".join(text.split()),
            )
            how = self._learned(how, ListMap({header_name(text): column or ""}))
        return how

    def values(self, how: HowToRead) -> HowToRead:
        """Ask what the texts mean that are none of their column's values."""
        sheet, columns = open_list(self._path, how)
        for column, texts in self._unknown_texts(sheet, columns).items():
            for text in filter(_may_be_kept, texts) if len(texts) <= _MOST_TEXTS_ASKED else ():
                code = self._ask(
                    translatable('{column}: what is "{text}"?'),
                    partial(self._vocabulary.find, column),
                    self._vocabulary.choices(column),
                    translatable("none of these"),
                    column=columns.header(column),
                    text=text,
                )
                if code:
                    how = self._learned(how, ListMap(values={column: {folded(text): code}}))
        return how

    def _kind(self) -> Kind | None:
        said = {self._session.language.text(name): kind for kind, name in KIND_NAMES.items()}
        message = translatable("None of the headers is known. What does the list hold?")
        found = self._ask(message, _one_of(tuple(said)), tuple(said), translatable("none of these"))
        return said[found] if found else None

    def _ask(
        self, message: str, read: Callable[[str], str], choices: tuple[object, ...], blank: str, **facts: object
    ) -> str | None:
        return ask(
            self._session, Question(_OPTION, self._session.language.text(message, **facts), read, choices, blank)
        )

    def _learned(self, how: HowToRead, answer: ListMap) -> HowToRead:
        self.answers |= answer
        return how._replace(explained=how.explained | answer)

    def _unknown_texts(self, sheet: Sheet, columns: Columns) -> dict[str, list[str]]:
        """The texts that mean nothing, of each column with a fixed set of values."""
        closed = {column: place for column, place in columns.places.items() if self._vocabulary.choices(column)}
        seen: dict[str, set[str]] = {column: set() for column in closed}
        for row in sheet.rows:
            for column, place in closed.items():
                if place < len(row.cells):
                    seen[column].add(row.cells[place])
        return {column: list(self._unknown_among(column, texts)) for column, texts in seen.items()}

    def _unknown_among(self, column: str, texts: Iterable[str]) -> Iterator[str]:
        """The texts that are none of the column's values, each in one way of writing it, in alphabetical order."""
        ways = {folded(text): text.strip() for text in sorted(texts)}
        for text in sorted(ways.values(), key=self._session.language.sort_key):
            if text and not self._vocabulary.understands(column, text):
                yield text


def _may_be_kept(text: str) -> bool:
    """Whether a text is about nobody, so that it can stand in a file beside the database."""
    return len(text) <= _LONGEST_TEXT_ASKED and not name_places(text) and not holds_personal_number(text)


def _called(kind: Kind, columns: Iterable[str]) -> tuple[Word, ...]:
    """The columns with their names in both languages."""
    return tuple(Word(column, HEADERS[kind][column][0], column) for column in columns)


def _column_of(kind: Kind, choices: tuple[Word, ...]) -> Callable[[str], str]:
    """A reader of columns, by any header that would have been understood. It raises UnknownHeader."""
    forms = {header_name(form): word.code for word in choices for form in (word.code, *HEADERS[kind][word.code])}

    def read(typed: str) -> str:
        if (found := forms.get(header_name(typed))) is None:
            raise UnknownHeader(typed, choices, None)
        return found

    return read


def _one_of(texts: tuple[str, ...]) -> Callable[[str], str]:
    """A reader of texts that are compared as headers are. It raises UnknownHeader."""
    known = {header_name(text): text for text in texts}

    def read(typed: str) -> str:
        if (found := known.get(header_name(typed))) is None:
            raise UnknownHeader(typed, texts, None)
        return found

    return read
