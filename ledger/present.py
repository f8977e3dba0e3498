"""What stands now, for a write to be decided on: read from the log, and remembered.

A council's register and a ward's stream are read once and then read on from; the
recorder refuses a write decided on a stream that has grown since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from ledger.errors import (
    NotPolled,
    OtherWard,
    UnknownCode,
    UnknownContest,
    UnknownCouncil,
    UnknownHolder,
    WhichContest,
    WhichCouncil,
    WhichSeat,
)
from ledger.events import Entry
from ledger.facts import CouncilRegistered, WardSeats
from ledger.ids import lead, named_council
from ledger.names import Names
from ledger.seating import ward_changes
from ledger.store import EVERYTHING, Store
from ledger.text import did_you_mean, match_key
from ledger.times import parse_day
from ledger.ward import Contest, Ward, evolve, replay, without

if TYPE_CHECKING:
    from ledger.forms import ChangesForm


@dataclass(slots=True)
class Memory:
    """What was read before: registers by id, wards by stream."""

    registers: dict[str, Entry] = field(default_factory=dict)
    wards: dict[str, Ward] = field(default_factory=dict)
    read: int = 0  # the entries seen when registers were last read

    def take(self, entry: Entry) -> None:
        """Take in an entry that was recorded."""
        if isinstance(entry.fact, CouncilRegistered):
            self.registers[entry.register] = entry
        stream = entry.event.originator_id
        self.wards[stream] = evolve(self.wards.get(stream, Ward()), entry)


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


class Present:
    """The log as it is now (of at least `total` entries) or was when it had `upto`, plus the
    drafts of one write."""

    def __init__(self, store: Store, memory: Memory, total: int, upto: int = EVERYTHING) -> None:
        self._store, self._memory, self._total, self._upto = store, memory, total, upto
        self._registers: dict[str, Entry] | None = None
        self._by_council: dict[str, list[Entry]] | None = None
        self._wards: dict[str, Ward] = {}
        self._begun: set[str] = set()  # councils drafted in this write: nothing is stored of them

    def registers(self) -> dict[str, Entry]:
        """Every register, by id."""
        if self._registers is None:
            for entry in self._store.councils(after=self._memory.read):
                if isinstance(entry.fact, CouncilRegistered):
                    self._memory.registers[entry.register] = entry
            self._memory.read = max(self._memory.read, self._total)
            known = self._memory.registers.items()
            self._registers = {name: one for name, one in known if one.number <= self._upto}
        return self._registers

    def registered(self, slug: str | None, at: datetime | None = None) -> Entry:
        """The register of a council (of the only one for None) in force at an hour; the latest
        for None, the first where the hour is before it. Raises UnknownCouncil, WhichCouncil."""
        known = self._registers_by_council()
        if slug is None:
            if len(known) > 1:
                raise WhichCouncil(councils=", ".join(sorted(known)[:10]))
            slug = next(iter(known), "")
        if slug not in known:
            empty = "" if known else "the ledger is empty. "
            raise UnknownCouncil(council=slug, suggestion=empty or did_you_mean(slug, known))
        return in_force(known[slug], slug, at)

    def _registers_by_council(self) -> dict[str, list[Entry]]:
        if self._by_council is None:
            self._by_council = {}
            for entry in self.registers().values():
                self._by_council.setdefault(entry.council, []).append(entry)
        return self._by_council

    def ward(self, stream: str) -> Ward:
        """A ward as its stream says now, drafts included."""
        if stream not in self._wards:
            if stream.partition("/")[0] in self._begun:
                return self._wards.setdefault(stream, Ward())
            known = self._memory.wards.get(stream, Ward())
            if known.last and known.last.number > self._upto:
                known = Ward()
            found = self._store.stream(stream, known.version)
            ward = replay((entry for entry in found if entry.number <= self._upto), known)
            self._wards[stream] = ward
            if self._upto == EVERYTHING:
                self._memory.wards[stream] = ward
        return self._wards[stream]

    def names(self, council: str) -> Names:
        """What names typed for a council mean now, drafts included."""
        return Names(self.ward(council).aliases)

    def until(self, entries: int) -> Present:
        """The log when it had so many entries, without drafts."""
        return Present(self._store, self._memory, self._total, entries)

    def draft(self, entry: Entry) -> None:
        """Take in an entry that is to be recorded with this write."""
        if isinstance(entry.fact, CouncilRegistered):
            self.registers()[entry.register] = entry
            self._by_council = None
            if entry.fact.review is None:
                self._begun.add(entry.council)
        stream = entry.event.originator_id
        self._wards[stream] = evolve(self.ward(stream), entry)

    @contextmanager
    def before(self, entry: Entry) -> Iterator[None]:
        """See the registers, and the streams of the entry and of its council's own, as they were
        just before the entry. The rest stays as it is read: a file may ask this for each of
        its lines."""
        then = self.until(entry.number - 1)
        now = {stream: self.ward(stream) for stream in (entry.event.originator_id, entry.council)}
        for stream, ward in now.items():
            if ward.last and ward.last.number >= entry.number:
                self._wards[stream] = then.ward(stream)
        known, by_council = self.registers(), self._by_council
        if any(one.number >= entry.number for one in known.values()):
            self._registers, self._by_council = then.registers(), None
        try:
            yield
        finally:
            self._wards.update(now)
            self._registers, self._by_council = known, by_council

    # --- contests by name -------------------------------------------------------------

    def find(self, wanted: str) -> Found:
        """The council, stream and contest meant by a ballot paper id, or by a ward's name
        or slug where one contest is its latest. Raises UnknownContest, WhichContest."""
        by_id = self.by_id(wanted)
        if by_id:
            return by_id
        # A real name comes first, of whichever council: aliases are asked only then.
        found = list(self._latest(wanted)) or list(self._latest(wanted, alias=True))
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(contest.fact.contest for _, _, contest in found)
            raise WhichContest(contest=wanted, contests=names)
        raise UnknownContest(contest=wanted, suggestion=self._hint(wanted))

    def find_seat(
        self, wanted: str, when: Callable[[CouncilRegistered], datetime], but: Entry | None = None
    ) -> Seat:
        """A seat: `coxford/2` (or `southampton/coxford/2`), or its holder's name, at an hour of
        the council's zone and as if an entry had not been recorded. Raises UnknownSeat,
        UnknownHolder, WhichSeat."""
        where, _, number = wanted.rpartition("/")
        named, slug = where.rpartition("/")[::2]
        registers = self._in_force(when)
        found = [
            Seat(entry, place, f"{place.slug}/{number}")
            for entry in registers
            for place in register_of(entry).wards
            if where and place.slug == slug and named in ("", entry.council)
        ]
        if not found:
            held = list(self._held(registers, when, but))
            found = _held_by({entry.council: wanted for entry in registers}, held)
            found = found or _held_by(self._means(wanted, registers), held)
        if not found:
            hint = did_you_mean(wanted, [w for seat, name in held for w in (seat.seat, name) if w])
            raise UnknownHolder(name=wanted, suggestion=hint)
        if len(found) > 1:
            seats = ", ".join(f"{one.registered.council}/{one.seat}" for one in found)
            raise WhichSeat(wanted=wanted, seats=seats)
        return found[0]

    def _means(self, alias: str, registers: list[Entry]) -> dict[str, str]:
        """The candidate an alias means in each of the councils where it is one."""
        slugs = (entry.council for entry in registers)
        known = ((slug, self.names(slug).meaning("candidate", alias)) for slug in slugs)
        return {slug: means for slug, means in known if means}

    def polled(self, form: ChangesForm) -> tuple[WardSeats, Found]:
        """The ward of a code, and its contest that was polled by the day of the changes (or on
        the day given). Raises UnknownCode, OtherWard, NotPolled, WhichContest."""
        registers = [register_of(entry) for entry in self.registers().values()]
        wards = [
            (council, place)
            for council in registers
            if form.council in (None, council.council)
            for place in council.wards
            if place.code == form.code
        ]
        if not wards:
            raise UnknownCode(code=form.code, ward=form.ward, suggestion=self._code_hint(form.ward))
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
            for contest in self.ward(stream).contests.values()
            if (contest.fact.poll_date == day if day else contest.fact.poll_date <= form.on)
        ]
        if not found:
            raise NotPolled(ward=known, when=f"on {day}" if day else f"by {form.on}")
        if len(found) > 1:
            names = ", ".join(contest.fact.contest for _, (_, _, contest) in found)
            raise WhichContest(contest=known, contests=names)
        return found[0]

    def _code_hint(self, name: str) -> str:
        """The codes of the wards of a name, or a name like it."""
        councils = [register_of(entry) for entry in self.registers().values()]
        codes = [ward.code for council in councils if (ward := council.named(name)) and ward.code]
        if codes:
            return f"{name} has {' or '.join(codes)} here. "
        return did_you_mean(name, [ward.name for council in councils for ward in council.wards])

    def _in_force(self, when: Callable[[CouncilRegistered], datetime]) -> list[Entry]:
        """The register of each council at an hour."""
        latest = {entry.council: register_of(entry) for entry in self.registers().values()}
        return [self.registered(slug, when(council)) for slug, council in latest.items()]

    def _held(
        self, registers: list[Entry], when: Callable[[CouncilRegistered], datetime],
        but: Entry | None,
    ) -> Iterator[tuple[Seat, str | None]]:  # fmt: skip
        """Every seat, and the name of its holder."""
        for entry in registers:
            council = register_of(entry)
            for place in council.wards:
                stream = council.stream(place.slug)
                ward = self.ward(stream)
                if but is not None and but.event.originator_id == stream:
                    ward = without(ward, but)
                changes = ward_changes(place, ward, entry)
                for change in {c.seat: c for c in changes if c.at <= when(council)}.values():
                    yield Seat(entry, place, change.seat), change.holder

    def by_id(self, contest_id: str) -> Found | None:
        """The contest of a ballot paper id, where it is open."""
        for council, place in self._places(contest_id):
            stream = council.stream(place.slug)
            contest = self.ward(stream).contests.get(contest_id)
            if contest:
                return council, stream, contest
        return None

    def _places(self, contest_id: str) -> Iterator[tuple[CouncilRegistered, WardSeats]]:
        """The wards a ballot paper id may be of: those whose slug it names, or, where it
        spells none of a council's, all of them."""
        parts = contest_id.split(".")
        if len(parts) < 2:  # noqa: PLR2004 - not an id
            return
        of_council = named_council(parts)
        division = parts[2] if of_council else parts[1]
        for entry in self.registers().values():
            fact = register_of(entry)
            if of_council in (None, fact.council):
                named = fact.by_slug.get(division)
                yield from ((fact, place) for place in ([named] if named else fact.wards))

    def _latest(self, wanted: str, *, alias: bool = False) -> Iterator[Found]:
        """The latest contests of the wards so called; `council/ward` names one council's,
        and `ward@2016-05-05` those of one poll date."""
        where, _, day = wanted.partition("@")
        council_slug, _, name = where.rpartition("/")
        of_council: dict[str, list[Found]] = {}
        registers: Iterable[Entry] = self.registers().values()
        if council_slug:
            registers = self._registers_by_council().get(council_slug, [])
        for entry in registers:
            council = register_of(entry)
            if council_slug not in ("", council.council):
                continue
            names = self.names(council.council) if alias else None
            place = names.ward(council, name) if names else council.named(name)
            if place is not None:
                stream = council.stream(place.slug)
                contests = self.ward(stream).contests.values()
                found = of_council.setdefault(council.council, [])
                found += [(council, stream, contest) for contest in contests]
        for found in of_council.values():
            days = [contest.fact.poll_date.isoformat() for _, _, contest in found]
            last = day or max(days, default="")
            yield from (one for one, polled in zip(found, days, strict=True) if polled == last)

    def _hint(self, wanted: str) -> str:
        councils = [register_of(entry) for entry in self.registers().values()]
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


def in_force(registers: Iterable[Entry], slug: str, at: datetime | None) -> Entry:
    """The register of a council at an hour: the latest that has begun; the latest of all for
    None, the first where none has begun."""
    of_council = sorted(
        (entry for entry in registers if entry.council == slug),
        key=lambda entry: (entry.event.effective_at, entry.number),
    )
    begun = [entry for entry in of_council if at is None or entry.event.effective_at <= at]
    return begun[-1] if begun else of_council[0]


def register_of(entry: Entry) -> CouncilRegistered:
    """The register an entry holds."""
    assert isinstance(entry.fact, CouncilRegistered)
    return entry.fact
