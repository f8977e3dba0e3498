"""What stands, worked out wrongly."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from broken.registry import breaks, everywhere, skipping
from ledger import Ledger, seating, truth
from ledger.counting import UNSAID
from ledger.desk import Desk
from ledger.facts import EntryWithdrawn, ResultCorrected
from ledger.seating import awards
from ledger.truth import as_counted
from ledger.ward import evolve


@breaks("as_the_model_says")
def corrections_ignored(patch):
    everywhere(patch, evolve, skipping(ResultCorrected))


@breaks("as_the_model_says", "undo_is_exact")
def withdrawals_ignored(patch):
    everywhere(patch, evolve, skipping(EntryWithdrawn))


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


def by_entry(award):
    return award.entry


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


@breaks("one_holder")
def two_on_one_seat(patch):
    def together(winners, free, _holding):
        return {winner.name: free[0] for winner in winners}

    patch.setattr(seating, "_seated", together)


@breaks("as_the_model_says")
def courts_ignored(patch):
    patch.setattr(seating, "ResultOverturned", type("Nothing", (), {}))


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
