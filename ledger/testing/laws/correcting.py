"""The law of `corrections`: each entry that puts another right, and what it changed."""

from __future__ import annotations

from hypothesis import strategies as st

from ledger import Viewpoint
from ledger.errors import UnknownCouncil
from ledger.facts import CouncilRegistered, ResultCorrected
from ledger.testing.laws.asking import councils
from ledger.testing.plan import Plan
from ledger.testing.playing import Played, played
from ledger.testing.steps import correct_request
from ledger.testing.strategies import corrections as one_correction
from ledger.testing.strategies import viewpoints
from ledger.values import Truth
from projections.corrections import Correction, corrections
from projections.night import fold
from projections.seats import seats
from projections.viewpoints import Resolved, resolve

PUT_RIGHT = (
    "result-corrected.v2",
    "result-redeclared.v1",
    "fact-corrected.v1",
    "entry-withdrawn.v1",
)


def corrections_are_as_asked(data: st.DataObject, plan: Plan) -> None:
    """`corrections` are the entries of those kinds and no others; the effect of each is what
    `seats` says after it less what it says before, and its figures lead from the one to the
    other."""
    with played(plan) as night:
        again = correct_request(night, data.draw(one_correction))
        night.type(again)
        place = data.draw(viewpoints(night))
        for council in councils(night):
            try:
                seen = resolve(night.book, place, [night.book.council(council)])
            except UnknownCouncil:
                continue
            found = {one.entry.number: one for one in corrections(night.book, council, place)}
            wanted = [
                entry.number
                for entry in night.log[: seen.entry]
                if entry.fact.kind in PUT_RIGHT
                and entry.council == council
                and (seen.at is None or entry.event.effective_at <= seen.at)
            ]
            assert list(found) == wanted
            for one in found.values():
                as_seats_say(night, one, seen.truth)
                of_figures(night, one)


def as_seats_say(night: Played, one: Correction, truth: Truth) -> None:
    """The seats before and after, counted under the register of the entry."""
    number, register = one.entry.number, one.entry.register
    under = [entry for entry in night.log[:number] if entry.register == register]
    boards = []
    for entries in (under[:-1], under):
        last = entries[-1].number
        found = fold(entries, Resolved(None, None, last, truth))
        assert found is not None
        boards.append(found.tally())
    before, after = (board.seats for board in boards)
    assert (dict(one.before.seats), dict(one.after.seats)) == (dict(before), dict(after))
    moved = {party: after[party] - before[party] for party in {*before, *after}}
    assert one.line.effect.seats == {party: more for party, more in moved.items() if more}
    assert [one.before.control.party, one.after.control.party] == [b.control.party for b in boards]
    same = [board.control.party for board in boards]
    assert (one.line.effect.kind == "control") == (same[0] != same[1])
    if register == one.entry.council and not one.council.review:
        newer = [e for e in night.log[:number] if isinstance(e.fact, CouncilRegistered)]
        if [e.council for e in newer].count(register) == 1:  # the one in force: `seats` says it
            asked = [Viewpoint(entry=n, truth=truth) for n in (number - 1, number)]
            assert [seats(night.book, register, p).seats for p in asked] == [before, after]


def of_figures(night: Played, one: Correction) -> None:
    """A correction's figures are those of the entry it replaces and of its own."""
    fact, old = one.entry.fact, one.replaced
    assert old.number < one.entry.number
    assert old == night.log[old.number - 1] or one.before.result is old
    assert one.stood == one.entry.event.recorded_at - old.event.recorded_at
    if not isinstance(fact, ResultCorrected) or not one.results:
        return
    before, after = one.results
    votes = {c.name: c.votes for c in before.candidates}
    for was, now in one.people:
        votes[now.name] = votes.pop(was.name)
    for figure in one.figures():
        if figure.field == "votes":
            assert figure.candidate is not None
            assert votes[figure.candidate] == figure.old
            votes[figure.candidate] = figure.new
    assert votes == {c.name: c.votes for c in after.candidates}
