"""`pytest --seatledger`: the laws over a real ledger, good, and damaged on purpose."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from contextlib import closing, suppress

import broken
import pytest
from cli_runner import run
from hypothesis import HealthCheck, Phase, given, settings

from ledger import LedgerError, connect
from ledger.proof.nodes import KeptTree
from ledger.testing import plans, played
from ledger.testing.plan import SAID
from ledger.testing.prefixes import Book, Council
from ledger.testing.real_laws import COUNCIL_LAWS, LEDGER_LAWS
from projections.growing import GrowingWard

NAMES = [law.name for law in (*LEDGER_LAWS, *COUNCIL_LAWS)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The night of Southampton, 2016: 34 entries, of which the 30th is a correction."""
    path = tmp_path_factory.mktemp("demo") / "night.db"
    assert run("demo", "--fast", "--keep", str(path)).code == 0
    return path


@pytest.fixture
def night(demo, pytester):
    return shutil.copy(demo, pytester.path / "night.db")


def laws(pytester, *args):
    # Within this run the packages are there already, and pytest says that it cannot rewrite them.
    quiet = ("-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning")
    return pytester.runpytest_inprocess(*quiet, "--seatledger", "night.db", *args)


# --- good ledgers ---------------------------------------------------------------------------


def test_good_ledger_keeps_every_law(pytester, night):
    """One test a law, and a law and council; all pass, and nothing is written."""
    files = {path.name for path in pytester.path.iterdir()}
    before = hashlib.sha256(night.read_bytes()).hexdigest()
    result = laws(pytester, "-v")
    result.assert_outcomes(passed=len(NAMES))
    result.stdout.fnmatch_lines(
        ["night.db::readable PASSED*", "night.db::southampton::tables PASSED*"]
    )
    assert hashlib.sha256(night.read_bytes()).hexdigest() == before
    assert {path.name for path in pytester.path.iterdir()} == files


@pytest.mark.postgres
def test_on_postgresql(pytester, demo, postgres_url, fresh_ledger):
    """A shared ledger is tested alike; its password is not shown."""
    book, copy = fresh_ledger(str(demo)), fresh_ledger(postgres_url)
    copy.store.append([entry.event for entry in book.entries()])
    result = pytester.runpytest_inprocess("--seatledger", postgres_url, "-v")
    result.assert_outcomes(passed=len(NAMES))


def test_several_ledgers_and_xdist(pytester, night):
    """Several ledgers are several tests, shared out to workers."""
    shutil.copy(night, pytester.path / "other.db")
    result = pytester.runpytest_subprocess(
        "--seatledger", "night.db", "--seatledger", "other.db", "-n", "2", "-p", "no:cacheprovider"
    )
    result.assert_outcomes(passed=2 * len(NAMES))


def test_laws_are_chosen_as_tests_are(pytester, night):
    """By -k and by -m; the tests of a project stand beside them."""
    pytester.makepyfile("def test_own(): pass")
    laws(pytester).assert_outcomes(passed=len(NAMES) + 1)
    laws(pytester, "-m", "seatledger").assert_outcomes(passed=len(NAMES), deselected=1)
    laws(pytester, "-k", "chain or own").assert_outcomes(passed=2, deselected=len(NAMES) - 1)


def test_nothing_without_the_option(pytester):
    """Without the option nothing of the ledger is loaded, by pytest or by hypothesis."""
    pytester.makepyfile("""
        import sys

        def test_nothing():
            import hypothesis

            heavy = ("pydantic", "sqlalchemy", "eventsourcing", "projections", "ledger.book")
            assert "ledger.testing.plugin" in sys.modules
            assert not [name for name in sys.modules if name.startswith(heavy)]
    """)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


@pytest.mark.parametrize("name", ["none.db", "notes.txt"])
def test_no_ledger(pytester, name):
    """What is no ledger is an error with its remedy, not a run without tests."""
    (pytester.path / "notes.txt").write_text("notes")
    result = pytester.runpytest_inprocess("--seatledger", name)
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*ERROR collecting " + name + "*", "Remedy: *"])


# --- laws of the user's ----------------------------------------------------------------------


def test_own_law(pytester, night):
    """A law of one's own is one test a council, with fixtures as ever; it fails at the first
    entry at which it fails."""
    pytester.makepyfile("""
        import pytest
        from ledger import Viewpoint
        from ledger.testing import ledger_law
        from projections.seats import seats

        @pytest.fixture
        def least():
            return 25

        @ledger_law
        def test_never_fewer(standing, least):
            assert standing.tally().seats["LAB"] >= least

        @ledger_law
        def test_as_asked(ledger, standing, before, entry):
            asked = seats(ledger, "southampton", Viewpoint(entry=entry.number))
            assert asked == standing.tally()
            assert (before is None) == (entry.number == 1)
    """)
    result = laws(pytester, "-k", "test_own_law")
    result.assert_outcomes(passed=1, failed=1, deselected=len(NAMES))
    result.stdout.fnmatch_lines([
        "*test_never_fewer?night.db-southampton?*",
        "*assert 24 >= 25*",
        "*council  southampton*",
        "*entry    30 of 34: result corrected, local.southampton.sholing.2016-05-05*",
        "*seatledger show 30 --ledger night.db*",
        "*seatledger seats southampton --entry 30 --ledger night.db*",
    ])  # fmt: skip
    pytester.runpytest_inprocess().assert_outcomes(skipped=2)


# --- damaged ledgers -------------------------------------------------------------------------

