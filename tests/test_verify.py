"""What an insider would do to a ledger, each found and told in so many words."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cli_runner import run
from signed_night import record, signed_night
from store_night import SAID, alter, begin

import projections.verify
from ledger import connect
from ledger.proof.nodes import KeptTree
from projections import workers
from projections.tables import Tables
from projections.verify import verify

NUMBER = {"sqlite": "rowid", "postgres": "notification_id"}


@pytest.fixture
def night(url, tmp_path):
    return signed_night(url, tmp_path)


@pytest.fixture
def file(sqlite_url, tmp_path):
    return signed_night(sqlite_url, tmp_path)


def number(night):
    """The column that has an entry's number."""
    return NUMBER["postgres" if "://" in night.url else "sqlite"]


def broken(night, *more):
    """What `verify` says is broken: entry, law and message, and nothing else on stderr than
    one error."""
    ran = night.verify("--json", *more)
    told = [tuple(one.values()) for one in ran.json["broken"]]
    assert ran.code == (4 if told else 0)
    assert ran.json["ok"] == (not told)
    if told:
        assert ran.error["error"] == "verify-failed"
    return told


def signs(night, root):
    """What is said of a checkpoint that the log does not extend."""
    with closing(connect(night.url)) as book:
        now = verify(book).root
    assert now is not None
    return (
        f"The ledger does not extend the checkpoint {night.checkpoint}: at 9 entries it has the"
        f" root {now.hex()}, signed was {root}"
    )


@pytest.fixture
def root(night):
    """The root that was signed."""
    return night.verify("--json").json["root"]


# --- nothing was done -----------------------------------------------------------------


def test_a_whole_ledger_verifies(night):
    """Nothing is found, with and without a checkpoint, before and after a tree is kept; more
    entries than were signed extend it."""
    assert broken(night) == []
    with closing(connect(night.url)) as book:
        with KeptTree(book.store) as kept:
            kept.follow()
        assert broken(night) == []
        book.correct("w0", votes={"C Dee": 23}, reason="misread", **SAID)
        assert broken(night) == []
    ran = night.verify()
    assert (ran.code, ran.err) == (0, "")
    assert f"✓ checkpoint    It extends {night.checkpoint}: 9 entries" in ran.out
    assert "10 entries, 1 council(s)" in ran.out


def test_what_is_recorded_meanwhile_is_no_fault(night, monkeypatch):
    """Another desk records, and signs, between the reading of the entries and that of what
    stands beside them."""
    whole = projections.verify.walked

    def slowly(ledger, progress, upto):
        found = whole(ledger, progress, upto)
        with closing(connect(night.url)) as other, KeptTree(other.store) as kept:
            other.correct("w0", votes={"C Dee": 23}, reason="misread", **SAID)
            kept.follow()
        return found

    monkeypatch.setattr(projections.verify, "walked", slowly)
    assert broken(night) == []


def test_several_checkpoints_are_held_against_it(night, tmp_path, sqlite_url):
    """Each is told on its own; one of another log is not extended."""
    (tmp_path / "other").mkdir()
    other = signed_night(f"{sqlite_url}-other", tmp_path / "other", votes=40)
    told = broken(night, "--checkpoint", str(other.checkpoint), "--trust", str(other.trust))
    assert [one[:2] for one in told] == [(9, "checkpoint")]
    ran = night.verify("--checkpoint", str(other.checkpoint))
    assert f"✓ checkpoint    It extends {night.checkpoint}" in ran.out
    assert f"✗ checkpoint    It extends {other.checkpoint}" in ran.out


