"""From when control was certain: the first step of a night from which on it stayed so.

At each step, in the hall or in the ledger, the answer is the one of `seats` asked there, for
the night the viewpoint is in; steps at which another night was the latest do not count, nor
those before the council's present wards were registered.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from ledger.events import Entry
from ledger.facts import ContestOpened, CouncilRegistered
from projections import steps
from projections.night import Standing
from projections.steps import Step, spells
from projections.viewpoints import Resolved


class Since(NamedTuple):
    """The moment that made control certain, and the entry that tells of it."""

    moment: datetime
    entry: int


def in_hall(found: Standing) -> Since | None:
    """Since when it is certain by the hall's clock; None if it is not, or was before any
    result."""
    first = _first(found, steps.under_register(found))
    close = found.polls_close
    return None if first is None or close is None or first.moment < close else _told(first)


def in_ledger(found: Standing, entries: Iterable[Entry]) -> Since | None:
    """Since when by the ledger's; `entries` are those the standing was folded from."""
    known = list(entries)
    seen = Resolved(found.at, found.known_at, found.entry, found.truth)
    first = _first(found, steps.in_ledger(known, seen))
    if first is None:
        return None
    told = next(entry.fact for entry in known if entry.number == first.entry)
    return None if isinstance(told, CouncilRegistered | ContestOpened) else _told(first)


def _first(found: Standing, everything: Iterable[Step]) -> Step | None:
    """What began the certainty that lasts to the end, under the register in force there."""
    held = spells((one, _certain(one, found)) for one in everything)
    return next((spell.began for spell in held if spell.ended is None), None)


def _certain(step: Step, found: Standing) -> bool:
    night = step.register == found.council.register and step.board.poll_date == found.poll_date
    return night and step.board.control.certain


def _told(step: Step) -> Since:
    return Since(step.moment, step.entry)
