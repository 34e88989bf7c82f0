"""From what people type to what the file holds: municipalities, steps, destinations, referrals, sexes, exit types.

Everything is known by its code and by its names in either language, a municipality also by its short name, a step
by its position; case, surrounding blanks and the way å, ä and ö are composed do not matter. A near miss is never
taken for the thing: it is suggested.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import ClassVar, Final, Generic, TypeVar
from unicodedata import combining, normalize

from arena_cli.errors import NotFound, Phrasing, translatable
from arena_cli.model import (
    Activity,
    Destination,
    ExitType,
    Group,
    IdentityKeeping,
    KeyMeasure,
    Municipality,
    Project,
    Protection,
    Referral,
    Sector,
    Sex,
    Step,
    TargetMeasure,
    TargetPeriod,
)

DID_YOU_MEAN: Final = translatable("Did you mean {suggestion}?")

_LONGEST_ECHO: Final = 30
_MOST_DIGITS_ECHOED: Final = 5
_LENGTHS_SUGGESTED_FOR: Final = range(2, _LONGEST_ECHO + 1)
_MOST_MISSES_KEPT: Final = 100

_Plain = TypeVar("_Plain", Destination, Referral, Activity)
_Thing = TypeVar("_Thing")


class UnknownName(NotFound):
    """What was typed names nothing there is. `unechoed` is said where what was typed must not be repeated."""

    unechoed: ClassVar[str] = ""

    def __init__(self, typed: str, choices: tuple[object, ...], suggestion: object) -> None:
        super().__init__(choices=choices, suggestion=suggestion)
        if is_harmless(typed):
            self.facts["typed"] = typed.strip()

    def sentence(self, language: Phrasing) -> str:
        said = language.text(self.message if "typed" in self.facts else self.unechoed, **self.facts)
        if self.facts["suggestion"] is None:
            return said
        return f"{said} {language.text(DID_YOU_MEAN, suggestion=self.facts['suggestion'])}"


class UnknownMunicipality(UnknownName):
    message = translatable('The project has no municipality "{typed}". Its municipalities are: {choices}.')
    unechoed = translatable("The project has no such municipality. Its municipalities are: {choices}.")


class UnknownStep(UnknownName):
    message = translatable('The project has no step "{typed}". Its steps are: {choices}.')
    unechoed = translatable("The project has no such step. Its steps are: {choices}.")


class UnknownDestination(UnknownName):
    message = translatable('The project has no destination "{typed}". Its destinations are: {choices}.')
    unechoed = translatable("The project has no such destination. Its destinations are: {choices}.")


class UnknownReferral(UnknownName):
    message = translatable('The project has no source of referrals "{typed}". Its sources are: {choices}.')
    unechoed = translatable("The project has no such source of referrals. Its sources are: {choices}.")


class UnknownActivity(UnknownName):
    message = translatable('The project has no activity "{typed}". Its activities are: {choices}.')
    unechoed = translatable("The project has no such activity. Its activities are: {choices}.")


class UnknownSector(UnknownName):
    message = translatable('There is no sector "{typed}". Choose one of: {choices}.')
    unechoed = translatable("There is no such sector. Choose one of: {choices}.")


class UnknownProtection(UnknownName):
    message = translatable('There is no protection "{typed}". Choose one of: {choices}.')
    unechoed = translatable("There is no such protection. Choose one of: {choices}.")


class UnknownIdentityKeeping(UnknownName):
    message = translatable('Nothing called "{typed}" can be kept. Choose one of: {choices}.')
    unechoed = translatable("Nothing of that name can be kept. Choose one of: {choices}.")


class UnknownTargetMeasure(UnknownName):
    message = translatable('There are no targets for "{typed}". Choose one of: {choices}.')
    unechoed = translatable("There are no targets for that. Choose one of: {choices}.")


class UnknownKeyMeasure(UnknownName):
    message = translatable('There is no key figure "{typed}". Choose one of: {choices}.')
    unechoed = translatable("There is no such key figure. Choose one of: {choices}.")


class UnknownTargetPeriod(UnknownName):
    message = translatable('A target is not per "{typed}". Choose one of: {choices}.')
    unechoed = translatable("A target is not per that. Choose one of: {choices}.")


class UnknownSex(UnknownName):
    message = translatable('"{typed}" cannot be recorded as sex. Choose one of: {choices}.')
    unechoed = translatable("That cannot be recorded as sex. Choose one of: {choices}.")


class UnknownExitType(UnknownName):
    message = translatable(
        'There is no exit type "{typed}". Choose one of: {choices}. '
        '"Transferred" is a move to another of the project\'s municipalities.'
    )
    unechoed = translatable(
        "There is no such exit type. Choose one of: {choices}. "
        '"Transferred" is a move to another of the project\'s municipalities.'
    )


class NoSuchMunicipality(UnknownName):
    message = translatable('Sweden has no municipality "{typed}". Give its name or its code of four digits.')
    unechoed = translatable("Sweden has no such municipality. Give its name or its code of four digits.")


def is_harmless(typed: str) -> bool:
    """Whether what was typed may be repeated on a screen or in a log: short, with few digits, and no full name."""
    typed = typed.strip()
    return (
        0 < len(typed) <= _LONGEST_ECHO
        and typed.isprintable()
        and sum(character.isdigit() for character in typed) <= _MOST_DIGITS_ECHOED
        and sum(word.isalpha() for word in typed.split()) <= 1
    )


def folded(text: str) -> str:
    """The form in which names are compared: NFC, without case, blanks single and none around it."""
    if not text.isascii():
        text = normalize("NFC", normalize("NFC", text).casefold())
    return " ".join(text.casefold().split())


class Names(Generic[_Thing]):
    """What things of one kind may be called; the first that bears a name keeps it.

    Made once and asked many times: a spelling that was found before costs one dictionary look-up, and suggestions
    are kept, so that a list with the same mistake on every row stays quick.
    """

    __slots__ = ("_by_name", "_by_spelling", "_suggestions", "_things")

    def __init__(self) -> None:
        self._things: list[_Thing] = []
        self._by_name: dict[str, _Thing] = {}
        self._by_spelling: dict[str, _Thing] = {}
        self._suggestions: dict[str, _Thing | None] = {}

    def add(self, thing: _Thing, *names: str) -> None:
        """Add a thing that may be found by these names."""
        self._things.append(thing)
        self.add_forms(thing, *names)

    def add_forms(self, thing: _Thing, *forms: str) -> None:
        """Let a thing be found by other ways of writing it too, where no other thing is called so."""
        for form in forms:
            self._by_name.setdefault(folded(form), thing)

    def find(self, typed: str) -> _Thing | None:
        """What is called so, or None."""
        thing = self._by_spelling.get(typed)
        if thing is None:
            thing = self._by_name.get(folded(typed))
            if thing is not None:
                self._by_spelling[typed] = thing
        return thing

    def find_or_refuse(self, typed: str, refusal: type[UnknownName]) -> _Thing:
        """What is called so. Raises the refusal, with the choices and a suggestion."""
        thing = self.find(typed)
        if thing is None:
            raise refusal(typed, tuple(self._things), self.suggestion(typed))
        return thing

    def suggestion(self, typed: str) -> _Thing | None:
        """What was perhaps meant: the only thing with a name that holds what was typed, or the most alike.

        None after a hundred different misses: it is then a wrong column, and looking takes time.
        """
        wanted = _bare(folded(typed))
        if len(wanted) not in _LENGTHS_SUGGESTED_FOR or wanted.isdigit():
            return None  # a letter or a number that is nearly right says nothing
        if wanted not in self._suggestions:
            if len(self._suggestions) >= _MOST_MISSES_KEPT:
                return None
            self._suggestions[wanted] = self._most_alike(wanted)
        return self._suggestions[wanted]

    def _most_alike(self, wanted: str) -> _Thing | None:
        from difflib import get_close_matches

        things = {_bare(name): thing for name, thing in self._by_name.items() if not name.isdigit()}
        holding = [thing for name, thing in things.items() if wanted in name]
        if holding and all(thing is holding[0] for thing in holding):
            return holding[0]
        alike = get_close_matches(wanted, things, n=1)
        return things[alike[0]] if alike else None


class Lookup:
    """The names of one project, made once for many look-ups. Each method raises an UnknownName if nothing fits."""

    __slots__ = ("_destinations", "_exit_types", "_municipalities", "_referrals", "_sexes", "_steps")

    def __init__(self, project: Project) -> None:
        self._municipalities = _municipality_names(project)
        self._steps = _step_names(project.steps)
        self._destinations = _destination_names(project)
        self._referrals = _referral_names(project)
        self._sexes = _words(_SEXES)
        self._exit_types = _words(_EXIT_TYPES)

    def municipality(self, typed: str) -> str:
        """The code, by code, official name or short name. Raises UnknownMunicipality."""
        return self._municipalities.find_or_refuse(typed, UnknownMunicipality).code

    def step(self, typed: str) -> str:
        """The code, by code, name or position. Raises UnknownStep."""
        return self._steps.find_or_refuse(typed, UnknownStep).code

    def destination(self, typed: str) -> str:
        """The code, by code or name. Raises UnknownDestination."""
        return self._destinations.find_or_refuse(typed, UnknownDestination).code

    def referral(self, typed: str) -> str:
        """The code, by code or name. Raises UnknownReferral."""
        return self._referrals.find_or_refuse(typed, UnknownReferral).code

    def sex(self, typed: str) -> Sex:
        """By word or letter in either language. Raises UnknownSex, also where nothing was typed."""
        return self._sexes.find_or_refuse(typed, UnknownSex)

    def exit_type(self, typed: str) -> ExitType:
        """By code or the trade's words. Raises UnknownExitType, also where nothing was typed."""
        return self._exit_types.find_or_refuse(typed, UnknownExitType)


