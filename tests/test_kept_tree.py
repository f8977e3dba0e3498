"""The tree kept beside a log, on both stores: quick, never trusted, and it remembers."""

import multiprocessing
import threading
from contextlib import ExitStack

import pytest
from store_night import alter, begin, declared

from ledger import connect
from ledger.errors import (
    Damaged,
    NotExtended,
    NothingToSign,
    RecordedLater,
    StoreDamaged,
    TreeContradicted,
    Truncated,
    UnknownEntry,
)
from ledger.proof import checkpoint, making, nodes, notes, tree
from ledger.proof.nodes import KeptTree

WARDS = 8
KEY = notes.generate("log.example/night")


@pytest.fixture
def book(url, fresh_ledger):
    """A ledger of nine entries, with more wards to declare."""
    opened = fresh_ledger(url)
    begin(opened, WARDS)
    return opened


@pytest.fixture
def kept(book):
    """Its kept tree."""
    with KeptTree(book.store) as opened:
        yield opened


def root_of(store, size):
    frontier = tree.Frontier()
    for _, data in store.leaves(0, size):
        frontier.append(tree.leaf_hash(data))
    return frontier.root()


def signed(kept):
    return checkpoint.opened(making.sign(kept, KEY), [KEY.public], "f")


def test_it_is_the_tree_over_the_log_at_every_size(book, kept, monkeypatch):
    """Followed bit by bit or all at once, in pages of any size, while the log grows."""
    monkeypatch.setattr(nodes, "_PAGE", 3)
    assert kept.follow() == kept.size == 9
    for ward in range(WARDS):
        declared(book, f"w{ward}").commit()
        if ward % 3:
            kept.follow()
    total = kept.follow()
    assert total == kept.size == 9 + WARDS
    for size in range(total + 1):
        assert kept.root(size) == root_of(book.store, size)
    for size in range(1, total + 1):
        for entry in range(1, size + 1):
            leaf = tree.leaf_hash(next(book.store.leaves(entry - 1, entry))[1])
            path = kept.inclusion(entry, size)
            assert tree.verify_inclusion(leaf, entry - 1, size, path, kept.root(size))
            between = kept.consistency(entry, size)
            assert tree.verify_consistency(entry, size, kept.root(entry), kept.root(size), between)


def test_it_may_be_dropped_at_any_time(url, book, kept):
    """And is made again, the same, by whoever needs it next."""
    kept.follow()
    before = kept.root(9)
    assert (kept.rebuild(), kept.root(9)) == (9, before)
    alter(url, "DROP TABLE tree_nodes")
    with KeptTree(book.store) as again:
        assert (again.follow(), again.root(9)) == (9, before)


def test_a_checkpoint_says_what_the_rows_say(book, kept):
    """By the rows alone, it is extended by the log it was made of, also later."""
    first = signed(kept)
    assert (first.size, first.root) == (9, root_of(book.store, 9))
    declared(book, "w0").commit()
    making.extends(book.store, first)
    assert signed(kept).size == 10


def test_nothing_is_signed_of_an_empty_ledger(url, fresh_ledger):
    """A root of nothing commits to nothing."""
    with KeptTree(fresh_ledger(url).store) as kept, pytest.raises(NothingToSign):
        making.sign(kept, KEY)


# --- what it remembers ------------------------------------------------------------------

GONE = "DELETE FROM stored_events WHERE {number} > 7"
CHANGED = "UPDATE stored_events SET topic = 'contest-opened.v2' WHERE {number} = 9"
RETYPED = "UPDATE stored_events SET originator_version = originator_version + 1 WHERE {number} = 9"


def number_of(url):
    return "notification_id" if "://" in url else "rowid"


