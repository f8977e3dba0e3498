"""Conditions on a board, as typed: `LAB >= 25`, `control = NOC`, `certain`.

    condition  one joined with another by `or`; of these each joined by `and`
    one        `not` one, ( condition ), `certain`,
               `control` = or != a party or NOC,
               a party, `vacant` or `declared`, then >= <= > < = or != and a number

A party is a code or a name, in quotes where it has a word of the language in it
("Labour and Co-operative"); letters may be of either case.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple, Protocol

from ledger.errors import BadCondition
from ledger.text import MOST_DIGITS
from projections.tally import Control

LONGEST = 1_000  # characters
DEEPEST = 50  # conditions within conditions
NOC = "NOC"
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "!=": operator.ne,
}
_MISTAKEN = {"==": "=", "=>": ">=", "=<": "<=", "<>": "!=", "!": "!="}
_WRITTEN = {"≥": ">=", "≤": "<=", "≠": "!="}  # as they may be pasted
_COUNTS = ("vacant", "declared")
_JOINS = ("and", "or", "not")
_WORDS = (*_JOINS, "certain", "control", *_COUNTS)
_TOKEN = re.compile(r'\s*(?:("[^"]*")|([<>=!≥≤≠]+)|([()])|([^\s<>=!≥≤≠()"]+)|(\S))')


class Counted(Protocol):
    """What a condition asks of a board."""

    @property
    def seats(self) -> Mapping[str, int]:
        """By party's code, its seats; none where it is not there."""

    @property
    def vacant(self) -> int:
        """Seats nobody holds."""

    @property
    def declared(self) -> int:
        """Contests of the latest night whose outcome has been announced."""

    @property
    def control(self) -> Control:
        """Who controls."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that holds of a board or does not. `text` says it in one way."""

    text: str
    holds: Callable[[Counted], bool]

    def __str__(self) -> str:
        return self.text


class Parties(Protocol):
    """The parties that may be meant."""

    def code(self, name: str) -> str | None:
        """The code that a code or a name means; None where it means no party."""

    def near(self, name: str) -> str | None:
        """A code or name like one that means none."""


def read(text: str, parties: Parties) -> Condition:
    """The condition of a text. Raises BadCondition."""
    return _Reader(text, parties).all()


class _Token(NamedTuple):
    place: int  # from 1
    kind: str  # "quoted", "operator", "bracket", "word" or "end"
    text: str

    @property
    def word(self) -> str:
        """The word of the language it may be."""
        return self.text.casefold() if self.kind == "word" else ""


def _tokens(text: str) -> list[_Token]:
    found = []
    place = 0
    while match := _TOKEN.match(text, place):
        start = match.start(match.lastindex or 0) + 1
        kind = ("quoted", "operator", "bracket", "word", "stray")[(match.lastindex or 1) - 1]
        found.append(_Token(start, kind, match[match.lastindex or 0]))
        place = match.end()
    return [*found, _Token(len(text) + 1, "end", "")]


class _Reader:
    """Reads a condition from left to right."""

    def __init__(self, text: str, parties: Parties) -> None:
        self._text, self._parties = text, parties
        self._deep = 0
        if len(text) > LONGEST:
            raise self._bad(LONGEST + 1, f"it is longer than {LONGEST} characters")
        self._tokens = _tokens(text)
        for token in self._tokens:
            if token.kind == "stray":
                what = "a quote is not closed" if token.text == '"' else "it is no word"
                raise self._bad(token.place, what)

    def all(self) -> Condition:
        """The whole text."""
        condition = self._any()
        if self._next.kind != "end":
            self._refuse("`and`, `or` or the end is wanted")
        return condition

    @property
    def _next(self) -> _Token:
        return self._tokens[0]

    def _take(self) -> _Token:
        return self._tokens.pop(0) if self._next.kind != "end" else self._next

    def _any(self) -> Condition:
        return self._joined("or", self._every, any)

    def _every(self) -> Condition:
        return self._joined("and", self._one, all)

    def _joined(
        self,
        word: str,
        part: Callable[[], Condition],
        together: Callable[[Iterable[bool]], bool],
    ) -> Condition:
        parts = [part()]
        while self._next.word == word:
            self._take()
            parts.append(part())
        if len(parts) == 1:
            return parts[0]
        text = f" {word} ".join(one.text for one in parts)
        return Condition(text, lambda board: together(one.holds(board) for one in parts))

    def _one(self) -> Condition:
        self._deep += 1
        if self._deep > DEEPEST:
            raise self._bad(self._next.place, f"it goes deeper than {DEEPEST} conditions")
        try:
            return self._single()
        finally:
            self._deep -= 1

    def _single(self) -> Condition:
        token = self._next
        if token.word == "not":
            self._take()
            inner = self._one()
            return Condition(f"not {inner}", lambda board: not inner.holds(board))
        if token.text == "(" and token.kind == "bracket":
            self._take()
            inner = self._any()
            if self._next.text != ")":
                self._refuse("a closing bracket is wanted")
            self._take()
            return Condition(f"({inner})", inner.holds)
        if token.word == "certain":
            self._take()
            if self._next.kind == "operator":
                self._refuse("`certain` stands alone")
            return Condition("certain", lambda board: board.control.certain)
        if token.word == "control":
            self._take()
            return self._control()
        return self._count()

    def _control(self) -> Condition:
        at, sign = self._operator("control")
        if sign not in ("=", "!="):
            raise self._bad(at, f"control is compared with = or !=, not with {sign}")
        place, name = self._name("a party or NOC")
        if name.casefold() == NOC.casefold():
            code, whom = None, NOC
        else:
            code = whom = self._code(place, name)
        wanted = sign == "="

        def holds(board: Counted) -> bool:
            control = board.control
            return control.known and (control.party == code) == wanted

        return Condition(f"control {sign} {whom}", holds)

    def _count(self) -> Condition:
        if self._next.word in _COUNTS:
            what = self._take().word
        else:
            what = self._code(*self._name("a party, `vacant`, `declared`, `control` or `certain`"))
        _, sign = self._operator(what)
        number = self._number()
        compare = _COMPARE[sign]

        def holds(board: Counted) -> bool:
            counted = what in _COUNTS
            return compare(getattr(board, what) if counted else board.seats.get(what, 0), number)

        return Condition(f"{what} {sign} {number}", holds)

    def _operator(self, after: str) -> tuple[int, str]:
        token = self._take()
        text = "".join(_WRITTEN.get(character, character) for character in token.text)
        if token.kind != "operator" or text not in _COMPARE:
            near = _MISTAKEN.get(text)
            what = f"one of {' '.join(_COMPARE)} is wanted after {after}{_instead(token)}"
            raise self._bad(token.place, what, f"did you mean {near}? " if near else "")
        return token.place, text

    def _number(self) -> int:
        token = self._take()
        digits = token.text
        if not (digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS):
            what = f"a whole number of seats is wanted{_instead(token)}"
            raise self._bad(token.place, what)
        return int(digits)

    def _name(self, wanted: str) -> tuple[int, str]:
        """A party's name: in quotes, or the words up to what cannot be of one."""
        token = self._next
        if token.kind == "quoted":
            self._take()
            return token.place, token.text[1:-1]
        plain = takewhile(lambda one: one.kind == "word" and one.word not in _WORDS, self._tokens)
        words = [one.text for one in plain]
        if not words or (len(words) == 1 and words[0].isdigit()):
            self._refuse(f"{wanted} is wanted")
        del self._tokens[: len(words)]
        return token.place, " ".join(words)

    def _code(self, place: int, name: str) -> str:
        code = self._parties.code(name)
        if code is None:
            near = self._parties.near(name)
            hint = f"did you mean {near!r}? " if near else ""
            raise self._bad(place, f"no party is known by {name[:60]!r}", hint)
        return code

    def _refuse(self, what: str) -> None:
        raise self._bad(self._next.place, what + _instead(self._next))

    def _bad(self, place: int, what: str, suggestion: str = "") -> BadCondition:
        shown = self._text if len(self._text) <= LONGEST else f"{self._text[:60]}…"
        return BadCondition(condition=shown, place=place, what=what, suggestion=suggestion)


def _instead(token: _Token) -> str:
    return ", not the end" if token.kind == "end" else f", not {token.text[:60]!r}"
