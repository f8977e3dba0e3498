"""Two viewpoints compared: what differs, by which entries, and whether something happened
between them or we learned better.

A difference may come from either clock. To tell them apart the way from one viewpoint to the
other goes round a corner: the hour of the one that knows less, with the record of the one that
knows more (of two that know the same, the earlier hour). At the corner the hour in the hall is
still the first one's, so what differs up to it is what the record has since said otherwise of
that hour: *we learned better*. From the corner on the record stays, and only the hour moves, so
what differs there became true between the two hours: *something happened*. One difference may
have both parts; where they cancel out nothing differs, and that is told by itself.

A viewpoint without an hour (`now`, `entry:31`, `known:02:30`) shows all it knows, whatever its
hour. As the first one its hour is the latest it knows of: that up to which things were recorded
or, where something recorded is to become true later, that. So of a night recorded as it goes,
the declarations between `entry:20` and `entry:31` happened, and a correction of an earlier one
is learned.

Each part names the entries responsible, in the order of the log: of what we learned, those
recorded between the two after each of which the answer at that hour was another; of what
happened, those by which it changed between the two hours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from ledger.book import Ledger
from ledger.errors import NotYet
from ledger.events import NOW, Entry, Viewpoint
from projections.flat import Flat, Holding, Thing, Value, differing, flat
from projections.night import Standing, fold
from projections.provenance import cited
from projections.tally import Tally
from projections.viewpoints import Resolved, resolve
from projections.ways import Way, by_hour, by_record, resolved

ORDER = ("seats", "control", "holder", "contest")


class Part(NamedTuple):
    """One part of a difference: the values at its two ends, and the entries responsible."""

    before: Value | None
    after: Value | None
    entries: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs between A and B; each part is None where it has none."""

    thing: Thing
    before: Value | None  # at A
    after: Value | None  # at B
    learned: Part | None
    happened: Part | None


