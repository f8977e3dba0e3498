"""What befalls a seat outside of contests."""

from __future__ import annotations

from typing import Literal

from ledger.values import (
    Frozen,
    Name,
    Party,
    SeatId,
    Vacancy,
)


class SeatVacated(Frozen):
    """A seat fell vacant; `holder` is who left it. It vacates nobody else's seat, should it
    turn out that another was elected."""

    kind: Literal["seat-vacated.v1"] = "seat-vacated.v1"
    seat: SeatId
    holder: Name | None = None
    why: Vacancy


class SeatFilled(Frozen):
    """A vacant seat was filled without a poll (co-option, Local Government Act 1972,
    section 91, or as the body's own law says)."""

    kind: Literal["seat-filled.v1"] = "seat-filled.v1"
    seat: SeatId
    holder: Name | None = None
    party: Party


class AllegianceChanged(Frozen):
    """A councillor sits for another party from now on, in the same seat."""

    kind: Literal["allegiance-changed.v1"] = "allegiance-changed.v1"
    seat: SeatId
    holder: Name | None = None
    party: Party
