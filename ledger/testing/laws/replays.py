"""Law 8: replay is deterministic, whichever way it is done."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import strategies as st

from ledger.errors import NotYet
from ledger.testing import model
from ledger.testing.laws.asking import ASKED, asked, councils, figures
from ledger.testing.plan import Plan
from ledger.testing.playing import fresh, played
from ledger.testing.strategies import viewpoints
from projections.history import history
from projections.night import fold, standing
from projections.seats import boards, seats
from projections.tables import Tables
from projections.timeline import replay
from projections.viewpoints import Resolved


def as_the_model_says(data: st.DataObject, plan: Plan) -> None:
    """8a. The fold = the model, worked out a second time from the stored JSON alone."""
    with played(plan) as night:
        log = night.log
        for _ in range(ASKED):
            place = data.draw(viewpoints(night))
            for council in councils(night):
                held = model.holders(log, place, council)
                try:
                    found = standing(night.book, council, place)
                except NotYet:
                    assert held is None
                    continue
                assert held is not None
                ours = {
                    seat: change.party and (change.group, change.holder)
                    for seat, change in found.holders.items()
                }
                assert ours == {seat: holder and holder[:2] for seat, holder in held.items()}
                assert dict(found.tally().seats) == model.composition(held)
                assert figures(found) == model.figures(log, place, council)


def pieces_are_the_whole(data: st.DataObject, plan: Plan) -> None:
    """8b. Fold in one go = fold in pieces: entry by entry, and as a timeline, of the night and of
    all the nights there were."""
    with played(plan) as night:
        for line in history(night.book):
            register, number = line.entry.register, line.entry.number
            under = [entry for entry in night.log[:number] if entry.register == register]
            found = fold(under, Resolved(None, None, number))
            assert found is not None
            assert dict(found.tally().seats) == line.total
        for council, place, found in asked(data, night):
            steps = list(replay(night.book, council, place))
            told = [step.won for step in steps] or [{}]
            assert told[-1] == dict(found.tally().won)
            if steps:
                assert steps[-1].seats == dict(found.tally().seats)
            first = found.registered.number
            changes = [c for ward in found.changes.values() for c in ward]
            assert len([c for c in changes if c.entry == first]) == found.council.size
            ever = list(replay(night.book, council, place, since=datetime(1900, 1, 2, tzinfo=UTC)))
            assert {c.entry for c in changes} - {first} <= {step.entry for step in ever}
            for at, step in {step.moment: step for step in ever}.items():
                then = standing(night.book, council, replace(place, at=at, known_at=found.known_at))
                assert step.seats == dict(then.tally().seats)


def tables_are_the_fold(data: st.DataObject, plan: Plan) -> None:
    """8c. The read-model tables = the fold, at every viewpoint, however they followed."""
    stops = data.draw(st.sets(st.integers(0, len(plan.steps))))
    with fresh(plan) as night, Tables(night.book) as tables:
        night.register()
        for number in range(len(plan.steps)):
            if number in stops:
                tables.follow()
            night.step(number)
        places = [replace(data.draw(viewpoints(night)), truth="legal") for _ in range(ASKED)]
        for again in range(2):
            if again:
                tables.rebuild()
            for place in places:
                assert tables.tallies(place) == boards(night.book, place)
                for council in councils(night):
                    try:
                        folded = seats(night.book, council, place)
                    except NotYet:
                        continue
                    assert tables.tally(council, place) == folded
