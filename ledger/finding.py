"""What a name means: a contest by its id or its ward, a seat by its holder, a ward by its code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from ledger.errors import (
    NotPolled,
    OtherWard,
    UnknownCode,
    UnknownContest,
    UnknownHolder,
    WhichContest,
    WhichCouncil,
    WhichSeat,
)
from ledger.events import Entry
from ledger.facts import CouncilRegistered, WardSeats
from ledger.ids import lead, named_council
from ledger.present import Present, register_of
from ledger.seating import ward_changes
from ledger.text import did_you_mean, match_key
from ledger.times import parse_day
from ledger.ward import Contest, without

if TYPE_CHECKING:
    from ledger.forms import ChangesForm

Found = tuple[CouncilRegistered, str, Contest]


class Seat(NamedTuple):
    """A seat, its ward, and the register both are of."""

    registered: Entry
    place: WardSeats
    seat: str

    @property
    def stream(self) -> str:
        """The id of its ward's stream."""
        return register_of(self.registered).stream(self.place.slug)


def find(present: Present, wanted: str) -> Found:
    """The council, stream and contest meant by a ballot paper id, or by a ward's name
    or slug where one contest is its latest. Raises UnknownContest, WhichContest."""
    named = by_id(present, wanted)
    if named:
        return named
    # A real name comes first, of whichever council: aliases are asked only then.
    found = list(_latest(present, wanted)) or list(_latest(present, wanted, alias=True))
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(contest.fact.contest for _, _, contest in found)
        raise WhichContest(contest=wanted, contests=names)
    raise UnknownContest(contest=wanted, suggestion=_hint(present, wanted))


def find_seat(
    present: Present,
    wanted: str,
    when: Callable[[CouncilRegistered], datetime],
    but: Entry | None = None,
) -> Seat:
    """A seat: `coxford/2` (or `southampton/coxford/2`), or its holder's name, at an hour of
    the council's zone and as if an entry had not been recorded. Raises UnknownSeat,
    UnknownHolder, WhichSeat."""
    where, _, number = wanted.rpartition("/")
    named, slug = where.rpartition("/")[::2]
    registers = _in_force(present, when)
    found = [
        Seat(entry, place, f"{place.slug}/{number}")
        for entry in registers
        for place in register_of(entry).wards
        if where and place.slug == slug and named in ("", entry.council)
    ]
    if not found:
        held = list(_held(present, registers, when, but))
        found = _held_by({entry.council: wanted for entry in registers}, held)
        found = found or _held_by(_means(present, wanted, registers), held)
    if not found:
        hint = did_you_mean(wanted, [w for seat, name in held for w in (seat.seat, name) if w])
        raise UnknownHolder(name=wanted, suggestion=hint)
    if len(found) > 1:
        seats = ", ".join(f"{one.registered.council}/{one.seat}" for one in found)
        raise WhichSeat(wanted=wanted, seats=seats)
    return found[0]


def _means(present: Present, alias: str, registers: list[Entry]) -> dict[str, str]:
    """The candidate an alias means in each of the councils where it is one."""
    slugs = (entry.council for entry in registers)
    known = ((slug, present.names(slug).meaning("candidate", alias)) for slug in slugs)
    return {slug: means for slug, means in known if means}


def polled(present: Present, form: ChangesForm) -> tuple[WardSeats, Found]:
    """The ward of a code, and its contest that was polled by the day of the changes (or on
    the day given). Raises UnknownCode, OtherWard, NotPolled, WhichContest."""
    registers = [register_of(entry) for entry in present.registers().values()]
    wards = [
        (council, place)
        for council in registers
        if form.council in (None, council.council)
        for place in council.wards
        if place.code == form.code
    ]
    if not wards:
        raise UnknownCode(code=form.code, ward=form.ward, suggestion=_code_hint(present, form.ward))
    slugs = list(dict.fromkeys(council.council for council, _ in wards))
    if len(slugs) > 1:
        raise WhichCouncil(councils=", ".join(slugs))
    known = wards[-1][1].name
    if all(match_key(place.name) != match_key(form.ward) for _, place in wards):
        raise OtherWard(code=form.code, ward=form.ward, known=known)
    day = parse_day(form.poll_date) if form.poll_date else None
    found = [
        (place, (council, stream, contest))
        for council, place in wards
        for stream in (council.stream(place.slug),)
        for contest in present.ward(stream).contests.values()
        if (contest.fact.poll_date == day if day else contest.fact.poll_date <= form.on)
    ]
    if not found:
        raise NotPolled(ward=known, when=f"on {day}" if day else f"by {form.on}")
    if len(found) > 1:
        names = ", ".join(contest.fact.contest for _, (_, _, contest) in found)
        raise WhichContest(contest=known, contests=names)
    return found[0]


