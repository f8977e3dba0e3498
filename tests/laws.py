"""The laws, each a function that fails on a night that breaks it.

A law takes hypothesis' data and a plan, plays the plan on a ledger of its own and looks.
`test_laws.py` tries them on random nights, and on ledgers broken on purpose.
"""

from __future__ import annotations

from itertools import product

import model
from hypothesis import strategies as st
from strategies import CLOCK, SAID, correct_request, corrections, fresh, played, viewpoints

from ledger import LedgerError, Viewpoint, connect
from ledger.errors import KeyReused, NotYet, UnknownCouncil
from ledger.formats import Batch
from ledger.forms import CandidateForm, ResultForm
from ledger.rules import SOFT
from ledger.superseding import Superseding
from projections.contests import contests
from projections.history import history
from projections.night import fold, standing
from projections.seats import as_json, boards, seats
from projections.tables import Tables
from projections.timeline import replay

ASKED = 3  # viewpoints of each night


def councils(night):
    return [council.council for council in night.plan.councils]


def asked(data, night):
    """Some viewpoints of a night, each with a council that is registered there."""
    for _ in range(ASKED):
        viewpoint = data.draw(viewpoints(night))
        for council in councils(night):
            try:
                yield council, viewpoint, standing(night.book, council, viewpoint)
            except NotYet:
                continue


def views(book, council, viewpoint):
    """What people are shown, without the numbers of the entries."""
    try:
        tally = seats(book, council, viewpoint)
    except (NotYet, UnknownCouncil):
        return None
    board = as_json(tally)
    board["viewpoint"].pop("entry")
    lines = [line.as_json() for line in contests(book, council, viewpoint)]
    for line in lines:
        line.pop("version")
    steps = [step.as_json() for step in replay(book, council, viewpoint)]
    for step in steps:
        step.pop("entry")
    return board, lines, steps


def in_the_end(views):
    """Views with the steps of one moment taken together: wards declared in the same minute are
    told in the order of the log, and only what stands after all of them is compared."""
    if views is None:
        return None
    board, lines, steps = views
    running = ("seats", "won", "contests", "control")
    after = {step["at"]: [step[name] for name in running] for step in steps}
    each = [{name: told for name, told in step.items() if name not in running} for step in steps]
    return board, lines, after, sorted(each, key=repr)


def stored(night):
    """The log, byte for byte."""
    return [(entry.number, entry.digest, entry.event) for entry in night.log]


def figures(found):
    """Contest -> votes by name, of what is declared at a standing."""
    contests = [contest for ward in found.wards.values() for contest in ward.contests.values()]
    results = [found.see(contest).standing for contest in contests]
    return {
        entry.fact.contest: {c.name: c.votes for c in entry.fact.candidates}
        for entry in results
        if entry is not None
    }


# --- 1 to 3 -----------------------------------------------------------------------------


def conservation(data, plan):
    """1. Party seats + vacant seats = council size, for each council, at every viewpoint."""
    with played(plan) as night:
        for _, _, found in asked(data, night):
            tally = found.tally()
            vacant = sum(change.party is None for change in found.holders.values())
            assert sum(tally.seats.values()) + vacant == found.council.size == tally.size
            assert tally.vacant == vacant
            assert all(number > 0 for number in tally.seats.values())


def one_holder(data, plan):
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
                    assert len(won) == len(seen.standing.fact.elected)


def past_stays_told(data, plan):
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


# --- 4 to 7 -----------------------------------------------------------------------------


def undo_is_exact(data, plan):
    """4. A correction followed by its withdrawal gives the same views as neither."""
    with played(plan) as night:
        places = [(council, viewpoint) for council, viewpoint, _ in asked(data, night)]
        places = [(council, Viewpoint(at=place.at)) for council, place in places]
        before = [views(night.book, *place) for place in places]
        receipt = night.type(correct_request(night, data.draw(corrections)))
        if isinstance(receipt, LedgerError):
            return
        night.book.withdraw(receipt.entries[0].number, reason="undone", **SAID)
        assert [views(night.book, *place) for place in places] == before


