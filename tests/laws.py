"""The laws, each a function that fails on a night that breaks it.

A law takes hypothesis' data and a plan, plays the plan on a ledger of its own and looks.
`test_laws.py` tries them on random nights, and on ledgers broken on purpose.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import model
from hypothesis import strategies as st
from outcomes import first_certain, hours, outcomes
from strategies import (
    CLOCK,
    NIGHTS,
    SAID,
    correct_request,
    corrections,
    declarations,
    fresh,
    notional_seats,
    openings,
    played,
    viewpoints,
)

from ledger import LedgerError, Viewpoint, connect
from ledger.errors import KeyReused, NotionalMissing, NotYet, UnknownCouncil
from ledger.facts import (
    ContestOpened,
    CouncilRegistered,
    DiscrepancyNoted,
    ElectedUnopposed,
    ResultCorrected,
    ResultOverturned,
)
from ledger.formats import Batch
from ledger.forms import CandidateForm, ResultForm
from ledger.packing import pack, read_pack
from ledger.parties import UNKNOWN
from ledger.rules import SOFT
from ledger.superseding import Superseding
from ledger.values import BASELINES, TRUTHS
from projections.check import check
from projections.contests import contests
from projections.history import history
from projections.night import fold, standing
from projections.seats import as_json, boards, seats
from projections.status import status
from projections.tables import Tables
from projections.timeline import replay
from projections.verify import verify
from projections.viewpoints import Resolved

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
        places = [(council, Viewpoint(at=p.at, truth=p.truth)) for council, p in places]
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
            place = replace(data.draw(viewpoints(night)), known_at=None, entry=None)
            for council in councils(night):
                told = [views(book, council, place) for book in (other.book, night.book)]
                assert in_the_end(told[0]) == in_the_end(told[1])


def changes_sum_to_zero(data, plan):
    """6. Net changes over all parties + change in vacant = 0, under every baseline, and each
    baseline is what the model says."""
    if data.draw(st.booleans()):
        plan = replace(plan, steps=(*turns(data), *plan.steps))
    with played(plan) as night:
        state_notionals(data, night)
        for council, place, _ in asked(data, night):
            seen = replace(place, baseline=data.draw(st.sampled_from(BASELINES)))
            base = model.base(night.log, seen, council)
            try:
                tally = seats(night.book, council, seen)
            except NotionalMissing:
                assert base is None
                continue
            assert base is not None
            assert sum(tally.change.values()) + tally.vacant - list(base.values()).count(None) == 0
            told = {p: tally.seats.get(p, 0) - n for p, n in tally.change.items()}
            was = Counter(party for party in base.values() if party)
            assert {p: n for p, n in told.items() if n} == {p: was[p] for p in told if was[p]}
            assert dict(tally.base) == was
            boards_agree(night.book, council, seen)


def turns(data):
    """One ward polled and declared on each night, on the second in a by-election: then what
    won a seat last and what won it when it was last up may differ."""
    ward = data.draw(st.integers(0, 8))
    for night in range(len(NIGHTS)):
        yield replace(data.draw(openings), pick=ward, night=night)
        yield replace(data.draw(declarations), pick=1)


def state_notionals(data, night):
    """State a notional result of most contests, as random nights seldom have one of each."""
    for contest in night.contests():
        parties = data.draw(st.lists(st.integers(0, 6), min_size=3, max_size=3))
        if max(parties) < 6:
            shares = notional_seats(night, contest, parties)
            night.type(lambda desk, c=contest, s=shares: desk.notional(c, seats=s))


def boards_agree(book, council, seen):
    """Where one step decided all of a contest, its replay says hold and gain as its line does;
    of the parties that won it before, as many hold as could."""
    found = standing(book, council, seen)
    steps = {step.contest: step for step in replay(book, council, seen)}
    for line, night in zip(contests(book, council, seen), found.opened, strict=True):
        told = [(one["seat"], one["result"], one["from"]) for one in line.as_json()["elected"]]
        before = found.parties_before.get(line.contest)
        if before is None:
            continue
        holds = [one for one in told if one[1] == "hold"]
        assert len(holds) == len(list((Counter(before) & Counter(
            party for party in night.parties.values() if party)).elements()))  # fmt: skip
        compared = found.compared(line.contest, night.parties)
        assert Counter(compared.values()) <= Counter(before)
        step = steps.get(line.contest)
        if step and {new.seat for _, new in step.moves} == set(night.parties):
            again = [(o["seat"], o["result"], o["from"]) for o in step.as_json()["elected"]]
            assert sorted(again) == sorted(told)


def control_is_arithmetic(data, plan):
    """7. A party controls if and only if it has more than half of all seats; what is called
    certain holds whatever the undeclared contests bring, and what is called known whoever
    holds the seats of which the party is not known."""
    with played(plan) as night:
        for _, _, found in asked(data, night):
            tally = found.tally()
            counts = {p: number for p, number in tally.seats.items() if p != UNKNOWN}
            having = [p for p, number in counts.items() if 2 * number > tally.size]
            assert [tally.control.party] == (having or [None])
            ends = outcomes(found)
            if ends is not None:
                may = set().union(*(controllers(end, tally.size) for end in ends))
                assert tally.control.certain == (may == {tally.control.party})
            may = controllers(tally.seats, tally.size)
            assert tally.control.known == (may == {tally.control.party})


def controllers(seats, size):
    """Who may control, as seats whose party is not known may be anybody's."""
    unknown = seats.get(UNKNOWN, 0)
    known = {"NEW": 0} | {p: number for p, number in seats.items() if p != UNKNOWN}
    sure = {p for p, number in known.items() if 2 * number > size}
    return sure or {None} | {p for p, number in known.items() if 2 * (number + unknown) > size}