def find_municipality(project: Project, typed: str) -> str:
    """The code of one of the project's municipalities. Raises UnknownMunicipality."""
    return _municipality_names(project).find_or_refuse(typed, UnknownMunicipality).code


def find_municipalities(project: Project, typed: Iterable[str] | None) -> tuple[str, ...]:
    """The codes of some of the project's municipalities, each once, in order. Raises UnknownMunicipality."""
    return tuple(sorted({find_municipality(project, name) for name in typed or ()}))


def find_step(project: Project, typed: str) -> str:
    """The code of a step. Raises UnknownStep."""
    return _step_names(project.steps).find_or_refuse(typed, UnknownStep).code


def find_destination(project: Project, typed: str) -> str:
    """The code of a destination. Raises UnknownDestination."""
    return _destination_names(project).find_or_refuse(typed, UnknownDestination).code


def find_referral(project: Project, typed: str) -> str:
    """The code of a referral source. Raises UnknownReferral."""
    return _referral_names(project).find_or_refuse(typed, UnknownReferral).code


def find_activity(project: Project, typed: str) -> str:
    """The code of an activity. Raises UnknownActivity."""
    return _plain_names(project.activities).find_or_refuse(typed, UnknownActivity).code


def find_sector(typed: str) -> Sector:
    """A sector by word in either language. Raises UnknownSector, also where nothing was typed."""
    return _words(_SECTORS).find_or_refuse(typed, UnknownSector)


