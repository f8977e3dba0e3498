"""What became true in the hall: one frozen class a fact, told apart by its stored `kind`."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Annotated, Literal, get_args

from pydantic import Field

from ledger.text import match_key
from ledger.values import (
    Cause,
    ContestId,
    Count,
    EventId,
    Frozen,
    Moment,
    Name,
    Party,
    SeatId,
    Slug,
    Text,
)


class SeatAtStart(Frozen):
    """One seat in the register: its holder (party and perhaps name), or vacant."""

    holder: Name | None = None
    party: Party | None = None
    up: bool = False


class WardSeats(Frozen):
    """A ward and its seats; the third is `<slug>/3`."""

    slug: Slug
    name: Name
    code: str | None = None
    seats: Annotated[tuple[SeatAtStart, ...], Field(min_length=1)]

    @property
    def seat_ids(self) -> tuple[str, ...]:
        """The ids of the seats, in order."""
        return tuple(f"{self.slug}/{place}" for place in range(1, len(self.seats) + 1))


class CouncilRegistered(Frozen):
    """A council, its wards, its seats and who held them at the start."""

    kind: Literal["council-registered.v1"] = "council-registered.v1"
    council: Slug
    name: Name
    election: Literal["local", "parl"] = "local"
    timezone: str
    voting_system: Literal["first-past-the-post"] = "first-past-the-post"
    wards: Annotated[tuple[WardSeats, ...], Field(min_length=1)]

    @property
    def size(self) -> int:
        """How many seats the council has."""
        return sum(len(ward.seats) for ward in self.wards)

    @cached_property
    def by_slug(self) -> dict[str, WardSeats]:
        """The wards by their slug."""
        return {ward.slug: ward for ward in self.wards}

    @cached_property
    def _by_name(self) -> dict[str, WardSeats]:
        return {match_key(ward.name): ward for ward in self.wards}

    def named(self, ward: str) -> WardSeats | None:
        """The ward of a slug or a name, however its letters are cased."""
        key = match_key(ward)
        return self.by_slug.get(key) or self._by_name.get(key)


class Nominee(Frozen):
    """A candidate before any vote is known."""

    name: Name
    party: Party
    id: str | None = None


class ContestOpened(Frozen):
    """One ward's poll on one day, for the seats named."""

    kind: Literal["contest-opened.v1"] = "contest-opened.v1"
    contest: ContestId
    ward: Slug
    poll_date: date
    polls_close: Moment
    seats: Annotated[tuple[SeatId, ...], Field(min_length=1)]
    candidates: tuple[Nominee, ...] = ()


class Candidate(Nominee):
    """A candidate with votes, and whether elected (never a tied candidate without a lot)."""

    votes: Count
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
    def votes(self) -> int:
        """All votes cast for candidates."""
        return sum(candidate.votes for candidate in self.candidates)

    @cached_property
    def elected(self) -> tuple[Candidate, ...]:
        """The elected, first the one with the most votes."""
        chosen = [candidate for candidate in self.candidates if candidate.elected]
        return tuple(sorted(chosen, key=lambda candidate: -candidate.votes))

    def papers(self, seats_up: int) -> int | None:
        """Ballot papers given, or, with one seat up, what the figures say they were."""
        if self.ballot_papers is not None:
            return self.ballot_papers
        return self.votes + (self.rejected or 0) if seats_up == 1 else None


class ResultDeclared(Result):
    """What the returning officer announced."""

    kind: Literal["result-declared.v1"] = "result-declared.v1"


class ResultCorrected(Result):
    """Our record was wrong: this replaces the version `target` (an event id)."""

    kind: Literal["result-corrected.v1"] = "result-corrected.v1"
    target: EventId
    reason: Text
    cause: Cause


class LotDrawn(Frozen):
    """A tie for the last seat was decided by lot (Representation of the People Act 1983,
    schedule 1 rule 49; Local Elections Rules 2006, rule 49): `names` drawn `among` the tied.

    It decides that tie and no other: should a correction change who is tied, it waits."""

    kind: Literal["lot-drawn.v1"] = "lot-drawn.v1"
    contest: ContestId
    names: Annotated[tuple[Name, ...], Field(min_length=1)]
    among: Annotated[tuple[Name, ...], Field(min_length=2)]


class EntryWithdrawn(Frozen):
    """The entry `target` (an event id) should never have been made: taken back, not removed."""

    kind: Literal["entry-withdrawn.v1"] = "entry-withdrawn.v1"
    contest: ContestId
    target: EventId
    reason: Text


Fact = (
    CouncilRegistered | ContestOpened | ResultDeclared | ResultCorrected | LotDrawn | EntryWithdrawn
)
WardFact = ContestOpened | ResultDeclared | ResultCorrected | LotDrawn | EntryWithdrawn
KINDS: dict[str, type[Fact]] = {cls.model_fields["kind"].default: cls for cls in get_args(Fact)}
