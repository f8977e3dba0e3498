"""Writes that are not what was asked, whole, or kept."""

from __future__ import annotations

from broken.registry import breaks
from ledger.desk import Desk
from ledger.domain import figures, results
from ledger.events import Entry
from ledger.finding import find
from ledger.names import Names
from ledger.store import Store
from ledger.store.mapper import digest_of
from ledger.testing.plan import CLOCK
from ledger.times import micros


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