@pytest.mark.parametrize("shared", [False, True])
def test_shared_out_it_says_the_same(night, monkeypatch, shared):
    """Several processes find what one does."""
    alter(night.url, "UPDATE stored_events SET originator_version = 7 WHERE originator_id = 'x/w1'"
          " AND originator_version = 3")  # fmt: skip
    if shared:
        monkeypatch.setattr(workers, "ENOUGH", 1)
        monkeypatch.setattr(workers.os, "cpu_count", lambda: 2)
    told = [one for one in broken(night) if one[1] != "checkpoint"]
    assert told == [
        (8, "numbers", "place 7 in x/w1, not 3"),
        (9, "chain", "the event before it in x/w1 was altered"),
        (9, "numbers", "place 4 in x/w1, not 8"),
    ]


# --- one after the other --------------------------------------------------------------


def altered(night, old, new, where):
    """Change some bytes of a stored state."""
    with closing(connect(night.url)) as book:
        state = next(d for n, d in book.store.leaves() if n == where).partition(b"\n")[2]
    assert state.count(old) == 1
    sql = f"UPDATE stored_events SET state = ? WHERE {number(night)} = ?"
    alter(night.url, sql, state.replace(old, new), where)


def test_a_vote_updated(night, root):
    """The next event of the ward names another digest; nothing but the checkpoint tells of the
    last of a ward."""
    altered(night, b'"votes":21', b'"votes":91', 6)
    assert broken(night) == [
        (7 + 1, "chain", "the event before it in x/w1 was altered"),
        (9, "checkpoint", signs(night, root)),
    ]


def test_the_last_vote_of_a_ward_updated(night, root):
    """The chain alone cannot tell of what nothing follows; what was signed does."""
    altered(night, b'"votes":20', b'"votes":90', 5)
    assert broken(night) == [(9, "checkpoint", signs(night, root))]


def test_a_vote_updated_beside_a_kept_tree(night):
    """The tree kept beside the log names the entry."""
    with closing(connect(night.url)) as book, KeptTree(book.store) as kept:
        kept.follow()
    altered(night, b'"votes":20', b'"votes":90', 5)
    assert broken(night)[0] == (5, "tree", "it is not what it was when the tree was made")


def test_a_winner_updated_by_hand(night):
    """Votes that no longer elect who is said to be elected break a rule, at their entry."""
    altered(night, b'"votes":20', b'"votes":1', 5)
    entry, law, message = broken(night)[0]
    assert (entry, law) == (5, "hard-rules")
    assert message == "elected-are-top: C Dee cannot be elected: A Bell had more votes."


def test_the_middle_deleted(night):
    """A gap, and the next of the ward follows nothing that is there."""
    alter(night.url, f"DELETE FROM stored_events WHERE {number(night)} = 6")
    told = broken(night)
    assert told[:2] == [(6, "marks", "one of no entry"), (6, "numbers", "entry 6 is not there")]
    assert (8, "chain", "the event before it in x/w1 was altered") in told
    assert [one for one in told if one[1] == "marks"] == told[:1]  # each other entry has its own
    what = f"{night.checkpoint} signs 9 entries, not all of which can be read"
    assert (8, "checkpoint", what) in told


def test_the_tail_deleted(night):
    """Even with its marks: nothing in the log tells, the checkpoint does."""
    alter(night.url, f"DELETE FROM stored_events WHERE {number(night)} = 9")
    assert broken(night)[-1] == (9, "marks", "one of no entry")
    alter(night.url, "DELETE FROM stored_events_marks WHERE entry = 9")
    cut = f"The ledger has 8 entries; the checkpoint {night.checkpoint} was signed when it had 9"
    assert broken(night) == [(8, "checkpoint", cut)]
    ran = night.verify()
    assert ran.err == (
        "Error: The ledger is not as it was recorded, in 1 place(s); the first at entry 8:"
        f" checkpoint: {cut}. [verify-failed]\n"
        "Remedy: each is listed above. Keep this copy as it is, compare it with others (`seatledger"
        " compare`, `seatledger verify`), and restore one that verifies.\n"
    )


