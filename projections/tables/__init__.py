"""The read models as SQL tables, and the projector that follows the log.

The tables hold both clocks, so one query answers any viewpoint, of one council or of all,
without the log. They are only ever a copy: the position they have reached is moved in the
same transaction as their rows (compare and set: of two projectors one yields), and they are
made anew if their shape is of another version or the log is not the one they followed.
The only room that knows SQLAlchemy.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from sqlalchemy import (
    Connection,
    Engine,
    create_engine,
    insert,
    select,
)
from sqlalchemy import event as events
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from ledger.book import Ledger
from ledger.errors import NotYet, StoreUnavailable
from ledger.events import NOW, Entry, Viewpoint
from ledger.facts import CouncilRegistered, WardSeats
from ledger.present import register_of
from ledger.store import Store
from ledger.store.addresses import first_line, shown
from ledger.times import micros
from projections import rebuilding, workers
from projections.rows import SHAPE, Known, News, WardRows, news
from projections.tables import counting, schema
from projections.tables.writing import Statements
from projections.tally import Tally
from projections.viewpoints import resolve

Progress = Callable[[int], None]
_AT_ONCE = 2_000  # entries taken in one transaction; a new ledger is taken in one
_REMEMBERED = 2_000  # wards whose state is kept for the next entries


class Tables:
    """The read models of one ledger. Close them, or use them in a `with`.

    Every question first follows the log as far as it asks. Raises StoreUnavailable where
    the tables cannot be read or written.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._engine = _engine(ledger.store)
        self._position = 0
        self._statements = Statements(self._engine.dialect)
        self._registers: dict[str, Entry] = {}
        self._wards: dict[str, WardRows] = {}
        with self._errors():
            self._begin()

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
        """Let go of the connections."""
        self._engine.dispose()

    # --- ask ----------------------------------------------------------------------

    def tally(self, council: str | None = None, viewpoint: Viewpoint = NOW) -> Tally:
        """The board of one council. Raises what `night.standing` raises."""
        self.follow()
        slug = self._slug(council)
        found = self._tallies(viewpoint, slug)
        if not found:
            raise NotYet(council=self._ledger.council(slug).name)
        return found[0]

    def tallies(self, viewpoint: Viewpoint = NOW) -> list[Tally]:
        """The boards of every council registered at the viewpoint, in the order registered."""
        return self._tallies(viewpoint, None)

    def _tallies(self, viewpoint: Viewpoint, slug: str | None) -> list[Tally]:
        assert not viewpoint.named  # kept for the legal truth and the eve of the poll alone
        ledger, asked = self._ledger, []
        if isinstance(viewpoint.at, str) or isinstance(viewpoint.known_at, str):
            asked = [ledger.council(slug)] if slug else ledger.councils()
        seen = resolve(ledger, viewpoint, asked)
        self.follow(seen.entry)
        at = None if seen.at is None else micros(seen.at)
        with self._errors(), self._engine.connect() as connection:
            found = counting.tallies(connection, seen.entry, at, slug)
        return [replace(tally, known_at=seen.known_at) for tally in found]

    def _slug(self, council: str | None) -> str:
        query = select(schema.councils.c.slug).distinct().limit(2)
        if council is not None:
            query = query.where(schema.councils.c.slug == council)
        with self._errors(), self._engine.connect() as connection:
            found = connection.execute(query).scalars().all()
        # A name, a misspelling or a choice to make is the ledger's to tell.
        return found[0] if len(found) == 1 else self._ledger.council(council).council

    # --- follow -------------------------------------------------------------------

    def follow(self, upto: int | None = None, progress: Progress | None = None) -> int:
        """Take in what the log has and the tables do not (at least up to entry `upto`);
        how many entries the tables hold then."""
        if self._position == 0:
            self._take_all(progress)
        while upto is None or self._position < upto:
            page = next(self._ledger.store.pages(self._position, size=_AT_ONCE), [])
            if not page:
                break
            self._take(page[-1], self._news(page))
            if progress:
                progress(len(page))
            if len(page) < _AT_ONCE:
                break
        return self._position

    def rebuild(self, progress: Progress | None = None) -> int:
        """Throw the tables away and make them again from the log."""
        with self._errors():
            self._anew()
        return self.follow(progress=progress)

    def _take_all(self, progress: Progress | None) -> None:
        """Take in the whole log: council by council, so that few are in memory at a time."""
        ledger, last = self._ledger, self._ledger.store.entry(self._ledger.store.total())
        if last is None:
            return
        with workers.no_collector():
            try:
                self._take(last, rebuilding.rebuilt(ledger, last.number, progress))
            except workers.WorkersFailed:
                # What stopped them and is no accident will stop this too, and say what it is.
                self._take(last, rebuilding.alone(ledger, last.number, progress))

    def _take(self, last: Entry, news: Iterable[News]) -> None:
        """Write the news up to an entry, or find that another projector has."""
        try:
            with self._errors(), self._writing() as connection:
                moved = self._statements.move(connection, self._position, last)
                for one in news if moved else ():
                    self._statements.write(connection, one)
                reached = last.number if moved else self._reached(connection)
        except BaseException:
            self._wards.clear()  # they have seen what was not written
            raise
        if not moved:
            self._wards.clear()
        self._position = reached

    def _news(self, page: list[Entry]) -> Iterator[News]:
        """What a page of entries says, by register."""
        of_register: dict[str, list[Entry]] = defaultdict(list)
        for entry in page:
            of_register[entry.register].append(entry)
        for name, entries in of_register.items():
            if name not in self._registers:
                found = self._ledger.store.stream(entries[0].council)
                self._registers.update(
                    (e.register, e) for e in found if isinstance(e.fact, CouncilRegistered)
                )
            register, said = self._registers[name], [e for e in entries if e.ward is not None]
            council = register_of(register)
            touched = [council.by_slug[e.ward] for e in said if e.ward is not None]
            is_new = register.number > self._position
            known = self._known(register, council.wards if is_new else touched, said)
            yield news(register, known, self._position)

    def _known(
        self, register: Entry, places: Iterable[WardSeats], entries: list[Entry]
    ) -> list[Known]:
        """What the next entries of some wards of a council say of them."""
        after, council = self._position, register_of(register)
        if len(self._wards) > _REMEMBERED:
            self._wards.clear()
        wards, unknown = {}, []
        for place in places:
            stream = council.stream(place.slug)
            if stream not in self._wards:
                self._wards[stream] = WardRows(place, register)
                unknown.append(stream)
            wards[stream] = self._wards[stream]
        if unknown and register.number <= after:
            for earlier in self._ledger.store.streams(unknown, after):
                wards[earlier.event.originator_id].take(earlier)
        known = [row for e in entries for row in wards[e.event.originator_id].take(e)]
        return known + [row for ward in wards.values() for row in ward.open_since(after)]

    # --- the tables themselves ------------------------------------------------------

    def _begin(self) -> None:
        """Find the position; make the tables where they are missing, of another shape, or
        of another log."""
        with self._engine.connect() as connection:
            there = self._engine.dialect.has_table(connection, schema.position.name)
            found = connection.execute(select(schema.position)).first() if there else None
        if found is None or found.shape != SHAPE or not self._is_ours(found):
            self._anew()
        else:
            self._position = found.entry

    def _is_ours(self, found: Any) -> bool:
        if found.entry == 0:
            return True
        entry = self._ledger.store.entry(found.entry)
        return entry is not None and entry.digest == found.digest

    def _anew(self) -> None:
        with self._writing() as connection:
            schema.metadata.drop_all(connection)
            schema.metadata.create_all(connection)
            connection.execute(insert(schema.position).values(shape=SHAPE, entry=0, digest=""))
        self._position = 0

    def _reached(self, connection: Connection) -> int:
        return int(connection.execute(select(schema.position.c.entry)).scalar_one())

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._ledger.store.alone(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            what = first_line(error.orig) if isinstance(error.orig, Exception) else str(error)
            raise StoreUnavailable(
                url=shown(self._ledger.url), what=f"its tables: {what}"
            ) from error


def _engine(store: Store) -> Engine:
    if store.path is None:
        return create_engine("postgresql+psycopg://", creator=store.connection)
    engine = create_engine("sqlite://", creator=store.connection, poolclass=QueuePool)
    # The driver's own idea of when a transaction begins is not ours.
    events.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine
