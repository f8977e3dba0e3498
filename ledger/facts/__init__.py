"""What became true in the hall: one frozen class a fact, told apart by its stored `kind`."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from ledger.facts.contests import (
    Candidate,
    ContestCountermanded,
    ContestOpened,
    DiscrepancyNoted,
    ElectedUnopposed,
    LotDrawn,
    Nominee,
    NotionalStated,
    Result,
    ResultCorrected,
    ResultDeclared,
    ResultOverturned,
    ResultRedeclared,
)
from ledger.facts.councils import AliasConfirmed, CouncilRegistered, SeatAtStart, WardSeats
from ledger.facts.seats import AllegianceChanged, SeatFilled, SeatVacated
from ledger.values import Cause, ContestId, EventId, Frozen, SeatId, Text

__all__ = [
    "AliasConfirmed",
    "AllegianceChanged",
    "Candidate",
    "ContestCountermanded",
    "ContestFact",
    "ContestOpened",
    "CouncilRegistered",
    "DiscrepancyNoted",
    "ElectedUnopposed",
    "EntryWithdrawn",
    "Fact",
    "FactCorrected",
    "LotDrawn",
    "Nominee",
    "NotionalStated",
    "Result",
    "ResultCorrected",
    "ResultDeclared",
    "ResultOverturned",
    "ResultRedeclared",
    "SeatAtStart",
    "SeatFact",
    "SeatFilled",
    "SeatVacated",
    "WardFact",
    "WardSeats",
]

SeatFact = SeatVacated | SeatFilled | AllegianceChanged
ContestFact = (
    ElectedUnopposed | ContestCountermanded | ResultOverturned | DiscrepancyNoted | NotionalStated
)


class FactCorrected(Frozen):
    """Our record of a fact was wrong: `fact` replaces that of the entry `target`."""

    kind: Literal["fact-corrected.v1"] = "fact-corrected.v1"
    target: EventId
    reason: Text
    cause: Cause
    fact: Annotated[SeatFact | ContestFact, Field(discriminator="kind")]


class EntryWithdrawn(Frozen):
    """The entry `target` (an event id) should never have been made: taken back, not removed.
    It was about a contest, about a seat or, where neither is named, an alias."""

    kind: Literal["entry-withdrawn.v1"] = "entry-withdrawn.v1"
    contest: ContestId | None = None
    seat: SeatId | None = None
    target: EventId
    reason: Text


WardFact = (
    ContestOpened
    | ResultDeclared
    | ResultCorrected
    | ResultRedeclared
    | LotDrawn
    | ContestFact
    | SeatFact
    | FactCorrected
    | EntryWithdrawn
)
Fact = CouncilRegistered | AliasConfirmed | WardFact
KINDS: dict[str, type[Fact]] = {cls.model_fields["kind"].default: cls for cls in get_args(Fact)}
