"""When something was so, and what was put right, told wrongly."""

from __future__ import annotations

from copy import deepcopy
from itertools import groupby

from broken.registry import breaks
from projections import certainty, steps
from projections import corrections as put_right
from projections.compared import Difference
from projections.growing import GrowingWard


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

    def lawful(place, registered, _truth):
        return GrowingWard(place, registered)

    patch.setattr(steps, "GrowingWard", lawful)


@breaks("corrections_are_as_asked")
def withdrawals_not_listed(patch):
    patch.setattr(put_right, "KINDS", put_right.KINDS[:-1])


@breaks("corrections_are_as_asked")
def board_before_is_after(patch):
    """What stood before is looked at once the entry is taken in."""
    version = put_right._version

    def too_late(follower, entry):
        later = deepcopy(follower)
        if entry.ward is None or later.wards[entry.ward].last.number < entry.number:
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
