"""A board of one's own: the seats of a council, counted again when a contest has news."""

from __future__ import annotations

from ledger import Ledger
from projections.seats import seats


class Board:
    def __init__(self) -> None:
        self._seen: dict[str, int] = {}
        self._shown: dict[str, dict[str, int]] = {}

    def show(self, ledger: Ledger, council: str) -> dict[str, int]:
        new = list(ledger.entries(council=council, after=self._seen.get(council, 0)))
        told = [entry for entry in new if entry.contest or entry.kind == "council-registered"]
        if told or council not in self._shown:
            self._shown[council] = dict(seats(ledger, council).seats)
            self._seen[council] = new[-1].number
        return self._shown[council]
