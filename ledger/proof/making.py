"""Checkpoints and proofs made from a ledger, each checked before it is handed out."""

from __future__ import annotations

from ledger.errors import (
    Damaged,
    NotConsistent,
    NothingToSign,
    RecordedLater,
    TreeContradicted,
    UnknownEntry,
)
from ledger.events import Entry
from ledger.proof import checkpoint, leaf, tree
from ledger.proof.checkpoint import Checkpoint, Signed
from ledger.proof.files import ConsistencyProof, EntryProof
from ledger.proof.nodes import KeptTree
from ledger.proof.notes import SignerKey
from ledger.store import Store, read


def sign(kept: KeptTree, key: SignerKey, before: Signed | None = None) -> bytes:
    """The signed checkpoint of the log as it is now, which extends the one `before`. Raises
    NothingToSign, TreeContradicted, and what `confront` raises."""
    size = kept.follow()
    if size == 0:
        raise NothingToSign
    if before is not None:
        confront(kept, before, size)
    return checkpoint.sign(size, kept.root(size), key)


def confront(kept: KeptTree, signed: Signed, size: int) -> None:
    """Hold the kept tree of a log of some size against a checkpoint. Raises Truncated and
    NotExtended."""
    at = min(size, signed.size)
    checkpoint.confront(signed, size, kept.root(at))


def extends(store: Store, signed: Signed) -> None:
    """Hold a log against a checkpoint, by its rows alone. Raises Truncated, NotExtended, and
    Damaged where an entry is missing or cannot be read."""
    frontier = tree.Frontier()
    for number, data in store.leaves(0, signed.size):
        if number != frontier.size + 1:
            raise Damaged(entry=frontier.size + 1, what="it is not there")
        frontier.append(tree.leaf_hash(data))
    checkpoint.confront(signed, frontier.size, frontier.root())


def prove(kept: KeptTree, entry: int, signed: Signed) -> EntryProof:
    """The proof that an entry is in the log at a checkpoint. Raises UnknownEntry; Truncated and
    NotExtended where the checkpoint is not of this log; TreeContradicted where the entry is
    not what it was when the tree was made; Damaged."""
    size = kept.follow()
    confront(kept, signed, size)
    if not 0 < entry <= size:
        raise UnknownEntry(entry=entry, total=size)
    if entry > signed.size:
        raise RecordedLater(entry=entry, file=signed.file, size=signed.size)
    stream, place, kind, state = next(
        (leaf.parts(data) for _, data in kept.store.leaves(entry - 1, entry)), ("", 0, "", b"")
    )  # of an entry that is gone, nothing is left, and that is not in the tree
    try:
        text = state.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Damaged(entry=entry, what="it is not UTF-8") from error
    path = tuple(kept.inclusion(entry, signed.size))
    proof = EntryProof(entry, stream, place, kind, text, path, signed.note.decode())
    if not tree.verify_inclusion(proof.leaf, entry - 1, signed.size, path, signed.root):
        raise TreeContradicted(what=f"entry {entry} is not what it was")
    return proof


def consistency(kept: KeptTree, old: Signed, new: Signed) -> ConsistencyProof:
    """The proof that the log at one checkpoint begins with the log at another, older one.
    Raises Truncated and NotExtended where one is not of this log."""
    size = kept.follow()
    for signed in (old, new):
        confront(kept, signed, size)
    path = tuple(kept.consistency(old.size, new.size)) if old.size else ()
    proof = ConsistencyProof(old.size, new.size, path)
    check_consistency(proof, old.checkpoint, new.checkpoint)
    return proof


def check_consistency(proof: ConsistencyProof, old: Checkpoint, new: Checkpoint) -> None:
    """Raises NotConsistent unless the proof shows the newer log to begin with the older."""
    fits = (proof.old, proof.new) == (old.size, new.size)
    if not fits or not checkpoint.extends(old, new, proof.path):
        raise NotConsistent(old=old.size, new=new.size)


def meaning(proof: EntryProof) -> Entry:
    """The entry that the bytes of a proof say. Raises Damaged where they cannot be read."""
    return read(proof.entry, proof.data)