class Corner(NamedTuple):
    """Where the way turns from one clock to the other: the hour, and the entries seen."""

    at: datetime
    entry: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between A and B, seats first. With `backwards` A is the one that knows more
    or is later: the way goes from B to A, and is told from A to B."""

    a: Tally
    b: Tally
    corner: Corner
    backwards: bool
    differences: tuple[Difference, ...]
    evened: tuple[Difference, ...]  # the same at A and B, but not at the corner
    entries: dict[int, Entry]  # all that are responsible for anything

    def as_json(self) -> dict[str, Any]:
        """The shape of `diff --json`.

        {"council", "name", "a": {"at", "known_at", "entry"}, "b", "corner": {"at", "entry"},
         "backwards": bool,
         "differences": [{"what": "seats"|"control"|"holder"|"contest", "of": PARTY|SEAT|CONTEST,
                          "field", "candidate", "before", "after",
                          "learned": {"before", "after", "entries": [N]}|null,
                          "happened": {…}|null}],
         "evened": [the same of what is the same at both, but not at the corner],
         "entries": [{"entry", "kind", "effective_at", "recorded_at", "by", "source",
                      "reason", "cause"}]}

        `field` and `candidate` are null where it is not of a contest. Of a holder the value is
        {"name", "party"}; of control a party or "no overall control"; null is no value (no
        such seat or contest then, no figure), and no seats are 0.
        """
        a = self.a
        return {
            "council": a.council,
            "name": a.name,
            "a": a.viewpoint,
            "b": self.b.viewpoint,
            "corner": {
                "at": a.local(self.corner.at).isoformat(),
                "entry": self.corner.entry,
            },
            "backwards": self.backwards,
            "differences": [self._told(one) for one in self.differences],
            "evened": [self._told(one) for one in self.evened],
            "entries": [cited(entry, a.timezone) for _, entry in sorted(self.entries.items())],
        }

    def _told(self, one: Difference) -> dict[str, Any]:
        thing = one.thing
        return {
            "what": thing.what,
            "of": thing.of or None,
            "field": thing.field or None,
            "candidate": thing.candidate or None,
            "before": self.value(thing, one.before),
            "after": self.value(thing, one.after),
            "learned": self._part(thing, one.learned),
            "happened": self._part(thing, one.happened),
        }

    def _part(self, thing: Thing, part: Part | None) -> dict[str, Any] | None:
        if part is None:
            return None
        before, after = (self.value(thing, value) for value in (part.before, part.after))
        return {"before": before, "after": after, "entries": list(part.entries)}

    def value(self, thing: Thing, value: Value | None) -> Any:
        """A value as JSON has it."""
        if isinstance(value, Holding):
            return value._asdict()
        if isinstance(value, datetime):
            return self.a.local(value).isoformat()
        if isinstance(value, tuple):
            return list(value)
        return 0 if value is None and thing.what == "seats" else value


def diff(
    ledger: Ledger, a: Viewpoint = NOW, b: Viewpoint = NOW, council: str | None = None
) -> Comparison:
    """What differs between two viewpoints of one council. Raises what `night.standing` raises:
    of each of them."""
    registered = ledger.council(council)
    slug, name = registered.council, registered.name
    ends = [resolve(ledger, one, [registered]) for one in (a, b)]
    entries = list(ledger.entries(council=slug, upto=max(end.entry for end in ends)))
    standings = []
    for end in ends:
        found = fold((e for e in entries if e.number <= end.entry), end)
        if found is None:
            raise NotYet(council=name)
        standings.append(found)
    backwards = _order(ends[0]) > _order(ends[1])
    first, last = reversed(standings) if backwards else standings
    clock = ledger.entry(first.entry).event.recorded_at
    return compare(first, last, entries, clock, backwards=backwards)


def _order(end: Resolved) -> tuple[int, bool, datetime | None]:
    """By what it knows, then by its hour; without an hour it comes last."""
    return (end.entry, end.at is None, end.at)


def compare(
    first: Standing, last: Standing, entries: list[Entry], clock: datetime, *, backwards: bool
) -> Comparison:
    """Two standings compared, from the one that knows less, or of two that know the same is
    earlier. `entries` are the council's, at least up to the last; `clock` is the ledger's when
    it had recorded the first one's."""
    at = hour(first, entries, clock)
    turn = replace(resolved(last), at=at)
    corner = fold((entry for entry in entries if entry.number <= last.entry), turn)
    learned = by_record(entries, replace(turn, entry=first.entry), last.entry)
    happened = by_hour(corner, at, last, entries)
    start, middle, end = ends = flat(first), flat(corner), flat(last)
    things = _in_order([*differing(start, end), *differing(start, middle)])
    everything = [_difference(one, ends, learned, happened, backwards=backwards) for one in things]
    parts = [part for one in everything for part in (one.learned, one.happened) if part]
    numbers = {number for part in parts for number in part.entries}
    a, b = (last, first) if backwards else (first, last)
    return Comparison(
        a=a.tally(),
        b=b.tally(),
        corner=Corner(at, last.entry),
        backwards=backwards,
        differences=tuple(one for one in everything if one.before != one.after),
        evened=tuple(one for one in everything if one.before == one.after),
        entries={entry.number: entry for entry in entries if entry.number in numbers},
    )


def _in_order(things: list[Thing]) -> list[Thing]:
    """Each once, seats first, all of one seat or contest together."""
    places: dict[str, int] = {}
    for thing in things:
        places.setdefault(thing.of, len(places))
    return sorted(dict.fromkeys(things), key=lambda t: (ORDER.index(t.what), places[t.of]))


def hour(found: Standing, entries: list[Entry], clock: datetime) -> datetime:
    """The hour a standing is seen at: the one asked for, or the latest it knows of."""
    if found.at is not None:
        return found.at
    told = {entry.event.effective_at for entry in entries if entry.number <= found.entry}
    told |= {
        contest.holds_from(entry) for contest in found.contests() for entry in contest.said_of_it()
    }
    return max(clock, found.known_at or clock, *told)


def _difference(
    thing: Thing, ends: tuple[Flat, Flat, Flat], learned: Way, happened: Way, *, backwards: bool
) -> Difference:
    start, middle, end = (one.get(thing) for one in ends)
    one = Part(start, middle, learned.by(thing)) if start != middle else None
    two = Part(middle, end, happened.by(thing)) if middle != end else None
    if not backwards:
        return Difference(thing, start, end, one, two)
    return Difference(thing, end, start, _turned(one), _turned(two))


def _turned(part: Part | None) -> Part | None:
    return part and Part(part.after, part.before, part.entries)