def test_two_rows_swapped(night, root):
    """Rows of two wards, whose chains still hold, stand in another order than was signed."""
    column = number(night)
    for old, new in ((5, 999), (7, 5), (999, 7)):
        alter(night.url, f"UPDATE stored_events SET {column} = ? WHERE {column} = ?", new, old)
    told = broken(night)
    assert told[-1] == (9, "checkpoint", signs(night, root))


def test_a_row_replaced(file):
    """INSERT OR REPLACE puts a row in the place of another, and gives it a number of its own."""
    with closing(sqlite3.connect(file.url)) as connection, connection:
        connection.execute(
            "INSERT OR REPLACE INTO stored_events SELECT originator_id, originator_version, topic,"
            " CAST(replace(CAST(state AS TEXT), '\"votes\":20', '\"votes\":90') AS BLOB)"
            " FROM stored_events WHERE rowid = 5"
        )
    told = broken(file)
    assert told[:3] == [
        (5, "marks", "one of no entry"),
        (5, "numbers", "entry 5 is not there"),
        (9, "checkpoint", told[2][2]),
    ]
    assert (10, "marks", "it has none") in told


# --- another type, another shape ------------------------------------------------------


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("SET state = CAST(state AS TEXT)", "bytes is stored as str"),
        ("SET state = NULL", "bytes is stored as NoneType"),
        ("SET state = 7", "bytes is stored as int"),
        ("SET topic = x'00'", "str is stored as bytes"),
        ("SET originator_id = x'00'", "str is stored as bytes"),
        ("SET originator_version = 'two'", "int is stored as str"),
        ("SET originator_version = 1.5", "int is stored as float"),
        ("SET topic = CAST(x'ff' AS TEXT)", "Could not decode to UTF-8"),
        ("SET state = x'ff'", "Invalid JSON"),
        ("SET state = x''", "Invalid JSON"),
        ("SET topic = 'result-forgotten.v1'", "stored as 'result-forgotten.v1' but says"),
    ],
)
def test_a_column_of_another_type(file, sql, told):
    """It is told at its entry, and the rest is read."""
    with closing(sqlite3.connect(file.url)) as connection, connection:
        connection.execute(f"UPDATE stored_events {sql} WHERE rowid = 5")
    found = broken(file)
    assert any(one[:2] == (5, "readable") and told in one[2] for one in found), found


@pytest.mark.parametrize("table", ["stored_events", "stored_events_marks", "tree_nodes"])
def test_a_table_dropped(night, table):
    """Without the log or its marks nothing can be verified; the kept tree can be made again."""
    with closing(connect(night.url)) as book, KeptTree(book.store) as kept:
        kept.follow()
    alter(night.url, f"DROP TABLE {table}")
    ran = night.verify("--json")
    if table == "tree_nodes":
        assert ran.code == 0
        return
    assert ran.code == 4
    assert table in ran.error["message"]


def test_a_column_dropped(night):
    """It is told, not a traceback."""
    alter(night.url, "ALTER TABLE stored_events DROP COLUMN state")
    ran = night.verify("--json")
    assert ran.code == 4
    assert "state" in ran.err


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("UPDATE {}_marks SET known_from = known_from + 1 WHERE entry = 5", "it has "),
        ("UPDATE {}_marks SET idempotency_key = 'k' WHERE entry = 5", "and 'k', not "),
        ("DELETE FROM {}_marks WHERE entry = 5", "it has none"),
    ],
)
def test_a_mark_altered(night, sql, told):
    """The marks decide what `--known-at` sees, so they are held against the entries."""
    alter(night.url, sql.format("stored_events"))
    entry, law, message = broken(night)[0]
    assert (entry, law) == (5, "marks")
    assert told in message


