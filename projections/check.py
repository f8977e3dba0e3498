"""The laws and rules over a whole ledger, at every entry."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.book import Ledger
from projections.laws import LAWS, Broken, Law, Progress, walked

__all__ = ["LAWS", "Broken", "Checked", "Law", "check"]


@dataclass(frozen=True, slots=True)
class Checked:
    """What was checked: entries, councils, and every law broken (none if all hold)."""

    entries: int
    councils: int
    broken: tuple[Broken, ...]


def check(ledger: Ledger, progress: Progress | None = None) -> Checked:
    """Every law at every entry. Breaks are data; only an unreachable store raises."""
    found = walked(ledger, progress)
    return Checked(len(found.seen), found.councils, tuple(found.broken))
