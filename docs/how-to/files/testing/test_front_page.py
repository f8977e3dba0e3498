"""What the front page said of the night."""

from __future__ import annotations

from ledger.testing import ledger_law
from projections.night import Standing


@ledger_law
def test_labour_in_control_throughout(standing: Standing) -> None:
    in_control = standing.tally().control.party
    assert in_control == "LAB"
