"""Where what stands comes from: entries by their number, the versions behind one, its hours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from ledger.events import Entry
from ledger.seating import Change
from ledger.times import local
from ledger.ward import Ward


def entries_of(ward: Ward) -> dict[int, Entry]:
    """A ward's entries that are not withdrawn, by number."""
    of_contests = [entry for contest in ward.contests.values() for entry in contest.stack]
    return {entry.number: entry for entry in (*ward.seats, *of_contests)}


def versions(known: Mapping[int, Entry], number: int) -> tuple[Entry, ...]:
    """An entry and what it corrects, the first version first; `known` are its ward's entries."""
    by_id = {entry.event.event_id: entry for entry in known.values()}
    chain = [known[number]]
    while (before := by_id.get(getattr(chain[0].fact, "target", ""))) is not None:
        chain.insert(0, before)
    return tuple(chain)


def hours(ward: Ward, changes: Iterable[Change]) -> Iterator[tuple[datetime, int]]:
    """The hours at which something of a ward became true, each with its entry."""
    yield from ((change.at, change.entry) for change in changes)
    for contest in ward.contests.values():
        for entry in contest.stack:
            yield entry.event.effective_at, entry.number
            yield contest.holds_from(entry), entry.number


def cited(entry: Entry, timezone: str) -> dict[str, Any]:
    """The shape of an entry that an answer names in JSON."""
    event, fact = entry.event, entry.fact
    return {
        "entry": entry.number,
        "kind": entry.kind,
        "effective_at": local(event.effective_at, timezone).isoformat(),
        "recorded_at": local(event.recorded_at, timezone).isoformat(),
        "by": event.by,
        "source": event.source,
        "reason": getattr(fact, "reason", None),
        "cause": getattr(fact, "cause", None),
    }