def find_protection(typed: str) -> Protection:
    """A protection by word in either language. Raises UnknownProtection, also where nothing was typed."""
    return _words(_PROTECTIONS).find_or_refuse(typed, UnknownProtection)


def find_identity_keeping(typed: str) -> IdentityKeeping:
    """What a project keeps, by word in either language. Raises UnknownIdentityKeeping, also where nothing was typed."""
    return _words(_KEEPINGS).find_or_refuse(typed, UnknownIdentityKeeping)


def find_target_measure(typed: str) -> TargetMeasure:
    """What a target counts, by word in either language. Raises UnknownTargetMeasure, also where nothing was typed."""
    return _words(_TARGET_MEASURES).find_or_refuse(typed, UnknownTargetMeasure)


def find_key_measure(typed: str) -> KeyMeasure:
    """A key figure by word in either language. Raises UnknownKeyMeasure, also where nothing was typed."""
    return _words(_KEY_MEASURES).find_or_refuse(typed, UnknownKeyMeasure)


def find_target_period(typed: str) -> TargetPeriod:
    """Whether a target is of a month or in all. Raises UnknownTargetPeriod, also where nothing was typed."""
    return _words(_TARGET_PERIODS).find_or_refuse(typed, UnknownTargetPeriod)


def find_sex(typed: str) -> Sex:
    """A sex by word or letter in either language. Raises UnknownSex, also where nothing was typed."""
    return _words(_SEXES).find_or_refuse(typed, UnknownSex)


def find_exit_type(typed: str) -> ExitType:
    """An exit type by code or the trade's words. Raises UnknownExitType, also where nothing was typed."""
    return _words(_EXIT_TYPES).find_or_refuse(typed, UnknownExitType)


def find_any_municipality(typed: str) -> Municipality:
    """One of Sweden's 290 municipalities, by code or name. Raises NoSuchMunicipality."""
    return municipality_names(municipalities_of_sweden()).find_or_refuse(typed, NoSuchMunicipality)


def municipalities_of_sweden() -> tuple[Municipality, ...]:
    """The 290 in the order of their codes, from the table in the package (SCB's codes and names)."""
    import csv
    from importlib.resources import files

    table = (files("arena_cli") / "municipalities.csv").read_text("utf-8")
    rows = csv.DictReader(table.splitlines())
    return tuple(Municipality(row["code"], row["name"], row["short_name"]) for row in rows)


def municipality_names(municipalities: Collection[Municipality]) -> Names[Municipality]:
    """By code (also without the leading zero, which spreadsheets drop), official or short name, code and name."""
    names: Names[Municipality] = Names()
    for m in municipalities:
        names.add(m, m.code, m.name, m.short_name)
    for m in municipalities:
        city = m.name.replace(" kommun", " stad")
        names.add_forms(m, m.code.lstrip("0"), city, f"{m.short_name} kommun")
        names.add_forms(m, f"{m.code} {m.name}", f"{m.code} {m.short_name}")
    return names


def _numbered(names: Names[_Thing], things: Iterable[_Thing]) -> Names[_Thing]:
    """Let things be found by their position in the project's list too, where nothing is called by that number."""
    for position, thing in enumerate(things, 1):
        names.add_forms(thing, str(position))
    return names


def _step_names(steps: Collection[Step]) -> Names[Step]:
    names: Names[Step] = Names()
    for s in steps:
        names.add(s, s.code, s.name, s.name_en)
    for s in steps:
        n = s.position
        names.add_forms(s, f"{n}", f"steg {n}", f"step {n}", f"{n} {s.name}", f"{n}. {s.name}", f"{n} {s.name_en}")
    return names


def _municipality_names(project: Project) -> Names[Municipality]:
    return _numbered(municipality_names(project.municipalities), project.municipalities)


def _destination_names(project: Project) -> Names[Destination]:
    names = _plain_names(project.destinations)
    for destination in project.destinations:
        if destination.code == Group.UNKNOWN:
            names.add_forms(destination, *_SEXES[Sex.UNKNOWN])
    return _numbered(names, project.destinations)


def _referral_names(project: Project) -> Names[Referral]:
    return _numbered(_plain_names(project.referrals), project.referrals)


def _plain_names(choices: Iterable[_Plain]) -> Names[_Plain]:
    names: Names[_Plain] = Names()
    for choice in choices:
        names.add(choice, choice.code, choice.name, choice.name_en)
    return names


def _words(words: Mapping[_Thing, tuple[str, ...]]) -> Names[_Thing]:
    names: Names[_Thing] = Names()
    for thing, called in words.items():
        names.add(thing, str(thing), *called)
    return names


def _bare(text: str) -> str:
    """Without rings, dots and accents: å, ä and ö are what is most often left out."""
    return "".join(character for character in normalize("NFD", text) if not combining(character))


_SEXES: Final[Mapping[Sex, tuple[str, ...]]] = {
    Sex.WOMAN: ("kvinna", "kvinnor", "k", "women", "female", "f"),
    Sex.MAN: ("man", "män", "m", "men", "male"),
    Sex.OTHER: ("annat", "annan", "annat kön", "other sex", "icke-binär", "non-binary"),
    Sex.UNKNOWN: ("okänt", "okänd", "okänt kön", "sex unknown", "uppgift saknas"),
}

_SECTORS: Final[Mapping[Sector, tuple[str, ...]]] = {
    Sector.PUBLIC: ("offentlig", "offentligt", "offentlig sektor", "kommun", "region", "stat"),
    Sector.PRIVATE: ("privat", "privat sektor", "företag", "company"),
    Sector.ASSOCIATION: ("förening", "ideell", "ideell sektor", "civilsamhället", "non-profit"),
}

