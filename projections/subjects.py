"""What a question may be asked of: a party, a ward or a seat of a council, as typed."""

from __future__ import annotations

from typing import NamedTuple

from ledger import parties
from ledger.errors import BadName, UnknownSeat, UnknownSubject
from ledger.text import did_you_mean, match_key
from projections.night import Standing

VACANT = "vacant"


class Subject(NamedTuple):
    """A party, by its group's code (`vacant` for the seats nobody holds), or some seats."""

    party: str | None = None
    seats: tuple[str, ...] = ()


def subject(found: Standing, text: str) -> Subject:
    """What a text means: a seat, the code of a party that ever held one, `vacant`, a ward, or
    any listed party by code, name or alias. Raises UnknownSeat, UnknownSubject."""
    council, key = found.council, match_key(text)
    slug, slash, _ = text.rpartition("/")
    if slash and (place := council.named(slug)):
        seat = next(
            (seat for seat in place.seat_ids if seat == f"{place.slug}/{text[len(slug) + 1 :]}"),
            None,
        )
        if seat is None:
            raise UnknownSeat(ward=place.name, seat=text, seats=", ".join(place.seat_ids))
        return Subject(seats=(seat,))
    codes = {change.group for ward in found.changes.values() for change in ward if change.group}
    held = {match_key(code): code for code in (*sorted(codes), VACANT)}
    if key in held:
        return Subject(held[key])
    if place := council.named(text):
        return Subject(seats=place.seat_ids)
    try:
        party = parties.resolve(text)
    except BadName:
        party = None
    if party and (party.group in codes or parties.find(text)):
        return Subject(party.group)
    known = [*held.values(), *(parties.name(code) for code in sorted(codes))]
    known += [name for ward in council.wards for name in (ward.name, ward.slug)]
    hint = did_you_mean(slug if slash else text, known)
    raise UnknownSubject(council=council.name, name=text, suggestion=hint)
