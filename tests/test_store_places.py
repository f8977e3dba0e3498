"""Where a ledger may be, what it is not, and what else on the machine must not change it."""

from __future__ import annotations

import hashlib
import os
import socket
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from cli_runner import run
from store_night import SAID, VOTES, begin, log

from ledger import connect
from ledger.errors import BadUrl, NoLedger, NotALedger, StoreUnavailable
from ledger.store.addresses import shown
from ledger.store.sqlite import APPLICATION_ID

LIBRARY_VARIABLES = {
    "ORIGINATOR_ID_TYPE": "uuid",
    "SQLITE_DBNAME": "elsewhere.db",
    "STORED_SQLITE_DBNAME": "elsewhere.db",
    "PERSISTENCE_MODULE": "eventsourcing.popo",
    "STORED_PERSISTENCE_MODULE": "eventsourcing.popo",
    "APPLICATION_RECORDER_TOPIC": "eventsourcing.sqlite:SQLiteApplicationRecorder",
    "MAPPER_TOPIC": "eventsourcing.persistence:Mapper",
    "COMPRESSOR_TOPIC": "zlib",
    "CIPHER_TOPIC": "eventsourcing.cipher:AESCipher",
    "CIPHER_KEY": "c2V2ZW50ZWVuIHNlY3JldHM=",
    "CREATE_TABLE": "n",
    "POSTGRES_DBNAME": "elsewhere",
    "POSTGRES_SCHEMA": "elsewhere",
    "POSTGRES_ENABLE_DB_FUNCTIONS": "y",
    "IS_SNAPSHOTTING_ENABLED": "y",
}


def content(folder):
    """Every file of a folder and its bytes."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


# --- SQLite: safe settings ----------------------------------------------------------------


def test_sqlite_is_set_to_be_safe(sqlite_url, fresh_ledger):
    """Every connection in use syncs fully (2) to a write-ahead log, and the file says that
    it is a ledger."""
    book = fresh_ledger(sqlite_url)
    begin(book)
    with (
        book.store._recorder.datastore.transaction(commit=False) as one,
        book.store._recorder.datastore.transaction(commit=False) as other,
    ):
        for connection in (one, other):
            found = {}
            for name in ("synchronous", "journal_mode", "application_id"):
                connection.execute(f"PRAGMA {name}")
                found[name] = connection.fetchone()[0]
            assert found == {
                "synchronous": 2, "journal_mode": "wal", "application_id": APPLICATION_ID,
            }  # fmt: skip


def test_one_ledger_has_one_lock_however_it_is_named(tmp_path, fresh_ledger):
    """A symbolic link, a relative path and an address mean the same file and lock."""
    (tmp_path / "link.db").symlink_to(tmp_path / "night.db")
    names = [tmp_path / "night.db", tmp_path / "link.db", f"sqlite:///{tmp_path}/x/../night.db"]
    books = [fresh_ledger(str(name)) for name in names]
    begin(books[0])
    assert log(books[0]) == log(books[1]) == log(books[2])
    assert [path.name for path in tmp_path.glob("*-lock")] == ["night.db-lock"]


# --- files that are no ledgers ------------------------------------------------------------


def foreign_file(path, kind):
    """Something that is not a ledger, at a path."""
    if kind == "a directory":
        path.mkdir()
    elif kind == "text":
        path.write_text("ward,votes\n" * 100)
    elif kind == "a few bytes":
        path.write_bytes(b"x")
    else:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(f"PRAGMA journal_mode={kind}")
            connection.execute("CREATE TABLE notes (text)")
            connection.commit()


@pytest.mark.parametrize("create", [True, False])
@pytest.mark.parametrize("kind", ["a directory", "text", "a few bytes", "delete", "wal"])
def test_what_is_not_a_ledger_is_refused_untouched(tmp_path, kind, create):
    """Text, folders and other programs' databases are refused, and nothing is written to
    them or beside them."""
    path = tmp_path / "night.db"
    foreign_file(path, kind)
    before = content(tmp_path)
    with pytest.raises(NotALedger) as refused:
        connect(str(path), create=create)
    assert refused.value.exit_code == 1
    assert content(tmp_path) == before


@pytest.mark.parametrize("empty", [False, True])
def test_reading_does_not_begin_a_ledger(tmp_path, empty):
    """A missing or empty file is no ledger to read, and stays as it is."""
    path = tmp_path / "night.db"
    if empty:
        path.touch()
    before = content(tmp_path)
    with pytest.raises(NoLedger, match="no ledger at"):
        connect(str(path))
    assert content(tmp_path) == before


@pytest.mark.postgres
def test_reading_does_not_begin_a_ledger_on_a_server(postgres_url, fresh_ledger):
    """An empty database is no ledger to read, and no table is made in it."""
    with pytest.raises(NoLedger):
        connect(postgres_url)
    with pytest.raises(NoLedger):
        connect(postgres_url)
    begin(fresh_ledger(postgres_url))
    with connect(postgres_url) as book:
        assert len(log(book)) == 4


@pytest.mark.parametrize(
    ("url", "refusal"),
    [
        ("mysql://h/db", BadUrl),
        ("night\0.db", BadUrl),
        ("postgresql://h/db?nonsense=1", BadUrl),
        ("postgresql://[::1/db", BadUrl),
        ("missing/folder/night.db", StoreUnavailable),
        ("n" * 300 + ".db", StoreUnavailable),
        ("/dev/null/night.db", StoreUnavailable),
    ],
)
def test_an_address_that_leads_nowhere(tmp_path, monkeypatch, url, refusal):
    """Every address that cannot be a ledger is refused in words, never with a traceback."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(refusal):
        connect(url, create=True)
    assert content(tmp_path) == {}