@pytest.mark.parametrize(
    ("sql", "what"),
    [(GONE, "has 7 entries, and had 9"), (CHANGED, "entry 9 is not"), (RETYPED, "entry 9 is not")],
)
def test_a_log_that_its_tree_contradicts_is_not_signed(url, book, kept, sql, what):
    """Cut short, or its last entry changed: neither a checkpoint nor a proof is made."""
    before = signed(kept)
    alter(url, sql.format(number=number_of(url)))
    for work in (lambda: making.sign(kept, KEY), lambda: making.prove(kept, 3, before)):
        with pytest.raises(TreeContradicted, match=what) as refused:
            work()
        assert refused.value.exit_code == 4


def test_a_log_cut_and_grown_again_is_not_signed(url, book, kept):
    """Though it is as long as before."""
    declared(book, "w0").commit()
    kept.follow()
    alter(url, f"DELETE FROM stored_events WHERE {number_of(url)} = 10")
    alter(url, "DELETE FROM stored_events_marks WHERE entry = 10")
    declared(book, "w1").commit()
    with pytest.raises(TreeContradicted, match="entry 10 is not"):
        making.sign(kept, KEY)


def test_an_entry_changed_since_is_not_proven(url, book, kept):
    """In the middle, where the last leaf does not tell; the others still are, as they were."""
    before = signed(kept)
    changed = CHANGED.format(number=number_of(url)).replace("= 9", "= 4")
    alter(url, changed)
    with pytest.raises(TreeContradicted, match="entry 4 is not"):
        making.prove(kept, 4, before)
    assert making.prove(kept, 5, before).verify([KEY.public], "p").size == 9
    with pytest.raises(NotExtended):
        making.extends(book.store, before)


def test_an_entry_missing_is_not_passed_over(url, book, kept):
    """A gap in the numbers is damage, whether or not the tree has been there."""
    alter(url, f"DELETE FROM stored_events WHERE {number_of(url)} = 4")
    with pytest.raises(Damaged, match="Entry 4"):
        making.sign(kept, KEY)
    assert kept.size == 0
    note = checkpoint.sign(9, tree.EMPTY_ROOT, KEY)
    with pytest.raises(Damaged, match="Entry 4"):
        making.extends(book.store, checkpoint.opened(note, [KEY.public], "f"))


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM tree_nodes WHERE level = 3",
        "UPDATE tree_nodes SET hash = ? WHERE level = 3",
    ],
)
def test_a_damaged_tree_proves_nothing_false(url, book, kept, sql):
    """Holes in it, or other hashes: no proof is handed out that does not hold."""
    before = signed(kept)
    alter(url, sql, *([bytes(32)] if "?" in sql else []))
    with pytest.raises((TreeContradicted, NotExtended)):
        making.prove(kept, 9, before)
    kept.rebuild()
    assert making.prove(kept, 9, before).verify([KEY.public], "p").size == 9


def test_a_tree_of_other_types_is_no_crash(sqlite_url, fresh_ledger):
    """SQLite keeps whatever it is given; what is no hash is not there."""
    book = fresh_ledger(sqlite_url)
    begin(book, WARDS)
    with KeptTree(book.store) as kept:
        kept.follow()
        alter(sqlite_url, "UPDATE tree_nodes SET hash = 'text' WHERE level = 3")
        with pytest.raises(TreeContradicted, match="holes"):
            making.sign(kept, KEY)
        alter(sqlite_url, "INSERT INTO tree_nodes VALUES (0, 'x', 'y')")
        with pytest.raises(TreeContradicted, match="holes"):
            making.sign(kept, KEY)
    alter(sqlite_url, "DROP TABLE tree_nodes")
    alter(sqlite_url, "CREATE TABLE tree_nodes (a)")
    with KeptTree(book.store) as kept, pytest.raises(StoreDamaged):
        kept.follow()


# --- proofs against checkpoints ---------------------------------------------------------


