"""Forms from hypothesis: what `st.from_type` gives is taken by a ledger, and costs nothing before."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import Receipt, Viewpoint
from ledger.errors import NotionalMissing, NotYet
from ledger.forms import CouncilForm
from ledger.rules import SOFT
from ledger.testing import Plan, fresh, played
from ledger.testing.forms import council_forms, night_forms, result_forms
from ledger.testing.registered import FORMS
from projections.seats import seats

SAID = {"by": "Ann", "source": "telephone"}


@given(data=st.data())
def test_forms_are_taken(data):
    """A council is registered, a night of it opened, and its results declared, each as drawn."""
    council = data.draw(council_forms())
    night = data.draw(night_forms(council))
    with fresh(Plan((council,), ())) as town:
        assert isinstance(town.register(), Receipt)
        town.book.open(night, **SAID)
        for contest in night.contests:
            form = data.draw(result_forms(contest, council.voting_system))
            town.book.declare(
                contest.ward, form=form, declared_at=f"{night.poll_date}T23:30",
                accept=tuple(SOFT), **SAID,
            )  # fmt: skip
        assert sum(seats(town.book).seats.values()) <= seats(town.book).size


@given(council=st.from_type(CouncilForm), viewpoint=st.from_type(Viewpoint))
def test_from_type(council, viewpoint):
    """A council of any kind is registered; a viewpoint of any kind is answered, or is from
    before the register or against a notional result nobody stated."""
    with fresh(Plan((council,), ())) as town:
        town.register()
        if (viewpoint.entry or 0) <= 1:
            with suppress(NotYet, NotionalMissing):
                assert seats(town.book, council.council, viewpoint).size >= 1


@given(plan=st.from_type(Plan))
def test_plans_by_type(plan):
    """A plan is played."""
    with played(plan) as night:
        assert len(night.done) == len(plan.steps)


@pytest.mark.parametrize("first", ["hypothesis", "ledger.forms"])
def test_registered_whoever_comes_first(first):
    """Whichever is imported first, every form has its strategy; hypothesis alone loads none."""
    code = f"""
import sys
import {first}
if {first!r} == "hypothesis":
    assert not [name for name in sys.modules if name.startswith(("pydantic", "ledger.forms"))]
from importlib import import_module
from hypothesis import Phase, find, settings, strategies as st
few = settings(max_examples=3, phases=[Phase.generate], database=None)
for module, kinds in {FORMS!r}.items():
    for kind in kinds:
        kind = getattr(import_module(module), kind)
        assert type(find(st.from_type(kind), lambda _: True, settings=few)) is kind
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)


def test_extra_missing():
    """Without hypothesis the kit says what to install; the rest of the package needs none."""
    code = """
import sys
sys.modules["hypothesis"] = None
import ledger.book, projections.seats, cli.main, ledger.testing.plugin
from ledger.errors import ExtraMissing
try:
    from ledger.testing import plans
except ExtraMissing as error:
    print(error.message, error.remedy)
"""
    ran = subprocess.run([sys.executable, "-c", code], check=True, text=True, capture_output=True)
    assert ran.stdout == (
        "This needs the package hypothesis, which is not installed."
        " pip install 'seatledger[testing]'.\n"
    )
