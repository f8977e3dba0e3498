"""What a night can still bring, and since when it could bring no other control, by trying."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import combinations, combinations_with_replacement, product

from ledger import Entry, Viewpoint
from ledger.errors import NotYet, UnknownCouncil
from ledger.parties import UNKNOWN
from ledger.testing.playing import Played
from ledger.ward import Ward, result_of
from projections.night import Seen, Standing
from projections.seats import seats

MANY = 2_000  # compositions: more are not tried


def outcomes(found: Standing) -> list[dict[str, int]] | None:
    """Every composition a night can end with, contest by contest: each choice of winners from
    those who stand, or are tied; None where there are too many. "NEW" is any other party."""
    held = {seat: change.group for seat, change in found.holders.items()}
    anyone = sorted(
        {party for party in held.values() if party} | {"NEW"} | standing_in(found) - {UNKNOWN}
    )
    ends = {frozenset(Counter(p for p in held.values() if p).items())}
    for seen in found.night():
        places = len(seen.contest.fact.seats) - len(seen.won)
        if not places:
            continue
        able = [c.party.group for c in seen.contest.fact.candidates]
        if seen.status != "open":
            able = tied_for_the_last(seen)
        filled = min(places, len(able))
        choices = {tuple(sorted(c)) for c in combinations(able, filled)}
        unfilled = list(combinations_with_replacement(anyone, places - filled))
        if len(ends) * len(choices) * len(unfilled) > MANY:
            return None
        lost = Counter(party for seat in seen.undecided if (party := held[seat]))
        ends = {
            frozenset((Counter(dict(end)) - lost + Counter(choice) + Counter(more)).items())
            for end, choice, more in product(ends, choices, unfilled)
        }
    return [dict(end) for end in ends]


def standing_in(found: Standing) -> set[str]:
    """The parties with a candidate in the night."""
    return {c.party.group for seen in found.night() for c in seen.contest.fact.candidates}


def tied_for_the_last(seen: Seen) -> list[str]:
    """The parties of those whose votes are the fewest that may still win."""
    if seen.standing is None:
        return []
    candidates = result_of(seen.standing).candidates
    up = len(seen.contest.fact.seats)
    line = sorted((c.votes or 0 for c in candidates), reverse=True)[up - 1]
    return [c.party.group for c in candidates if c.votes == line]


def hours(found: Standing) -> list[Viewpoint]:
    """The moments of a night in the hall, from just before its first poll closed."""
    close = found.polls_close
    assert close is not None
    said = [entry for ward in found.wards.values() for entry in (*ward.seats, *stacks(ward))]
    moments = {e.event.effective_at for e in said} | {c.at for c in found.holders.values()}
    moments |= {seen.contest.fact.polls_close for seen in found.opened}
    later = {at for at in moments if at >= close and (found.at is None or at <= found.at)}
    eve = close - timedelta(microseconds=1)
    places = sorted({eve} | later)
    return [Viewpoint(at=at, entry=found.entry, truth=found.truth) for at in places]


def stacks(ward: Ward) -> list[Entry]:
    """Every entry of a ward's contests."""
    return [entry for contest in ward.contests.values() for entry in contest.stack]


def first_certain(
    night: Played, council: str, found: Standing, places: Sequence[Viewpoint]
) -> Viewpoint | None:
    """The first of the places from which on `seats` says certain, of the night found."""
    first = None
    for place in reversed(places):
        try:
            tally = seats(night.book, council, place)
        except (NotYet, UnknownCouncil):
            break
        if not tally.control.certain or tally.poll_date != str(found.poll_date):
            break
        first = place
    return first