def test_marks_twice_or_of_nothing(file):
    """A table without its keys may have two marks of an entry: `--known-at` would believe
    either, so both are told; and so is one that is no number's."""
    alter(file.url, "ALTER TABLE stored_events_marks RENAME TO was")
    alter(file.url, "CREATE TABLE stored_events_marks (entry, known_from, idempotency_key)")
    alter(file.url, "INSERT INTO stored_events_marks SELECT * FROM was")
    alter(file.url, "INSERT INTO stored_events_marks VALUES (9, 1, NULL), (NULL, 1, NULL)")
    assert broken(file) == [
        (0, "marks", "one of entry 9 that is one too many"),
        (0, "marks", "one of entry None that is one too many"),
    ]


def test_marks_without_keys(file):
    """A column of the marks is gone: told, not a traceback."""
    alter(file.url, "CREATE TABLE m AS SELECT entry, known_from FROM stored_events_marks")
    alter(file.url, "DROP TABLE stored_events_marks")
    alter(file.url, "ALTER TABLE m RENAME TO stored_events_marks")
    assert (0, "store", "no such column: idempotency_key") in broken(file)


def test_a_row_below_the_first(night):
    """A row numbered below 1 is no part of what is signed: it is told, and no question sees it."""
    before = run("contests", "--json", "--ledger", night.url).json
    alter(night.url, f"INSERT INTO stored_events ({number(night)}, originator_id,"
          " originator_version, topic, state) SELECT -1, originator_id, 99, topic, state"
          f" FROM stored_events WHERE {number(night)} = 5")  # fmt: skip
    told = broken(night)
    assert (-1, "numbers", "no entry has this number") in told
    assert [one[0] for one in told if one[1] == "marks"] == [-1]
    assert run("contests", "--json", "--ledger", night.url).json == before


def test_numbers_that_are_none(file):
    """Where the log's numbers are text, it is told, not a traceback."""
    alter(file.url, "CREATE TABLE was AS SELECT * FROM stored_events")
    alter(file.url, "DROP TABLE stored_events")
    alter(file.url, "CREATE TABLE stored_events (rowid, originator_id, originator_version, topic,"
          " state)")  # fmt: skip
    alter(file.url, "INSERT INTO stored_events SELECT 'x', * FROM was")
    ran = file.verify("--json")
    assert (ran.code, ran.error["error"]) == (4, "store-damaged")


@pytest.mark.parametrize(
    "sql",
    [
        ("ALTER TABLE stored_events RENAME TO kept",
         "CREATE VIEW stored_events AS SELECT {number}, * FROM kept"),
        ("CREATE TRIGGER t AFTER INSERT ON stored_events BEGIN SELECT 1; END",),
    ],
)  # fmt: skip
def test_what_answers_otherwise_on_a_file(file, sql):
    """A view may show one question other rows than another, a trigger may alter what is
    recorded: neither belongs to a ledger, whatever it does now."""
    for one in sql:
        alter(file.url, one.format(number="rowid"))
    entry, law, message = broken(file)[0]
    assert (entry, law) == (0, "store")
    assert message.endswith(" is not a ledger's")


@pytest.mark.parametrize(
    "sql",
    [
        ("ALTER TABLE stored_events RENAME TO kept",
         "CREATE VIEW stored_events AS SELECT * FROM kept"),
        ("CREATE RULE r AS ON INSERT TO stored_events DO ALSO NOTHING",),
        ("ALTER TABLE stored_events_marks ENABLE ROW LEVEL SECURITY",),
        ("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
         "CREATE TRIGGER t BEFORE INSERT ON stored_events FOR EACH ROW EXECUTE FUNCTION f()"),
    ],
)  # fmt: skip
def test_what_answers_otherwise_on_a_server(postgres_url, tmp_path, sql):
    """The same of a view, a rule, a policy and a trigger."""
    night = signed_night(postgres_url, tmp_path)
    for one in sql:
        alter(night.url, one)
    entry, law, message = broken(night)[0]
    assert (entry, law) == (0, "store")
    assert "is no plain table" in message


