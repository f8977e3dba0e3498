"""The law of `diff`: it agrees with asking at both viewpoints, and on the way between them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from ledger import Viewpoint
from ledger.facts import CouncilRegistered
from ledger.testing.laws.asking import councils, seen_by
from ledger.testing.plan import Plan
from ledger.testing.playing import Played, played
from ledger.testing.strategies import viewpoints
from projections.contests import line
from projections.diff import Comparison, diff
from projections.flat import Flat, flat
from projections.night import Standing, standing
from projections.provenance import hours
from projections.seats import seats
from projections.subjects import VACANT

INSTANT = timedelta(microseconds=1)
PAPERS = ("rejected", "ballot_papers", "electorate")


def two(data: st.DataObject, night: Played, council: str) -> tuple[Viewpoint, Viewpoint] | None:
    """Two viewpoints of a council that is registered at both: any, or those about an entry that
    puts another right."""
    one, other = (replace(data.draw(viewpoints(night)), truth="legal") for _ in range(2))
    late = [entry.number for entry in night.log if getattr(entry.fact, "target", None)]
    about_one = data.draw(st.booleans())
    if late and about_one:
        number = data.draw(st.sampled_from(late))
        one, other = (Viewpoint(at=one.at, entry=n) for n in (number - 1, number))
    return (one, other) if all(seen_by(night, council, end) for end in (one, other)) else None


def differences_are_those(data: st.DataObject, plan: Plan) -> None:
    """What differs between two viewpoints is exactly what differs between their answers; a
    viewpoint does not differ from itself, and the way back is the way turned."""
    with played(plan) as night:
        for council in councils(night):
            if (ends := two(data, night, council)) is None:
                continue
            found = diff(night.book, ends[0], ends[1], council)
            told = {tuple(one.thing): (one.before, one.after) for one in found.differences}
            one, other = (answers(night, council, end) for end in ends)
            assert told == {
                thing: (one.get(thing), other.get(thing))
                for thing in one.keys() | other.keys()
                if one.get(thing) != other.get(thing)
            }
            for end in ends:
                assert diff(night.book, end, end, council).differences == ()
            turned = {t.thing: t for t in diff(night.book, ends[1], ends[0], council).differences}
            assert set(turned) == {d.thing for d in found.differences}
            for d in found.differences:
                back = turned[d.thing]
                assert (back.before, back.after) == (d.after, d.before)
                for part, other_way in ((d.learned, back.learned), (d.happened, back.happened)):
                    assert part == (other_way and other_way._replace(
                        before=other_way.after, after=other_way.before))  # fmt: skip


def answers(night: Played, council: str, viewpoint: Viewpoint) -> dict[tuple[str, ...], Any]:
    """Thing -> value, of what `seats`, `standing` and, of each contest opened, `contests` say."""
    tally, found = seats(night.book, council, viewpoint), standing(night.book, council, viewpoint)
    told: dict[tuple[str, ...], Any] = {
        ("seats", party, "", ""): number for party, number in tally.seats.items()
    }
    if tally.vacant:
        told["seats", VACANT, "", ""] = tally.vacant
    told["control", "", "", ""] = tally.control.party or tally.control.status
    for seat, change in found.holders.items():
        told["holder", seat, "", ""] = (change.holder, change.group)
    for contest in found.contests():
        shape = line(found, found.see(contest)).as_json()
        name, declared = shape["contest"], shape["declared_at"]
        elected = sorted((one["seat"], one["name"]) for one in shape["elected"])
        told["contest", name, "status", ""] = shape["status"]
        told["contest", name, "elected", ""] = tuple(name for _, name in elected) or None
        if declared is None:
            continue
        told["contest", name, "declared_at", ""] = datetime.fromisoformat(declared)
        told |= {("contest", name, field, ""): shape[field] for field in PAPERS}
        for one in shape["candidates"]:
            told["contest", name, "votes", one["name"]] = one["votes"]
            told["contest", name, "party", one["name"]] = one["label"]
    return told


def differences_have_their_entries(data: st.DataObject, plan: Plan) -> None:
    """By the corner the parts are told apart as `standing` asked there says. Each entry that is
    responsible lies between the two on its clock: of what was learned, the answer at that hour
    is another after it than before it; of what happened, it is of an hour at which the answer
    changes. And no such entry, no such hour is left out."""
    with played(plan) as night:
        for council in councils(night):
            if (ends := two(data, night, council)) is None:
                continue
            found = diff(night.book, ends[0], ends[1], council)
            a, b = (standing(night.book, council, end) for end in ends)
            first, last = (b, a) if found.backwards else (a, b)
            assert (first.entry, last.entry) == tuple(sorted((a.entry, b.entry)))
            at = found.corner.at
            assert first.at in (None, at)
            assert asked_at(night, council, at, first.entry) == flat(first)
            corner = asked_at(night, council, at, last.entry)
            things = [one.thing for one in (*found.differences, *found.evened)]
            same = {t for t in {*corner, *flat(first)} if flat(first).get(t) == flat(last).get(t)}
            away = {t for t in same if corner.get(t) != flat(first).get(t)}
            assert {one.thing for one in found.evened} == away
            assert len(things) == len(set(things))
            for one in (*found.differences, *found.evened):
                start, end = flat(first).get(one.thing), flat(last).get(one.thing)
                assert (one.learned is None) == (start == corner.get(one.thing))
                assert (one.happened is None) == (corner.get(one.thing) == end)
            learned_one_by_one(night, council, found, first.entry)
            happened_hour_by_hour(night, council, found, corner_to(found, last))


def asked_at(night: Played, council: str, at: datetime | None, entry: int) -> Flat:
    """What the first entries answer of an hour."""
    return flat(seen_by(night, council, Viewpoint(at=at, entry=entry)))


def learned_one_by_one(night: Played, council: str, found: Comparison, known: int) -> None:
    """Of what was learned the entries are those after which the answer was another."""
    at, upto = found.corner.at, found.corner.entry
    told = [asked_at(night, council, at, number) for number in range(known, upto + 1)]
    for one in (*found.differences, *found.evened):
        values = [answer.get(one.thing) for answer in told]
        changed = [known + n for n in range(1, len(values)) if values[n] != values[n - 1]]
        if one.learned is not None:
            assert list(one.learned.entries) == changed != []


def corner_to(found: Comparison, last: Standing) -> tuple[datetime, datetime | None]:
    """The hours between which something happened, the earlier first (None: without an end)."""
    at = found.corner.at
    return (last.at, at) if last.at is not None and last.at < at else (at, last.at)


def happened_hour_by_hour(
    night: Played, council: str, found: Comparison, between: tuple[datetime, datetime | None]
) -> None:
    """Of what happened the entries are those of the hours at which the answer changes."""
    since, until = between
    upto, everything = found.corner.entry, (*found.differences, *found.evened)
    if not any(one.happened for one in everything):
        return
    own: dict[int, set[datetime]] = {}  # by entry, the hours at which it makes anything true
    registers = [e for e in night.log[:upto] if isinstance(e.fact, CouncilRegistered)]
    ends = [e.event.effective_at - INSTANT for e in registers if e.council == council]
    asked: list[datetime | None] = [
        until,
        *(hour for hour in ends if until is None or hour < until),
    ]
    for hour in asked:
        then = seen_by(night, council, Viewpoint(at=hour, entry=upto))
        if then is None:
            continue
        own.setdefault(then.registered.number, set()).add(then.registered.event.effective_at)
        for slug, ward in then.wards.items():
            for when, entry in hours(ward, then.changes[slug]):
                own.setdefault(entry, set()).add(when)
    within = sorted({
        hour for of_one in own.values() for hour in of_one
        if since < hour and (until is None or hour <= until)
    })  # fmt: skip
    told = {
        at: [asked_at(night, council, when, upto) for when in (at - INSTANT, at)] for at in within
    }
    for one in everything:
        if one.happened is None:
            continue
        changed = {h for h, (was, now) in told.items() if was.get(one.thing) != now.get(one.thing)}
        by_hour = Counter(h for n in one.happened.entries for h in own[n] & set(within))
        assert one.happened.entries
        assert all(own[number] & set(within) for number in one.happened.entries)
        assert changed <= set(by_hour)
        for number in one.happened.entries:  # it changes then, or changes and changes back
            assert any(h in changed or by_hour[h] > 1 for h in own[number] & set(within))