def order_of_wards(data, plan):
    """5. The order of unrelated wards does not matter for what is known in the end."""
    with played(plan) as night, fresh(plan) as other:
        streams = {}
        for entry in night.log:
            streams.setdefault(entry.event.originator_id, []).append(entry.event)
        registers = [streams.pop(council) for council in councils(night)]
        order = data.draw(st.permutations([s for s in streams for _ in streams[s]]))
        queues = {stream: iter(events) for stream, events in streams.items()}
        other.book.store.append([event for events in registers for event in events])
        for stream in order:
            other.book.store.append([next(queues[stream])])
        for _ in range(ASKED):
            place = Viewpoint(at=data.draw(viewpoints(night)).at)
            for council in councils(night):
                told = [views(book, council, place) for book in (other.book, night.book)]
                assert in_the_end(told[0]) == in_the_end(told[1])


def changes_sum_to_zero(data, plan):
    """6. Net changes over all parties + change in vacant = 0."""
    with played(plan) as night:
        for _, _, found in asked(data, night):
            tally = found.tally()
            vacant_on_eve = sum(change.party is None for change in found.eve().values())
            assert sum(tally.change.values()) + tally.vacant - vacant_on_eve == 0


def control_is_arithmetic(data, plan):
    """7. A party controls if and only if it has more than half of all seats; what is called
    certain holds whatever the undeclared contests bring."""
    with played(plan) as night:
        for _, _, found in asked(data, night):
            tally = found.tally()
            having = [p for p, number in tally.seats.items() if 2 * number > tally.size]
            assert [tally.control.party] == (having or [None])
            undecided = [seat for seen in found.night() for seat in seen.undecided]
            held = {seat: change.group for seat, change in found.holders.items()}
            parties = sorted({party for party in held.values() if party} | {"NEW"})
            if len(undecided) > 4:
                continue
            outcomes = set()
            for winners in product(parties, repeat=len(undecided)):
                end = list((held | dict(zip(undecided, winners, strict=True))).values())
                outcomes.add(next((p for p in parties if 2 * end.count(p) > tally.size), None))
            assert tally.control.certain == (outcomes == {tally.control.party})


# --- 8 ----------------------------------------------------------------------------------


def as_the_model_says(data, plan):
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


def pieces_are_the_whole(data, plan):
    """8b. Fold in one go = fold in pieces: entry by entry, and as a timeline."""
    with played(plan) as night:
        for line in history(night.book):
            register, number = line.entry.register, line.entry.number
            under = [entry for entry in night.log[:number] if entry.register == register]
            assert dict(fold(under, entry=number).tally().seats) == line.total
        for council, place, found in asked(data, night):
            steps = list(replay(night.book, council, place))
            told = [step.won for step in steps] or [{}]
            assert told[-1] == dict(found.tally().won)
            if steps:
                assert steps[-1].seats == dict(found.tally().seats)
            first = found.registered.number
            start = [c for ward in found.changes.values() for c in ward if c.entry == first]
            assert len(start) == found.council.size


def tables_are_the_fold(data, plan):
    """8c. The read-model tables = the fold, at every viewpoint, however they followed."""
    stops = data.draw(st.sets(st.integers(0, len(plan.steps))))
    with fresh(plan) as night, Tables(night.book) as tables:
        night.register()
        for number in range(len(plan.steps)):
            if number in stops:
                tables.follow()
            night.step(number)
        places = [data.draw(viewpoints(night)) for _ in range(ASKED)]
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


# --- 9 to 12 ----------------------------------------------------------------------------


def writes_are_idempotent(data, plan):
    """9. The same write with the same key is recorded once and answers the same entries; the
    same key with other content is refused."""
    with played(plan) as night:
        before = stored(night)
        assert getattr(night.register(), "recorded", None) == 0
        for number, first in enumerate(night.done):
            if isinstance(first, LedgerError):
                continue
            again = night.again(number)
            assert not isinstance(again, LedgerError), again
            assert (again.recorded, again.entries) == (0, first.entries)
            other = night.again(number, source="another source")
            assert isinstance(other, KeyReused)
            assert other.details["entry"] == first.entries[0].number
        assert stored(night) == before


