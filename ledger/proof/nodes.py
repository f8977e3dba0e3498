"""The tree over a log, kept beside it: the hashes of its complete subtrees in a table.

The table follows the log and is only ever a copy: it may be dropped, and is made again. It
makes checkpoints and proofs quick; what is true is never decided by it. What it contradicts
is not signed, though: it remembers a log that has been cut short or rewritten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

from ledger.errors import Damaged, TreeContradicted
from ledger.proof import tree
from ledger.proof.tree import Frontier, Place, Range
from ledger.store import Store
from ledger.store.derived import Derived

_PAGE = 4_096  # leaves taken in one transaction
_SHAPE = """CREATE TABLE tree_nodes (level INTEGER NOT NULL, idx BIGINT NOT NULL,
    hash BLOB NOT NULL, PRIMARY KEY (level, idx)) WITHOUT ROWID"""
_HOLES = "its kept tree has holes"
Progress = Callable[[int], None]


class KeptTree(AbstractContextManager["KeptTree"]):
    """The tree over one log. Close it, or use it in a `with`. Every call may raise
    StoreUnavailable and Damaged."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._tables = Derived(store)
        try:
            self._begin()
        except BaseException:
            self.close()
            raise

    def __exit__(self, *_raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection."""
        self._tables.close()

    @property
    def size(self) -> int:
        """How many leaves are kept."""
        ((last,),) = self._tables.rows("SELECT MAX(idx) FROM tree_nodes WHERE level = 0")
        if last is None:
            return 0
        if not isinstance(last, int):
            raise TreeContradicted(what=_HOLES)
        return last + 1

    def follow(self, progress: Progress | None = None) -> int:
        """Take in what the log has and the tree does not; how many entries the log had when
        that was asked. What others record meanwhile is left for the next time.

        Raises TreeContradicted where the log is shorter than the tree, or the last entry taken
        in is no longer what it was.
        """
        # In this order: what another process adds between the two must not look like a cut.
        kept = self.size
        total = self.store.total()
        self._compare(kept, total)
        while kept < total:
            before = kept
            kept = self._take(kept, min(total, kept + _PAGE))
            if progress:
                progress(min(kept, total) - before)
        return total

    def root(self, size: int) -> bytes:
        """The root of the tree over the first entries, as many as are kept or fewer."""
        return self._hashes([(0, size)])[0]

    def inclusion(self, entry: int, size: int) -> list[bytes]:
        """The path that shows an entry to be in the tree over the first `size` entries."""
        return self._hashes(tree.inclusion(entry - 1, size))

    def consistency(self, old: int, new: int) -> list[bytes]:
        """The path that shows the tree over the first `new` entries to extend that over `old`."""
        return self._hashes(tree.consistency(old, new))

    def rebuild(self, progress: Progress | None = None) -> int:
        """Throw the tree away and make it again from the log."""
        with self._tables.writing():
            self._tables.execute("DELETE FROM tree_nodes")
        return self.follow(progress)

    def _begin(self) -> None:
        if self._tables.has("tree_nodes"):
            return
        with self._tables.writing():
            if not self._tables.has("tree_nodes"):  # nor has another process made it meanwhile
                self._tables.execute(_SHAPE)

    def _compare(self, kept: int, total: int) -> None:
        """Hold the log against what is kept of it."""
        if kept > total:
            raise TreeContradicted(what=f"it has {total} entries, and had {kept}")
        if kept == 0:
            return
        found = {number: tree.leaf_hash(data) for number, data in self.store.leaves(kept - 1, kept)}
        if found.get(kept) != self._known([(0, kept - 1)])[0, kept - 1]:
            raise TreeContradicted(what=f"entry {kept} is not what it was")

    def _take(self, kept: int, upto: int) -> int:
        """Take in a page of leaves, or find that another process has; how many are kept then."""
        peaks = tree.subtrees(0, kept)
        known = self._known(peaks)
        frontier, rows = Frontier(kept, [known[place] for place in peaks]), []
        for number, data in self.store.leaves(kept, upto):
            if number != frontier.size + 1:
                raise Damaged(entry=frontier.size + 1, what="it is not there")
            for level, made in enumerate(frontier.append(tree.leaf_hash(data))):
                rows.append((level, number - 1 >> level, made))
        if frontier.size < upto:
            raise Damaged(entry=frontier.size + 1, what="it is not there")
        with self._tables.writing():
            if self.size == kept:
                self._tables.fill("INSERT INTO tree_nodes VALUES (?, ?, ?)", rows)
        return self.size

    def _hashes(self, ranges: Iterable[Range]) -> list[bytes]:
        wanted = list(ranges)
        return tree.hashes(wanted, self._known(p for part in wanted for p in tree.subtrees(*part)))

    def _known(self, places: Iterable[Place]) -> dict[Place, bytes]:
        """The hashes at some places. Raises TreeContradicted where one is missing."""
        wanted = list(places)
        if not wanted:
            return {}
        marks = ",".join(["(?, ?)"] * len(wanted))
        # A cross join: SQLite would walk through the whole table for `(level, idx) IN (…)`.
        query = (
            f"WITH wanted (l, i) AS (VALUES {marks}) SELECT level, idx, hash"  # noqa: S608 - marks
            " FROM wanted CROSS JOIN tree_nodes WHERE level = l AND idx = i"
        )
        rows = self._tables.rows(query, [number for place in wanted for number in place])
        found = {(level, index): made for level, index, made in rows if isinstance(made, bytes)}
        if len(found) < len(wanted):
            raise TreeContradicted(what=_HOLES)
        return found


def kept_nodes(store: Store) -> dict[Place, bytes]:
    """All that is kept of the tree over a log, as it is stored; empty where nothing is. For
    whoever holds it against the log. Raises StoreDamaged."""
    tables = Derived(store)
    try:
        if not tables.has("tree_nodes"):
            return {}
        rows = tables.rows("SELECT level, idx, hash FROM tree_nodes")
        return {(_number(level), _number(index)): _bytes(made) for level, index, made in rows}
    finally:
        tables.close()


def _number(stored: object) -> int:
    return stored if isinstance(stored, int) else -1  # no node has it


def _bytes(made: object) -> bytes:
    return bytes(made) if isinstance(made, bytes | memoryview) else b""
