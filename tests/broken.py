"""Ledgers broken on purpose, each in one way, and the laws that must catch them."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from ledger import Ledger, seating, truth
from ledger.counting import UNSAID
from ledger.desk import Desk
from ledger.domain import figures, results
from ledger.events import Entry
from ledger.facts import EntryWithdrawn, ResultCorrected
from ledger.finding import find
from ledger.names import Names
from ledger.seating import awards
from ledger.store import Store
from ledger.store.mapper import digest_of
from ledger.truth import as_counted
from ledger.ward import Ward, evolve
from projections import baselines, certainty, timeline
from projections.baselines import matched
from projections.chances import AtStake, Chance, chance
from projections.tables import Tables
from projections.tables.writing import Statements
from projections.tally import control, counted, net

BREAKAGES = {}
CAUGHT = []


def breaks(*laws):
    """A breakage, and the laws each of which must catch it."""

    def named(function):
        BREAKAGES[function.__name__] = function
        CAUGHT.extend((function.__name__, law) for law in laws)
        return function

    return named


def everywhere(patch, old, new):
    """Put `new` wherever a module of ours has `old` under a name of its own, but not in the
    laws: they must not break with the ledger."""
    for name, module in list(sys.modules.items()):
        ours = name.partition(".")[0] in ("ledger", "projections")
        if ours and not name.startswith("ledger.testing"):
            for attribute, value in list(vars(module).items()):
                if value is old:
                    patch.setattr(module, attribute, new)


# --- what stands --------------------------------------------------------------------------


@breaks("as_the_model_says")
def corrections_ignored(patch):
    everywhere(patch, evolve, lambda ward, entry: _skip(ward, entry, ResultCorrected, entry.fact))


@breaks("as_the_model_says", "undo_is_exact")
def withdrawals_ignored(patch):
    everywhere(patch, evolve, lambda ward, entry: _skip(ward, entry, EntryWithdrawn, entry.fact))


def by_entry(award):
    return award.entry


def _skip(ward, entry, kind, fact):
    return Ward(ward.contests, ward.seats, entry) if isinstance(fact, kind) else evolve(ward, entry)


@breaks("as_the_model_says", "past_stays_told")
def known_at_ignored(patch):
    patch.setattr(Ledger, "prefix", lambda self, _entry, _known: self.store.total())


@breaks("as_the_model_says", "past_stays_told")
def wall_clock_order(patch):
    """`recorded_at` as the machine's clock gave it, and a prefix chosen entry by entry."""
    begin = Desk.__init__

    def at_the_machines_clock(self, store, clock, *args, **said):
        begin(self, store, clock, *args, **said)
        self._now = clock()

    def prefix(self, entry, known_at):
        if known_at is None:
            return self.store.total() if entry is None else entry
        return sum(one.event.recorded_at <= known_at for one in self.entries())

    patch.setattr(Desk, "__init__", at_the_machines_clock)
    patch.setattr(Ledger, "prefix", prefix)


@breaks("as_the_model_says")
def last_write_wins(patch):
    """The latest entry wins a seat, whatever the hour in the hall."""

    def by_the_log(some, key):
        return sorted(some, key=by_entry if key is seating.place else key)

    patch.setattr(seating, "sorted", by_the_log, raising=False)


@breaks("order_of_wards")
def log_order_leaks(patch):
    """The hour in the hall is nudged by the number of the entry."""

    def nudged(contest):
        for award in awards(contest):
            yield award._replace(at=award.at + timedelta(minutes=award.entry))

    everywhere(patch, awards, nudged)


# --- counting -----------------------------------------------------------------------------


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


@breaks("one_holder")
def two_on_one_seat(patch):
    def together(winners, free, _holding):
        return {winner.name: free[0] for winner in winners}

    patch.setattr(seating, "_seated", together)


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


@breaks("certainty_is_as_asked")
def certain_once_is_certain(patch):
    """The first step that was certain counts, whatever came after."""

    def first_ever(steps):
        return next((step.told for step in steps if step.certain), None)

    patch.setattr(certainty, "_first", first_ever)


# --- tables and timeline --------------------------------------------------------------------


@breaks("tables_are_the_fold")
def rows_never_end(patch):
    begin = Statements.__init__

    def without_ends(self, dialect):
        begin(self, dialect)
        for ending in (self._held_ended, self._up_ended):
            ending.run = lambda *_: 0

    patch.setattr(Statements, "__init__", without_ends)


