"""A plan of random nights: what is typed, step by step, before it is known what comes of it.

A plan speaks of wards, contests and entries by number, taken modulo what is there when its
turn comes, so that any plan can be played, shortened and played again.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from ledger.forms import CouncilForm
from ledger.values import Cause

PARTIES = ("Labour Party", "Labour and Co-operative Party", "Conservative", "Green Party", "IND")
NIGHTS = ("2016-05-05", "2016-09-08", "2018-05-03")
BY_ELECTIONS = "2016-09-08"
CLOCK = datetime(2018, 5, 10, 12, tzinfo=UTC)
SAID: dict[str, Any] = {"by": "Ann", "source": "telephone"}


@dataclass(frozen=True, repr=False)
class Step:
    """One thing somebody types, `tick` seconds after the last."""

    what: str
    pick: int = 0  # a ward to open, a contest, or an entry
    night: int = 0
    seats: int = 1
    parties: tuple[int, ...] = ()
    votes: tuple[int, ...] = ()
    names: tuple[int, ...] = ()
    minute: int | None = None
    cause: Cause = "other"
    instead: bool = False  # of the latest fact of its kind
    unknown: bool = False  # nobody's votes are told
    ends: tuple[int, ...] = ()
    tick: int = 60

    def __repr__(self) -> str:
        """What differs from the usual, for an example should be read at a glance."""
        given = {one.name: getattr(self, one.name) for one in fields(self)}
        said = [
            f"{one.name}={given[one.name]!r}"
            for one in fields(self)
            if given[one.name] != one.default
        ]
        return f"Step({', '.join(said)})"


@dataclass(frozen=True)
class Plan:
    """Councils to register, and then what is typed."""

    councils: tuple[CouncilForm, ...]
    steps: tuple[Step, ...]
