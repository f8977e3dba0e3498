"""The law of `explain`: it agrees with asking at every moment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from hypothesis import strategies as st

from ledger import Entry, Viewpoint
from ledger.facts import ContestOpened
from ledger.testing import model
from ledger.testing.laws.asking import corrected_and_undone, councils, seen_by
from ledger.testing.model.reading import of_council, seat_facts
from ledger.testing.model.winning import awards
from ledger.testing.plan import Plan
from ledger.testing.playing import Played, played
from ledger.testing.strategies import viewpoints
from projections.explain import Explanation, Move, Story, explain
from projections.night import Standing
from projections.subjects import VACANT

Holders = dict[str, tuple[str, str | None] | None]  # by seat, the party and the name


def moments(night: Played, council: str, viewpoint: Viewpoint) -> list[datetime]:
    """Every hour up to a viewpoint's at which anything may change, by the plain log."""
    told = {entry.event.effective_at for entry in night.log}
    told |= {e.fact.polls_close for e in night.log if isinstance(e.fact, ContestOpened)}
    for move in awards(of_council(night.log, viewpoint, council)[1:], viewpoint.truth):
        told.add(move["when"])
    end = model.hour(viewpoint)
    return sorted(hour for hour in told if end is None or hour <= end)


def held_at(night: Played, council: str, viewpoint: Viewpoint, hour: datetime) -> Holders | None:
    """Seat -> (party, name) or None at an hour, by the model, under the register in force at the
    viewpoint; None before it was."""
    register = of_council(night.log, viewpoint, council)[0]
    if hour < register["when"]:
        return None
    found = model.holders(night.log, replace(viewpoint, at=hour), council)
    assert found is not None
    return {seat: holder and holder[:2] for seat, holder in found.items()}


def parties_by_hour(
    night: Played, council: str, viewpoint: Viewpoint
) -> dict[datetime, dict[str, str | None]]:
    """Whose each seat was at each hour since the register, by the model."""
    hall = {
        hour: held_at(night, council, viewpoint, hour)
        for hour in moments(night, council, viewpoint)
    }
    return {
        hour: {seat: holder and holder[0] for seat, holder in holders.items()}
        for hour, holders in hall.items()
        if holders
    }


def numbers_are_explained(data: st.DataObject, plan: Plan) -> None:
    """Start + gained − lost = now for every party, as the model counts both ends; and the moves
    are exactly those of the hours at which a seat changes party, each by an entry of then."""
    with played(plan) as night:
        for council in councils(night):
            viewpoint = data.draw(viewpoints(night))
            if (found := seen_by(night, council, viewpoint)) is None:
                continue
            whole = data.draw(st.booleans())
            told = explain(night.book, council, viewpoint, from_register=whole)
            by_hour = parties_by_hour(night, council, viewpoint)
            hall = list(by_hour)
            now = Counter(party or VACANT for party in by_hour[hall[-1]].values())
            assert {a.party: a.seats for a in told.accounts if a.seats} == now
            first = {a.party: a.start for a in told.accounts if a.start}
            start = by_hour[hall[0]]
            if told.start == "register":
                fact = of_council(night.log, viewpoint, council)[0]["fact"]
                parties = [s["party"] for w in fact["wards"] for s in w["seats"]]
                assert first == Counter(p["group"] if p else VACANT for p in parties)
            else:
                base = model.base(night.log, viewpoint, council)
                assert base is not None
                assert first == Counter(party or VACANT for party in base.values())
                assert not whole
                start = by_hour[[hour for hour in hall if hour < told.since][-1]]
            for account in told.accounts:
                assert account.start + len(account.gained) - len(account.lost) == account.seats
            later = {hour: by_hour[hour] for hour in hall if hour >= told.since}
            moves_are_changes(told, start, later)
            entries_are_of_then(night, council, viewpoint, told.moves, found)


def moves_are_changes(
    told: Explanation,
    start: Mapping[str, str | None],
    later: Mapping[datetime, Mapping[str, str | None]],
) -> None:
    """Of each seat, hour by hour, the moves lead from what the model says to what it says."""
    for seat in later[max(later)] if later else ():
        party = start[seat]
        if told.start == "register":  # what befell a seat at the register's own hour came after it
            party = next((m.party for m in told.moves if m.to.change.seat == seat), party)
        for hour, parties in later.items():
            here = [m for m in told.moves if (m.to.change.seat, m.to.change.at) == (seat, hour)]
            for move in here:
                assert move.party == party != move.to.change.group
                party = move.to.change.group
            assert party == parties[seat]
    assert all(move.to.change.at in later for move in told.moves)


