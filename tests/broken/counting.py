"""Seats and votes counted wrongly, and what they come to and against what they are compared."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from broken.registry import breaks, everywhere
from ledger.facts import ResultCorrected
from ledger.ward import evolve
from projections import baselines
from projections.baselines import matched
from projections.chances import AtStake, Chance, chance
from projections.tally import control, counted, net


@breaks("conservation")
def seats_counted_twice(patch):
    everywhere(patch, counted, lambda parties: Counter([p for p in [*parties, *parties] if p]))


@breaks("as_the_model_says")
def votes_summed_twice(patch):
    """A correction's votes are added to those it replaces."""

    def adding(ward, entry):
        before = ward.contests.get(getattr(entry.fact, "contest", ""))
        if isinstance(entry.fact, ResultCorrected):
            was = {c.name: c.votes for c in before.result().candidates}
            people = tuple(
                c.model_copy(update={"votes": (c.votes or 0) + (was.get(c.name) or 0)})
                for c in entry.fact.candidates
            )
            fact = entry.fact.model_copy(update={"candidates": people})
            entry = replace(entry, event=entry.event.model_copy(update={"fact": fact}))
        return evolve(ward, entry)

    everywhere(patch, evolve, adding)


@breaks("changes_sum_to_zero")
def losses_not_told(patch):
    everywhere(patch, net, lambda one, two: {p: n for p, n in net(one, two).items() if n > 0})


@breaks("control_is_arithmetic")
def vacant_seats_forgotten(patch):
    def of_those_held(size, seats, *at_stake):
        return control(min(size, sum(seats.values())), seats, *at_stake)

    everywhere(patch, control, of_those_held)


@breaks("control_is_arithmetic")
def certain_too_soon(patch):
    def sure(*args):
        return replace(control(*args), certain=True)

    everywhere(patch, control, sure)


@breaks("control_is_arithmetic", "reach_is_exact")
def anyone_may_win(patch):
    """As if nobody knew who stands."""
    everywhere(patch, chance, lambda places, _groups: Chance(places))


@breaks("reach_is_exact")
def at_stake_as_good_as_kept(patch):
    """A party is thought to keep the seats it defends."""
    reach = AtStake.reach
    patch.setattr(AtStake, "reach", lambda self, party, n: reach(replace(self, held={}), party, n))


@breaks("changes_sum_to_zero")
def by_elections_compared(patch):
    """A seat is compared with who won it last, be it at a by-election."""
    patch.setattr(baselines, "is_by_election", lambda _contest: False)


@breaks("changes_sum_to_zero")
def holds_not_looked_for(patch):
    """Winners and the parties before are compared as they come."""

    def as_they_come(won, before):
        return dict(zip(won, before, strict=False))

    everywhere(patch, matched, as_they_come)