def reach_is_exact(data, plan):
    """7b. The fewest and the most seats a party is said to end with are those of all outcomes,
    and what it needs is what takes the fewest to a majority."""
    with played(plan) as night:
        for council, viewpoint, found in asked(data, night):
            told, ends = status(night.book, council, viewpoint), outcomes(found)
            assert told.tally == found.tally()
            if ends is None:
                continue
            for one in told.parties:
                counts = {end.get(one.party, 0) for end in ends}
                assert (one.least, one.most) == (min(counts), max(counts))
                short = max(0, found.council.size // 2 + 1 - one.least)
                able = one.least + short <= one.most and one.party != UNKNOWN
                assert one.needs == (short if able else None)
            everyone = {party for end in ends for party in end}
            named = {one.party for one in told.parties}
            others = {end.get(party, 0) for end in ends for party in everyone - named}
            assert max(others, default=0) == told.tally.at_stake.free


def certainty_is_as_asked(data, plan):
    """7c. What made control certain is the first moment (in the hall), and the first entry (in
    the ledger), from which on `seats` calls it certain at every one."""
    with played(plan) as night:
        for council, viewpoint, found in asked(data, night):
            told = status(night.book, council, viewpoint)
            if not found.tally().control.certain or found.poll_date is None:
                assert (told.hall, told.ledger) == (None, None)
                continue
            hall = first_certain(night, council, found, hours(found))
            eve = hall is None or hall.at < found.polls_close
            assert (told.hall and told.hall.moment) == (None if eve else hall.at)
            mine = [entry for entry in night.log if entry.register == found.council.register]
            known = [
                Viewpoint(at=found.at, entry=e.number) for e in mine if e.number <= found.entry
            ]
            entry = night.log[first_certain(night, council, found, known).entry - 1]
            begins = isinstance(entry.fact, CouncilRegistered | ContestOpened)
            assert (told.ledger and told.ledger.entry) == (None if begins else entry.number)


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
    """8b. Fold in one go = fold in pieces: entry by entry, and as a timeline, of the night and of
    all the nights there were."""
    with played(plan) as night:
        for line in history(night.book):
            register, number = line.entry.register, line.entry.number
            under = [entry for entry in night.log[:number] if entry.register == register]
            assert dict(fold(under, Resolved(None, None, number)).tally().seats) == line.total
        for council, place, found in asked(data, night):
            steps = list(replay(night.book, council, place))
            told = [step.won for step in steps] or [{}]
            assert told[-1] == dict(found.tally().won)
            if steps:
                assert steps[-1].seats == dict(found.tally().seats)
            first = found.registered.number
            told = [c for ward in found.changes.values() for c in ward]
            assert len([c for c in told if c.entry == first]) == found.council.size
            ever = list(replay(night.book, council, place, since=datetime(1900, 1, 2, tzinfo=UTC)))
            assert {c.entry for c in told} - {first} <= {step.entry for step in ever}
            for at, step in {step.moment: step for step in ever}.items():
                then = standing(night.book, council, replace(place, at=at, known_at=found.known_at))
                assert step.seats == dict(then.tally().seats)


def tables_are_the_fold(data, plan):
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


def truths_differ_where_told(data, plan):
    """The three truths differ where courts and discrepancies make them, and nowhere else."""
    with played(plan) as night:
        note_papers(data, night)
        for council, place, _ in asked(data, night):
            legal, recorded, papers = (
                standing(night.book, council, replace(place, truth=truth)) for truth in TRUTHS
            )
            for slug, ward in legal.wards.items():
                courts = [one for c in ward.contests.values() for one in c.said(ResultOverturned)]
                noted = [
                    one
                    for c in ward.contests.values()
                    for one in c.said(DiscrepancyNoted)
                    if one.fact.votes
                ]
                if not courts:
                    assert legal.changes[slug] == recorded.changes[slug]
                if not noted:
                    assert recorded.changes[slug] == papers.changes[slug]
                for contest in ward.contests.values():
                    courts_alone_decide(contest, legal, recorded)
                    typed = legal.see(contest).standing
                    assert typed is None or typed.fact == night.log[typed.number - 1].fact
            told = [figures(found) for found in (legal, recorded, papers)]
            assert told[0] == told[1]
            papers_decide(papers, told[2])


def note_papers(data, night):
    """Note the votes of some contests, as random nights seldom have one that tells."""
    for contest, result in night.results().items():
        people = [candidate.name for candidate in result.candidates]
        counts = data.draw(st.lists(st.integers(0, 5), max_size=len(people)))
        votes = dict(zip(people, counts, strict=False))
        night.type(lambda desk, c=contest, v=votes: desk.note(c, what="a box", votes=v))


def courts_alone_decide(contest, legal, recorded):
    """The last order in force by the hour says who was elected; without the courts, nobody is
    who was not declared, drawn or unopposed."""
    name = contest.fact.contest
    orders = [
        one
        for one in contest.said(ResultOverturned)
        if legal.at is None or contest.holds_from(one.entry) <= legal.at
    ]
    seen, before = (
        legal.see(contest),
        recorded.see(recorded.wards[contest.fact.ward].contests[name]),
    )
    numbers = {one.entry.number for one in contest.said(ResultOverturned)}
    assert not numbers & {new.entry for new, _ in before.won}
    if orders and seen.status != "countermanded":
        last = max(orders, key=lambda one: (contest.holds_from(one.entry), one.entry.number))
        later = [new for new, _ in seen.winners if new.entry == last.entry.number]
        whom = {nominee.name for nominee in last.fact.elected}
        assert {new.holder for new in later} <= whom
        alone = not contest.lots and not contest.said(ElectedUnopposed)
        since, said = contest.holds_from(last.entry), seen.standing
        if alone and (said is None or said.event.effective_at < since):
            assert {new.holder for new, _ in seen.winners} == whom


def papers_decide(papers, told):
    """By the papers nobody is in with fewer votes than one who is not."""
    for ward in papers.wards.values():
        for contest in ward.contests.values():
            seen = papers.see(contest)
            once = len(contest.declarations) == 1  # else a tie leaves the first winners in
            if not once or seen.standing is None or seen.status not in ("declared", "tie"):
                continue
            votes = told[contest.fact.contest]
            if not contest.fact.by_votes or None in votes.values():
                continue
            names = {new.holder for new, _ in seen.winners}
            lost = [number for name, number in votes.items() if name not in names]
            if names and lost and names <= set(votes):
                assert min(votes[name] for name in names) >= max(lost)


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
            old = {c.name: c.votes for c in before[name].candidates} if before[name] else {}
            people = list(old) or [c.name for c in night.opened(name).candidates]
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
        assert [isinstance(fact, ResultCorrected) for fact in told] == [
            before[fact.contest] is not None for fact in told
        ]
        log = stored(night)
        assert night.book.load(batch, **how).entries == receipt.entries
        assert night.book.load(batch, **(how | {"key": None})).recorded == 0
        assert stored(night) == log


def round_trip(data, plan):
    """10. The log exported and imported into an empty ledger has the same root, and gives the
    same answers at every viewpoint."""
    with played(plan) as night, fresh(plan) as other:
        lines = list(pack(night.book.store))
        packed = read_pack(lines, "log")
        other.book.store.restore(packed.entries)
        assert stored(other) == stored(night)
        told = [verify(one.book) for one in (night, other)]
        assert told[0] == told[1]
        assert (told[0].root, told[0].broken) == (packed.root, ())
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
        reach_is_exact,
        certainty_is_as_asked,
        as_the_model_says,
        pieces_are_the_whole,
        tables_are_the_fold,
        truths_differ_where_told,
        writes_are_idempotent,
        aliases_are_names,
        newer_versions_are_told,
        round_trip,
        writes_are_whole,
    )
}
