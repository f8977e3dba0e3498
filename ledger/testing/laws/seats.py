"""Laws 1 to 5: seats are counted whole, the past stays told, undo is exact, order is idle."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from ledger import Viewpoint
from ledger.events import Event
from ledger.testing.laws.asking import (
    ASKED,
    asked,
    corrected_and_undone,
    councils,
    in_the_end,
    views,
)
from ledger.testing.plan import Plan
from ledger.testing.playing import fresh, played
from ledger.testing.strategies import viewpoints
from ledger.ward import result_of
from projections.check import check


def conservation(data: st.DataObject, plan: Plan) -> None:
    """1. Party seats + vacant seats = council size, for each council, at every viewpoint; and
    what the desk let pass breaks no law that `check` looks for."""
    with played(plan) as night:
        assert check(night.book).broken == ()
        for _, _, found in asked(data, night):
            tally = found.tally()
            vacant = sum(change.party is None for change in found.holders.values())
            assert sum(tally.seats.values()) + vacant == found.council.size == tally.size
            assert tally.vacant == vacant
            assert all(number > 0 for number in tally.seats.values())


def one_holder(data: st.DataObject, plan: Plan) -> None:
    """2. Every seat of the register has at most one holder, and nobody wins two seats."""
    with played(plan) as night:
        for _, _, found in asked(data, night):
            everyone = [change for ward in found.changes.values() for change in ward]
            last = {change.seat: change for change in everyone}
            registered = [seat for ward in found.council.wards for seat in ward.seat_ids]
            assert list(found.holders) == registered
            assert found.holders == last
            for seen in found.night():
                won = [(new.seat, new.holder) for new, _ in seen.winners]
                assert len({seat for seat, _ in won}) == len(won)
                assert len({holder for _, holder in won}) == len(won)
                wanted = len(seen.contest.fact.seats)
                assert (seen.status in ("declared", "unopposed")) <= (len(won) == wanted)
                assert (seen.status in ("open", "tie", "void")) <= (len(won) < wanted)
                alone = len(seen.contest.declarations) == 1 and not seen.contest.others
                if seen.standing is not None and alone and not seen.contest.lot:
                    assert len(won) == len(result_of(seen.standing).elected)


def past_stays_told(data: st.DataObject, plan: Plan) -> None:
    """3. Adding entries never changes the answer at an earlier `known_at` or `entry`."""
    with fresh(plan) as night:
        night.register()
        told = []
        for number in range(len(plan.steps)):
            log = night.log
            at = data.draw(st.sampled_from([None, *{e.event.effective_at for e in log}]))
            places = [Viewpoint(at=at, entry=len(log))]
            night.step(number)
            later = night.log[len(log) :]
            if later and later[0].event.recorded_at > log[-1].event.recorded_at:
                places.append(Viewpoint(at=at, known_at=log[-1].event.recorded_at))
            told += [
                (council, place, views(night.book, council, Viewpoint(at=at, entry=len(log))))
                for place in places
                for council in councils(night)
            ]
        for council, place, then in told:
            now = views(night.book, council, place)
            if then and now and place.known_at is not None:
                now[0]["viewpoint"]["known_at"] = None
            assert now == then


def undo_is_exact(data: st.DataObject, plan: Plan) -> None:
    """4. A correction followed by its withdrawal gives the same views as neither."""
    with played(plan) as night:
        places = [(council, viewpoint) for council, viewpoint, _ in asked(data, night)]
        places = [(council, Viewpoint(at=p.at, truth=p.truth)) for council, p in places]
        before = [views(night.book, *place) for place in places]
        if corrected_and_undone(data, night):
            assert [views(night.book, *place) for place in places] == before


def order_of_wards(data: st.DataObject, plan: Plan) -> None:
    """5. The order of unrelated wards does not matter for what is known in the end."""
    with played(plan) as night, fresh(plan) as other:
        streams: dict[str, list[Event]] = {}
        for entry in night.log:
            streams.setdefault(entry.event.originator_id, []).append(entry.event)
        registers = [streams.pop(council) for council in councils(night)]
        order = data.draw(st.permutations([s for s in streams for _ in streams[s]]))
        queues = {stream: iter(events) for stream, events in streams.items()}
        other.book.store.append([event for events in registers for event in events])
        for stream in order:
            other.book.store.append([next(queues[stream])])
        for _ in range(ASKED):
            place = replace(data.draw(viewpoints(night)), known_at=None, entry=None)
            for council in councils(night):
                told = [views(book, council, place) for book in (other.book, night.book)]
                assert in_the_end(told[0]) == in_the_end(told[1])
