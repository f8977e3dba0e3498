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
    Table,
    Update,
    bindparam,
    create_engine,
    insert,
    select,
    update,
)
from sqlalchemy import event as events
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from ledger.book import Ledger
from ledger.errors import NotYet, StoreUnavailable
from ledger.events import NOW, Entry, Viewpoint
from ledger.present import register_of
from ledger.store import Store, first_line, shown
from ledger.times import micros
from projections.night import resolve
from projections.tables import counting, schema
from projections.tables.rows import Held, Known, Up, known_rows
from projections.tally import Tally

Progress = Callable[[int], None]
_AT_ONCE = 2_000  # entries taken in one transaction; a new ledger is taken in one


class Tables:
    """The read models of one ledger. Close them, or use them in a `with`.

    Every question first follows the log as far as it asks. Raises StoreUnavailable where
    the tables cannot be read or written.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._engine = _engine(ledger.store)
        self._position = 0
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
        query = select(schema.councils.c.slug).limit(2)
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
        wanted = self._ledger.store.total() if upto is None else upto
        while self._position < wanted:
            if self._position == 0:
                self._take(None, self._ledger.store.total(), progress)
                continue
            page = next(self._ledger.store.pages(self._position, size=_AT_ONCE), [])
            if not page:
                break
            self._take(page, page[-1].number, progress)
        return self._position

    def rebuild(self, progress: Progress | None = None) -> int:
        """Throw the tables away and make them again from the log."""
        with self._errors():
            self._anew()
        return self.follow(progress=progress)

    def _take(self, page: list[Entry] | None, last: int, progress: Progress | None) -> None:
        """Take in the entries after the position (all of a new ledger for None), or find
        that another projector has."""
        final = page[-1] if page else self._ledger.entry(last)
        with self._errors(), self._writing() as connection:
            moved = connection.execute(
                update(schema.position)
                .where(schema.position.c.entry == self._position)
                .values(entry=last, digest=final.digest)
            )
            if moved.rowcount == 0:
                self._position = self._reached(connection)
                return
            for council, known in _projected(self._ledger, page, self._position, last, progress):
                _write(connection, council, known, self._position)
        self._position = last

    # --- the tables themselves ------------------------------------------------------

    def _begin(self) -> None:
        """Find the position; make the tables where they are missing, of another shape, or
        of another log."""
        with self._engine.connect() as connection:
            there = self._engine.dialect.has_table(connection, schema.position.name)
            found = connection.execute(select(schema.position)).first() if there else None
        if found is None or found.shape != schema.SHAPE or not self._is_ours(found):
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
            connection.execute(
                insert(schema.position).values(shape=schema.SHAPE, entry=0, digest="")
            )
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


def _projected(
    ledger: Ledger, page: list[Entry] | None, after: int, upto: int, progress: Progress | None
) -> Iterator[tuple[Entry, list[Known]]]:
    """The news of each council with entries after `after`; of all for no page. One council's
    entries are held at a time, and no others."""
    registers = {entry.council: entry for entry in ledger.store.councils(upto)}
    touched: dict[str, set[str]] = defaultdict(set)
    for entry in page or ():
        touched[entry.council].add(entry.ward or "")
    for slug in touched if page else registers:
        register = registers[slug]
        wards = touched[slug] if page else None
        streams: dict[str, list[Entry]] = {
            f"{slug}/{place.slug}": []
            for place in register_of(register).wards
            if wards is None or place.slug in wards or "" in wards
        }
        for entry in ledger.store.streams(streams, upto):
            streams[entry.event.originator_id].append(entry)
        known = [
            news
            for place in register_of(register).wards
            if f"{slug}/{place.slug}" in streams
            for news in known_rows(place, register, streams[f"{slug}/{place.slug}"], after)
        ]
        yield register, known
        if progress:
            told = sum(map(len, streams.values()))
            progress(told + 1 if page is None else told)


def _write(connection: Connection, register: Entry, known: Iterable[Known], after: int) -> None:
    """Add what is new; end what has ended since `after`."""
    council = register.number
    if council > after:
        fact = register_of(register)
        connection.execute(
            insert(schema.councils).values(
                council=council,
                slug=fact.council,
                name=fact.name,
                timezone=fact.timezone,
                size=fact.size,
                from_at=micros(register.event.effective_at),
            )
        )
    for table, kind in ((schema.held, Held), (schema.up, Up)):
        mine = [one for one in known if isinstance(one.row, kind)]
        new = [_values(council, one) for one in mine if one.from_entry > after]
        ended = [_values(council, one) for one in mine if one.from_entry <= after]
        if new:
            connection.execute(insert(table), new)
        if ended:
            connection.execute(
                _end(table), [{f"of_{name}": row[name] for name in row} for row in ended]
            )


def _values(council: int, known: Known) -> dict[str, Any]:
    return {
        "council": council,
        "from_entry": known.from_entry,
        "until_entry": known.until_entry,
        **known.row._asdict(),
    }


def _end(table: Table) -> Update:
    rows = [column == bindparam(f"of_{column.name}") for column in table.primary_key]
    return update(table).where(*rows).values(until_entry=bindparam("of_until_entry"))


def _engine(store: Store) -> Engine:
    if store.path is None:
        return create_engine("postgresql+psycopg://", creator=store.connection)
    engine = create_engine("sqlite://", creator=store.connection, poolclass=QueuePool)
    # The driver's own idea of when a transaction begins is not ours.
    events.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine
