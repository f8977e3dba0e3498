"""A small ledger on file that was signed, kept by somebody outside."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from cli_runner import Ran, run
from store_night import SAID, VOTES, begin

from ledger import connect
from ledger.proof import checkpoint, notes
from ledger.proof.tree import Frontier, leaf_hash
from ledger.times import utc_now

KEY = notes.generate("results.example/x")
ENTRIES = 9


class SignedNight(NamedTuple):
    """The ledger's address, and the files of its checkpoint and of the key to trust."""

    url: str
    checkpoint: Path
    trust: Path

    def verify(self, *more: str) -> Ran:
        """Verify it against what was signed."""
        given = ("--checkpoint", str(self.checkpoint), "--trust", str(self.trust))
        return run("verify", "--ledger", self.url, *given, *more)


def record(url: str, votes: int = 20, clock: Callable[[], datetime] = utc_now) -> None:
    """A register, three contests, three results and two corrections of one: nine entries."""
    with connect(url, create=True, clock=clock) as book:
        begin(book)
        for ward in ("w0", "w1", "w2"):
            told = VOTES | {"C Dee (Con)": votes + int(ward[1])}
            book.declare(ward, votes=told, declared_at="2016-05-06T01:00", **SAID)
        for number in (30, 31):
            book.correct("w1", votes={"C Dee": number}, reason="misread", **SAID)


def signed_night(
    url: str, folder: Path, votes: int = 20, clock: Callable[[], datetime] = utc_now
) -> SignedNight:
    """Record a night and sign it, without leaving a tree beside the log."""
    record(url, votes, clock)
    tree = Frontier()
    with closing(connect(url)) as book:
        for _, data in book.store.leaves():
            tree.append(leaf_hash(data))
    assert tree.size == ENTRIES
    kept, trust = folder / "kept.txt", folder / "desk.key.pub"
    kept.write_bytes(checkpoint.sign(tree.size, tree.root(), KEY))
    trust.write_text(f"{KEY.public}\n")
    return SignedNight(url, kept, trust)
