"""The eventsourcing library's own suites for recorders, on ours."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from types import ModuleType
from uuid import uuid4

import psycopg
import pytest
from eventsourcing.postgres import PostgresDatastore

from ledger.store.postgres import LedgerRecorder as PostgresRecorder
from ledger.store.sqlite import LedgerDatastore
from ledger.store.sqlite import LedgerRecorder as SQLiteRecorder

_no_cipher = ModuleType("eventsourcing.cipher")
_no_cipher.AESCipher = None
with pytest.MonkeyPatch.context() as patch:
    # The suites import a cipher of a package that is not needed here; no ledger has one.
    patch.setitem(sys.modules, "eventsourcing.cipher", _no_cipher)
    from eventsourcing.tests import persistence as suites


@contextmanager
def threads_ended():
    """Wait for the readers that a suite stops but does not wait for: nothing may be closed
    under them."""
    before = set(threading.enumerate())
    yield
    for thread in set(threading.enumerate()) - before:
        thread.join(10)


class OnSQLite:
    """A recorder on a new file."""

    @pytest.fixture(autouse=True)
    def place(self, sqlite_url):
        self.datastore = LedgerDatastore(sqlite_url)
        with threads_ended():
            yield
        self.datastore.close()

    def create_recorder(self):
        recorder = SQLiteRecorder(self.datastore)
        recorder.create_table()
        return recorder

    def new_originator_id(self):
        return str(uuid4())  # our streams have texts for names


@pytest.mark.postgres
class OnPostgres:
    """A recorder on a new database."""

    @pytest.fixture(autouse=True)
    def place(self, postgres_url):
        info = psycopg.conninfo.conninfo_to_dict(postgres_url)
        self.datastore = PostgresDatastore(
            info["dbname"], info["host"], info["port"], info["user"], "",
            pool_size=1, max_overflow=9, originator_id_type="text",
        )  # fmt: skip
        with threads_ended():
            yield
        self.datastore.close()

    def create_recorder(self):
        recorder = PostgresRecorder(self.datastore)
        recorder.create_table()
        return recorder

    def new_originator_id(self):
        return str(uuid4())


class Application(suites.ApplicationRecorderTestCase):
    """Events are stored all or none, once per place, and read back as numbered, while ten
    threads write and two read."""

    test_performance = None  # it asserts nothing; it prints how fast an insert is


class NonInterleaving(suites.NonInterleavingNotificationIDsBaseCase):
    """Of two writes at once, one has all its numbers before the other has its first."""


class TestApplicationOnSQLite(OnSQLite, Application):
    pass


class TestApplicationOnPostgres(OnPostgres, Application):
    pass


class TestNonInterleavingOnSQLite(OnSQLite, NonInterleaving):
    pass


class TestNonInterleavingOnPostgres(OnPostgres, NonInterleaving):
    pass
