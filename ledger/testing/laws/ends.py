"""Law 7: control is arithmetic, and what is called certain is."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

from ledger import Viewpoint
from ledger.facts import ContestOpened, CouncilRegistered
from ledger.parties import UNKNOWN
from ledger.testing import model
from ledger.testing.laws.asking import asked
from ledger.testing.outcomes import first_certain, hours, outcomes
from ledger.testing.plan import Plan
from ledger.testing.playing import played
from projections.status import status


def control_is_arithmetic(data: st.DataObject, plan: Plan) -> None:
    """7. A party controls if and only if it has more than half of all seats; what is called
    certain holds whatever the undeclared contests bring, and what is called known whoever
    holds the seats of which the party is not known."""
    with played(plan) as night:
        for _, _, found in asked(data, night):
            tally = found.tally()
            counts = {p: number for p, number in tally.seats.items() if p != UNKNOWN}
            having = [p for p, number in counts.items() if 2 * number > tally.size]
            assert [tally.control.party] == (list[str | None](having) or [None])
            ends = outcomes(found)
            if ends is not None:
                may = {party for end in ends for party in controllers(end, tally.size)}
                assert tally.control.certain == (may == {tally.control.party})
            may = controllers(tally.seats, tally.size)
            assert tally.control.known == (may == {tally.control.party})


def controllers(seats: Mapping[str, int], size: int) -> set[str | None]:
    """Who may control, as seats whose party is not known may be anybody's."""
    unknown = seats.get(UNKNOWN, 0)
    known = {"NEW": 0} | {p: number for p, number in seats.items() if p != UNKNOWN}
    sure: set[str | None] = {p for p, number in known.items() if 2 * number > size}
    return sure or {None} | {p for p, number in known.items() if 2 * (number + unknown) > size}


def reach_is_exact(data: st.DataObject, plan: Plan) -> None:
    """7b. The fewest and the most seats a party is said to end with are those of all outcomes,
    and what it needs is what takes the fewest to a majority."""
    with played(plan) as night:
        for council, viewpoint, found in asked(data, night):
            told, ends = status(night.book, council, viewpoint), outcomes(found)
            assert told.tally == found.tally()
            if ends is None:
                continue
            for one in told.parties:
                counts = {end.get(one.party, 0) for end in ends}
                assert (one.least, one.most) == (min(counts), max(counts))
                short = max(0, found.council.size // 2 + 1 - one.least)
                able = one.least + short <= one.most and one.party != UNKNOWN
                assert one.needs == (short if able else None)
            everyone = {party for end in ends for party in end}
            named = {one.party for one in told.parties}
            others = {end.get(party, 0) for end in ends for party in everyone - named}
            assert max(others, default=0) == told.tally.at_stake.free


def certainty_is_as_asked(data: st.DataObject, plan: Plan) -> None:
    """7c. What made control certain is the first moment (in the hall), and the first entry (in
    the ledger), from which on `seats` calls it certain at every one."""
    with played(plan) as night:
        for council, viewpoint, found in asked(data, night):
            told = status(night.book, council, viewpoint)
            if not found.tally().control.certain or found.poll_date is None:
                assert (told.hall, told.ledger) == (None, None)
                continue
            hall = first_certain(night, council, found, hours(found))
            at = model.hour(hall) if hall else None
            close = found.polls_close
            assert close is not None
            eve = at is None or at < close
            assert (told.hall and told.hall.moment) == (None if eve else at)
            mine = [entry for entry in night.log if entry.register == found.council.register]
            known = [
                Viewpoint(at=found.at, entry=e.number, truth=found.truth)
                for e in mine
                if e.number <= found.entry
            ]
            first = first_certain(night, council, found, known)
            assert first is not None
            assert first.entry is not None
            entry = night.log[first.entry - 1]
            begins = isinstance(entry.fact, CouncilRegistered | ContestOpened)
            assert (told.ledger and told.ledger.entry) == (None if begins else entry.number)