def entries_are_of_then(
    night: Played, council: str, viewpoint: Viewpoint, moves: Sequence[Move], found: Standing
) -> None:
    """The entry of a move is of the ward, stands, and is what the model moves the seat by."""
    entries = of_council(night.log, viewpoint, council)[1:]
    known = [*awards(entries, viewpoint.truth), *seat_facts(entries)]
    places = {(move["when"], move["number"]) for move in known}
    for move in moves:
        change = move.to.change
        entry = move.to.entry
        assert entry.number == change.entry <= found.entry
        assert entry.ward == change.seat.rpartition("/")[0]
        assert (change.at, change.entry) in places


def seats_are_explained(data: st.DataObject, plan: Plan) -> None:
    """Whoever a seat is said to have had at any hour is who the model says; an entry stands
    after all it corrects; and whatever was once recorded and no longer stands is told."""
    with played(plan) as night:
        corrected_and_undone(data, night)  # what fell and came back is seldom there by chance
        for council in councils(night):
            viewpoint = data.draw(viewpoints(night))
            if (found := seen_by(night, council, viewpoint)) is None:
                continue
            ward = data.draw(st.sampled_from(sorted(found.wards)))
            told = explain(night.book, council, viewpoint, ward)
            assert [s.seat for s in told.stories] == list(found.council.by_slug[ward].seat_ids)
            for hour in moments(night, council, viewpoint):
                holders = held_at(night, council, viewpoint, hour)
                if holders is None:
                    continue
                for story in told.stories:
                    last = [one.change for one in story.held if one.change.at <= hour][-1]
                    now = last.party and (last.group, last.holder)
                    assert now == holders[story.seat]
            for story in told.stories:
                for one in story.held:
                    stands_on_what_it_corrects(one.behind)
            formers_were_there(night, council, viewpoint, found, told.stories)


def stands_on_what_it_corrects(behind: Sequence[Entry]) -> None:
    """Of the versions behind an entry each corrects the one before it."""
    targets = [getattr(entry.fact, "target", None) for entry in behind]
    assert targets == [None, *(entry.event.event_id for entry in behind[:-1])]


def known_by(night: Played, council: str, viewpoint: Viewpoint, number: int) -> Standing | None:
    """What stands at a viewpoint, by the first entries alone."""
    return seen_by(night, council, replace(viewpoint, entry=number, known_at=None))


def formers_were_there(
    night: Played,
    council: str,
    viewpoint: Viewpoint,
    found: Standing,
    stories: Sequence[Story],
) -> None:
    """After every entry up to the viewpoint, asked again: what stood then of a seat and does not
    now, by any version of what said so, is told, and nothing else."""
    asked = {story.seat for story in stories}
    roots: dict[str, int] = {}  # by event id, the entry of the first version
    for entry in night.log:
        target = getattr(entry.fact, "target", "")
        corrects = target and "withdrawn" not in entry.fact.kind
        roots[entry.event.event_id] = roots[target] if corrects else entry.number
    ever: set[tuple[str, str | None, str | None, int]] = set()
    now = ever
    for number in range(found.entry + 1):
        then = known_by(night, council, viewpoint, number)
        if then is None or then.registered != found.registered:
            continue
        now = {
            (c.seat, c.holder, c.group, roots[night.log[c.entry - 1].event.event_id])
            for changes in then.changes.values()
            for c in changes
            if c.seat in asked
        }
        ever = ever | now
    told = {
        (o.change.seat, o.change.holder, o.change.group, roots[o.said.event.event_id])
        for story in stories
        for o in story.former
    }
    assert told == ever - now
    for story in stories:
        for one in story.former:
            before, after = (
                known_by(night, council, viewpoint, number)
                for number in (one.gone.number - 1, one.gone.number)
            )
            assert before is not None
            assert after is not None
            assert one.change in before.changes[story.ward]
            assert one.change not in after.changes[story.ward]
