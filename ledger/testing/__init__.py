"""The property-testing kit: random nights, the laws, the model, and a machine to subclass.

    from hypothesis import given
    from ledger.testing import plans, played

    @given(plan=plans())
    def test_mine(plan):
        with played(plan) as night:
            assert my_seats(night.book) == ...

It needs hypothesis (`pip install 'seatledger[testing]'`), and is the one room of `ledger` that
knows `projections`; nothing else imports it. Names are loaded when first used, as hypothesis
and pytest look into this package whenever they start. Raises ExtraMissing without hypothesis.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ledger.testing import model
    from ledger.testing.laws import LAWS
    from ledger.testing.laws.asking import Law
    from ledger.testing.machine import LedgerMachine
    from ledger.testing.own_laws import ledger_law
    from ledger.testing.plan import Plan, Step
    from ledger.testing.playing import Played, fresh, played
    from ledger.testing.strategies import corrections, councils, plans, viewpoints

_HOMES = {
    "LAWS": "laws",
    "LedgerMachine": "machine",
    "Law": "laws.asking",
    "Plan": "plan",
    "Played": "playing",
    "Step": "plan",
    "corrections": "strategies",
    "councils": "strategies",
    "fresh": "playing",
    "ledger_law": "own_laws",
    "plans": "strategies",
    "played": "playing",
    "viewpoints": "strategies",
}
__all__ = [
    "LAWS",
    "Law",
    "LedgerMachine",
    "Plan",
    "Played",
    "Step",
    "corrections",
    "councils",
    "fresh",
    "ledger_law",
    "model",
    "plans",
    "played",
    "viewpoints",
]


def __getattr__(name: str) -> Any:
    if name == "model":
        return import_module("ledger.testing.model")
    if name not in _HOMES:
        raise AttributeError(name)
    try:
        return getattr(import_module(f"ledger.testing.{_HOMES[name]}"), name)
    except ModuleNotFoundError as error:
        if error.name not in ("hypothesis", "pytest"):
            raise
        from ledger.errors import ExtraMissing  # noqa: PLC0415 - as the names

        raise ExtraMissing(package=error.name, extra="testing") from error
