"""What is announced of a contest: its opening, results, and what else befalls it."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from ledger.values import (
    CallingOff,
    Cause,
    ContestId,
    Count,
    EventId,
    FieldChange,
    Frozen,
    Moment,
    Name,
    Party,
    SeatId,
    Slug,
    Text,
    VotingSystem,
    Year,
)


class Nominee(Frozen):
    """A candidate before any vote is known."""

    name: Name
    party: Party
    id: str | None = None


class ContestOpened(Frozen):
    """One ward's poll on one day, for the seats named.

    `term_ends` has, where the terms of the seats differ, the year each ends in, in the order
    of the seats: whoever has more votes takes the longer term (Local Government Act 1972,
    section 89(4)). `replaces` is the contest whose poll was called off, if this is held for
    it."""

    kind: Literal["contest-opened.v1"] = "contest-opened.v1"
    contest: ContestId
    ward: Slug
    poll_date: date
    polls_close: Moment
    seats: Annotated[tuple[SeatId, ...], Field(min_length=1)]
    candidates: tuple[Nominee, ...] = ()
    voting_system: VotingSystem = "first-past-the-post"
    term_ends: tuple[Year, ...] = ()
    replaces: ContestId | None = None

    @property
    def by_votes(self) -> bool:
        """Whether those with the most votes are elected; else they are as declared (STV:
        Scottish Local Government Elections Order 2011; in Northern Ireland the Electoral Law
        Act 1962)."""
        return self.voting_system != "stv"

    @property
    def votes_each(self) -> int:
        """How many votes for candidates a ballot paper counts for: one for each seat up, or
        one first preference."""
        return len(self.seats) if self.by_votes else 1


class Candidate(Nominee):
    """A candidate with votes (under STV first preferences; None: not known), and whether
    elected (never a tied candidate without a lot)."""

    votes: Count | None
    elected: bool


class Result(Frozen):
    """The figures of a contest. Counts are of papers; None means not given, never zero."""

    contest: ContestId
    candidates: Annotated[tuple[Candidate, ...], Field(min_length=1)]
    rejected: Count | None = None
    ballot_papers: Count | None = None
    electorate: Count | None = None
    lot: tuple[Name, ...] = ()

    @property
    def votes(self) -> int | None:
        """All votes cast for candidates; None where they are not known."""
        known = [candidate.votes for candidate in self.candidates if candidate.votes is not None]
        return sum(known) if len(known) == len(self.candidates) else None

    @cached_property
    def elected(self) -> tuple[Candidate, ...]:
        """The elected, first the one with the most votes."""
        return tuple(candidate for candidate in self.ranked if candidate.elected)

    @property
    def ranked(self) -> list[Candidate]:
        """The candidates, first the one with the most votes."""
        return sorted(self.candidates, key=lambda candidate: -(candidate.votes or 0))

    def papers(self, contest: ContestOpened) -> int | None:
        """Ballot papers given, or, where each counts for one vote, what the figures say they
        were."""
        if self.ballot_papers is not None or self.votes is None or contest.votes_each > 1:
            return self.ballot_papers
        return self.votes + (self.rejected or 0)


class ResultDeclared(Result):
    """What the returning officer announced."""

    kind: Literal["result-declared.v1"] = "result-declared.v1"


class ResultCorrected(Result):
    """Our record was wrong: this replaces the version `target` (an event id). `told` is what a
    source's own record of changes says of it, also of fields the ledger does not hold."""

    kind: Literal["result-corrected.v2"] = "result-corrected.v2"
    target: EventId
    reason: Text
    cause: Cause
    told: tuple[FieldChange, ...] = ()


class LotDrawn(Frozen):
    """A tie for the last seat was decided by lot (Representation of the People Act 1983,
    schedule 1 rule 49; Local Elections Rules 2006, rule 49): `names` drawn `among` the tied.

    It decides that tie and no other: should a correction change who is tied, it waits."""

    kind: Literal["lot-drawn.v1"] = "lot-drawn.v1"
    contest: ContestId
    names: Annotated[tuple[Name, ...], Field(min_length=1)]
    among: Annotated[tuple[Name, ...], Field(min_length=2)]


class ResultRedeclared(Result):
    """The returning officer announced again (a recount before the declaration was final, a
    slip put right at once): it follows the declaration before it, and both stand, each from
    its own time."""

    kind: Literal["result-redeclared.v1"] = "result-redeclared.v1"
    why: Text


class ElectedUnopposed(Frozen):
    """No more candidates than seats: those nominated are elected without a poll (Local
    Elections Rules 2006, rule 14)."""

    kind: Literal["elected-unopposed.v1"] = "elected-unopposed.v1"
    contest: ContestId
    elected: Annotated[tuple[Nominee, ...], Field(min_length=1)]


class ContestCountermanded(Frozen):
    """The poll was called off: countermanded before it (a candidate died: Representation of
    the People Act 1983, schedule 1 rule 60), or abandoned. Another contest replaces it."""

    kind: Literal["contest-countermanded.v1"] = "contest-countermanded.v1"
    contest: ContestId
    how: CallingOff
    why: Text


class ResultOverturned(Frozen):
    """An election court decided who was elected to the contest's seats (Representation of the
    People Act 1983, sections 144 to 146): all of them, or nobody where the election is void."""

    kind: Literal["result-overturned.v1"] = "result-overturned.v1"
    contest: ContestId
    court: Text
    elected: tuple[Nominee, ...] = ()


class DiscrepancyNoted(Frozen):
    """The figures are known to be wrong, but the declaration stands in law. `votes` are what
    the papers add up to, for the candidates of whom that is known."""

    kind: Literal["discrepancy-noted.v1"] = "discrepancy-noted.v1"
    contest: ContestId
    what: Text
    votes: dict[Name, Count] = Field(default_factory=dict)


class NotionalStated(Frozen):
    """A party for each of the contest's seats: who would have won them last time on this
    time's boundaries, as a source has worked it out. It says nothing of who holds them."""

    kind: Literal["notional-stated.v1"] = "notional-stated.v1"
    contest: ContestId
    parties: Annotated[tuple[Party, ...], Field(min_length=1)]
