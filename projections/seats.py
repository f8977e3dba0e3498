"""Who holds how many seats, what changed, who controls, and what is still to come."""

from __future__ import annotations

from typing import Any

from ledger.book import Ledger
from ledger.events import NOW, Viewpoint
from projections.night import standing, standings
from projections.tally import Tally, ranked

# Above this many entries the tables answer for all councils; below it, folding the log
# costs less than loading the library that keeps them. They keep the legal truth, and the eve.
FOLD_UP_TO = 5_000


def seats(ledger: Ledger, council: str | None = None, viewpoint: Viewpoint = NOW) -> Tally:
    """The board of one council. Raises what `night.standing` raises."""
    return standing(ledger, council, viewpoint).tally()


def boards(ledger: Ledger, viewpoint: Viewpoint = NOW) -> list[Tally]:
    """The boards of every council registered at the viewpoint, in the order registered."""
    large = ledger.store.total() > FOLD_UP_TO
    if large and not viewpoint.named and not ledger.store.read_only:
        from projections.tables import Tables  # noqa: PLC0415 - loads SQLAlchemy

        with Tables(ledger) as tables:
            return tables.tallies(viewpoint)
    return [one.tally() for one in standings(ledger, viewpoint)]


def as_json(tally: Tally, viewpoint: Viewpoint = NOW) -> dict[str, Any]:
    """The shape of `seats --json`, seen from a viewpoint."""
    return {
        "council": tally.council,
        "name": tally.name,
        "size": tally.size,
        "majority": tally.majority,
        "viewpoint": tally.viewpoint,
        "poll_date": tally.poll_date,
        "seats": ranked(tally.seats),
        "vacant": tally.vacant,
        "won": ranked(tally.won),
        "baseline": viewpoint.baseline,
        "change": dict.fromkeys(ranked(tally.seats), 0) | tally.change,
        "contests": {
            "total": tally.contests_total,
            "declared": tally.contests_declared,
            "tied": tally.contests_tied,
        },
        "seats_up": {"total": tally.seats_total, "declared": tally.seats_declared},
        "control": tally.control.as_json(),
        **viewpoint.named,
    }
