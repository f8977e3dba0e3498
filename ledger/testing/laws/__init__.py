"""The laws, each a function that fails on a night that breaks it.

A law takes hypothesis' data and a plan, plays the plan on a ledger of its own and looks:

    @given(data=st.data(), plan=plans())
    def test_conservation(data, plan):
        conservation(data, plan)

`LAWS` has them all by name.
"""

from __future__ import annotations

from ledger.testing.laws.asking import Law
from ledger.testing.laws.changes import changes_sum_to_zero
from ledger.testing.laws.correcting import corrections_are_as_asked
from ledger.testing.laws.differing import differences_are_those, differences_have_their_entries
from ledger.testing.laws.ends import certainty_is_as_asked, control_is_arithmetic, reach_is_exact
from ledger.testing.laws.explaining import numbers_are_explained, seats_are_explained
from ledger.testing.laws.proving import alterations_are_found
from ledger.testing.laws.replays import as_the_model_says, pieces_are_the_whole, tables_are_the_fold
from ledger.testing.laws.seats import (
    conservation,
    one_holder,
    order_of_wards,
    past_stays_told,
    undo_is_exact,
)
from ledger.testing.laws.truths import truths_differ_where_told
from ledger.testing.laws.whens import when_is_as_asked
from ledger.testing.laws.writes import (
    aliases_are_names,
    newer_versions_are_told,
    round_trip,
    writes_are_idempotent,
    writes_are_whole,
)

LAWS: dict[str, Law] = {
    law.__name__: law
    for law in (
        conservation,
        one_holder,
        past_stays_told,
        undo_is_exact,
        order_of_wards,
        changes_sum_to_zero,
        control_is_arithmetic,
        reach_is_exact,
        certainty_is_as_asked,
        as_the_model_says,
        pieces_are_the_whole,
        tables_are_the_fold,
        truths_differ_where_told,
        writes_are_idempotent,
        aliases_are_names,
        newer_versions_are_told,
        round_trip,
        writes_are_whole,
        numbers_are_explained,
        seats_are_explained,
        differences_are_those,
        differences_have_their_entries,
        when_is_as_asked,
        corrections_are_as_asked,
        alterations_are_found,
    )
}
