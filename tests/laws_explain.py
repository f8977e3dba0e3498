"""The laws of `explain` and `diff`: both agree with asking at every moment."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import model
from hypothesis import strategies as st
from laws import councils
from strategies import played, viewpoints

from ledger import Viewpoint
from ledger.errors import NotYet
from ledger.facts import CouncilRegistered
from projections.contests import line
from projections.diff import diff
from projections.explain import explain
from projections.flat import flat
from projections.night import standing
from projections.provenance import hours
from projections.seats import seats
from projections.subjects import VACANT

INSTANT = timedelta(microseconds=1)
PAPERS = ("rejected", "ballot_papers", "electorate")


def seen_by(night, council, viewpoint):
    """What stands at a viewpoint; None before the council is registered."""
    try:
        return standing(night.book, council, viewpoint)
    except NotYet:
        return None


def moments(night, council, viewpoint):
    """Every hour up to a viewpoint's at which anything may change, by the plain log."""
    told = {entry.event.effective_at for entry in night.log}
    told |= {getattr(entry.fact, "polls_close", None) for entry in night.log} - {None}
    for move in model.awards(model.of_council(night.log, viewpoint, council)[1:], viewpoint.truth):
        told.add(move["when"])
    return sorted(hour for hour in told if viewpoint.at is None or hour <= viewpoint.at)


def held_at(night, council, viewpoint, hour):
    """Seat -> (party, name) or None at an hour, by the model, under the register in force at the
    viewpoint; None before it was."""
    register = model.of_council(night.log, viewpoint, council)[0]
    if hour < register["when"]:
        return None
    found = model.holders(night.log, replace(viewpoint, at=hour), council)
    return {seat: holder and holder[:2] for seat, holder in found.items()}


# --- explain ----------------------------------------------------------------------------------


def numbers_are_explained(data, plan):
    """Start + gained − lost = now for every party, as the model counts both ends; and the moves
    are exactly those of the hours at which a seat changes party, each by an entry of then."""
    with played(plan) as night:
        for council in councils(night):
            viewpoint = data.draw(viewpoints(night))
            if (found := seen_by(night, council, viewpoint)) is None:
                continue
            whole = data.draw(st.booleans())
            told = explain(night.book, council, viewpoint, from_register=whole)
            hall = moments(night, council, viewpoint)
            by_hour = {hour: held_at(night, council, viewpoint, hour) for hour in hall}
            now = Counter(h[0] if h else VACANT for h in by_hour[hall[-1]].values())
            assert {a.party: a.seats for a in told.accounts if a.seats} == now
            first = {a.party: a.start for a in told.accounts if a.start}
            start = by_hour[next(hour for hour in hall if by_hour[hour])]
            if told.start == "register":
                fact = model.of_council(night.log, viewpoint, council)[0]["fact"]
                parties = [s["party"] for w in fact["wards"] for s in w["seats"]]
                assert first == Counter(p["group"] if p else VACANT for p in parties)
            else:
                base = model.base(night.log, viewpoint, council)
                assert first == Counter(party or VACANT for party in base.values())
                assert not whole
                eve = [h for h in hall if h < told.since and by_hour[h]]
                start = by_hour[eve[-1]]
            for account in told.accounts:
                assert account.start + len(account.gained) - len(account.lost) == account.seats
            later = {hour: by_hour[hour] for hour in hall if hour >= told.since and by_hour[hour]}
            moves_are_changes(told, start, later, registered=told.start == "register")
            entries_are_of_then(night, council, viewpoint, told.moves, found)


def moves_are_changes(told, start, later, *, registered):
    """Of each seat, hour by hour, the moves lead from what the model says to what it says."""
    for seat in later[max(later)] if later else ():
        party = start[seat] and start[seat][0]
        if registered:  # what befell a seat at the register's own hour came after it
            party = next(
                (m.party for m in told.moves if m.to.change.seat == seat),
                start[seat] and start[seat][0],
            )
        for hour, holders in later.items():
            here = [m for m in told.moves if (m.to.change.seat, m.to.change.at) == (seat, hour)]
            for move in here:
                assert move.party == party != move.to.change.group
                party = move.to.change.group
            assert party == (holders[seat] and holders[seat][0])
    assert all(move.to.change.at in later for move in told.moves)


