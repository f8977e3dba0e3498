"""What happened, told to whoever must find a bug with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ledger import Entry, LedgerError, Receipt
from ledger.facts import Result


def story(entries: Sequence[Entry]) -> str:
    """A log, a line an entry: its number, kind, what it is about, votes, and both clocks."""
    lines = []
    for entry in entries:
        event, fact = entry.event, entry.fact
        seat = getattr(entry.about, "seat", None)
        what = entry.contest or (seat and f"{entry.council}/{seat}") or event.originator_id
        votes = ""
        if isinstance(fact, Result):
            votes = "  " + ", ".join(
                f"{c.name} ({c.party.group}) {'?' if c.votes is None else c.votes}"
                f"{' elected' if c.elected else ''}"
                for c in fact.candidates
            )
        target = getattr(fact, "target", None)
        of = next((f" of entry {e.number}" for e in entries if e.event.event_id == target), "")
        lines.append(
            f"  {entry.number:>3}  {entry.kind}{of}  {what}{votes}"
            f"  ({event.effective_at:%Y-%m-%d %H:%M} in the hall,"
            f" recorded {event.recorded_at:%Y-%m-%d %H:%M:%S})"
        )
    return "\n".join(["The ledger (times in UTC):", *lines])


def meant(done: Receipt | LedgerError) -> Any:
    """What a result says that was entered: of each fact the contest, the hour, the votes and
    the elected; or that it was refused, and by what."""
    if isinstance(done, LedgerError):
        return done.error
    return [
        (
            entry.kind,
            entry.contest,
            entry.event.effective_at,
            {c.name: (c.votes, c.elected) for c in getattr(entry.fact, "candidates", ())},
            getattr(entry.fact, "lot", ()),
        )
        for entry in done.entries
    ]
