"""The candidates of a contest, found by the names that files and desks give them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from ledger.errors import IdOfAnother, UnknownCandidate
from ledger.names import Names
from ledger.text import did_you_mean, match_key


class Person(Protocol):
    """Anyone with a name and perhaps an id."""

    @property
    def name(self) -> str:
        """Their name."""

    @property
    def id(self) -> str | None:
        """Their id in the source's own numbering, where it is known."""


class Roll:
    """Who stands in a contest: found by name, by alias or by id, never by place in a list."""

    def __init__(self, contest: str, people: Iterable[Person], names: Names) -> None:
        self._contest, self._names = contest, names
        everyone = list(people)
        self._by_key = {match_key(person.name): person.name for person in everyone}
        ids = Counter(person.id for person in everyone)
        # An id that two have in common says nothing of who is meant.
        self._by_id = {p.id: p.name for p in everyone if p.id and ids[p.id] == 1}

    def __bool__(self) -> bool:
        """Whether the candidates are known."""
        return bool(self._by_key)

    def called(self, name: str) -> str | None:
        """The candidate of exactly this name, else of this alias; case and spacing do not
        count."""
        found = self._by_key.get(match_key(name))
        if found is None and self._names.confirmed:
            means = self._names.meaning("candidate", name)
            found = self._by_key.get(match_key(means)) if means else None
        return found

    def numbered(self, id_: str | None) -> str | None:
        """The candidate of an id."""
        return self._by_id.get(id_ or "")

    def find(self, name: str, id_: str | None = None) -> str:
        """The candidate's own name. Raises UnknownCandidate with a suggestion, IdOfAnother."""
        called, numbered = self.called(name), self.numbered(id_)
        if called and numbered and called != numbered:
            raise IdOfAnother(name=name, id=id_, other=numbered, contest=self._contest)
        found = called or numbered
        if found is None:
            raise UnknownCandidate(
                name=name,
                contest=self._contest,
                candidates=", ".join(self._by_key.values()),
                suggestion=did_you_mean(name, self._by_key.values()),
            )
        return found
