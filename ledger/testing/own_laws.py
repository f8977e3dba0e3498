"""Laws of your own, over real ledgers.

A law of your own is a test, run over every council of the ledgers that `pytest --seatledger`
names, at every entry:

    from ledger.testing import ledger_law

    @ledger_law
    def test_my_board(ledger, standing):
        mine = my_board(ledger, standing.council.council, entry=standing.entry)
        assert mine == standing.tally().seats

Importing this loads nothing of the ledger: without `--seatledger` such tests are skipped.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest

from ledger.testing.plugin import COUNCIL

GIVEN = ("ledger", "entry", "standing", "before")  # of a Prefix, by name


def ledger_law(function: Callable[..., None]) -> Callable[..., None]:
    """A test that is run over every council of every ledger given, at each of its entries.

    It may ask for `standing` (a `projections.night.Standing`: what stands after the entry,
    with everything known), `before` (what stood before it, None at the first), `entry` and
    `ledger`; whatever else it names are fixtures, as ever. It fails at the first entry at which
    it raises, which is the smallest prefix that breaks it.
    """
    parameters = inspect.signature(function).parameters
    ours = [name for name in parameters if name in GIVEN]
    fixtures = [one for name, one in parameters.items() if name not in GIVEN]

    @wraps(function)
    def at_every_entry(**given: Any) -> None:
        council = given.pop(COUNCIL)
        council.each(lambda p: function(**{name: getattr(p, name) for name in ours}, **given))

    first = inspect.Parameter(COUNCIL, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    at_every_entry.__dict__["__signature__"] = inspect.Signature([first, *fixtures])
    marked: Callable[..., None] = pytest.mark.seatledger(at_every_entry)
    return marked
