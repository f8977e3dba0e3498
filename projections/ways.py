"""The way from one standing to another along one clock: which entry changed which answer.

Only the wards an entry is about are looked at again, so that a long night takes no longer than
reading it.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from ledger.events import Entry
from ledger.facts import CouncilRegistered
from ledger.present import in_force
from ledger.seating import ward_changes
from ledger.truth import as_counted
from ledger.ward import Ward, evolve
from projections.flat import Flat, Holding, Thing, differing, of_counts, part, parts
from projections.night import Standing, fold
from projections.provenance import hours
from projections.subjects import VACANT
from projections.viewpoints import Resolved

END = sys.maxsize  # after every entry of an hour
INSTANT = timedelta(microseconds=1)


class Way:
    """The answers as they change, and by which entries each did."""

    def __init__(self, start: Standing | None) -> None:
        self._size = start.council.size if start else 0
        self._wards: dict[str, Flat] = parts(start) if start else {}
        held = (_holders(one) for one in self._wards.values())
        self._counts: Counter[str] = sum(held, Counter())
        self._by: dict[Thing, set[int]] = {}

    def by(self, thing: Thing) -> tuple[int, ...]:
        """The entries by which a thing changed, in the order of the log."""
        return tuple(sorted(self._by.get(thing, ())))

    def take(self, entry: int, wards: Mapping[str, Flat], size: int | None = None) -> None:
        """By an entry some wards come to answer so. With the `size` of a council they are all
        its wards from now on."""
        gone = self._wards.keys() - wards.keys() if size is not None else ()
        before = of_counts(self._size, self._counts)
        self._size = self._size if size is None else size
        old: Flat = {}
        new: Flat = {}
        for slug, now in (*wards.items(), *((slug, Flat()) for slug in gone)):
            was = self._wards.get(slug, {})
            old.update(was)
            new.update(now)
            self._counts.subtract(_holders(was))
            self._counts.update(_holders(now))
            self._wards[slug] = now
        after = of_counts(self._size, self._counts)
        for thing in (*differing(old, new), *differing(before, after)):
            self._by.setdefault(thing, set()).add(entry)


def _holders(one: Flat) -> Counter[str]:
    """The seats of each party, and the vacant ones."""
    return Counter(v.party or VACANT for v in one.values() if isinstance(v, Holding))


def by_record(entries: Iterable[Entry], seen: Resolved, upto: int) -> Way:
    """The way as the record grows from a viewpoint to so many entries, at the viewpoint's
    hour."""
    known = [entry for entry in entries if entry.number <= upto]
    before = [entry for entry in known if entry.number <= seen.entry]
    way = Way(fold(before, seen))
    registers: dict[str, Entry] = {}
    wards: dict[tuple[str, str], Ward] = {}
    for entry in known:
        fact, stream = entry.fact, (entry.register, entry.ward or "")
        new = entry.number > seen.entry
        if isinstance(fact, CouncilRegistered):
            registers[entry.register] = entry
            if new:
                found = fold(known[: known.index(entry) + 1], replace(seen, entry=entry.number))
                way.take(
                    entry.number, parts(found) if found else {}, found.council.size if found else 0
                )
        elif entry.ward is not None:
            ward = wards[stream] = evolve(wards.get(stream, Ward()), entry)
            registered = in_force(registers.values(), entry.council, seen.at)
            if new and registered.register == entry.register:
                way.take(entry.number, {entry.ward: _part(ward, entry.ward, registered, seen)})
    return way


def _part(ward: Ward, slug: str, registered: Entry, seen: Resolved) -> Flat:
    """A ward's answers, as its stream says."""
    council, at = registered.fact, seen.at
    assert isinstance(council, CouncilRegistered)
    if at is not None and at < registered.event.effective_at:
        return {}
    ward = as_counted(ward, seen.truth)
    changes = ward_changes(council.by_slug[slug], ward, registered)
    return part(ward, [one for one in changes if at is None or one.at <= at], at)


def by_hour(start: Standing | None, since: datetime, end: Standing, entries: list[Entry]) -> Way:
    """The way as the hour in the hall moves from one standing, at `since`, to another of the
    same record; back, where the other is the earlier."""
    if start is not None and end.at is not None and end.at < since:
        start, since, end = end, end.at, start
    way = Way(start)
    _along(way, since, end, [entry for entry in entries if entry.number <= end.entry])
    return way


def _along(way: Way, since: datetime, end: Standing, entries: list[Entry]) -> None:
    """Forward: register by register, hour by hour and, within one, entry by entry."""
    begun, number = end.registered.event.effective_at, end.registered.number
    done = since, END
    if since < begun:
        before = fold(entries, replace(resolved(end), at=begun - INSTANT))
        if before is not None:
            _along(way, since, before, entries)
        done = begun, number
        way.take(number, {slug: _at(end, slug, done) for slug in end.wards}, end.council.size)
    places = {
        (hour, entry, slug)
        for slug, ward in end.wards.items()
        for hour, entry in hours(ward, end.changes[slug])
        if (hour, entry) > done and (end.at is None or hour <= end.at)
    }
    for hour, entry, slug in sorted(places):
        way.take(entry, {slug: _at(end, slug, (hour, entry))})


def resolved(found: Standing) -> Resolved:
    """From where a standing is seen."""
    return Resolved(found.at, found.known_at, found.entry, found.truth, found.baseline)


def _at(found: Standing, slug: str, place: tuple[datetime, int]) -> Flat:
    """A ward's answers at an hour and, of its changes within it, up to an entry."""
    return part(found.wards[slug], found.changes_by(slug, place), place[0])