def test_an_old_kind_nested_without_end(night):
    """A state of an old kind is read by another reader, which gives up: told, no traceback."""
    state = b'{"fact":{"kind":"result-corrected.v1","x":' + b"[" * 100_000
    alter(night.url, "UPDATE stored_events SET topic = 'result-corrected.v1', state = ?"
          f" WHERE {number(night)} = 5", state)  # fmt: skip
    assert any(one[:2] == (5, "readable") for one in broken(night))


def test_a_kept_tree_of_another_type(file):
    """An index that is no number is no node's: told, not a traceback."""
    with closing(connect(file.url)) as book, KeptTree(book.store) as kept:
        kept.follow()
    alter(file.url, "CREATE TABLE was AS SELECT * FROM tree_nodes")
    alter(file.url, "DROP TABLE tree_nodes")
    alter(file.url, "ALTER TABLE was RENAME TO tree_nodes")
    alter(file.url, "INSERT INTO tree_nodes VALUES (0, 'x', x'00')")
    assert broken(file) == [(9, "tree", "the tree remembers 0 entries more")]


def test_a_kept_tree_altered(night):
    """What is kept to be quick is not believed."""
    with closing(connect(night.url)) as book, KeptTree(book.store) as kept:
        kept.follow()
    alter(night.url, "UPDATE tree_nodes SET hash = ? WHERE level = 1 AND idx = 2", b"x" * 32)
    assert broken(night) == [(6, "tree", "the kept tree has another hash")]
    alter(night.url, "DELETE FROM tree_nodes WHERE level = 1")
    assert broken(night) == [(2, "tree", "the kept tree has another hash")]


@pytest.mark.parametrize(
    ("sql", "told"),
    [
        ("UPDATE view_held SET party = 'LAB' WHERE party = 'CON'", "view_held has not what"),
        ("DELETE FROM view_up WHERE won = 1", "view_up has not what"),
        ("UPDATE view_councils SET size = 5", "view_councils has not what"),
        ("UPDATE view_position SET entry = 99", "they have more entries than the log"),
        ("DROP TABLE view_held", "view_held"),
    ],
)
def test_read_models_altered(night, sql, told):
    """The tables that boards of many councils are counted from are held against the log, also
    where another desk has recorded since they followed it."""
    with closing(connect(night.url)) as book, Tables(book) as tables:
        tables.follow()
        book.correct("w0", votes={"C Dee": 23}, reason="misread", **SAID)
    assert broken(night) == []
    alter(night.url, sql)
    found = broken(night)
    assert [one[1] for one in found] == ["tables"]
    assert told in found[0][2]


# --- all of it ------------------------------------------------------------------------


def test_rebuilt_with_the_tool(sqlite_url, tmp_path):
    """Everything recorded again by the tool itself, with one vote changed: every law holds, and
    the checkpoint alone tells."""
    night = signed_night(sqlite_url, tmp_path)
    root = night.verify("--json").json["root"]
    again = night._replace(url=f"{sqlite_url}-again")
    record(again.url, votes=21)
    assert run("verify", "--ledger", again.url).code == 0
    assert broken(again) == [(9, "checkpoint", signs(again, root))]


def test_an_old_copy_restored(sqlite_url, tmp_path):
    """A copy from before has fewer entries than were signed."""
    old = tmp_path / "old.db"
    with closing(connect(str(old), create=True)) as book:
        begin(book)
    night = signed_night(sqlite_url, tmp_path)
    shutil.copy(old, night.url)
    assert [one[1] for one in broken(night)] == ["checkpoint"]
    assert "has 4 entries" in night.verify().err


def test_another_programs_file(tmp_path, sqlite_url):
    """Not a ledger, not a traceback."""
    night = signed_night(sqlite_url, tmp_path)
    with Path(night.url).open("r+b") as opened:
        opened.write(b"garbage, and more of it")
    ran = night.verify("--json")
    assert (ran.code, json.loads(ran.err)["error"]) == (1, "not-a-ledger")
