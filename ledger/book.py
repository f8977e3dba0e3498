"""The ledger, in the words of the commands: open it, record, read entries.

    from ledger import connect
    with connect("night.db") as book:
        book.declare("local.southampton.coxford.2016-05-05", votes={...}, by=..., source=...)

Questions (`seats`, `contests`, …) are asked of it by the functions in `projections`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from ledger.errors import UnknownCouncil, UnknownEntry, ViewpointClash, WhichCouncil
from ledger.events import Entry
from ledger.facts import CouncilRegistered
from ledger.present import Memory, in_force, register_of
from ledger.store import EVERYTHING, Store
from ledger.text import did_you_mean, match_key
from ledger.times import micros, utc_now
from ledger.values import Cause

if TYPE_CHECKING:
    from ledger.desk import Desk
    from ledger.drafts import Receipt
    from ledger.formats.reading import Batch
    from ledger.forms import CandidateCorrection, CouncilForm, NightForm, ResultForm
    from ledger.superseding import Superseding

Clock = Callable[[], datetime]


class Ledger:
    """A ledger of record. Close it, or use it in a `with`.

    Writes return a `Receipt` once they are durable, and raise a `LedgerError` with
    nothing recorded otherwise. `by` says who records, `source` where the fact was
    read, `key` makes a repeated write harmless, `accept` names soft rules overridden,
    `dry_run` decides everything and records nothing.
    """

    def __init__(self, url: str, *, create: bool = False, clock: Clock = utc_now) -> None:
        self.url = url
        self.clock = clock
        self.store = Store(url, create=create)
        self._memory = Memory()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of files and connections."""
        self.store.close()

    # --- record -----------------------------------------------------------------

    def desk(
        self, *, by: str, source: str | None = None, key: str | None = None,
        accept: Sequence[str] = (),
    ) -> Desk:  # fmt: skip
        """A place to prepare a write of several facts; nothing is recorded before `commit`."""
        from ledger.desk import Desk  # noqa: PLC0415 - a question needs no desk

        return Desk(
            self.store, self.clock, self._memory, by=by, source=source, key=key, accept=accept
        )

    def register(
        self, form: CouncilForm, *, by: str, source: str | None = None, since: str | None = None,
        review: bool = False, key: str | None = None, dry_run: bool = False,
    ) -> Receipt:  # fmt: skip
        """A council, its wards and seats, and who holds them from `since` on (the start of
        today where neither the form nor `since` says); with `review` a council's new wards
        from then on, after a boundary review."""
        desk = self.desk(by=by, source=source, key=key)
        desk.register(form, since=since, review=review)
        return desk.commit(dry_run=dry_run)

    def open(
        self, form: NightForm, *, by: str, source: str | None = None, council: str | None = None,
        key: str | None = None, dry_run: bool = False,
    ) -> Receipt:  # fmt: skip
        """The contests of a night, all or none."""
        desk = self.desk(by=by, source=source, key=key)
        desk.open(form, council=council)
        return desk.commit(dry_run=dry_run)

    def declare(
        self, contest: str, *, by: str, source: str | None = None,
        votes: Mapping[str, int | None] | None = None, form: ResultForm | None = None,
        declared_at: str | datetime | None = None, lot: Sequence[str] = (),
        accept: Sequence[str] = (), key: str | None = None, dry_run: bool = False,
    ) -> Receipt:  # fmt: skip
        """What the returning officer announced; with `lot` alone, who was drawn in a tie
        that stands."""
        desk = self.desk(by=by, source=source, key=key, accept=accept)
        desk.declare(contest, form or _form(contest, votes, lot), declared_at)
        return desk.commit(dry_run=dry_run)

    def correct(
        self, contest: str, *, by: str, reason: str, cause: Cause = "other",
        source: str | None = None, votes: Mapping[str, int | None] | None = None,
        form: ResultForm | None = None, declared_at: str | datetime | None = None,
        lot: Sequence[str] = (), people: Sequence[CandidateCorrection] = (),
        replaces: int | None = None, whole: bool = False,
        accept: Sequence[str] = (), key: str | None = None, dry_run: bool = False,
    ) -> Receipt:  # fmt: skip
        """Replace the version that stands, changing what is given (`whole`: everything);
        `people` are candidates whose name or party was recorded wrongly."""
        desk = self.desk(by=by, source=source, key=key, accept=accept)
        desk.correct(
            contest, form or _form(contest, votes, lot, bare=bool(people)), declared_at,
            reason=reason, cause=cause, replaces=replaces, whole=whole, people=people,
        )  # fmt: skip
        return desk.commit(dry_run=dry_run)

    def withdraw(
        self, entry: int, *, by: str, reason: str, source: str | None = None,
        key: str | None = None, dry_run: bool = False,
    ) -> Receipt:  # fmt: skip
        """Take back an entry that should never have been made; what it replaced stands again."""
        desk = self.desk(by=by, source=source, key=key)
        desk.withdraw(entry, reason=reason)
        return desk.commit(dry_run=dry_run)

    def write(
        self, prepare: Callable[[Desk], None], *, by: str, source: str | None = None,
        key: str | None = None, accept: Sequence[str] = (), dry_run: bool = False,
    ) -> Receipt:  # fmt: skip
        """Whatever a desk can prepare, recorded all or none:
        `book.write(lambda desk: desk.vacate("coxford/2", why="death"), by=…, source=…)`."""
        desk = self.desk(by=by, source=source, key=key, accept=accept)
        prepare(desk)
        return desk.commit(dry_run=dry_run)

    def load(
        self, batch: Batch, *, by: str, source: str | None = None, key: str | None = None,
        declared_at: str | None = None, accept: Sequence[str] = (), dry_run: bool = False,
        progress: Callable[[int], None] | None = None, supersede: Superseding | None = None,
    ) -> Receipt:  # fmt: skip
        """Everything a file holds, whole or not at all; what was loaded before from the same
        source is skipped. `declared_at` is the time of results that give none. Of a newer
        version of a file (`supersede`) only what it changes is recorded. Raises FileRefused
        with every problem."""
        if supersede is not None:
            from ledger.superseding import NewerVersion  # noqa: PLC0415 - as the desk

            newer = NewerVersion(
                self.store, self.clock, self._memory, by=by, source=source, key=key,
                accept=accept, file=batch.file, why=supersede,
            )  # fmt: skip
            newer.supersede(batch, declared_at, progress)
            return newer.receipt(dry_run=dry_run)
        from ledger.loading import load  # noqa: PLC0415 - as the desk

        desk = self.desk(by=by, source=source, key=key, accept=accept)
        prefix = None if key else f"load:{source or ''}"
        load(desk, batch, prefix=prefix, declared_at=declared_at, progress=progress)
        return desk.commit(dry_run=dry_run)

    def record(self, decided: Receipt) -> Receipt:
        """What a dry run on an empty ledger decided, recorded in this one, which is as new, all
        or none. Raises MovedOn where another was quicker."""
        from ledger.drafts import Receipt  # noqa: PLC0415 - as the desk

        entries = self.store.append([entry.event for entry in decided.entries])
        for entry in entries:
            self._memory.take(entry)
        return Receipt(tuple(entries), len(entries), 0)

    # --- read -------------------------------------------------------------------

    def councils(self, upto: int = EVERYTHING) -> list[CouncilRegistered]:
        """The councils registered within the first `upto` entries, in that order, each as its
        latest register has it."""
        registers = self.registers(upto)
        slugs = dict.fromkeys(entry.council for entry in registers)
        return [register_of(in_force(registers, slug, None)) for slug in slugs]

    def registers(self, upto: int = EVERYTHING) -> list[Entry]:
        """The registers within the first `upto` entries: a council has a new one after each
        boundary review."""
        found = self.store.councils(upto)
        return [entry for entry in found if isinstance(entry.fact, CouncilRegistered)]

    def council(self, council: str | None = None) -> CouncilRegistered:
        """One council, by slug or name, as its latest register has it; the only one where
        none is named. Raises UnknownCouncil, WhichCouncil."""
        # A slug names a stream: no need to read every other register.
        is_slug = council is not None and re.fullmatch(r"[a-z0-9-]+", council)
        named = self._registers_of(council) if council and is_slug else []
        if named:
            return register_of(in_force(named, named[0].council, None))
        return find_council(self.councils(), council)

    def _registers_of(self, slug: str) -> list[Entry]:
        found = self.store.stream(slug)
        return [entry for entry in found if isinstance(entry.fact, CouncilRegistered)]

    def entries(
        self, *, council: str | None = None, after: int = 0, upto: int = EVERYTHING
    ) -> Iterable[Entry]:
        """Entries in log order: of all the ledger, or of one council (read without the rest)."""
        if council is None:
            return self.store.entries(after, upto)
        slug = self.council(council).council
        registers = [register_of(entry) for entry in self._registers_of(slug)]
        wards = [fact.stream(place.slug) for fact in registers for place in fact.wards]
        found = self.store.streams([slug, *wards], upto)
        return [entry for entry in found if entry.number > after] if after else found

    def entry(self, number: int) -> Entry:
        """One entry. Raises UnknownEntry."""
        found = self.store.entry(number) if number >= 1 else None
        if found is None:
            raise UnknownEntry(entry=number, total=self.store.total())
        return found

    def prefix(self, entry: int | None, known_at: datetime | None) -> int:
        """How many entries are seen: exactly `entry`, those recorded by `known_at`, or all.

        Raises UnknownEntry, ViewpointClash where both are given.
        """
        if entry is not None and known_at is not None:
            raise ViewpointClash(what="--entry and --known-at")
        if known_at is not None:
            return self.store.known_prefix(micros(known_at))
        total = self.store.total()
        if entry is None:
            return total
        if not 0 <= entry <= total:
            raise UnknownEntry(entry=entry, total=total)
        return entry


def _form(
    contest: str, votes: Mapping[str, int | None] | None, lot: Sequence[str], *, bare: bool = False
) -> ResultForm:
    """The form of these votes and this lot; `bare` says that neither may be given."""
    from ledger.forms import ResultForm, made, result_form  # noqa: PLC0415 - as the desk

    if bare and not votes and not lot:
        return made(ResultForm, contest=contest)
    return result_form(contest, votes, lot)


def find_council(councils: Sequence[CouncilRegistered], wanted: str | None) -> CouncilRegistered:
    """The council named, or the only one. Raises UnknownCouncil, WhichCouncil."""
    if wanted is None:
        if len(councils) == 1:
            return councils[0]
        if not councils:
            raise UnknownCouncil(council="", suggestion="the ledger is empty. ")
        raise WhichCouncil(councils=", ".join(c.council for c in councils[:10]))
    key = match_key(wanted)
    for council in councils:
        if key in (council.council, match_key(council.name)):
            return council
    names = [name for council in councils for name in (council.council, council.name)]
    raise UnknownCouncil(council=wanted, suggestion=did_you_mean(wanted, names))
