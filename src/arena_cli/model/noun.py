"""What all nouns have in common: they are equal when all that they say is, and cannot be changed.

Every command defines all nouns and makes objects of a few. What makes a dataclass dear is the code that is written for
it, so the base class has what can be written once, and a constructor is written when it is first used.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, NoReturn

__all__ = ["Noun", "dataclass"]


class Noun:
    """The base of a frozen dataclass with slots, made by this module's `dataclass`."""

    __slots__: tuple[str, ...] = ()

    def _values(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Noun) and type(self) is type(other) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        pairs = zip(self.__slots__, self._values(), strict=True)
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in pairs)})"

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), self._values()


if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, frozen: bool, slots: bool, eq: bool, repr: bool) -> object:  # noqa: A002  # as in the library
        """The library's, with its constructor and its refusal to be changed left to what all nouns share."""
        if (frozen, slots, eq, repr) != (True, True, False, False):
            raise TypeError("a noun is frozen, has slots, and is compared and shown by its base class")

        def made(cls: type) -> type:
            if cls.__doc__ is None:  # the library would write one, with a parser of Python's
                raise TypeError("a noun says what it is")
            cls = dataclasses.dataclass(init=False, slots=True, eq=False, repr=False)(cls)
            cls.__init__, cls.__setattr__, cls.__delattr__ = _first, _refuse, _refuse
            return cls

        return made


def _first(self: Noun, *values: Any, **named: Any) -> None:
    """Write the constructor of a class when its first object is made, and use it."""
    cls: Any = type(self)
    cls.__init__ = _constructor(cls)
    cls.__init__(self, *values, **named)


def _constructor(cls: Any) -> Any:
    """What the library would write for a frozen dataclass, in a tenth of the time: it makes a whole class for it."""
    fields = dataclasses.fields(cls)
    if any(field.default_factory is not dataclasses.MISSING for field in fields):
        raise TypeError("what a noun says is given to it, or always the same")
    names: dict[str, Any] = {f"default_{field.name}": field.default for field in fields}
    names |= {f"set_{field.name}": getattr(cls, field.name).__set__ for field in fields}
    given = (f.name if f.default is dataclasses.MISSING else f"{f.name}=default_{f.name}" for f in fields)
    lines = [f"set_{field.name}(self, {field.name})" for field in fields]
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    exec(f"def __init__(self, {', '.join(given)}):\n " + "\n ".join(lines), names)  # noqa: S102  # of names of fields
    return names["__init__"]


def _refuse(_: Noun, name: str, *__: object) -> NoReturn:
    raise dataclasses.FrozenInstanceError(f"cannot change {name!r} of a noun")
