"""Single bits of a ledger's file turned over: whatever changes what is stored is found."""

from __future__ import annotations

import random
import sqlite3
import uuid
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from signed_night import KEY, signed_night

from ledger import LedgerError, connect
from ledger.proof import checkpoint
from ledger.proof.nodes import KeptTree
from projections.verify import verify

PARTS, EACH = 8, 1_250
CLOCK = datetime(2016, 5, 6, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def night(tmp_path_factory):
    """The bytes of a ledger's file, the same every run, and the checkpoint somebody kept."""
    folder, dice = tmp_path_factory.mktemp("night"), random.Random(0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=dice.getrandbits(128)))
        made = signed_night(str(folder / "night.db"), folder, clock=lambda: CLOCK)
    with closing(connect(made.url)) as book, KeptTree(book.store) as kept:
        kept.follow()
    with closing(sqlite3.connect(made.url)) as connection:
        connection.execute("VACUUM")
    note = made.checkpoint.read_bytes()
    return Path(made.url).read_bytes(), checkpoint.opened(note, [KEY.public], "kept.txt")


def stored(path):
    """What SQLite hands over: every row with the types of its columns, and its own check; the
    error where it cannot."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
            found = []
            for table in ("stored_events", "stored_events_marks", "tree_nodes"):
                rows = connection.execute(f"SELECT * FROM {table}").fetchall()
                found.append([[(type(one), one) for one in row] for row in rows])
                numbered = "" if table == "tree_nodes" else "rowid, "
                found.append(connection.execute(f"SELECT {numbered}1 FROM {table}").fetchall())
            found.append(connection.execute("PRAGMA integrity_check").fetchall())
            found.append(connection.execute("PRAGMA application_id").fetchall())
    except (sqlite3.Error, OverflowError, UnicodeDecodeError) as error:
        return type(error)
    return found


def shape(path):
    """What SQLite says the tables are."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
            return connection.execute("SELECT * FROM sqlite_schema").fetchall()
    except sqlite3.Error as error:
        return type(error)


def found_by_verify(path, signed):
    """Whether `verify` says that something is wrong; any error but one of ours is a crash."""
    try:
        with closing(connect(str(path))) as book:
            return bool(verify(book, [signed]).broken)
    except LedgerError as error:
        return error.exit_code in (1, 4)


@pytest.mark.parametrize("part", range(PARTS))
def test_flipped_bits_are_found(night, tmp_path, part):
    """Ten thousand flips in all: each that changes what is stored is found, none crashes, and
    what changes nothing is no alarm (what changes a table's definition alone may be one)."""
    data, signed = night
    path, dice = tmp_path / "night.db", random.Random(part)
    path.write_bytes(data)
    before, shaped, counts = stored(path), shape(path), [0, 0]
    for _ in range(EACH):
        place, bit = dice.randrange(len(data)), 1 << dice.randrange(8)
        flipped = bytearray(data)
        flipped[place] ^= bit
        for beside in tmp_path.iterdir():
            beside.unlink()
        path.write_bytes(flipped)
        changed = stored(path) != before
        told = found_by_verify(path, signed)
        assert told or not changed, f"byte {place}, bit {bit}: not found"
        assert changed or not told or shape(path) != shaped, f"byte {place}, bit {bit}: false alarm"
        counts[changed] += 1
    assert min(counts) > EACH / 20
