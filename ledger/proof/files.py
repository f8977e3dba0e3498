"""What proofs are carried in: JSON files that say all that is needed to check them.

An *entry proof* has the entry's bytes, the path from its leaf to a root, and the signed
checkpoint with that root. A *consistency proof* has the path that shows the log at one
checkpoint to begin with the log at another. Hashes are lower-case hexadecimal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.errors import FileRefused, NotAProof, NotIncluded
from ledger.forms import strict_json
from ledger.proof import checkpoint, tree
from ledger.proof.checkpoint import Signed
from ledger.proof.leaf import leaf_bytes
from ledger.proof.notes import VerifierKey

ENTRY = "seatledger entry proof"
CONSISTENCY = "seatledger consistency proof"
VERSION = 1
LARGEST = 16_000_000  # bytes; a council's register of a thousand wards takes a tenth of it
_HASH = re.compile(r"[0-9a-f]{64}")
_LARGEST_NUMBER = 2**63
_LONGEST_PATH = 128  # twice the levels of the largest tree


@dataclass(frozen=True, slots=True)
class EntryProof:
    """One entry as it is stored, and why it is in a log that was signed."""

    entry: int
    stream: str
    place: int
    kind: str
    state: str
    path: tuple[bytes, ...]
    note: str  # the signed checkpoint

    @property
    def data(self) -> bytes:
        """The entry's canonical bytes."""
        return leaf_bytes(self.stream, self.place, self.kind, self.state.encode())

    @property
    def leaf(self) -> bytes:
        """The hash of the entry's bytes."""
        return tree.leaf_hash(self.data)

    def as_json(self) -> dict[str, Any]:
        """The file's shape."""
        return {
            "format": ENTRY,
            "version": VERSION,
            "entry": self.entry,
            "stream": self.stream,
            "place": self.place,
            "kind": self.kind,
            "state": self.state,
            "index": self.entry - 1,
            "path": [found.hex() for found in self.path],
            "checkpoint": self.note,
        }

    def verify(self, trusted: Iterable[VerifierKey], file: str) -> Signed:
        """The checkpoint the entry is proven to be in. Raises NotIncluded, and what
        `checkpoint.opened` raises."""
        signed = checkpoint.opened(self.note.encode(), trusted, file)
        if not tree.verify_inclusion(
            self.leaf, self.entry - 1, signed.size, self.path, signed.root
        ):
            raise NotIncluded(file=file, entry=self.entry, size=signed.size)
        return signed


@dataclass(frozen=True, slots=True)
class ConsistencyProof:
    """Why the log of `new` entries begins with that of `old`."""

    old: int
    new: int
    path: tuple[bytes, ...]

    def as_json(self) -> dict[str, Any]:
        """The file's shape."""
        return {
            "format": CONSISTENCY,
            "version": VERSION,
            "old": self.old,
            "new": self.new,
            "path": [found.hex() for found in self.path],
        }


def written(proof: EntryProof | ConsistencyProof) -> str:
    """A proof as a file of its own."""
    return json.dumps(proof.as_json(), ensure_ascii=False, indent=2) + "\n"


def entry_proof(data: bytes, file: str) -> EntryProof:
    """The entry proof in a file. Raises NotAProof."""
    shape = {"entry": int, "stream": str, "place": int, "kind": str, "state": str,
             "index": int, "path": list, "checkpoint": str}  # fmt: skip
    told = _read(data, ENTRY, shape, file)
    if told["index"] != told["entry"] - 1:
        raise NotAProof(file=file, what="its index is not its entry less one")
    return EntryProof(
        told["entry"], told["stream"], told["place"], told["kind"], told["state"],
        _path(told["path"], file), told["checkpoint"],
    )  # fmt: skip


def consistency_proof(data: bytes, file: str) -> ConsistencyProof:
    """The consistency proof in a file. Raises NotAProof."""
    told = _read(data, CONSISTENCY, {"old": int, "new": int, "path": list}, file)
    return ConsistencyProof(told["old"], told["new"], _path(told["path"], file))


def _read(data: bytes, wanted: str, shape: Mapping[str, type], file: str) -> dict[str, Any]:
    """The fields of a file, exactly those of the shape and of their types."""
    if len(data) > LARGEST:
        raise NotAProof(file=file, what=f"it has more than {LARGEST:,} bytes")
    try:
        told = strict_json(data.decode("utf-8"), file)
    except UnicodeDecodeError:
        raise NotAProof(file=file, what="it is not UTF-8") from None
    except FileRefused as error:
        raise NotAProof(file=file, what=error.problems[0].message) from None
    if not isinstance(told, dict) or told.get("format") != wanted:
        raise NotAProof(file=file, what=f'its format is not "{wanted}"')
    what = _misshapen(told, {"format": str, "version": int, **shape})
    if what is None and told["version"] != VERSION:
        what = f"its version is not {VERSION}"
    if what:
        raise NotAProof(file=file, what=what)
    return told


def _misshapen(told: dict[str, Any], fields: Mapping[str, type]) -> str | None:
    """What is wrong with the fields of an object; None if nothing is."""
    if told.keys() != fields.keys():
        name = min(told.keys() ^ fields.keys())
        return f"{name!a} is {'missing' if name in fields else 'not known'}"
    for name, kind in fields.items():
        if type(told[name]) is not kind:  # not isinstance: true is no number
            return f"{name!r} is of another type"
        if kind is int and not 0 <= told[name] < _LARGEST_NUMBER:
            return f"{name!r} is too large or below zero"
        if kind is str and any("\ud800" <= character <= "\udfff" for character in told[name]):
            return f"{name!r} holds a lone surrogate, which is no character"
    return None


def _path(told: list[Any], file: str) -> tuple[bytes, ...]:
    if len(told) > _LONGEST_PATH or not all(
        isinstance(one, str) and _HASH.fullmatch(one) for one in told
    ):
        raise NotAProof(file=file, what="its path is not one of hashes")
    return tuple(bytes.fromhex(one) for one in told)
