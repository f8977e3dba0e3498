"""Proofs that prove nothing."""

from __future__ import annotations

from broken.registry import breaks
from ledger.proof import checkpoint
from ledger.proof.tree import Frontier


@breaks("alterations_are_found")
def checkpoints_not_compared(patch):
    """What was signed is read and not held against the log."""
    patch.setattr(checkpoint, "confront", lambda *_: None)


@breaks("alterations_are_found")
def only_the_end_is_signed(patch):
    """The root is that of the last entry alone."""
    patch.setattr(Frontier, "root", lambda self: self.peaks[-1] if self.peaks else b"")
