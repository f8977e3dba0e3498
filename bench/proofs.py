"""Checkpoints of a ledger that is written to, proofs made and checked, and the whole verified."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bench.figures import Figure, best, folder, seconds
from bench.nights import council, night, result
from bench.scale import fill
from ledger import Ledger, connect
from ledger.proof import checkpoint, files, making, notes
from ledger.proof.nodes import KeptTree
from projections.verify import verify

SAID = {"by": "bench", "source": "bench"}
TIMES = 50
KEY = notes.generate("bench.example/night")


def hashed(path: Path) -> int:
    """The least that a checkpoint without a kept tree would do: hash every stored row."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT state FROM stored_events").fetchall()
    return len([hashlib.sha256(state).digest() for (state,) in rows])


def live(book: Ledger, kept: KeptTree) -> float:
    """Seconds of a checkpoint just after a declaration by another desk; the middle of many."""
    desk = book.desk(**SAID)
    desk.register(council("live", TIMES))
    desk.open(night("live", TIMES))
    desk.commit()
    took = []
    for form in [result("live", number) for number in range(TIMES)]:
        book.declare(form.contest, form=form, **SAID)
        took.append(seconds(lambda: making.sign(kept, KEY)))
    return sorted(took)[TIMES // 2]


def run(*, quick: bool) -> Iterator[Figure]:
    with folder() as here:
        with connect(str(here / "big.db"), create=True) as book, KeptTree(book.store) as kept:
            total = fill(book, 3_000 if quick else 100_000)
            whole = 1000 * best(lambda: hashed(here / "big.db"), 3)
            first = 1000 * seconds(kept.follow)
            base = "SQLite reads and hashes the rows"
            yield Figure(f"tree over {total:,} entries, made anew", first, "ms", base, whole)
            signed = 1000 * live(book, kept)
            yield Figure(
                "checkpoint after each declaration", signed, "ms", base, whole,
                most=50, absolute=True,
            )  # fmt: skip
            yield from _proofs(kept)
        yield from _whole(here / "big.db", quick=quick)


def _whole(path: Path, *, quick: bool) -> Iterator[Figure]:
    """A ledger that was closed since, as one that is verified mostly was."""
    base = best(lambda: hashed(path), 3)
    with connect(str(path)) as book:
        took = best(lambda: _verified(book), 1 if quick else 3)
        name = f"verify of {book.store.total():,} entries"
        yield Figure(
            name, took, "s", "SQLite reads and hashes the rows", base, most=6, absolute=True
        )


def _verified(book: Ledger) -> None:
    assert verify(book).broken == ()


def _proofs(kept: KeptTree) -> Iterator[Figure]:
    trusted = [KEY.public]
    note = making.sign(kept, KEY)
    signed = checkpoint.opened(note, trusted, "it")
    asked = [1 + number * (signed.size - 1) // (TIMES - 1) for number in range(TIMES)]

    def make() -> list[bytes]:
        return [files.written(making.prove(kept, entry, signed)).encode() for entry in asked]

    written = make()

    def check() -> None:
        for data in written:
            files.entry_proof(data, "it").verify(trusted, "it")

    text = signed.checkpoint.text.encode()
    signature = KEY.sign(text)
    bare = 1000 * best(lambda: [KEY.public.verifies(signature, text) for _ in asked], 3) / TIMES
    base = "one Ed25519 signature verified"
    for name, work in (("made", make), ("checked", check)):
        took = 1000 * best(work, 5) / TIMES
        yield Figure(f"proof of an entry {name}", took, "ms", base, bare, most=1, absolute=True)
