"""Who is in by votes alone, and what a lot decides: plain counting, no rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from ledger.facts import Candidate, LotDrawn, Result


class Count(NamedTuple):
    """Who is in by votes alone: the clear winners, those tied for the last places, and
    how many places the tied are waiting for."""

    clear: tuple[str, ...]
    tied: tuple[str, ...]
    places: int


class Polled(Protocol):
    """Anyone with a name and votes."""

    @property
    def name(self) -> str:
        """The candidate's name."""

    @property
    def votes(self) -> int:
        """The candidate's votes."""


def count(candidates: Sequence[Polled], seats_up: int) -> Count:
    """The top `seats_up` by votes. A tie across the line leaves its places open."""
    ranked = sorted(candidates, key=lambda candidate: -candidate.votes)
    if len(ranked) <= seats_up:
        return Count(tuple(c.name for c in ranked), (), 0)
    last_in, first_out = ranked[seats_up - 1].votes, ranked[seats_up].votes
    if last_in > first_out:
        return Count(tuple(c.name for c in ranked[:seats_up]), (), 0)
    clear = tuple(c.name for c in ranked if c.votes > last_in)
    tied = tuple(c.name for c in ranked if c.votes == last_in)
    return Count(clear, tied, seats_up - len(clear))


def lot_for(result: Result, seats_up: int, lots: Sequence[LotDrawn]) -> LotDrawn | None:
    """The latest lot that was drawn among those this result leaves tied, if it does. A lot
    among others (the result has been corrected since) decides nothing here."""
    missing = seats_up - len(result.elected)
    if not missing:
        return None
    tied = set(count(result.candidates, seats_up).tied)
    fit = [lot for lot in lots if set(lot.among) == tied and len(lot.names) == missing]
    return fit[-1] if fit else None


def winners(result: Result, seats_up: int, lots: Sequence[LotDrawn]) -> tuple[Candidate, ...]:
    """The elected, then those a lot of its own adds."""
    lot = lot_for(result, seats_up, lots)
    drawn = lot.names if lot else ()
    return (*result.elected, *(c for c in result.candidates if c.name in drawn))