@breaks("tables_are_the_fold")
def tables_stop_following(patch):
    follow = Tables.follow
    patch.setattr(
        Tables, "follow", lambda self, *args, **said: self._position or follow(self, *args, **said)
    )


@breaks("pieces_are_the_whole")
def timeline_loses_its_end(patch):
    steps = timeline._on_hall_clock
    patch.setattr(timeline, "_on_hall_clock", lambda found: list(steps(found))[:-1])


# --- writing --------------------------------------------------------------------------------


@breaks("writes_are_idempotent")
def keys_forgotten(patch):
    patch.setattr(Store, "key_entry", lambda _self, _key: None)


@breaks("writes_are_idempotent")
def keys_not_compared(patch):
    """A key seen before is taken for the same request, whatever it asks."""
    draft = Desk._draft

    def without_looking(self, stream, fact, effective_at, key, source, accepted=()):
        if self._repeats is not None:
            self._seen.append(self._repeats)
            return
        draft(self, stream, fact, effective_at, key, source, accepted)

    patch.setattr(Desk, "_draft", without_looking)


@breaks("aliases_are_names")
def aliases_forgotten(patch):
    patch.setattr(Names, "meaning", lambda _self, _what, _name: None)


@breaks("newer_versions_are_told")
def everything_recorded_again(patch):
    """A newer version corrects what it does not change."""
    patch.setattr(results, "all", lambda _same: False, raising=False)


@breaks("newer_versions_are_told")
def figures_that_fell_are_kept(patch):
    put_in = figures._put_in

    def only_more(was, given):
        fell = given is not None and given.votes is not None and given.votes < (was.votes or 0)
        return put_in(was, None if fell else given)

    patch.setattr(figures, "_put_in", only_more)


@breaks("writes_are_whole")
def refused_but_recorded(patch):
    """The entry is written before the rules are asked."""
    obey = Desk._obey

    def written_first(self, case):
        stream = find(self._present, case.contest.contest)[1]
        self._draft(stream, case.result, case.now, None, None)
        self._store.append([self._drafts.pop().event])
        return obey(self, case)

    patch.setattr(Desk, "_obey", written_first)


@breaks("writes_are_whole")
def acknowledged_but_lost(patch):
    """A write is acknowledged, and nobody else ever sees it."""
    append = Store.append

    def forgetful(self, events):
        total = self.total()
        if total < 3:
            return append(self, events)
        return [Entry(total + n, event, digest_of(event)) for n, event in enumerate(events, 1)]

    patch.setattr(Store, "append", forgetful)


@breaks("round_trip")
def last_fact_lost(patch):
    """A write of several facts loses the last one."""
    append = Store.append
    patch.setattr(
        Store, "append", lambda self, events: append(self, events[: max(1, len(events) - 1)])
    )


# --- seats and courts -------------------------------------------------------------------------


@breaks("as_the_model_says")
def courts_ignored(patch):
    patch.setattr(seating, "ResultOverturned", type("Nothing", (), {}))


# --- truths and baselines ---------------------------------------------------------------------


@breaks("as_the_model_says", "truths_differ_where_told")
def courts_in_every_truth(patch):
    """What courts ordered counts as what was typed."""

    def with_courts(ward, truth):
        found = as_counted(ward, truth)
        contests = {
            name: contest._replace(others=ward.contests[name].others)
            for name, contest in found.contests.items()
        }
        return replace(found, contests=contests)

    everywhere(patch, as_counted, with_courts)


@breaks("as_the_model_says", "truths_differ_where_told")
def discrepancies_change_the_law(patch):
    """A discrepancy noted changes what was declared."""
    everywhere(patch, as_counted, lambda ward, _truth: as_counted(ward, "arithmetical"))


@breaks("as_the_model_says")
def papers_not_counted(patch):
    everywhere(
        patch,
        as_counted,
        lambda ward, truth: as_counted(ward, "recorded" if truth == "arithmetical" else truth),
    )


@breaks("truths_differ_where_told")
def elected_kept_by_the_papers(patch):
    """Other votes, and the elected not worked out again."""
    patch.setattr(truth, "count", lambda _people, _contest: UNSAID)


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
