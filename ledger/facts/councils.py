"""A council as a day finds it: its wards, their seats, who holds them; its names."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from ledger.text import match_key
from ledger.values import (
    Alike,
    Frozen,
    Name,
    Party,
    Slug,
    VotingSystem,
    Year,
)


class SeatAtStart(Frozen):
    """One seat in the register: its holder (party and perhaps name), or vacant; whether it is
    contested next, or the year its term ends in."""

    holder: Name | None = None
    party: Party | None = None
    up: bool = False
    term_ends: Year | None = None


class WardSeats(Frozen):
    """A ward and its seats; the third is `<slug>/3`."""

    slug: Slug
    name: Name
    code: str | None = None
    seats: Annotated[tuple[SeatAtStart, ...], Field(min_length=1)]

    @cached_property
    def seat_ids(self) -> tuple[str, ...]:
        """The ids of the seats, in order."""
        return tuple(f"{self.slug}/{place}" for place in range(1, len(self.seats) + 1))


class CouncilRegistered(Frozen):
    """A council, its wards, its seats and who held them at the start.

    After a boundary review the council is registered again, with the wards and seats it has
    from the day of the `review` on; what was recorded under the old wards stays theirs."""

    kind: Literal["council-registered.v1"] = "council-registered.v1"
    council: Slug
    name: Name
    election: Literal["local", "parl"] = "local"
    timezone: str
    voting_system: VotingSystem = "first-past-the-post"
    wards: Annotated[tuple[WardSeats, ...], Field(min_length=1)]
    review: date | None = None

    @property
    def register(self) -> str:
        """The id of this register: the streams of its wards begin with it."""
        return f"{self.council}@{self.review}" if self.review else self.council

    def stream(self, ward: str) -> str:
        """The id of a ward's stream."""
        return f"{self.register}/{ward}"

    @cached_property
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


class AliasConfirmed(Frozen):
    """Somebody confirmed that a name is another one's of the same candidate, party or ward.
    It holds for what is typed or loaded for the council afterwards, never for what was."""

    kind: Literal["alias-confirmed.v1"] = "alias-confirmed.v1"
    what: Alike
    alias: Name
    means: Name
