"""The board, beside the model, through any night there may be."""

from __future__ import annotations

from board import Board
from hypothesis import Phase, settings
from hypothesis import strategies as st

from ledger import Viewpoint
from ledger.testing import LedgerMachine


class BoardMachine(LedgerMachine):
    def __init__(self) -> None:
        super().__init__()
        self.board = Board()

    def composition(self, council: str, viewpoint: Viewpoint) -> dict[str, int]:
        return self.board.show(self.ledger, council)

    def asked(self) -> st.SearchStrategy[Viewpoint]:
        return st.just(Viewpoint())  # a board knows only now


TestBoard = BoardMachine.TestCase
TestBoard.settings = settings(
    TestBoard.settings, max_examples=50, stateful_step_count=10, phases=set(Phase) - {Phase.explain}
)
