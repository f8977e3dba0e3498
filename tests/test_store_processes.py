"""The log while other processes read it, write it, die, or find the disk full."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing

import psycopg
import pytest
from postgres_server import running_server
from store_night import SAID, VOTES, answer, begin, council, log, worker
from store_worker import BATCH

from ledger import connect
from ledger.errors import StoreUnavailable


def batches(entries):
    """Where each council's entries are in the log."""
    places = {}
    for entry in entries:
        places.setdefault(entry.council, []).append(entry.number)
    return places


def test_a_reader_that_polls_misses_nothing(url, fresh_ledger):
    """While three processes write, reading on after the last entry seen yields every entry
    once, in order, and every batch in one piece."""
    book = fresh_ledger(url)
    writers = [worker("write", url, f"c{number}", 25) for number in range(3)]
    seen, last, polls, over = [], 0, 0, False
    while not over:
        over = all(process.poll() is not None for process in writers)
        found = list(book.store.entries(after=last))
        polls += bool(found)
        seen += found
        last = seen[-1].number if seen else 0
    assert [answer(process) for process in writers] == [24, 24, 24]
    assert polls > 3, "it read while they wrote"
    assert seen == log(book)
    assert [len(numbers) for numbers in batches(seen).values()] == [BATCH] * 75
    assert all(n[-1] - n[0] == BATCH - 1 for n in batches(seen).values())


def test_a_killed_writer_leaves_whole_batches(url, fresh_ledger):
    """After kill -9 every acknowledged batch is there, and each batch wholly or not at all."""
    fresh_ledger(url).close()
    acknowledged = set()
    for round_, batches_first in enumerate((1, 4, 9)):
        process = worker("write", url, f"r{round_}", 10_000)
        for _ in range(batches_first):
            process.stdout.readline()
        time.sleep(0.003 * round_)
        process.kill()
        told = batches_first + process.communicate()[0].count("\n")
        acknowledged |= {f"r{round_}-{number}" for number in range(told)}
    book = fresh_ledger(url)
    found = batches(log(book))
    assert acknowledged <= set(found)
    assert {len(numbers) for numbers in found.values()} == {BATCH}
    book.register(council("next"), **SAID)
    assert log(book)[-1].council == "next"


def test_a_ledger_opened_twice_here_is_not_lost_to_others(sqlite_url, fresh_ledger):
    """Two connections of one process and the coming and going of another process share one
    log: opening the file again must not drop the locks that keep its WAL alive."""
    book = fresh_ledger(sqlite_url)
    for number in range(3):
        book.register(council(f"c{number}"), **SAID)
        other = fresh_ledger(sqlite_url)
        assert answer(worker("total", sqlite_url)) == number + 1
    assert len(log(other)) == 3


@pytest.mark.parametrize("room", [0, 100, 5_000, 60_000])
def test_a_full_disk_fails_cleanly(sqlite_url, fresh_ledger, room):
    """No room left: the write fails with exit code 1, what was acknowledged stays, the
    same ledger writes again once there is room, and the file is sound."""
    fresh_ledger(sqlite_url).close()
    told = answer(worker("fill", sqlite_url, room))
    assert told["error"] in ("store-failed", "store-unavailable")
    assert told["exit_code"] == 1
    book = fresh_ledger(sqlite_url)
    found = batches(log(book))
    assert len(found) == told["batches"]
    assert {len(numbers) for numbers in found.values()} == {BATCH}
    with closing(sqlite3.connect(sqlite_url)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    begin(book)
    assert book.declare("x/w0", votes=VOTES, **SAID).recorded == 1


@pytest.mark.postgres
def test_a_server_that_goes_away_is_reported_soon(postgres_server):
    """A ledger whose server stops while it is open says so within seconds."""
    with running_server() as url:
        book = connect(url, create=True)
        begin(book)
    started = time.monotonic()
    with pytest.raises(StoreUnavailable):
        list(book.entries())
    book.close()
    assert time.monotonic() - started < 10


@pytest.mark.postgres
def test_a_server_that_comes_back_is_used_again(postgres_url, postgres_server, fresh_ledger):
    """Connections that died while idle are replaced; nobody has to open the ledger again."""
    book = fresh_ledger(postgres_url)
    begin(book)
    with psycopg.connect(postgres_server) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            (postgres_url.rpartition("/")[2],),
        )
    assert book.declare("w0", votes=VOTES, **SAID).recorded == 1
