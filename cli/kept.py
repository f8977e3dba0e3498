"""The tree kept beside the ledger, for the commands that sign and prove."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from cli.options import open_ledger

if TYPE_CHECKING:
    from ledger.proof.nodes import KeptTree

_WORTH_A_BAR = 20_000  # entries, which take a third of a second


def kept_tree() -> KeptTree:
    """The tree over the ledger meant, all entries taken in; closed when the command ends. Raises
    what opening a ledger and `KeptTree.follow` raise."""
    from ledger.proof.nodes import KeptTree

    store = open_ledger().store
    kept = KeptTree(store)
    click.get_current_context().call_on_close(kept.close)
    missing = max(0, store.total() - kept.size)
    hidden = missing < _WORTH_A_BAR or not sys.stderr.isatty()
    with click.progressbar(length=missing, label="Hashing", file=sys.stderr, hidden=hidden) as bar:
        kept.follow(bar.update)
    return kept