def aliases_are_names(data, plan):
    """9b. What is typed under an alias stands as what is typed under the name."""
    with played(plan) as night, played(plan, aliased=False) as other:
        kinds = [[entry.fact.kind for entry in one.log] for one in (night, other)]
        assert kinds[0] == kinds[1]
        for council, place, _ in asked(data, night):
            assert views(night.book, council, place) == views(other.book, council, place)


def newer_versions_are_told(data, plan):
    """9c. A newer version of a file stands as it says; only what differs is recorded, and
    loading it again, or under its key, adds nothing."""
    with played(plan) as night:
        before = {}
        for council in councils(night):
            for ward in standing(night.book, council).wards.values():
                before |= {name: contest.result() for name, contest in ward.contests.items()}
        newer, wanted = [], {}
        for name in data.draw(st.sets(st.sampled_from(sorted(before)))) if before else ():
            people = [c.name for c in night.opened(name).candidates]
            old = {c.name: c.votes for c in before[name].candidates} if before[name] else {}
            votes = {p: data.draw(st.sampled_from((old.get(p, 2), 0, 3, 5))) for p in people}
            forms = tuple(CandidateForm(name=p, votes=number) for p, number in votes.items())
            newer.append(ResultForm(contest=name, candidates=forms))
            kept = {p: old.get(p) if number is None else number for p, number in votes.items()}
            wanted |= {name: kept} if kept != old else {}
        batch = Batch("newer", results=tuple(newer), lines=(None,) * len(newer))
        how = SAID | {"accept": tuple(SOFT), "supersede": Superseding("again"), "key": "newer"}
        log = stored(night)
        try:
            receipt = night.book.load(batch, **how)
        except LedgerError:
            assert stored(night) == log
            return
        told = [entry.fact for entry in receipt.entries]
        assert {fact.contest: {c.name: c.votes for c in fact.candidates} for fact in told} == wanted
        assert [fact.kind == "result-corrected.v1" for fact in told] == [
            before[fact.contest] is not None for fact in told
        ]
        log = stored(night)
        assert night.book.load(batch, **how).entries == receipt.entries
        assert night.book.load(batch, **(how | {"key": None})).recorded == 0
        assert stored(night) == log


def round_trip(data, plan):
    """10. The log carried into an empty ledger gives the same answers at every viewpoint."""
    with played(plan) as night, fresh(plan) as other:
        log = night.log
        cut = data.draw(st.integers(1, len(log)))
        for part in (log[:cut], log[cut:]):
            if part:
                other.book.store.append([entry.event for entry in part])
        assert stored(other) == stored(night)
        for _ in range(ASKED):
            place = data.draw(viewpoints(night))
            for council in councils(night):
                assert views(other.book, council, place) == views(night.book, council, place)


def writes_are_whole(data, plan):
    """12. Refused means nothing was recorded; acknowledged means it is there for others."""
    with fresh(plan) as night:
        night.register()
        for number in range(len(plan.steps)):
            before = stored(night)
            done = night.step(number)
            if isinstance(done, LedgerError):
                assert stored(night) == before
                continue
            with connect(night.book.url, clock=lambda: CLOCK) as another:
                read = [(e.number, e.digest, e.event) for e in another.entries()]
            mine = [(e.number, e.digest, e.event) for e in done.entries]
            assert read == before + mine


LAWS = {
    law.__name__: law
    for law in (
        conservation,
        one_holder,
        past_stays_told,
        undo_is_exact,
        order_of_wards,
        changes_sum_to_zero,
        control_is_arithmetic,
        as_the_model_says,
        pieces_are_the_whole,
        tables_are_the_fold,
        writes_are_idempotent,
        aliases_are_names,
        newer_versions_are_told,
        round_trip,
        writes_are_whole,
    )
}
