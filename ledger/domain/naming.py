"""Aliases confirmed: of a real name only, and never a name that is somebody's own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger import parties
from ledger.errors import AliasChain, AliasIsName, AliasTaken, UnknownName
from ledger.facts import (
    AliasConfirmed,
    AllegianceChanged,
    ElectedUnopposed,
    Nominee,
    Result,
    ResultOverturned,
    SeatFilled,
    WardSeats,
)
from ledger.names import KEYS, Names
from ledger.text import did_you_mean
from ledger.values import Party
from ledger.ward import Ward, live

Places = Sequence[tuple[WardSeats, Ward]]
Real = dict[str, dict[str, str]]  # where, then key -> the name as it is spelt there
_LISTED = "the ledger knows"


def confirm_alias(
    council: str, places: Places, names: Names, said: AliasConfirmed
) -> AliasConfirmed:
    """The alias of a real name, as that is spelt. `places` are the council's wards. Raises
    UnknownName, AliasTaken, AliasChain, AliasIsName."""
    _refuse_chain(names, said)
    real = {"party": _parties, "ward": _wards, "candidate": _people}[said.what](places)
    alias, means = KEYS[said.what](said.alias), KEYS[said.what](said.means)
    found = [known for known in real.items() if means in known[1]]
    if not found:
        options = [name for known in real.values() for name in known.values()]
        hint = did_you_mean(said.means, options)
        raise UnknownName(what=said.what, council=council, name=said.means, suggestion=hint)
    own = found
    if said.what == "party" and alias != means:
        own = [(_LISTED, real[_LISTED])]
    for where, known in own:
        if alias in known:
            raise AliasIsName(alias=said.alias, what=said.what, where=where, means=known[alias])
    return said.model_copy(update={"means": found[0][1][means]})


def _refuse_chain(names: Names, said: AliasConfirmed) -> None:
    key = KEYS[said.what]
    taken, further = names.find(said.what, said.alias), names.find(said.what, said.means)
    if taken:
        entry, fact = taken
        raise AliasTaken(alias=fact.alias, what=fact.what, means=fact.means, entry=entry.number)
    through = [one for one in names.aliases(said.what) if key(one[1].means) == key(said.alias)]
    for entry, link in [*([further] if further else []), *through]:
        raise AliasChain(
            alias=said.alias, means=said.means, link=link.alias, end=link.means, entry=entry.number
        )


def _wards(places: Places) -> Real:
    key = KEYS["ward"]
    known = {key(name): ward.name for ward, _ in places for name in (ward.slug, ward.name)}
    return {"of the council": known}


def _parties(places: Places) -> Real:
    # A label that was once counted as a party of its own may turn out to be another's: only
    # what is listed is a real name, and so stands apart.
    key = KEYS["party"]
    carried = {key(p.label): p.label for place in places for p in _labels(*place)}
    return {_LISTED: parties.labels(), "of the council": carried}


def _people(places: Places) -> Real:
    """The names of each ward: one ward's candidate may be called as another's alias."""
    key, real = KEYS["candidate"], Real()
    for place, ward in places:
        known = real.setdefault(f"in {place.name}", {})
        known.update({key(name): name for name in _called(place, ward)})
    return real


def _called(place: WardSeats, ward: Ward) -> Iterator[str]:
    """Who stood in a ward or held a seat of it."""
    yield from (seat.holder for seat in place.seats if seat.holder)
    yield from (person.name for person in _stood(ward))
    for one in live(ward.seats):
        if isinstance(one.fact, SeatFilled) and one.fact.holder:
            yield one.fact.holder


def _labels(place: WardSeats, ward: Ward) -> Iterator[Party]:
    yield from (seat.party for seat in place.seats if seat.party)
    yield from (person.party for person in _stood(ward))
    for one in live(ward.seats):
        if isinstance(one.fact, SeatFilled | AllegianceChanged):
            yield one.fact.party


def _stood(ward: Ward) -> Iterator[Nominee]:
    for contest in ward.contests.values():
        yield from contest.fact.candidates
        for entry in contest.stack:
            if isinstance(entry.fact, Result):
                yield from entry.fact.candidates
            elif isinstance(entry.fact, ElectedUnopposed | ResultOverturned):
                yield from entry.fact.elected
