"""The read-model tables on either store: a copy that is never wrong, and never has to be right
by luck."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text
from store_night import SAID, VOTES, alter, begin, council, night

from ledger import Viewpoint
from ledger.errors import NotYet, StoreUnavailable, UnknownCouncil, WhichCouncil
from projections import rebuilding, workers
from projections import seats as boards_module
from projections.rows import SHAPE
from projections.seats import boards, seats
from projections.tables import Tables, schema


def a_night(book):
    """Declared, corrected, withdrawn, in two councils."""
    begin(book)
    desk = book.desk(**SAID)
    desk.register(council("y", wards=2))
    desk.open(night("y", wards=2))
    desk.commit()
    book.declare("x/w0", votes=VOTES, declared_at="23:00", **SAID)
    book.correct("x/w0", votes={"A Bell": 30}, reason="r", accept=["winner-changes"], **SAID)
    book.declare("x/w1", votes=VOTES, declared_at="23:30", **SAID)
    last = book.declare("y/w0", votes=VOTES, declared_at="23:10", **SAID)
    book.withdraw(last.entries[0].number, reason="test", **SAID)


def same_everywhere(book, tables):
    """The tables answer as the fold does, at every entry and hour."""
    log = list(book.entries())
    hours = [None, *sorted({entry.event.effective_at for entry in log})]
    for entry in range(len(log) + 1):
        for at in hours:
            viewpoint = Viewpoint(at=at, entry=entry)
            assert tables.tallies(viewpoint) == boards(book, viewpoint)


def rows(tables):
    """Everything the tables hold."""
    with tables._engine.connect() as connection:
        return {
            name: sorted(map(tuple, connection.execute(text(f"SELECT * FROM {name}"))), key=repr)
            for name in schema.metadata.tables
        }


def test_answers_are_the_folds(url, fresh_ledger):
    """At every entry and hour, following in one go or entry by entry."""
    book = fresh_ledger(url)
    with Tables(book) as tables:
        a_night(book)
        same_everywhere(book, tables)
        at_once = rows(tables)
        tables.rebuild()
        assert rows(tables) == at_once


def test_following_in_pieces_gives_the_same_rows(url, fresh_ledger, monkeypatch):
    """Entry by entry, with nothing remembered, as in one go."""
    book = fresh_ledger(url)
    a_night(book)
    with Tables(book) as tables:
        tables.follow()
        whole = rows(tables)
        monkeypatch.setattr("projections.tables._AT_ONCE", 1)
        monkeypatch.setattr("projections.tables._REMEMBERED", 0)
        tables._anew()
        tables._take(book.entry(1), tables._news([book.entry(1)]))
        tables.follow()
        assert rows(tables) == whole


def test_one_council_or_a_viewpoint_before_it(url, fresh_ledger):
    """A council by slug or name; refusals are those of the fold."""
    book = fresh_ledger(url)
    a_night(book)
    with Tables(book) as tables:
        assert tables.tally("x", Viewpoint(at="23:15")) == seats(book, "x", Viewpoint(at="23:15"))
        assert tables.tally("X") == seats(book, "x")
        for asked, viewpoint, refusal in (
            (None, Viewpoint(), WhichCouncil),
            ("z", Viewpoint(), UnknownCouncil),
            ("y", Viewpoint(entry=1), NotYet),
        ):
            with pytest.raises(refusal):
                tables.tally(asked, viewpoint)


def test_projectors_together_give_exact_rows(url, fresh_ledger):
    """Of projectors at the same moment, one takes each step and the others yield."""
    book = fresh_ledger(url)
    begin(book, wards=6)
    with Tables(book) as tables:
        tables.follow()
    together = Barrier(4, timeout=30)

    def work(number):
        mine = fresh_ledger(url)
        with Tables(mine) as tables:
            for ward in range(6):
                together.wait()
                if ward % 4 == number:
                    mine.declare(f"w{ward}", votes=VOTES, **SAID)
                tables.follow()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    with Tables(book) as tables:
        tables.follow()
        followed = rows(tables)
        tables.rebuild()
        assert rows(tables) == followed
        assert tables.tally() == seats(book)


def test_another_shape_is_made_anew(url, fresh_ledger):
    """Tables of an earlier version of the program are not read: they are replaced."""
    book = fresh_ledger(url)
    begin(book)
    with Tables(book) as tables:
        tables.follow()
    alter(url, "UPDATE view_position SET shape = ?", SHAPE - 1)
    alter(url, "DELETE FROM view_held")
    with Tables(book) as tables:
        assert tables.tally() == seats(book)


def test_tables_of_another_log_are_made_anew(sqlite_url, fresh_ledger, tmp_path):
    """A ledger put back from an older copy, then written on, has tables of a log that is no
    longer there; the digest of the last entry they saw tells."""
    book = fresh_ledger(sqlite_url)
    begin(book)
    book.declare("w0", votes=VOTES, **SAID)
    with Tables(book) as tables:
        tables.follow()
    kept = str(tmp_path / "kept.db")
    alter(sqlite_url, "PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copyfile(sqlite_url, kept)
    for name in ("stored_events", "stored_events_marks"):
        column = "rowid" if name == "stored_events" else "entry"
        alter(kept, f"DELETE FROM {name} WHERE {column} = (SELECT MAX({column}) FROM {name})")
    other = fresh_ledger(kept)
    other.declare("w1", votes=VOTES, **SAID)
    with Tables(other) as tables:
        assert tables.tally() == seats(other)
        assert tables.tally().contests_declared == 1


def test_many_entries_are_answered_from_the_tables(url, fresh_ledger, monkeypatch):
    """All councils of a large ledger come from the tables, and say the same."""
    book = fresh_ledger(url)
    a_night(book)
    folded = boards(book)
    monkeypatch.setattr(boards_module, "FOLD_UP_TO", 0)
    assert boards(book) == folded


def test_damaged_tables_do_not_touch_the_log(url, fresh_ledger):
    """Tables that are gone say so; the log answers all the same, and makes them again."""
    book = fresh_ledger(url)
    begin(book)
    with Tables(book) as tables:
        tables.follow()
        alter(url, "DROP TABLE view_up")
        with pytest.raises(StoreUnavailable, match=r"its tables: .*view_up"):
            tables.tally()
        board = seats(book)
        tables.rebuild()
        assert tables.tally() == board


@pytest.fixture
def shared(monkeypatch):
    """Rebuild by two processes, however small the log."""
    monkeypatch.setattr(workers, "ENOUGH", 1)
    monkeypatch.setattr(workers.os, "cpu_count", lambda: 2)


def test_several_processes_rebuild_the_same_rows(url, fresh_ledger, shared, monkeypatch):
    """Shared out over workers the rows are those of one process."""
    book = fresh_ledger(url)
    a_night(book)
    with Tables(book) as tables:
        tables.rebuild()
        by_several = rows(tables)
        monkeypatch.setattr(workers, "ENOUGH", 10_000)
        tables.rebuild()
        assert rows(tables) == by_several
        assert tables.tallies() == boards(book)


@pytest.mark.parametrize("program", ["/no/such/python", shutil.which("false")])
def test_workers_that_fail_are_done_without(url, fresh_ledger, shared, monkeypatch, program):
    """Where no process can be started, or one dies, this one does the work: the rows are
    whole."""
    book = fresh_ledger(url)
    a_night(book)
    monkeypatch.setattr(workers.sys, "executable", program)
    with Tables(book) as tables:
        with pytest.raises(workers.WorkersFailed):
            list(rebuilding.rebuilt(book, book.store.total(), None))
        tables.rebuild()
        assert tables.tallies() == boards(book)
