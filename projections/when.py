"""When something was so: every interval in which a condition on the board held.

In the hall with what is known at the viewpoint, or in the ledger: for each prefix of the log,
what `seats` showed of the viewpoint's hour. An interval begins with an entry and ends before
another: its `from` is in it, its `until` is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from ledger import parties
from ledger.book import Ledger
from ledger.errors import LedgerError, NotYet
from ledger.events import NOW, Entry, Viewpoint
from ledger.facts import CouncilRegistered
from ledger.names import Names
from ledger.text import nearest
from ledger.times import local
from ledger.ward import replay
from projections import steps
from projections.conditions import Condition, read
from projections.steps import Step, spells
from projections.viewpoints import Resolved, resolve

Clock = Literal["hall", "ledger"]


@dataclass(frozen=True, slots=True)
class Edge:
    """A moment, local to the council, and the entry that made it one."""

    step: Step
    entry: Entry
    council: CouncilRegistered

    @property
    def at(self) -> datetime:
        """The moment: in the hall, or when it was recorded."""
        return local(self.step.moment, self.council.timezone)

    @property
    def ward_name(self) -> str | None:
        """The name of the ward it is of; None where it is of the council."""
        return self.council.by_slug[self.entry.ward].name if self.entry.ward else None


@dataclass(frozen=True, slots=True)
class Interval:
    """From one moment up to another, which is not in it; None where the viewpoint came first."""

    began: Edge
    ended: Edge | None

    def as_json(self) -> dict[str, Any]:
        """The shape of one of `intervals` in `when --json`."""
        ended = self.ended
        return {
            "from": self.began.at.isoformat(),
            "from_entry": self.began.entry.number,
            "until": ended.at.isoformat() if ended else None,
            "until_entry": ended.entry.number if ended else None,
        }


@dataclass(frozen=True, slots=True)
class Held:
    """When a condition held of one council, seen from a viewpoint. Of the time before `since`,
    its register, nothing is known."""

    council: CouncilRegistered
    condition: Condition
    clock: Clock
    seen: Resolved
    since: Edge
    intervals: tuple[Interval, ...]

    @property
    def holds(self) -> bool:
        """Whether it still holds at the viewpoint."""
        return bool(self.intervals) and self.intervals[-1].ended is None

    def as_json(self) -> dict[str, Any]:
        """The shape of `when --json`.

        {"council", "name", "condition", "clock", "viewpoint": {"at", "known_at", "entry"},
         "since": {"at", "entry"}, "holds": bool,
         "intervals": [{"from", "from_entry", "until": T|null, "until_entry": N|null}]}
        """
        seen, zone = self.seen, self.council.timezone
        return {
            "council": self.council.council,
            "name": self.council.name,
            "condition": self.condition.text,
            "clock": self.clock,
            "viewpoint": {
                "at": seen.at and local(seen.at, zone).isoformat(),
                "known_at": seen.known_at and local(seen.known_at, zone).isoformat(),
                "entry": seen.entry,
            },
            "since": {"at": self.since.at.isoformat(), "entry": self.since.entry.number},
            "holds": self.holds,
            "intervals": [one.as_json() for one in self.intervals],
        }


def when(
    ledger: Ledger,
    condition: str,
    council: str | None = None,
    viewpoint: Viewpoint = NOW,
    *,
    clock: Clock = "hall",
) -> Held:
    """When a condition held of one council, from its first register to the viewpoint.

    Raises BadCondition, and what `night.standing` raises.
    """
    registered = ledger.council(council)
    seen = resolve(ledger, viewpoint, [registered])
    entries = list(ledger.entries(council=registered.council, upto=seen.entry))
    found = _held(entries, read(condition, _Named(entries)), seen, clock)
    if found is None:
        raise NotYet(council=registered.name)
    return found


def whens(
    ledger: Ledger, condition: str, viewpoint: Viewpoint = NOW, *, clock: Clock = "hall"
) -> list[Held]:
    """The same for every council registered at the viewpoint, in the order registered; a party
    may be of any of them."""
    seen = resolve(ledger, viewpoint, ledger.councils())
    of_council: dict[str, list[Entry]] = {}
    for entry in ledger.entries(upto=seen.entry):
        of_council.setdefault(entry.council, []).append(entry)
    asked = read(condition, _Named([one for some in of_council.values() for one in some]))
    found = (_held(entries, asked, seen, clock) for entries in of_council.values())
    return [one for one in found if one is not None]


def _held(entries: list[Entry], condition: Condition, seen: Resolved, clock: Clock) -> Held | None:
    """When it held, by one council's entries; None where none of them registers it by then."""
    everything = (steps.in_hall if clock == "hall" else steps.in_ledger)(entries, seen)
    by_number = {entry.number: entry for entry in entries}
    registers = {e.register: e.fact for e in entries if isinstance(e.fact, CouncilRegistered)}
    first: list[Step] = []

    def told() -> Iterator[tuple[Step, bool]]:
        for step in everything:
            if not first:
                first.append(step)
            yield step, condition.holds(step.board)

    def edge(step: Step) -> Edge:
        entry = by_number[step.entry]
        return Edge(step, entry, registers[entry.register])

    found = tuple(
        Interval(edge(one.began), edge(one.ended) if one.ended else None) for one in spells(told())
    )
    if not first:
        return None
    last = list(registers.values())[-1]
    return Held(last, condition, clock, seen, edge(first[0]), found)


class _Named:
    """The parties that councils' entries name, and those that are listed."""

    def __init__(self, entries: list[Entry]) -> None:
        self._names = Names(replay(e for e in entries if e.ward is None).aliases)
        self._groups = dict.fromkeys(group for entry in entries for group in _groups(entry))

    def code(self, name: str) -> str | None:
        """The code of the group that a code, a name or an alias is counted in."""
        try:
            found = self._names.party(name)
        except LedgerError:  # no party has such a name
            return None
        known = self._names.knows_party(name) or found.group in self._groups
        return found.group if known else None

    def near(self, name: str) -> str | None:
        """One like it: of those there rather than of all."""
        listed = (word for one in parties.listed().values() for word in (one.code, one.name))
        return nearest(name, self._groups) or nearest(name, listed)


def _groups(entry: Entry) -> Iterator[str]:
    """The parties an entry names, by the code each counts under."""
    fact: Any = entry.about
    if isinstance(fact, CouncilRegistered):
        seats = (seat for ward in fact.wards for seat in ward.seats)
        yield from (seat.party.group for seat in seats if seat.party)
    for people in (getattr(fact, "candidates", ()), getattr(fact, "elected", ())):
        yield from (one.party.group for one in people)
    party = getattr(fact, "party", None)
    if party is not None:
        yield party.group