def entries_are_of_then(night, council, viewpoint, moves, found):
    """The entry of a move is of the ward, stands, and is what the model moves the seat by."""
    entries = model.of_council(night.log, viewpoint, council)[1:]
    known = [*model.awards(entries, viewpoint.truth), *model.seat_facts(entries)]
    places = {(move["when"], move["number"]) for move in known}
    for move in moves:
        change = move.to.change
        entry = move.to.entry
        assert entry.number == change.entry <= found.entry
        assert entry.ward == change.seat.rpartition("/")[0]
        assert (change.at, change.entry) in places


def seats_are_explained(data, plan):
    """Whoever a seat is said to have had at any hour is who the model says; an entry stands
    after all it corrects; and whatever was once recorded and no longer stands is told."""
    with played(plan) as night:
        for council in councils(night):
            viewpoint = data.draw(viewpoints(night))
            if (found := seen_by(night, council, viewpoint)) is None:
                continue
            ward = data.draw(st.sampled_from(sorted(found.wards)))
            told = explain(night.book, council, viewpoint, ward)
            assert [s.seat for s in told.stories] == list(found.council.by_slug[ward].seat_ids)
            for hour in moments(night, council, viewpoint):
                holders = held_at(night, council, viewpoint, hour)
                for story in told.stories if holders else ():
                    last = [one.change for one in story.held if one.change.at <= hour][-1]
                    now = last.party and (last.group, last.holder)
                    assert now == holders[story.seat]
            for story in told.stories:
                for one in story.held:
                    stands_on_what_it_corrects(one.behind)
            formers_were_there(night, council, viewpoint, found, told.stories)


def stands_on_what_it_corrects(behind):
    targets = [getattr(entry.fact, "target", None) for entry in behind]
    assert targets == [None, *(entry.event.event_id for entry in behind[:-1])]


def formers_were_there(night, council, viewpoint, found, stories):
    """After every entry up to the viewpoint, asked again: what stood then of a seat and does not
    now, by any version of what said so, is told, and nothing else."""
    asked = {story.seat for story in stories}
    roots = {}
    for entry in night.log:
        target = getattr(entry.fact, "target", None)
        corrects = target and "withdrawn" not in entry.fact.kind
        roots[entry.event.event_id] = roots[target] if corrects else entry.number
    ever, now = set(), set()
    for number in range(found.entry + 1):
        then = seen_by(night, council, replace(viewpoint, entry=number, known_at=None))
        if then is None or then.registered != found.registered:
            continue
        now = {
            (c.seat, c.holder, c.group, roots[night.log[c.entry - 1].event.event_id])
            for changes in then.changes.values()
            for c in changes
            if c.seat in asked
        }
        ever |= now
    told = {
        (o.change.seat, o.change.holder, o.change.group, roots[o.said.event.event_id])
        for story in stories
        for o in story.former
    }
    assert told == ever - now
    for story in stories:
        for one in story.former:
            before, after = (
                seen_by(night, council, replace(viewpoint, entry=number, known_at=None))
                for number in (one.gone.number - 1, one.gone.number)
            )
            assert one.change in before.changes[story.ward]
            assert one.change not in after.changes[story.ward]


# --- diff -------------------------------------------------------------------------------------


def two(data, night, council):
    """Two viewpoints of a council that is registered at both: any, or those about an entry that
    puts another right."""
    ends = [replace(data.draw(viewpoints(night)), truth="legal") for _ in range(2)]
    late = [entry.number for entry in night.log if getattr(entry.fact, "target", None)]
    if late and data.draw(st.booleans()):
        number = data.draw(st.sampled_from(late))
        ends = [Viewpoint(at=ends[0].at, entry=one) for one in (number - 1, number)]
    return ends if all(seen_by(night, council, end) for end in ends) else None


