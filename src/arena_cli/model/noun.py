"""What all nouns have in common: they are equal when all that they say is."""

from __future__ import annotations


class Noun:
    """The base of a frozen dataclass with slots, made with `eq=False, repr=False`.

    Writing these methods anew for every class is half of what it costs to make a dataclass, and every command pays it.
    """

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
