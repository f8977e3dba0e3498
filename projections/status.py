"""Who can still win: what is still to come, how far each party can get, and whether and since
when control is certain.

Arithmetic only. A party ends with at most the seats it holds that are not at stake and every
undecided seat it can win, and with at least the former and what its rivals are too few to
take; who can win a seat is told by the candidates, where they are known
(`projections.chances`). These bounds are exact: each is reached by some outcome.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from ledger.book import Ledger
from ledger.errors import NotYet
from ledger.events import NOW, Viewpoint
from ledger.facts import Candidate, ContestCountermanded, CouncilRegistered
from ledger.parties import UNKNOWN
from ledger.seating import Change
from projections.certainty import Since, in_hall, in_ledger
from projections.night import Seen, Standing, fold
from projections.tally import Tally
from projections.viewpoints import Resolved, resolve


class Reach(NamedTuple):
    """How far a party can get: its seats now, those of them at stake, the fewest and the most
    it can end with, and how many more than the fewest a majority takes (None: out of reach)."""

    party: str
    seats: int
    at_stake: int
    least: int
    most: int
    needs: int | None


@dataclass(frozen=True, slots=True)
class Awaited:
    """A contest with undecided seats: who defends them (a vacant one nobody), and among whom a
    lot is to be drawn (nobody, where too few stood and were elected unopposed). `how` it was
    called off, if it was."""

    contest: str
    ward: str
    ward_name: str
    defending: tuple[Change, ...]
    tied: tuple[Candidate, ...] = ()
    how: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The shape of one contest in `status --json`."""
        seats = [{"seat": c.seat, "name": c.holder, "party": c.group} for c in self.defending]
        told: dict[str, Any] = {"contest": self.contest, "ward": self.ward, "defending": seats}
        if self.tied:
            told["tied"] = [{"name": c.name, "party": c.party.group} for c in self.tied]
        if self.how:
            told["how"] = self.how
        return told


@dataclass(frozen=True, slots=True)
class Status:
    """One council at one viewpoint. `hall` and `ledger` say what made control certain, on
    either clock: None while it is not, and where it was certain before any result."""

    tally: Tally
    parties: tuple[Reach, ...]  # most seats first
    to_come: tuple[Awaited, ...]  # in the order of the register, as the others
    waiting: tuple[Awaited, ...]
    called_off: tuple[Awaited, ...]
    hall: Since | None
    ledger: Since | None

    def as_json(self) -> dict[str, Any]:
        """The shape of `status --json`.

        {"council", "name", "size", "majority", "viewpoint": {"at", "known_at", "entry"},
         "poll_date", "contests": {"total", "declared", "tied"}, "undecided": N, "vacant": N,
         "anyone": N,
         "parties": [{"party", "seats", "at_stake", "least", "most", "needs": N|null}],
         "to_come": [{"contest", "ward", "defending": [{"seat", "name", "party"}]}],
         "waiting": [… and "tied": [{"name", "party"}]],
         "called_off": [… and "how"],
         "control": {"party", "status", "over_all_others", "certain"},
         "since": {"hall": {"at", "entry"}|null, "ledger": {"at", "entry"}|null}|null}

        `undecided` counts seats, `anyone` those of them for which nobody is known to stand: a
        party not listed can win so many and no others. `needs` is null where a majority is out
        of reach. `since` is null while control is not certain, or without a night; a clock in
        it is null where control was certain before any result.
        """
        tally = self.tally
        night = tally.control.certain and tally.poll_date is not None
        return {
            "council": tally.council,
            "name": tally.name,
            "size": tally.size,
            "majority": tally.majority,
            "viewpoint": tally.viewpoint,
            "poll_date": tally.poll_date,
            "contests": {
                "total": tally.contests_total,
                "declared": tally.contests_declared,
                "tied": tally.contests_tied,
            },
            "undecided": tally.seats_total - tally.seats_declared,
            "vacant": tally.vacant,
            "anyone": tally.at_stake.free,
            "parties": [one._asdict() for one in self.parties],
            "to_come": [one.as_json() for one in self.to_come],
            "waiting": [one.as_json() for one in self.waiting],
            "called_off": [one.as_json() for one in self.called_off],
            "control": tally.control.as_json(),
            "since": {"hall": self._told(self.hall), "ledger": self._told(self.ledger)}
            if night
            else None,
        }

    def _told(self, since: Since | None) -> dict[str, Any] | None:
        if since is None:
            return None
        return {"at": self.tally.local(since.moment).isoformat(), "entry": since.entry}


def status(ledger: Ledger, council: str | None = None, viewpoint: Viewpoint = NOW) -> Status:
    """What is still to come for one council. Raises what `night.standing` raises."""
    registered = ledger.council(council)
    found = _status(ledger, registered, resolve(ledger, viewpoint, [registered]))
    if found is None:
        raise NotYet(council=registered.name)
    return found


def statuses(ledger: Ledger, viewpoint: Viewpoint = NOW) -> list[Status]:
    """The same for every council registered at the viewpoint, in the order registered."""
    seen = resolve(ledger, viewpoint, ledger.councils())
    found = (_status(ledger, council, seen) for council in ledger.councils(seen.entry))
    return [one for one in found if one is not None]


def _status(ledger: Ledger, council: CouncilRegistered, seen: Resolved) -> Status | None:
    entries = list(ledger.entries(council=council.council, upto=seen.entry))
    found = fold(entries, seen)
    if found is None:
        return None
    tally, opened = found.tally(), found.opened
    certain = tally.control.certain and tally.poll_date is not None
    return Status(
        tally=tally,
        parties=tuple(_reaches(tally)),
        to_come=tuple(_awaited(found, one) for one in opened if one.status == "open"),
        waiting=tuple(_awaited(found, one) for one in opened if one.status == "tie"),
        called_off=tuple(_awaited(found, one) for one in opened if one.status == "countermanded"),
        hall=in_hall(found) if certain else None,
        ledger=in_ledger(found, entries) if certain else None,
    )


def _reaches(tally: Tally) -> list[Reach]:
    """Of each party that has a seat, or a candidate where a seat is undecided."""
    return sorted(
        (_reach(tally, party) for party in {*tally.seats, *tally.at_stake.most}),
        key=lambda one: (-one.seats, -one.most, one.party),
    )


def _reach(tally: Tally, party: str) -> Reach:
    seats = tally.seats.get(party, 0)
    least, most = tally.at_stake.reach(party, seats)
    able = most >= tally.majority and party != UNKNOWN  # which is nobody's majority
    needs = max(0, tally.majority - least) if able else None
    return Reach(party, seats, tally.at_stake.held.get(party, 0), least, most, needs)


def _awaited(found: Standing, seen: Seen) -> Awaited:
    fact, off = seen.contest.fact, seen.contest.called_off
    how = off.fact.how if off and isinstance(off.fact, ContestCountermanded) else None
    return Awaited(
        contest=fact.contest,
        ward=fact.ward,
        ward_name=found.council.by_slug[fact.ward].name,
        defending=tuple(found.holders[seat] for seat in seen.undecided),
        tied=seen.tied,
        how=how if seen.status == "countermanded" else None,
    )