def differences_are_those(data, plan):
    """What differs between two viewpoints is exactly what differs between their answers; a
    viewpoint does not differ from itself, and the way back is the way turned."""
    with played(plan) as night:
        for council in councils(night):
            if (ends := two(data, night, council)) is None:
                continue
            found = diff(night.book, *ends, council)
            told = {tuple(one.thing): (one.before, one.after) for one in found.differences}
            one, other = (answers(night, council, end) for end in ends)
            assert told == {
                thing: (one.get(thing), other.get(thing))
                for thing in one.keys() | other.keys()
                if one.get(thing) != other.get(thing)
            }
            for end in ends:
                assert diff(night.book, end, end, council).differences == ()
            turned = {t.thing: t for t in diff(night.book, *ends[::-1], council).differences}
            assert set(turned) == {d.thing for d in found.differences}
            for d in found.differences:
                back = turned[d.thing]
                assert (back.before, back.after) == (d.after, d.before)
                for part, other_way in ((d.learned, back.learned), (d.happened, back.happened)):
                    assert part == (other_way and other_way._replace(
                        before=other_way.after, after=other_way.before))  # fmt: skip


def answers(night, council, viewpoint):
    """Thing -> value, of what `seats`, `standing` and, of each contest opened, `contests` say."""
    tally, found = seats(night.book, council, viewpoint), standing(night.book, council, viewpoint)
    told = {("seats", party, "", ""): number for party, number in tally.seats.items()}
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


def differences_have_their_entries(data, plan):
    """By the corner the parts are told apart as `standing` asked there says. Each entry that is
    responsible lies between the two on its clock: of what was learned, the answer at that hour
    is another after it than before it; of what happened, it is of an hour at which the answer
    changes. And no such entry, no such hour is left out."""
    with played(plan) as night:
        for council in councils(night):
            if (ends := two(data, night, council)) is None:
                continue
            found = diff(night.book, *ends, council)
            a, b = (seen_by(night, council, end) for end in ends)
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


def asked_at(night, council, at, entry):
    return flat(seen_by(night, council, Viewpoint(at=at, entry=entry)))


def learned_one_by_one(night, council, found, known):
    at, upto = found.corner.at, found.corner.entry
    told = [asked_at(night, council, at, number) for number in range(known, upto + 1)]
    for one in (*found.differences, *found.evened):
        values = [answer.get(one.thing) for answer in told]
        changed = [known + n for n in range(1, len(values)) if values[n] != values[n - 1]]
        if one.learned is not None:
            assert list(one.learned.entries) == changed != []


def corner_to(found, last):
    """The hours between which something happened, the earlier first (None: without an end)."""
    at = found.corner.at
    return (last.at, at) if last.at is not None and last.at < at else (at, last.at)


def happened_hour_by_hour(night, council, found, between):
    since, until = between
    upto, everything = found.corner.entry, (*found.differences, *found.evened)
    if not any(one.happened for one in everything):
        return
    own = {}  # by entry, the hours at which it makes anything true
    registers = [e for e in night.log[:upto] if isinstance(e.fact, CouncilRegistered)]
    ends = [e.event.effective_at - INSTANT for e in registers if e.council == council]
    asked = [until, *(hour for hour in ends if until is None or hour < until)]
    for hour in asked:
        then = seen_by(night, council, Viewpoint(at=hour, entry=upto))
        if then is None:
            continue
        own.setdefault(then.registered.number, set()).add(then.registered.event.effective_at)
        for slug, ward in then.wards.items():
            for when, entry in hours(ward, then.changes[slug]):
                own.setdefault(entry, set()).add(when)
    between = sorted({
        hour for of_one in own.values() for hour in of_one
        if since < hour and (until is None or hour <= until)
    })  # fmt: skip
    told = {
        hour: [asked_at(night, council, when, upto) for when in (hour - INSTANT, hour)]
        for hour in between
    }
    for one in everything:
        if one.happened is None:
            continue
        changed = {h for h, (was, now) in told.items() if was.get(one.thing) != now.get(one.thing)}
        by_hour = Counter(h for n in one.happened.entries for h in own[n] & set(between))
        assert one.happened.entries
        assert all(own[number] & set(between) for number in one.happened.entries)
        assert changed <= set(by_hour)
        for number in one.happened.entries:  # it changes then, or changes and changes back
            assert any(h in changed or by_hour[h] > 1 for h in own[number] & set(between))


LAWS = {
    law.__name__: law
    for law in (
        numbers_are_explained,
        seats_are_explained,
        differences_are_those,
        differences_have_their_entries,
    )
}
