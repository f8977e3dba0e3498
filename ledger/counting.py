"""Who is in by votes alone, and what a lot decides: plain counting, no rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from ledger.facts import Candidate, ContestOpened, LotDrawn, Result


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
    def votes(self) -> int | None:
        """The candidate's votes; None where they are not known."""


UNSAID = Count((), (), 0)  # what votes say where others than they decide, or none are known


def count(candidates: Sequence[Polled], contest: ContestOpened) -> Count:
    """The top by votes, as many as seats are up. A tie across the line leaves its places
    open. Nobody is in, and nobody tied, where votes do not decide or are not known."""
    votes = [(c.name, c.votes) for c in candidates if c.votes is not None]
    if len(votes) < len(candidates) or not contest.by_votes:
        return UNSAID
    seats_up, ranked = len(contest.seats), sorted(votes, key=lambda one: -one[1])
    if len(ranked) <= seats_up:
        return Count(tuple(name for name, _ in ranked), (), 0)
    last_in, first_out = ranked[seats_up - 1][1], ranked[seats_up][1]
    if last_in > first_out:
        return Count(tuple(name for name, _ in ranked[:seats_up]), (), 0)
    clear = tuple(name for name, votes in ranked if votes > last_in)
    tied = tuple(name for name, votes in ranked if votes == last_in)
    return Count(clear, tied, seats_up - len(clear))


def lot_for(result: Result, contest: ContestOpened, lots: Sequence[LotDrawn]) -> LotDrawn | None:
    """The latest lot that was drawn among those this result leaves tied, if it does. A lot
    among others (the result has been corrected since) decides nothing here."""
    missing = len(contest.seats) - len(result.elected)
    if not missing:
        return None
    tied = set(count(result.candidates, contest).tied)
    fit = [lot for lot in lots if set(lot.among) == tied and len(lot.names) == missing]
    return fit[-1] if fit else None


def winners(
    result: Result, contest: ContestOpened, lots: Sequence[LotDrawn]
) -> tuple[Candidate, ...]:
    """The elected, then those a lot of its own adds."""
    lot = lot_for(result, contest, lots) if lots else None
    if lot is None:
        return result.elected
    return (*result.elected, *(c for c in result.candidates if c.name in lot.names))
