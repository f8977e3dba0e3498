"""What a standing answers, flat: from each thing one may ask to its value.

Two standings differ in exactly the things whose values differ. A thing without a value (a seat
of another register, a contest not opened, a figure not given) is left out; so is a party
without seats.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from ledger.facts import Result
from ledger.seating import Change
from ledger.ward import Contest, Ward
from projections.night import Seen, Standing, see
from projections.subjects import VACANT
from projections.tally import control, counted


class Thing(NamedTuple):
    """`seats` of a party's code (or `vacant`), `control` (of the council), `holder` of a seat,
    or a `field` of a contest, perhaps of a candidate."""

    what: Literal["seats", "control", "holder", "contest"]
    of: str
    field: str = ""
    candidate: str = ""


class Holding(NamedTuple):
    """Who holds a seat; nobody where it is vacant."""

    name: str | None
    party: str | None


Value = int | str | datetime | Holding | tuple[str, ...]
Flat = dict[Thing, Value]


def flat(found: Standing | None) -> Flat:
    """All that a standing answers; nothing where there is none."""
    return {} if found is None else whole(found.council.size, parts(found))


def whole(size: int, wards: Mapping[str, Flat]) -> Flat:
    """What the parts of all wards come to, and they themselves."""
    everything = {thing: value for part in wards.values() for thing, value in part.items()}
    return board(size, everything) | everything


def parts(found: Standing) -> dict[str, Flat]:
    """By ward, what is of one ward."""
    return {slug: part(ward, found.changes[slug], found.at) for slug, ward in found.wards.items()}


def part(ward: Ward, changes: Sequence[Change], at: datetime | None) -> Flat:
    """What is of one ward at an hour; `changes` are the ward's up to then."""
    told: Flat = {
        Thing("holder", change.seat): Holding(change.holder, change.group) for change in changes
    }
    for contest in ward.contests.values():
        if at is None or contest.opened.event.effective_at <= at:
            told.update(_contest(contest, see(contest, changes, at)))
    return told


def board(size: int, everything: Mapping[Thing, Value]) -> Flat:
    """The seats of each party, the vacant ones, and who controls."""
    held = [value.party for value in everything.values() if isinstance(value, Holding)]
    counts = counted(held)
    counts[VACANT] = len(held) - counts.total()
    return of_counts(size, counts)


def of_counts(size: int, counts: Counter[str]) -> Flat:
    """The same, where they are counted (`vacant` among them)."""
    seats = {code: number for code, number in counts.items() if number and code != VACANT}
    told: Flat = {Thing("seats", code): number for code, number in counts.items() if number}
    who = control(size, seats)
    return told | {Thing("control", ""): who.party or who.status}


def _contest(contest: Contest, seen: Seen) -> Iterator[tuple[Thing, Value]]:
    name, version = contest.fact.contest, seen.standing
    result = version.fact if version else None
    assert result is None or isinstance(result, Result)
    yield Thing("contest", name, "status"), seen.status
    if seen.winners:
        elected = sorted((new.seat, new.holder or "") for new, _ in seen.winners)
        yield Thing("contest", name, "elected"), tuple(holder for _, holder in elected)
    if version is None or result is None:
        return
    yield Thing("contest", name, "declared_at"), version.event.effective_at
    for candidate in result.candidates:
        yield Thing("contest", name, "party", candidate.name), candidate.party.label
        if candidate.votes is not None:
            yield Thing("contest", name, "votes", candidate.name), candidate.votes
    for field in ("rejected", "ballot_papers", "electorate"):
        if (figure := getattr(result, field)) is not None:
            yield Thing("contest", name, field), figure


def differing(one: Mapping[Thing, Value], other: Mapping[Thing, Value]) -> Iterable[Thing]:
    """The things whose values differ."""
    return [t for t in dict.fromkeys((*one, *other)) if one.get(t) != other.get(t)]
