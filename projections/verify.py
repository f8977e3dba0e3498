"""Whether a ledger is what was recorded: its chain, its laws, the tree over it, and what was
signed of it.

Everything is worked out from the rows as they are stored; what is kept beside them to be quick
is held against that, and never believed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from ledger.book import Ledger
from ledger.errors import LedgerError, StoreDamaged
from ledger.proof import checkpoint
from ledger.proof.checkpoint import Signed
from ledger.proof.nodes import kept_nodes
from ledger.proof.tree import Frontier, Place
from projections.kept_tables import differences, kept_tables
from projections.laws import LAWS as WALKED
from projections.laws import Broken, Law, Progress, Seen, walked
from projections.workers import no_collector

STORE = Law("store", "What keeps the ledger finds its own files whole.")
LAWS = (
    STORE,
    *WALKED,
    Law("marks", "Beside each entry stand its clock, never set back, and its key; no others."),
    Law("tree", "What the kept tree remembers of each entry is what is stored."),
    Law("tables", "The read-model tables, where there are any, have what the entries make."),
)
CHECKPOINT = "checkpoint"


class Held(NamedTuple):
    """A checkpoint that a ledger was held against, and what is wrong between them."""

    signed: Signed
    broken: Broken | None


class Verified(NamedTuple):
    """What was verified: entries, councils, the root of the tree over all entries (None where
    one cannot be read), and all that is not as it should be, in the order of the entries; the
    checkpoints as they were given."""

    entries: int
    councils: int
    root: bytes | None
    broken: tuple[Broken, ...]
    checkpoints: tuple[Held, ...] = ()
    tables_asked: bool = False  # whether the read models were: not where the log is broken


def verify(
    ledger: Ledger, signed: Sequence[Signed] = (), progress: Progress | None = None
) -> Verified:
    """Verify a ledger, and hold it against checkpoints somebody kept. What is wrong is data;
    only a store that cannot be reached raises."""
    with no_collector():
        return _verified(ledger, signed, progress)


def _verified(ledger: Ledger, signed: Sequence[Signed], progress: Progress | None) -> Verified:
    faults: list[Broken] = []
    try:
        faults += [Broken(0, STORE.name, what) for what in ledger.store.faults()]
        # While the entries are read, by other processes where there are many, so is what stands
        # beside them; not before it is known how many there are.
        total = ledger.store.total()
        with ThreadPoolExecutor(1) as beside:
            read = beside.submit(lambda: (ledger.store.marks(), kept_nodes(ledger.store)))
            found = walked(ledger, progress, total)
            marks, kept = read.result()
        # In this order: what others have recorded since is no mark, or node, of nothing.
        now = max(total, ledger.store.total())
    except StoreDamaged as error:
        faults.append(Broken(0, STORE.name, str(error.details["what"])))
        what = "nothing can be read"
        unread = tuple(Held(one, Broken(0, CHECKPOINT, f"{one.file}: {what}")) for one in signed)
        return Verified(0, 0, None, tuple(faults), unread)
    marks = [mark for mark in marks if mark[0] not in range(total + 1, now + 1)]
    if now > total:
        kept = {place: made for place, made in kept.items() if not _between(place, total, now)}
    size, contradicted = len(found.seen), list[Broken]()
    roots = _roots(found.seen, {one.size for one in signed}, kept, contradicted)
    held = tuple(Held(one, _confronted(one, size, roots)) for one in signed)
    broken = [*faults, *found.broken, *_marks(found.seen, marks), *contradicted]
    sound = not broken
    if sound:  # else nobody can say what the read models should have
        broken += _tables(ledger)
    broken += [one.broken for one in held if one.broken]
    return Verified(size, found.councils, roots.get(size), tuple(sorted(broken)), held, sound)


def _between(place: Place, size: int, now: int) -> bool:
    """Whether a complete subtree, if it is one, ends with an entry after `size`, up to `now`."""
    level, index = place
    return 0 <= level <= now.bit_length() and size < (index + 1) << level <= now


def _tables(ledger: Ledger) -> Iterator[Broken]:
    try:
        kept = kept_tables(ledger.store)
    except StoreDamaged as error:
        yield Broken(0, "tables", str(error.details["what"]))
        return
    if kept is not None and kept.entry > ledger.store.total():
        yield Broken(kept.entry, "tables", "they have more entries than the log")
    elif kept is not None:
        yield from (Broken(entry, "tables", what) for entry, what in differences(ledger, kept))


def _roots(
    seen: Sequence[Seen], sizes: set[int], kept: dict[Place, bytes], contradicted: list[Broken]
) -> dict[int, bytes]:
    """The root of the tree at some sizes and at the end, as far as every leaf is known; what the
    kept tree contradicts on the way is told."""
    tree, known = Frontier(), 1 + max((index for level, index in kept if level == 0), default=-1)
    roots = {0: tree.root()}
    for one in seen:
        if one.leaf is None or one.entry != tree.size + 1:
            return roots
        made = tree.append(one.leaf)
        if tree.size <= known:
            was = [kept.pop((level, (tree.size - 1) >> level), None) for level in range(len(made))]
            if was[0] != made[0]:
                what = "it is not what it was when the tree was made"
                contradicted.append(Broken(one.entry, "tree", what))
            elif was != made and not contradicted:
                contradicted.append(Broken(one.entry, "tree", "the kept tree has another hash"))
        if tree.size in sizes or tree.size == len(seen):
            roots[tree.size] = tree.root()
    if kept:
        what = f"the tree remembers {max(known - len(seen), 0)} entries more"
        contradicted.append(Broken(len(seen), "tree", what))
    return roots


def _marks(seen: Sequence[Seen], marks: Iterable[tuple[int, int, str | None]]) -> Iterator[Broken]:
    clock, stored = 0, dict[int, list[object]]()
    for number, *beside in marks:
        if not isinstance(number, int) or number in stored:
            yield Broken(0, "marks", f"one of entry {number!a} that is one too many")
        else:
            stored[number] = list(beside)
    for one in seen:
        clock = max(clock, one.clock) if one.entry > 0 else clock
        mark = stored.pop(one.entry, None)
        if mark is None:
            yield Broken(one.entry, "marks", "it has none")
        elif one.clock and mark != [clock, one.key]:
            has = " and ".join(map(ascii, mark))
            yield Broken(one.entry, "marks", f"it has {has}, not {clock} and {one.key!a}")
    for number in sorted(stored):
        yield Broken(number, "marks", "one of no entry")


def _confronted(signed: Signed, size: int, roots: dict[int, bytes]) -> Broken | None:
    at = min(signed.size, size)
    if at not in roots:
        what = f"{signed.file} signs {signed.size} entries, not all of which can be read"
        return Broken(at, CHECKPOINT, what)
    try:
        checkpoint.confront(signed, size, roots[at])
    except LedgerError as error:
        return Broken(at, CHECKPOINT, error.message.rstrip("."))
    return None