_PROTECTIONS: Final[Mapping[Protection, tuple[str, ...]]] = {
    Protection.NONE: ("inget", "ingen", "nej", "no"),
    Protection.MARKED: ("sekretessmarkering", "sekretessmarkerad"),
    Protection.REGISTERED: ("skyddad folkbokföring", "kvarskrivning"),
    Protection.ASSUMED: ("fingerade personuppgifter", "fingerad"),
    Protection.UNKNOWN: ("okänt", "vet inte"),
}

_KEEPINGS: Final[Mapping[IdentityKeeping, tuple[str, ...]]] = {
    IdentityKeeping.NONE: ("inget", "ingenting", "nothing"),
    IdentityKeeping.NAMES: ("namn",),
    IdentityKeeping.PERSONNUMMER: ("personal identity numbers", "namn och personnummer"),
}

_TARGET_MEASURES: Final[Mapping[TargetMeasure, tuple[str, ...]]] = {
    TargetMeasure.INTAKE: ("intag", "inskrivna", "nya deltagare", "new participants"),
    TargetMeasure.MOVED_UP: (
        "moved up",
        "up the staircase",
        "uppåt på trappan",
        "uppflyttade",
        "flyttat upp",
        "uppåt",
        "up",
    ),
    TargetMeasure.WORK_OR_STUDIES: (
        "work or studies",
        "to work or studies",
        "arbete eller studier",
        "till arbete eller studier",
        "arbete/studier",
    ),
    TargetMeasure.PLACEMENTS: ("placements begun", "praktik", "praktikplaceringar", "påbörjade praktikperioder"),
}

_KEY_MEASURES: Final[Mapping[KeyMeasure, tuple[str, ...]]] = {
    KeyMeasure.IN_PROJECT: ("in project", "in the project", "pågående", "i projektet", "closing"),
    KeyMeasure.INTAKE: (*_TARGET_MEASURES[TargetMeasure.INTAKE], "new", "nya"),
    KeyMeasure.MOVED_UP: _TARGET_MEASURES[TargetMeasure.MOVED_UP],
    KeyMeasure.MOVED_DOWN: (
        "moved down",
        "down the staircase",
        "nedåt på trappan",
        "nedflyttade",
        "flyttat ned",
        "nedåt",
        "down",
    ),
    KeyMeasure.EXITS: ("exited", "avslut", "avslutade"),
    KeyMeasure.WORK: ("to work", "arbete", "till arbete"),
    KeyMeasure.STUDIES: ("to studies", "studier", "till studier"),
    KeyMeasure.WORK_OR_STUDIES: _TARGET_MEASURES[TargetMeasure.WORK_OR_STUDIES],
    KeyMeasure.PLACEMENTS: _TARGET_MEASURES[TargetMeasure.PLACEMENTS],
}

_TARGET_PERIODS: Final[Mapping[TargetPeriod, tuple[str, ...]]] = {
    TargetPeriod.MONTH: ("a month", "månad", "per månad", "i månaden"),
    TargetPeriod.TOTAL: ("in all", "totalt", "sammanlagt", "hela projektet"),
}

# "Flyttad" alone is left out: who moved out of the project's municipalities has left, and that is no transfer.
_EXIT_TYPES: Final[Mapping[ExitType, tuple[str, ...]]] = {
    ExitType.COMPLETED: (
        "avslutad",
        "avslutat",
        "avslut",
        "avslut enligt plan",
        "avslutad enligt plan",
        "planenligt avslut",
        "enligt plan",
        "fullföljd",
        "fullföljt",
        "slutförd",
        "slutfört",
        "as planned",
    ),
    ExitType.DISCONTINUED: (
        "avbrott",
        "avbruten",
        "avbrutet",
        "avbrutit",
        "avhopp",
        "hoppat av",
        "discontinuation",
        "dropped out",
    ),
    ExitType.DECEASED: ("avliden", "avlidit", "dödsfall", "död", "died", "dead"),
    ExitType.TRANSFERRED: (
        "överflyttad",
        "överflyttat",
        "överflyttning",
        "överförd",
        "överföring",
        "flyttad inom projektet",
        "flyttat inom projektet",
        "flytt inom projektet",
        "transfer",
    ),
    ExitType.MISREGISTERED: (
        "felregistrerad",
        "felregistrerat",
        "felregistrering",
        "felaktigt registrerad",
        "misregistration",
        "registered by mistake",
    ),
}