def test_what_cannot_be_proven_is_said(book, kept):
    """No such entry; one that came after the checkpoint; a checkpoint of a longer log, or of
    another."""
    before = signed(kept)
    declared(book, "w0").commit()
    for entry in (0, -1, 11, 10**30):
        with pytest.raises(UnknownEntry, match="it has 10"):
            making.prove(kept, entry, before)
    with pytest.raises(RecordedLater, match="first 9 entries"):
        making.prove(kept, 10, before)
    for size, error in ((11, Truncated), (9, NotExtended)):
        note = checkpoint.sign(size, tree.EMPTY_ROOT, KEY)
        other = checkpoint.opened(note, [KEY.public], "other")
        with pytest.raises(error, match="other"):
            making.prove(kept, 3, other)
        with pytest.raises(error, match="other"):
            making.sign(kept, KEY, other)
        with pytest.raises(error, match="other"):
            making.extends(book.store, other)


def test_growth_is_proven_between_any_two_checkpoints(book, kept):
    """Each from the other by its path, and no path serves another pair."""
    found = [signed(kept)]
    for ward in range(WARDS):
        declared(book, f"w{ward}").commit()
        found.append(signed(kept))
    for number, old in enumerate(found):
        for new in found[number:]:
            proof = making.consistency(kept, old, new)
            assert checkpoint.extends(old.checkpoint, new.checkpoint, proof.path)
            for third in found:
                if third.size not in (old.size, new.size):
                    assert not checkpoint.extends(old.checkpoint, third.checkpoint, proof.path)


# --- many at once -----------------------------------------------------------------------


def _work(url, count):
    """Another process that signs again and again; the sizes it signed."""
    with connect(url) as book, KeptTree(book.store) as kept:
        return [signed(kept).root.hex() for _ in range(count)]


def test_processes_keep_one_tree_while_others_write(url, book, monkeypatch):
    """Two processes and two threads sign while a desk declares: every root is the log's at
    some size, and the tree is whole at the end."""
    context = multiprocessing.get_context("spawn")
    said, failed = [], []

    def sign():
        try:
            with KeptTree(book.store) as mine:
                said.extend(signed(mine) for _ in range(10))
        except BaseException as error:  # noqa: BLE001 - told by the test
            failed.append(error)

    with ExitStack() as stack:
        pool = stack.enter_context(context.Pool(2))
        waiting = [pool.apply_async(_work, (url, 10)) for _ in range(2)]
        threads = [threading.Thread(target=sign) for _ in range(2)]
        for thread in threads:
            thread.start()
        for ward in range(WARDS):
            declared(book, f"w{ward}").commit()
        for thread in threads:
            thread.join()
        others = [root for answer in waiting for root in answer.get(60)]
    assert not failed
    with KeptTree(book.store) as kept:
        total = kept.follow()
        roots = [root_of(book.store, size) for size in range(total + 1)]
        assert [kept.root(size) for size in range(total + 1)] == roots
    assert {one.root for one in said} <= set(roots)
    assert all(one.root == roots[one.size] for one in said)
    assert {bytes.fromhex(root) for root in others} <= set(roots)


def test_what_is_recorded_meanwhile_is_no_contradiction(book, kept, monkeypatch):
    """Another process records and takes it into the tree, just as this one has counted."""
    kept.follow()
    real = book.store.total

    def counted():
        monkeypatch.setattr(book.store, "total", real)
        found = real()
        declared(book, "w0").commit()
        with KeptTree(book.store) as rival:
            rival.follow()
        return found

    monkeypatch.setattr(book.store, "total", counted)
    assert kept.follow() == 9
    assert kept.size == 10


def test_one_that_was_overtaken_takes_nothing_twice(book, kept, monkeypatch):
    """What another process took in while a page was read is not written again."""
    real = book.store.leaves

    def overtaken(after, upto):
        monkeypatch.setattr(book.store, "leaves", real)
        with KeptTree(book.store) as rival:
            rival.follow()
        return real(after, upto)

    monkeypatch.setattr(book.store, "leaves", overtaken)
    assert kept.follow() == kept.size == 9
    assert kept.root(9) == root_of(book.store, 9)
