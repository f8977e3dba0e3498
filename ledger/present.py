"""What stands now, for a write to be decided on: read from the log, and remembered.

A council's register and a ward's stream are read once and then read on from; the
recorder refuses a write decided on a stream that has grown since.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from ledger.errors import (
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
from ledger.seating import ward_changes
from ledger.store import Store
from ledger.text import did_you_mean, match_key
from ledger.ward import Contest, Ward, evolve, replay


@dataclass(slots=True)
class Memory:
    """What was read before: registers by slug, wards by stream."""

    councils: dict[str, Entry] = field(default_factory=dict)
    wards: dict[str, Ward] = field(default_factory=dict)
    read: int = 0  # the last register read from the log

    def take(self, entry: Entry) -> None:
        """Take in an entry that was recorded."""
        if isinstance(entry.fact, CouncilRegistered):
            self.councils[entry.council] = entry
        else:
            stream = entry.event.originator_id
            self.wards[stream] = evolve(self.wards.get(stream, Ward()), entry)


Found = tuple[CouncilRegistered, str, Contest]


class Present:
    """The log as it is now, plus the drafts of one write."""

    def __init__(self, store: Store, memory: Memory) -> None:
        self._store, self._memory = store, memory
        self._councils: dict[str, Entry] | None = None
        self._wards: dict[str, Ward] = {}

    def councils(self) -> dict[str, Entry]:
        """Every register, by slug."""
        if self._councils is None:
            for entry in self._store.councils(after=self._memory.read):
                self._memory.councils[entry.council] = entry
                self._memory.read = entry.number
            self._councils = dict(self._memory.councils)
        return self._councils

    def registered(self, slug: str | None) -> Entry:
        """The entry that registers a council; of the only one for None.

        Raises UnknownCouncil, WhichCouncil.
        """
        if slug is not None and self._councils is None and slug in self._memory.councils:
            return self._memory.councils[slug]
        known = self.councils()
        if slug is None:
            if len(known) > 1:
                raise WhichCouncil(councils=", ".join(sorted(known)[:10]))
            slug = next(iter(known), "")
        if slug not in known:
            empty = "" if known else "the ledger is empty. "
            raise UnknownCouncil(council=slug, suggestion=empty or did_you_mean(slug, known))
        return known[slug]

    def ward(self, stream: str) -> Ward:
        """A ward as its stream says now, drafts included."""
        if stream not in self._wards:
            known = self._memory.wards.get(stream, Ward())
            ward = replay(self._store.stream(stream, known.version), known)
            self._wards[stream] = self._memory.wards[stream] = ward
        return self._wards[stream]

    def draft(self, entry: Entry) -> None:
        """Take in an entry that is to be recorded with this write."""
        if isinstance(entry.fact, CouncilRegistered):
            self.councils()[entry.council] = entry
        else:
            stream = entry.event.originator_id
            self._wards[stream] = evolve(self.ward(stream), entry)

    @contextmanager
    def before(self, entry: Entry) -> Iterator[None]:
        """See the entry's stream as it was just before the entry."""
        stream, place = entry.event.originator_id, entry.event.originator_version
        if isinstance(entry.fact, CouncilRegistered):
            kept = self.councils().pop(entry.council)
            try:
                yield
            finally:
                self.councils()[entry.council] = kept
            return
        ward = self.ward(stream)
        earlier = [e for e in self._store.stream(stream) if e.event.originator_version < place]
        self._wards[stream] = replay(earlier)
        try:
            yield
        finally:
            self._wards[stream] = ward

    # --- contests by name -------------------------------------------------------------

    def find(self, wanted: str) -> Found:
        """The council, stream and contest meant by a ballot paper id, or by a ward's name
        or slug where one contest is its latest. Raises UnknownContest, WhichContest."""
        by_id = self.by_id(wanted)
        if by_id:
            return by_id
        found = list(self._latest(wanted))
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(contest.fact.contest for _, _, contest in found)
            raise WhichContest(contest=wanted, contests=names)
        raise UnknownContest(contest=wanted, suggestion=self._hint(wanted))

    def find_seat(self, wanted: str, now: datetime) -> tuple[str, Entry, WardSeats, str]:
        """The stream, register, ward and id of a seat: `coxford/2` (or `southampton/coxford/2`),
        or its holder's name. Raises UnknownSeat, UnknownHolder, WhichSeat."""
        where, _, number = wanted.rpartition("/")
        named, slug = where.rpartition("/")[::2]
        found = [
            (f"{council}/{place.slug}", entry, place, f"{place.slug}/{number}")
            for council, entry in self.councils().items()
            for place in register_of(entry).wards
            if where and place.slug == slug and named in ("", council)
        ]
        found = found or list(self._held_by(match_key(wanted), now))
        if not found:
            hint = did_you_mean(
                wanted,
                [
                    s
                    for e in self.councils().values()
                    for w in register_of(e).wards
                    for s in w.seat_ids
                ],
            )
            raise UnknownHolder(name=wanted, suggestion=hint)
        if len(found) > 1:
            seats = ", ".join(f"{stream}/{seat.rpartition('/')[2]}" for stream, _, _, seat in found)
            raise WhichSeat(wanted=wanted, seats=seats)
        return found[0]

    def _held_by(self, name: str, now: datetime) -> Iterator[tuple[str, Entry, WardSeats, str]]:
        for council, entry in self.councils().items():
            for place in register_of(entry).wards:
                stream = f"{council}/{place.slug}"
                changes = ward_changes(place, self.ward(stream), entry)
                for change in {c.seat: c for c in changes if c.at <= now}.values():
                    if change.holder and match_key(change.holder) == name:
                        yield stream, entry, place, change.seat

    def by_id(self, contest_id: str) -> Found | None:
        """The contest of a ballot paper id, where it is open."""
        for council, place in self._places(contest_id):
            stream = f"{council.council}/{place.slug}"
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
        try:
            slugs = [of_council] if of_council else list(self.councils())
            facts = [register_of(self.registered(slug)) for slug in slugs]
        except UnknownCouncil:
            return
        division = parts[2] if of_council else parts[1]
        for fact in facts:
            named = fact.by_slug.get(division)
            yield from ((fact, place) for place in ([named] if named else fact.wards))

    def _latest(self, wanted: str) -> Iterator[Found]:
        """The latest contests of the wards so called; `council/ward` names one council's,
        and `ward@2016-05-05` those of one poll date."""
        where, _, day = wanted.partition("@")
        council_slug, _, name = where.rpartition("/")
        for slug, entry in self.councils().items():
            council = register_of(entry)
            if council_slug not in ("", slug):
                continue
            place = council.named(name)
            if place is None:
                continue
            stream = f"{slug}/{place.slug}"
            contests = list(self.ward(stream).contests.values())
            last = day or max((c.fact.poll_date.isoformat() for c in contests), default="")
            yield from (
                (council, stream, contest)
                for contest in contests
                if contest.fact.poll_date.isoformat() == last
            )

    def _hint(self, wanted: str) -> str:
        councils = [register_of(entry) for entry in self.councils().values()]
        if "." in wanted:
            return did_you_mean(
                wanted,
                [f"{lead(c)}{w.slug}.{wanted[-10:]}" for c in councils for w in c.wards],
            )
        names = [n for c in councils for w in c.wards for n in (w.slug, w.name)]
        return did_you_mean(wanted, names)


def register_of(entry: Entry) -> CouncilRegistered:
    """The register an entry holds."""
    assert isinstance(entry.fact, CouncilRegistered)
    return entry.fact
