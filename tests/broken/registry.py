"""The breakages by name, and how a ledger is broken."""

from __future__ import annotations

import sys

from ledger.ward import Ward, evolve

BREAKAGES = {}
CAUGHT = []


def breaks(*laws):
    """A breakage, and the laws each of which must catch it."""

    def named(function):
        BREAKAGES[function.__name__] = function
        CAUGHT.extend((function.__name__, law) for law in laws)
        return function

    return named


def everywhere(patch, old, new):
    """Put `new` wherever a module of ours has `old` under a name of its own, but not in the
    laws: they must not break with the ledger."""
    for name, module in list(sys.modules.items()):
        ours = name.partition(".")[0] in ("ledger", "projections")
        if ours and not name.startswith("ledger.testing"):
            for attribute, value in list(vars(module).items()):
                if value is old:
                    patch.setattr(module, attribute, new)


def skipping(kind):
    """An `evolve` on which facts of a kind leave no trace but their place."""

    def without(ward, entry):
        skipped = isinstance(entry.fact, kind)
        return Ward(ward.contests, ward.seats, entry) if skipped else evolve(ward, entry)

    return without
