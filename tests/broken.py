"""Ledgers broken on purpose, each in one way, and the laws that must catch them."""

from __future__ import annotations

import sys
from collections import Counter
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby

from strategies import CLOCK

from ledger import Ledger, seating, truth
from ledger.counting import UNSAID
from ledger.desk import Desk
from ledger.domain import figures, results
from ledger.events import Entry
from ledger.facts import EntryWithdrawn, ResultCorrected
from ledger.finding import find
from ledger.names import Names
from ledger.proof import checkpoint
from ledger.proof.tree import Frontier
from ledger.seating import awards
from ledger.store import Store
from ledger.store.mapper import digest_of
from ledger.times import micros
from ledger.truth import as_counted
from ledger.ward import Ward, evolve
from projections import baselines, certainty, diff, explain, flat, steps, timeline, ways
from projections import corrections as put_right
from projections.baselines import matched
from projections.chances import AtStake, Chance, chance
from projections.compared import Difference
from projections.explain import moves
from projections.flat import Holding
from projections.holders import formers
from projections.provenance import versions
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

    def first_ever(found, everything):
        return next((step for step in everything if certainty._certain(step, found)), None)

    patch.setattr(certainty, "_first", first_ever)


@breaks("when_is_as_asked")
def moments_taken_apart(patch):
    """Each entry of an hour is a moment of its own."""

    def one_by_one(steps, key):
        return groupby(steps, key=lambda told: (key(told), told[0].entry))

    patch.setattr(steps, "groupby", one_by_one)


@breaks("when_is_as_asked")
def first_register_for_ever(patch):
    """What the board showed is asked of the wards a council had first."""
    patch.setattr(steps, "in_force", lambda registers, *_: registers[0])


@breaks("when_is_as_asked")
def prefixes_without_truth(patch):
    """What the board showed is always what stands in law."""
    patch.setattr(steps, "as_counted", lambda ward, _truth: ward)


@breaks("corrections_are_as_asked")
def withdrawals_not_listed(patch):
    patch.setattr(put_right, "KINDS", put_right.KINDS[:-1])


@breaks("corrections_are_as_asked")
def board_before_is_after(patch):
    """What stood before is looked at once the entry is taken in."""
    version = put_right._version

    def too_late(follower, entry):
        later = deepcopy(follower)
        later.take(entry)
        return version(later, entry)

    patch.setattr(put_right, "_version", too_late)


@breaks("corrections_are_as_asked")
def figures_by_place(patch):
    """Candidates of two versions are compared row by row."""

    def by_row(before, after, _renamed):
        for was, now in zip(before.candidates, after.candidates[::-1], strict=False):
            yield Difference("votes", now.name, was.votes, now.votes)

    patch.setattr(put_right, "differences", by_row)


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
    patch.setattr(timeline, "_on_hall_clock", lambda *asked: list(steps(*asked))[:-1])


@breaks("pieces_are_the_whole")
def timeline_loses_its_beginning(patch):
    """What befell the seats before the last night is in no timeline."""
    last = timeline._on_hall_clock
    patch.setattr(timeline, "_over_nights", lambda _book, _seen, found, _start: last(found))


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
    """A log that is taken over loses the last entry."""
    restore = Store.restore
    patch.setattr(Store, "restore", lambda self, entries: restore(self, entries[:-1]))


@breaks("round_trip")
def recorded_when_imported(patch):
    """A log that is taken over is known from then on, not from when it was recorded."""
    restore = Store.restore

    def now(self, entries):
        restore(self, [(data, micros(CLOCK) * 2, key) for data, _, key in entries])

    patch.setattr(Store, "restore", now)


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


# --- proof ------------------------------------------------------------------------------------


@breaks("alterations_are_found")
def checkpoints_not_compared(patch):
    """What was signed is read and not held against the log."""
    patch.setattr(checkpoint, "confront", lambda *_: None)


@breaks("alterations_are_found")
def only_the_end_is_signed(patch):
    """The root is that of the last entry alone."""
    patch.setattr(Frontier, "root", lambda self: self.peaks[-1] if self.peaks else b"")


# --- explained and compared -------------------------------------------------------------------


@breaks("seats_are_explained")
def corrections_not_named(patch):
    """Only the version that stands is named."""
    everywhere(patch, versions, lambda known, number: (known[number],))


@breaks("seats_are_explained")
def what_fell_is_forgotten(patch):
    everywhere(patch, formers, lambda *_: [])


@breaks("seats_are_explained")
def what_came_back_is_still_gone(patch):
    """Whatever was ever taken out is told as gone, though it stands again."""

    def ever_gone(found, slug, entries):
        told, seen = [], list(entries)
        for upto in range(1, len(seen) + 1):
            told += formers(found, slug, seen[:upto])
        return list({(one.change, one.said.number): one for one in told}.values())

    everywhere(patch, formers, ever_gone)


@breaks("numbers_are_explained")
def only_the_ends_count(patch):
    """A seat that changed twice is told as if it had changed once."""

    def ends(first, told, since):
        for seat, holders in told.items():
            if holders[-1].change.at >= since and holders[-1].change.group != first[seat]:
                yield explain.Move(first[seat], None, holders[-1])

    everywhere(patch, moves, ends)


@breaks("numbers_are_explained")
def moves_by_the_first_entry(patch):
    """A move is told by the version first recorded, not by the one that stands."""
    everywhere(patch, versions, lambda known, number: versions(known, number)[:1])


@breaks("differences_have_their_entries")
def everything_is_learned(patch):
    """The corner has the hour of the one that knows more."""
    patch.setattr(diff, "hour", lambda *_: datetime(2020, 1, 1, tzinfo=UTC))


@breaks("differences_have_their_entries")
def all_are_responsible(patch):
    """Each entry about a ward is named for all that differs in it."""
    patch.setattr(ways, "differing", lambda one, other: {*one, *other})


@breaks("differences_have_their_entries")
def withdrawals_not_responsible(patch):
    patch.setattr(
        ways,
        "evolve",
        lambda ward, entry: _skip(ward, entry, EntryWithdrawn, entry.fact),
    )


@breaks("differences_have_their_entries")
def what_happened_has_no_end(patch):
    """All that came after the first is named, also what came after the second."""
    along = ways._along

    def without_end(way, since, end, entries):
        along(way, since, replace(end, at=None), entries)

    patch.setattr(ways, "_along", without_end)


@breaks("differences_are_those")
def figures_not_compared(patch):
    def only_status(contest, seen):
        return list(contest_told(contest, seen))[:1]

    contest_told = flat._contest
    patch.setattr(flat, "_contest", only_status)


@breaks("differences_are_those")
def names_not_compared(patch):
    """A seat that the same party holds is thought to be the same."""
    part = flat.part

    def of_parties(*seen):
        told = part(*seen)
        holders = {t: Holding(None, v.party) for t, v in told.items() if t.what == "holder"}
        return told | holders

    everywhere(patch, part, of_parties)


@breaks("differences_are_those")
def told_forwards_whatever(patch):
    """What differs is told from the one that knows less, whichever was named first."""
    compare = diff.compare
    patch.setattr(diff, "compare", lambda *args, **_: compare(*args, backwards=False))
