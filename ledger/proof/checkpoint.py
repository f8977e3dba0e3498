"""Checkpoints: what a log was at some size, signed (c2sp.org/tlog-checkpoint).

The origin, the log's name for ever, is the name of the key that signs. A key is replaced by
a *rotation*: a note signed by the old key and the new that names both, so that whoever
trusts the old can follow to the new.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.errors import (
    BadKey,
    NotACheckpoint,
    NotARotation,
    NotExtended,
    Truncated,
    UnknownKey,
    WrongOrigin,
)
from ledger.proof import notes, tree
from ledger.proof.notes import SignerKey, VerifierKey
from ledger.text import safe

# It has spaces, as no key's name and so no checkpoint's origin has.
ROTATION = "seatledger key rotation v1"
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log by its origin, how many entries it had, and the root of the tree over them."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()  # lines of others' logs; ours writes none

    @property
    def text(self) -> str:
        """What is signed."""
        lines = (self.origin, str(self.size), notes.encoded(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


@dataclass(frozen=True, slots=True)
class Signed:
    """A checkpoint somebody trusted has signed."""

    checkpoint: Checkpoint
    keys: tuple[VerifierKey, ...]  # the trusted ones among those that signed, the log's own first
    note: bytes
    file: str  # where it came from, to tell of it

    @property
    def size(self) -> int:
        """How many entries."""
        return self.checkpoint.size

    @property
    def root(self) -> bytes:
        """The root at that size."""
        return self.checkpoint.root

    def as_json(self) -> dict[str, Any]:
        """The shape of a checkpoint wherever it is printed."""
        return {
            "origin": self.checkpoint.origin,
            "size": self.size,
            "root": self.root.hex(),
            "keys": [str(key) for key in self.keys],
            "extensions": list(self.checkpoint.extensions),
        }


def sign(size: int, root: bytes, key: SignerKey) -> bytes:
    """The note of a checkpoint of the log that the key names."""
    return notes.signed(Checkpoint(key.name, size, root).text, key)


def read(text: str, file: str) -> Checkpoint:
    """The checkpoint a note's text says. Raises NotACheckpoint."""

    def refused(what: str) -> NotACheckpoint:
        return NotACheckpoint(file=file, what=what)

    lines = text.removesuffix("\n").split("\n")
    if len(lines) < 3 or "" in lines:  # noqa: PLR2004 - origin, size, root
        raise refused("it is not three lines or more, none of them empty")
    origin, size, root, *extensions = lines
    found = notes.decoded(root)
    if not _SIZE.fullmatch(size):
        raise refused("its second line is not a size")
    if found is None or len(found) != tree.WIDTH:
        raise refused("its third line is not a root")
    if size == "0" and found != tree.EMPTY_ROOT:
        raise refused("no log without entries has its root")
    return Checkpoint(origin, int(size), found, tuple(extensions))


def opened(data: bytes, trusted: Iterable[VerifierKey], file: str) -> Signed:
    """The checkpoint in a note, signed by a trusted key of the log's own name. Raises what
    `notes.opened` and `read` raise, and WrongOrigin."""
    text, keys = notes.opened(data, trusted, file)
    checkpoint = read(text, file)
    own = tuple(key for key in keys if key.name == checkpoint.origin)
    if not own:
        told = ", ".join(key.short for key in keys)
        raise WrongOrigin(file=file, origin=safe(checkpoint.origin), signed_by=told)
    return Signed(checkpoint, own + tuple(key for key in keys if key not in own), data, file)


def unopened(data: bytes, file: str) -> Signed:
    """The checkpoint a note claims, signed by nobody as far as is known: enough to make a proof
    for it, whose reader will look at the signatures. Raises NotANote and NotACheckpoint."""
    return Signed(read(notes.parsed(data, file).text, file), (), data, file)


def extends(old: Checkpoint, new: Checkpoint, path: Sequence[bytes]) -> bool:
    """Whether a path shows that the log at `new` begins with that at `old`. Every log begins
    with one without entries, which takes no path."""
    if old.size == 0:
        return not path
    return tree.verify_consistency(old.size, new.size, old.root, new.root, path)


def confront(signed: Signed, size: int, root: bytes) -> None:
    """Hold a log against a checkpoint: `root` is its root at the checkpoint's size, or at its
    own, `size`, where it has fewer entries than that. Raises Truncated or NotExtended."""
    if size < signed.size:
        raise Truncated(file=signed.file, size=signed.size, entries=size)
    if root != signed.root:
        raise NotExtended(
            file=signed.file, size=signed.size, root=root.hex(), signed=signed.root.hex()
        )


# --- keys that succeed each other -----------------------------------------------------


def rotation(old: SignerKey, new: SignerKey) -> bytes:
    """The note that hands a log over from one key to another of its name."""
    assert old.name == new.name
    return notes.signed(f"{ROTATION}\n{old.public}\n{new.public}\n", old, new)


def successors(
    trusted: Iterable[VerifierKey], rotations: Iterable[tuple[bytes, str]]
) -> list[VerifierKey]:
    """The trusted keys and those they hand over to, by rotations (bytes, file) in any order.
    Raises NotARotation, also where one begins at no trusted key; what `notes.opened` raises."""
    keys = list(dict.fromkeys(trusted))
    waiting = [(*_handed(data, file), data, file) for data, file in rotations]
    while waiting:
        ready = [one for one in waiting if one[0] in keys]
        if not ready:
            file = waiting[0][3]
            raise NotARotation(file=file, what=f"you do not trust {waiting[0][0].short}")
        for old, new, data, file in ready:
            signers = notes.opened(data, (old, new), file)[1]
            for key in (old, new):
                if key not in signers:
                    raise UnknownKey(file=file, signed_by=", ".join(k.short for k in signers))
            if new not in keys:
                keys.append(new)
        waiting = [one for one in waiting if one not in ready]
    return keys


def _handed(data: bytes, file: str) -> tuple[VerifierKey, VerifierKey]:
    """Between which keys a rotation says it is, before anyone has looked at its signatures."""
    lines = notes.parsed(data, file).text.removesuffix("\n").split("\n")
    if len(lines) != 3 or lines[0] != ROTATION:  # noqa: PLR2004 - kind, old key, new key
        raise NotARotation(file=file, what=f"it does not begin with {ROTATION!r} and two keys")
    try:
        old, new = (notes.verifier_key(line) for line in lines[1:])
    except BadKey as error:
        raise NotARotation(file=file, what=error.message) from None
    if old.name != new.name or [str(old), str(new)] != lines[1:]:
        raise NotARotation(file=file, what="its keys are not of one name")
    return old, new
