"""The read models, and timelines, that lose what they should follow."""

from __future__ import annotations

from broken.registry import breaks
from projections import timeline
from projections.tables import Tables
from projections.tables.writing import Statements


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
