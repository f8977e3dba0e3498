"""The ledger beside something published: what is equal, what differs, what cannot be compared.

A published file may hold compositions (`compositions`) or results (`results`); both are
compared at a viewpoint, and neither is taken to be right.
"""

from projections.reconcile.compositions import composition_of, reconcile_compositions
from projections.reconcile.difference import KINDS, Difference, Reconciled
from projections.reconcile.proposals import proposals
from projections.reconcile.results import reconcile_results

__all__ = [
    "KINDS",
    "Difference",
    "Reconciled",
    "composition_of",
    "proposals",
    "reconcile_compositions",
    "reconcile_results",
]
