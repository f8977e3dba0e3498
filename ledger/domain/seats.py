"""What befalls a seat outside of contests: vacated, filled, its councillor's party changed."""

from __future__ import annotations

from datetime import datetime

from ledger.errors import AllegianceSame, SeatHeld, SeatVacant, UnknownSeat
from ledger.events import Entry
from ledger.facts import AllegianceChanged, SeatFilled, SeatVacated, WardSeats
from ledger.forms import made
from ledger.names import Names
from ledger.seating import Change, ward_changes
from ledger.values import Vacancy
from ledger.ward import Ward


def holder(place: WardSeats, ward: Ward, registered: Entry, seat: str, at: datetime) -> Change:
    """Who holds a seat at an hour. Raises UnknownSeat."""
    if seat not in place.seat_ids:
        raise UnknownSeat(ward=place.slug, seat=seat, seats=", ".join(place.seat_ids))
    changes = ward_changes(place, ward, registered)
    return [change for change in changes if change.seat == seat and change.at <= at][-1]


def vacate(held: Change, why: Vacancy) -> SeatVacated:
    """The seat's holder leaves it. Raises SeatVacant."""
    if held.party is None:
        raise SeatVacant(seat=held.seat, entry=held.entry)
    return made(SeatVacated, seat=held.seat, holder=held.holder, why=why)


def fill(held: Change, name: str | None, party: str, names: Names) -> SeatFilled:
    """A vacant seat is filled without a poll. Raises SeatHeld."""
    if held.party is not None:
        whom = held.holder or held.party.label
        raise SeatHeld(seat=held.seat, holder=whom, entry=held.entry)
    return made(SeatFilled, seat=held.seat, holder=name, party=names.party(party))


def change_allegiance(held: Change, party: str, names: Names) -> AllegianceChanged:
    """The seat's holder sits for another party. Raises SeatVacant, AllegianceSame."""
    if held.party is None:
        raise SeatVacant(seat=held.seat, entry=held.entry)
    new = names.party(party)
    if new == held.party:
        raise AllegianceSame(seat=held.seat, party=new.label)
    return made(AllegianceChanged, seat=held.seat, holder=held.holder, party=new)
