"""The whole log as one file, from which the same ledger can be made again on any store.

One JSON object a line (NDJSON, UTF-8): each entry with its number, stream, place, kind and its
state, byte for byte as it is stored; and a last line with how many entries there are and the
root of the tree over them, so that a file cut short is seen.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from json.encoder import encode_basestring as quoted
from typing import NamedTuple

from ledger.errors import Damaged, LogRefused, Problem
from ledger.proof.leaf import leaf_bytes, parts
from ledger.proof.tree import Frontier, leaf_hash
from ledger.store import EVERYTHING, Store, read
from ledger.times import micros

Progress = Callable[[int], None]
_STEP = 500  # entries between two steps of a progress bar
_MOST_PROBLEMS = 100


class Pack(NamedTuple):
    """A whole log, read from a file and found to be one: of each entry its canonical bytes, when
    it was recorded (microseconds) and its key; and the root of the tree over them."""

    entries: list[tuple[bytes, int, str | None]]
    root: bytes


def pack(store: Store, upto: int = EVERYTHING, progress: Progress | None = None) -> Iterator[bytes]:
    """The lines of the file, of the first `upto` entries. Raises Damaged where an entry is
    missing or cannot be read."""
    tree = Frontier()
    for number, data in store.leaves(0, upto):
        if number != tree.size + 1:
            raise Damaged(entry=tree.size + 1, what="it is not there")
        read(number, data)
        tree.append(leaf_hash(data))
        yield line(number, data)
        if progress and number % _STEP == 0:
            progress(_STEP)
    yield _last_line(tree)


def line(number: int, data: bytes) -> bytes:
    """The line of an entry, from its canonical bytes."""
    stream, place, kind, state = parts(data)
    head = f'{{"entry":{number},"stream":{quoted(stream)},"place":{place},"kind":{quoted(kind)}'
    return head.encode() + b',"state":' + state + b"}\n"


def _last_line(tree: Frontier) -> bytes:
    return b'{"entries":%d,"root":"%s"}\n' % (tree.size, tree.root().hex().encode())


def read_pack(lines: Iterable[bytes], file: str, progress: Progress | None = None) -> Pack:
    """The log in a file; `store.restore` takes its entries. Raises LogRefused with every line
    that is not as `pack` writes it, that does not read, or that does not follow what stands
    before it."""
    reading = _Reading(file)
    for number, one in enumerate(lines, 1):
        reading.take(number, one)
        if progress:
            progress(len(one))
    reading.end()
    return Pack(reading.found, reading.tree.root())


class _Reading:
    """A file being read: its entries, and what is wrong with it."""

    def __init__(self, file: str) -> None:
        self.tree = Frontier()
        self.found: list[tuple[bytes, int, str | None]] = []
        self._file = file
        self._problems: list[Problem] = []
        self._tails: dict[str, tuple[int, str]] = {}  # by stream: its last place and digest
        self._keys: set[str] = set()
        self._ended = False

    def take(self, number: int, one: bytes) -> None:
        """The next line."""
        if self._ended:
            self._problem(number, "whole-log", "it comes after the last line")
        elif one.startswith(b'{"entries"'):
            self._ended = True
            if one != _last_line(self.tree):
                what = f"it does not say what the {self.tree.size:,} lines before it add up to"
                self._problem(number, "whole-log", what)
        elif (data := _entry(number, one)) is None:
            self._problem(number, "whole-log", f"it is not entry {number} as `export` writes it")
        else:
            self.tree.append(leaf_hash(data))
            self._read(number, data)
        if len(self._problems) >= _MOST_PROBLEMS:
            self.end()

    def _read(self, number: int, data: bytes) -> None:
        try:
            entry = read(number, data)
        except Damaged as error:
            self._problem(number, "readable", str(error.details["what"]))
            return
        event = entry.event
        place, digest = self._tails.get(event.originator_id, (0, None))
        if (event.originator_version, event.previous) != (place + 1, digest):
            what = f"it does not follow what stands before it in {event.originator_id}"
            self._problem(number, "chain", what)
        if event.key is not None and event.key in self._keys:
            self._problem(number, "key-reused", f"its key {event.key!a} was used before")
        self._keys.update([event.key] if event.key else [])
        self._tails[event.originator_id] = (event.originator_version, entry.digest)
        self.found.append((data, micros(event.recorded_at), event.key))

    def end(self) -> None:
        """No more lines. Raises LogRefused where anything is wrong."""
        if not self._ended and not self._problems:
            self._problem(None, "whole-log", "its last line, which says how many entries there "
                          "are, is missing: it was cut short")  # fmt: skip
        if self._problems:
            raise LogRefused(self._file, self._problems)

    def _problem(self, line: int | None, rule: str, message: str) -> None:
        self._problems.append(Problem(self._file, line, None, None, rule, message))


def _entry(number: int, one: bytes) -> bytes | None:
    """The canonical bytes of the entry a line holds, None where it is not that entry's line to
    the byte."""
    start = one.find(b',"state":')
    try:
        told = json.loads(one[:start] + b"}")
        state = one[start + len(b',"state":') : -len(b"}\n")]
        data = leaf_bytes(told["stream"], told["place"], told["kind"], state)
        same = line(number, data) == one
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return data if same else None
