"""The Merkle tree over the log: RFC 6962, section 2.1, and RFC 9162, section 2.1.

Hashes are 32 bytes (SHA-256). Leaves are numbered from 0, so entry N is leaf N - 1. A
*complete subtree* has 2^level leaves and begins at a multiple of that; its place is
(level, index), and its hash never changes once its last leaf is there. Every other hash
is folded from complete subtrees, so a proof is asked of few of them: it is first a list
of ranges of leaves, `(start, end)`, and then a list of hashes, one a range.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

Place = tuple[int, int]
Range = tuple[int, int]

WIDTH = 32
EMPTY_ROOT = hashlib.sha256().digest()


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf: of a zero byte and its data."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of a node: of a one byte and the hashes below it."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree as far as it has grown: its size and the hashes of the complete subtrees it is
    made of, the largest first. Enough to append to it and to know its root."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)
        if len(self.peaks) != size.bit_count():
            msg = f"a tree of {size} leaves is made of {size.bit_count()} complete subtrees"
            raise ValueError(msg)

    def append(self, leaf: bytes) -> list[bytes]:
        """Add the hash of a leaf. The hashes of the complete subtrees that end with it, by
        level: the leaf's own first. Their index at each level is `(size - 1) >> level`."""
        made = [leaf]
        while self.size >> (len(made) - 1) & 1:
            made.append(node_hash(self.peaks.pop(), made[-1]))
        self.peaks.append(made[-1])
        self.size += 1
        return made

    def root(self) -> bytes:
        """The root of the tree of all leaves appended so far."""
        return fold(self.peaks)


def fold(hashes: Sequence[bytes]) -> bytes:
    """The hash over neighbouring complete subtrees, the largest first."""
    if not hashes:
        return EMPTY_ROOT
    return reduce(lambda right, left: node_hash(left, right), reversed(hashes))


def subtrees(start: int, end: int) -> list[Place]:
    """The complete subtrees a range is made of, the largest first. The range is one a tree has:
    it begins at a multiple of the power of two that is not smaller than its length."""
    places = []
    while start < end:
        level = (end - start).bit_length() - 1
        places.append((level, start >> level))
        start += 1 << level
    return places


def _split(size: int) -> int:
    """The largest power of two below a size."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion(index: int, size: int) -> list[Range]:
    """The ranges whose hashes show that a leaf is in the tree of some size, from the leaf up.
    Raises ValueError for a leaf the tree has not."""
    if not 0 <= index < size:
        msg = f"a tree of {size} leaves has no leaf {index}"
        raise ValueError(msg)
    path, start, end = [], 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    return path[::-1]


def consistency(old: int, new: int) -> list[Range]:
    """The ranges whose hashes show that the tree of `new` leaves begins with the `old` first.
    Raises ValueError unless 0 < old <= new."""
    if not 0 < old <= new:
        msg = f"a tree of {new} leaves does not extend one of {old}"
        raise ValueError(msg)
    path, start, end = [], 0, new
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append((middle, end))
            end = middle
        else:
            path.append((start, middle))
            start = middle
    # The subtree left over ends where the old tree ends; where it is the whole of the old
    # tree, whoever checks has its hash already.
    return ([(start, end)] if start else [])[: old != new] + path[::-1]


def hashes(ranges: Iterable[Range], known: Mapping[Place, bytes]) -> list[bytes]:
    """The hash of each range, from those of the complete subtrees it is made of."""
    return [fold([known[place] for place in subtrees(*part)]) for part in ranges]


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes
) -> bool:
    """Whether a path shows that the leaf of some hash is at an index in the tree of that size
    and root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes(leaf, root, *path):
        return False
    at, last, found = index, size - 1, leaf
    for other in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(other, found)
            at, last = _up_to_right(at, last)
        else:
            found = node_hash(found, other)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Whether a path shows that the tree of size `new` begins with the whole tree of size `old`
    (RFC 9162, 2.1.4.2). An empty tree is not shown to be anything: False where `old` is 0."""
    if not 0 < old <= new or not _are_hashes(old_root, new_root, *path):
        return False
    if old == new:
        return not path and old_root == new_root
    if not path:
        return False
    if old & (old - 1) == 0:
        path = [old_root, *path]
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    found_old = found_new = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            found_old, found_new = node_hash(other, found_old), node_hash(other, found_new)
            at, last = _up_to_right(at, last)
        else:
            found_new = node_hash(found_new, other)
        at, last = at >> 1, last >> 1
    return last == 0 and found_old == old_root and found_new == new_root


def _up_to_right(at: int, last: int) -> tuple[int, int]:
    """Up the right edge of the tree, past the levels at which a node has no neighbour."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == WIDTH for value in values)