def _code_hint(present: Present, name: str) -> str:
    """The codes of the wards of a name, or a name like it."""
    councils = [register_of(entry) for entry in present.registers().values()]
    codes = [ward.code for council in councils if (ward := council.named(name)) and ward.code]
    if codes:
        return f"{name} has {' or '.join(codes)} here. "
    return did_you_mean(name, [ward.name for council in councils for ward in council.wards])


def _in_force(present: Present, when: Callable[[CouncilRegistered], datetime]) -> list[Entry]:
    """The register of each council at an hour."""
    latest = {entry.council: register_of(entry) for entry in present.registers().values()}
    return [present.registered(slug, when(council)) for slug, council in latest.items()]


def _held(
    present: Present, registers: list[Entry], when: Callable[[CouncilRegistered], datetime],
    but: Entry | None,
) -> Iterator[tuple[Seat, str | None]]:  # fmt: skip
    """Every seat, and the name of its holder."""
    for entry in registers:
        council = register_of(entry)
        for place in council.wards:
            stream = council.stream(place.slug)
            ward = present.ward(stream)
            if but is not None and but.event.originator_id == stream:
                ward = without(ward, but)
            changes = ward_changes(place, ward, entry)
            for change in {c.seat: c for c in changes if c.at <= when(council)}.values():
                yield Seat(entry, place, change.seat), change.holder


def by_id(present: Present, contest_id: str) -> Found | None:
    """The contest of a ballot paper id, where it is open."""
    for council, place in _places(present, contest_id):
        stream = council.stream(place.slug)
        contest = present.ward(stream).contests.get(contest_id)
        if contest:
            return council, stream, contest
    return None


def _places(present: Present, contest_id: str) -> Iterator[tuple[CouncilRegistered, WardSeats]]:
    """The wards a ballot paper id may be of: those whose slug it names, or, where it
    spells none of a council's, all of them."""
    parts = contest_id.split(".")
    if len(parts) < 2:  # noqa: PLR2004 - not an id
        return
    of_council = named_council(parts)
    division = parts[2] if of_council else parts[1]
    for entry in present.registers().values():
        fact = register_of(entry)
        if of_council in (None, fact.council):
            named = fact.by_slug.get(division)
            yield from ((fact, place) for place in ([named] if named else fact.wards))


def _latest(present: Present, wanted: str, *, alias: bool = False) -> Iterator[Found]:
    """The latest contests of the wards so called; `council/ward` names one council's,
    and `ward@2016-05-05` those of one poll date."""
    where, _, day = wanted.partition("@")
    council_slug, _, name = where.rpartition("/")
    of_council: dict[str, list[Found]] = {}
    registers: Iterable[Entry] = present.registers().values()
    if council_slug:
        registers = present.by_council().get(council_slug, [])
    for entry in registers:
        council = register_of(entry)
        if council_slug not in ("", council.council):
            continue
        names = present.names(council.council) if alias else None
        place = names.ward(council, name) if names else council.named(name)
        if place is not None:
            stream = council.stream(place.slug)
            contests = present.ward(stream).contests.values()
            found = of_council.setdefault(council.council, [])
            found += [(council, stream, contest) for contest in contests]
    for found in of_council.values():
        days = [contest.fact.poll_date.isoformat() for _, _, contest in found]
        last = day or max(days, default="")
        yield from (one for one, polled in zip(found, days, strict=True) if polled == last)


def _hint(present: Present, wanted: str) -> str:
    councils = [register_of(entry) for entry in present.registers().values()]
    if "." in wanted:
        return did_you_mean(
            wanted,
            [f"{lead(c)}{w.slug}.{wanted[-10:]}" for c in councils for w in c.wards],
        )
    names = [n for c in councils for w in c.wards for n in (w.slug, w.name)]
    return did_you_mean(wanted.partition("@")[0].rpartition("/")[2], names)


def _held_by(names: Mapping[str, str], held: Iterable[tuple[Seat, str | None]]) -> list[Seat]:
    """The seats whose holder has the name given for the council."""
    keys = {council: match_key(name) for council, name in names.items()}
    return [
        seat for seat, name in held if name and keys.get(seat.registered.council) == match_key(name)
    ]
