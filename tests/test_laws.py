"""The laws on random nights, and on ledgers broken on purpose."""

from __future__ import annotations

import broken
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from ledger.testing import LAWS, plans


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_law(law):
    """It holds on every random night."""

    @given(data=st.data(), plan=plans())
    def holds(data, plan):
        law(data, plan)

    holds()


def test_there_are_laws_enough():
    """The long profile tries at least 10,000 nights: a thousand for each law."""
    assert len(LAWS) * 1_000 >= 10_000


@pytest.mark.parametrize(("breakage", "law"), broken.CAUGHT, ids=map("-".join, broken.CAUGHT))
def test_broken_ledger_is_caught(breakage, law, monkeypatch):
    """A ledger broken on purpose fails its law on some random night; a law that no night can
    fail would be no test."""
    broken.BREAKAGES[breakage](monkeypatch)

    @settings(
        max_examples=2_000,  # it ends with the first that fails, mostly within a hundred
        phases=[Phase.generate],
        derandomize=True,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(data=st.data(), plan=plans())
    def holds(data, plan):
        LAWS[law](data, plan)

    with pytest.raises(AssertionError):
        holds()