# --- servers --------------------------------------------------------------------------------


def test_a_server_that_is_down_is_reported_quickly_without_the_password():
    """Nobody listens: said within seconds, and the password is in no part of the error."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = time.monotonic()
    with pytest.raises(StoreUnavailable) as failed:
        connect(f"postgresql://ann:s3cret@127.0.0.1:{port}/night?password=s3cret")
    assert time.monotonic() - started < 10
    assert "s3cret" not in str(failed.value.as_dict())
    assert f"postgresql://ann:…@127.0.0.1:{port}/night" in failed.value.message


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://ann@h/db", "postgresql://ann@h/db"),
        ("postgresql://ann:a@b/c?d@h:5432/db", "postgresql://ann:…@h:5432/db"),
        ("postgresql://h/db?user=a&password=b&sslmode=c",
         "postgresql://h/db?user=a&password=…&sslmode=c"),
        ("postgresql://h/db?sslpassword=b", "postgresql://h/db?sslpassword=…"),
        ("postgresql://h:5432/db", "postgresql://h:5432/db"),
        ("night.db", "night.db"),
    ],
)  # fmt: skip
def test_an_address_is_shown_without_its_password(url, expected):
    """Wherever the password stands in it, even where it should have been encoded."""
    assert shown(url) == expected


@pytest.mark.postgres
def test_every_connection_uses_the_whole_address(postgres_url, fresh_ledger):
    """What an address says beyond host and name (sslmode, application_name, …) holds for
    the connections that read and write, not only for the first."""
    book = fresh_ledger(f"{postgres_url}?application_name=results+desk&sslmode=disable")
    rows = book.store._recorder._rows("SELECT current_setting('application_name') AS name")
    assert rows == [{"name": "results+desk"}]


# --- the process's environment --------------------------------------------------------------


def test_variables_of_the_library_change_nothing(url, fresh_ledger, monkeypatch, tmp_path):
    """A ledger begun, written and read under variables meant for other programs is the
    same ledger: its entries are where and what they are without them."""
    monkeypatch.chdir(tmp_path)
    for name, value in LIBRARY_VARIABLES.items():
        monkeypatch.setenv(name, value)
    book = fresh_ledger(url)
    begin(book)
    book.declare("w0", votes=VOTES, **SAID)
    written = log(book)
    for name in LIBRARY_VARIABLES:
        monkeypatch.delenv(name)
    assert log(fresh_ledger(url)) == written
    assert not (tmp_path / "elsewhere.db").exists()
    stored = book.store._recorder.select_range(1, 9, 9)
    for entry, row in zip(written, stored, strict=True):
        place = f'["{row.originator_id}",{row.originator_version},"{row.topic}"]\n'
        assert hashlib.sha256(place.encode() + row.state).hexdigest() == entry.digest


# --- where nothing may be written -----------------------------------------------------------


@pytest.fixture
def archived(sqlite_url, tmp_path, monkeypatch):
    """A ledger in a folder in which nothing may be written. (A superuser may write anywhere, so
    the machine is made to say that it may not.)"""
    with connect(sqlite_url, create=True) as book:
        begin(book)
    for path in tmp_path.glob("*-lock"):
        path.unlink()
    monkeypatch.setattr(os, "access", lambda *_: False)
    return sqlite_url


def test_an_archived_ledger_is_read(archived, tmp_path, fresh_ledger):
    """Everything is answered, and nothing is put beside the file."""
    before = content(tmp_path)
    for words in (("seats",), ("log",), ("verify",), ("check",), ("export",)):
        assert run(*words, "--ledger", archived).code == 0
    assert content(tmp_path) == before


def test_an_archived_ledger_is_not_written(archived):
    """A write is refused as one that was not recorded."""
    ran = run("declare", "w0", "--votes", "A Bell (Lab)=1", "--source", "x", "--declared-at",
              "2016-05-06T01:00", "--ledger", archived, "--json")  # fmt: skip
    assert (ran.code, ran.error["error"]) == (1, "store-failed")
    assert "it lies where nothing may be written" in ran.error["message"]


@pytest.mark.parametrize("log", ["wal", "journal"])
def test_an_archived_ledger_with_a_log_beside_it(archived, log):
    """What SQLite has not folded in yet cannot be read without writing: that is told."""
    Path(f"{archived}-{log}").write_bytes(b"not yet")
    ran = run("seats", "--ledger", archived, "--json")
    assert (ran.code, ran.error["error"]) == (1, "store-unavailable")
    assert f"night.db-{log} holds what is not in it yet" in ran.error["message"]