CHANGE = "UPDATE stored_events SET state = CAST(replace(CAST(state AS TEXT), ?, ?) AS BLOB) WHERE rowid = ?"
OF_THE_WHOLE = 0
DAMAGES = {  # what is done; each law that says so, at which entry, and what it finds
    "unreadable": (
        [("UPDATE stored_events SET state = X'00' WHERE rowid = ?", 20)],
        {"readable": 20, "chain": 20, "conservation": 20, "tables": 20},
    ),
    "a vote altered": ([(CHANGE, '"votes":556', '"votes":557', 28)], {"chain": 30}),
    "an entry deleted": (
        [("DELETE FROM stored_events WHERE rowid = ?", 20)],
        {"numbers": 20, "marks": 20, "tables": 20},
    ),
    "a mark altered": (
        [("UPDATE stored_events_marks SET known_from = 1 WHERE entry = ?", 25)],
        {"past-stays-told": 25, "marks": 25},
    ),
    "a mark of no entry": (
        [("INSERT INTO stored_events_marks SELECT 35, known_from, NULL FROM stored_events_marks WHERE entry = ?", 34)],
        {"marks": 35},
    ),
    "a loser elected": ([(CHANGE, '"elected":false', '"elected":true', 34)], {"hard-rules": 34}),
    "another target": ([("UPDATE stored_events SET state = (SELECT CAST(replace(CAST(o.state AS TEXT), (SELECT json_extract(CAST(state AS TEXT), '$.event_id') FROM stored_events WHERE rowid = 28), (SELECT json_extract(CAST(state AS TEXT), '$.event_id') FROM stored_events WHERE rowid = 18)) AS BLOB) FROM stored_events o WHERE o.rowid = ?) WHERE rowid = 30", 30)], {"targets": 30}),
    "a tree altered": (
        [("UPDATE tree_nodes SET hash = X'00' WHERE level = 0 AND idx = ?", 11)], {"tree": 12},
    ),
    "an index altered": (
        [("UPDATE sqlite_master SET sql = replace(sql, 'council-%', 'x-%') WHERE name = ?", "stored_events_councils")],
        {"store": OF_THE_WHOLE},
    ),
}  # fmt: skip
MISSING = {"an entry deleted", "a mark of no entry"}


@pytest.fixture
def with_tree(night):
    """The night with its tree kept."""
    with connect(str(night)) as book, KeptTree(book.store) as tree:
        tree.follow()
    return night


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_ledger_is_told(pytester, with_tree, damage):
    """What was altered outside the program fails the laws that know it, at that entry, with
    the commands that show it; never with a traceback of ours."""
    statements, found = DAMAGES[damage]
    with closing(sqlite3.connect(with_tree)) as connection, connection:
        connection.execute("PRAGMA writable_schema = ON")
        for statement, *values in statements:
            assert connection.execute(statement, values).rowcount == 1
    out = laws(pytester).stdout.str()
    for law, entry in found.items():
        section = next(part for part in out.split("\n____")[1:] if f"{law} ____" in part)
        assert f"{law}: " in section, out
        assert told_where(entry, missing=damage in MISSING) <= set(section.splitlines()), out
    assert "Traceback" not in out
    assert ".py:" not in out


def told_where(entry, *, missing):
    """What is told of where a law is broken, the entry itself apart."""
    if entry == OF_THE_WHOLE:
        return {"look     seatledger verify --ledger night.db"}
    if missing:
        return {
            f"entry    {entry} of 34: it is not there",
            f"prefix   the first {entry - 1} entries do not break it",
            "look     seatledger verify --ledger night.db",
        }
    return {
        f"prefix   the first {entry} entries are the fewest that break it",
        f"look     seatledger show {entry} --ledger night.db",
    }


# --- the laws can fail -----------------------------------------------------------------------


def council_laws(night, *names):
    book = Book(night.book.url)
    try:
        for law in COUNCIL_LAWS:
            for slug in book.councils() if not names or law.name in names else ():
                law.test(Council(book, slug))
        for law in LEDGER_LAWS:
            if not names:
                law.test(book)
    finally:
        book.close()


@settings(max_examples=25)
@given(plan=plans())
def test_random_nights_keep_the_laws(plan):
    """No law is broken by what the desk lets pass: there are no false alarms."""
    with played(plan) as night:
        council_laws(night)


def folded_otherwise(patch):
    """Entries taken in one at a time lose the last change."""
    changes = GrowingWard.changes.fget
    lost = property(lambda self: changes(self)[: len(self._start)])
    patch.setattr(GrowingWard, "changes", lost)


BREAKAGES = broken.BREAKAGES | {"folded_otherwise": folded_otherwise}
CAUGHT = [
    ("seats_counted_twice", "conservation"),
    ("two_on_one_seat", "one-holder"),
    ("losses_not_told", "zero-sum"),
    ("certain_too_soon", "control"),
    ("folded_otherwise", "replays"),
    ("corrections_ignored", "as-the-model"),
    ("withdrawals_ignored", "undo-is-exact"),
    ("rows_never_end", "tables"),
]


def test_every_law_can_fail():
    """Each law of a real ledger is caught breaking here, by damage or by a broken ledger."""
    damaged = {law for _, found in DAMAGES.values() for law in found}
    assert damaged | {law for _, law in CAUGHT} == set(NAMES)


@pytest.mark.parametrize(("breakage", "law"), CAUGHT, ids=map("-".join, CAUGHT))
def test_broken_ledger_is_caught(breakage, law, monkeypatch):
    """A ledger broken on purpose fails its law on some random night."""
    BREAKAGES[breakage](monkeypatch)

    @settings(
        max_examples=2_000, phases=[Phase.generate], derandomize=True, database=None,
        report_multiple_bugs=False, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(plan=plans())
    def holds(plan):
        with played(plan) as night:
            with suppress(LedgerError):  # what was entered last, if it can be
                night.book.withdraw(len(night.log), reason="undone", **SAID)
            council_laws(night, law)

    with pytest.raises(AssertionError):
        holds()
