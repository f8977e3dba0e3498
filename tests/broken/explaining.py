"""Numbers explained, and moments compared, wrongly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from broken.registry import breaks, everywhere, skipping
from ledger.facts import EntryWithdrawn
from projections import diff, explain, flat, ways
from projections.explain import moves
from projections.flat import Holding
from projections.holders import formers
from projections.provenance import versions


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
    patch.setattr(ways, "evolve", skipping(EntryWithdrawn))


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
