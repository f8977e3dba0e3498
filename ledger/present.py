"""What stands now, for a write to be decided on: read from the log, and remembered.

A council's register and a ward's stream are read once and then read on from; the
recorder refuses a write decided on a stream that has grown since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from ledger.errors import UnknownCouncil, WhichCouncil
from ledger.events import Entry
from ledger.facts import CouncilRegistered
from ledger.names import Names
from ledger.store import EVERYTHING, Store
from ledger.text import did_you_mean
from ledger.ward import Ward, evolve, replay


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
        known = self.by_council()
        if slug is None:
            if len(known) > 1:
                raise WhichCouncil(councils=", ".join(sorted(known)[:10]))
            slug = next(iter(known), "")
        if slug not in known:
            empty = "" if known else "the ledger is empty. "
            raise UnknownCouncil(council=slug, suggestion=empty or did_you_mean(slug, known))
        return in_force(known[slug], slug, at)

    def by_council(self) -> dict[str, list[Entry]]:
        """The registers of each council, in the order of the log."""
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


def by_register(entries: Iterable[Entry]) -> list[tuple[Entry, dict[str, Ward]]]:
    """What one council's entries say under each of its registers, in the order of the log: the
    register's entry, and its wards by slug."""
    found: dict[str, tuple[Entry, dict[str, Ward]]] = {}
    for one in entries:
        if isinstance(one.fact, CouncilRegistered):
            found[one.register] = (one, {ward.slug: Ward() for ward in one.fact.wards})
        elif one.ward is not None:
            wards = found[one.register][1]
            wards[one.ward] = evolve(wards[one.ward], one)
    return list(found.values())
