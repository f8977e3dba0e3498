"""Which of a ward's seats are up in a contest."""

from __future__ import annotations

from datetime import date
from itertools import zip_longest

from ledger.errors import SeatsUnclear, UnknownSeat
from ledger.facts import ContestOpened, WardSeats
from ledger.forms import ContestForm
from ledger.ids import is_by_election
from ledger.ward import Ward


def seats_up(  # noqa: PLR0913 - all that may say which
    place: WardSeats,
    ward: Ward,
    form: ContestForm,
    contest_id: str,
    poll_date: date,
    *,
    vacant: set[str],
) -> tuple[str, ...]:
    """The seats named; in a by-election, those that are vacant; or the number asked, from
    those whose turn it is. Raises UnknownSeat, SeatsUnclear."""
    if form.seats:
        return _named(place, form, contest_id)
    if len(place.seats) == 1 and form.seats_up in (None, 1):
        return place.seat_ids
    if is_by_election(contest_id):
        return _vacant(place, form.seats_up, contest_id, vacant)
    # A by-election fills what is left of a term, and a poll called off fills nothing: neither
    # moves the ward's ordinary turns.
    polled = [c.fact for c in ward.contests.values() if not c.called_off]
    earlier = [fact for fact in polled if not is_by_election(fact.contest)]
    return _in_turn(place, form.seats_up, contest_id, poll_date, earlier)


def _named(place: WardSeats, form: ContestForm, contest_id: str) -> tuple[str, ...]:
    for seat in form.seats:
        if seat not in place.seat_ids:
            raise UnknownSeat(ward=place.slug, seat=seat, seats=", ".join(place.seat_ids))
    number = len(set(form.seats))
    if number < len(form.seats) or form.seats_up not in (None, number):
        what = "the seats and their number differ"
        raise SeatsUnclear(ward=place.slug, contest=contest_id, what=what)
    return form.seats


def _vacant(
    place: WardSeats, wanted: int | None, contest_id: str, vacant: set[str]
) -> tuple[str, ...]:
    free = tuple(seat for seat in place.seat_ids if seat in vacant)
    if free and wanted in (None, len(free)):
        return free
    if wanted == len(place.seats):
        return place.seat_ids
    what = f"it is a by-election, and {len(free)} of the ward's seats are vacant"
    raise SeatsUnclear(ward=place.slug, contest=contest_id, what=what)


def _in_turn(
    place: WardSeats,
    wanted: int | None,
    contest_id: str,
    poll_date: date,
    earlier: list[ContestOpened],
) -> tuple[str, ...]:
    """Those whose terms end that year, else those marked as up, else all, else those that have
    gone longest without a contest."""
    seats = dict(zip(place.seat_ids, place.seats, strict=True))
    filled = {seat: n for n, fact in enumerate(earlier, 1) for seat in fact.seats}
    ends = {seat: seats[seat].term_ends for seat in seats}
    for fact in earlier:
        ends.update(zip_longest(fact.seats, fact.term_ends))
    turn = tuple(seat for seat in seats if ends[seat] == poll_date.year)
    marked = tuple(seat for seat in seats if seats[seat].up and seat not in filled)
    for due in (turn, marked):
        if due and wanted in (None, len(due)):
            return due
    if wanted is None:
        what = "neither their number nor their names are given"
        raise SeatsUnclear(ward=place.slug, contest=contest_id, what=what)
    if wanted == len(seats):
        return place.seat_ids
    ages = sorted(seats, key=lambda seat: (filled.get(seat, 0), seat))
    if wanted > len(ages) or filled.get(ages[wanted - 1], 0) == filled.get(ages[wanted], 0):
        what = f"{wanted} of {len(ages)} seats, and nothing says which"
        raise SeatsUnclear(ward=place.slug, contest=contest_id, what=what)
    return tuple(ages[:wanted])
