"""The laws of `when` and of `corrections`, in the shape of those of `laws.py`."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from laws import note_papers
from strategies import correct_request, played, viewpoints
from strategies import corrections as one_correction

from ledger import Viewpoint
from ledger.errors import NotYet, UnknownCouncil
from ledger.facts import CouncilRegistered, ResultCorrected
from projections.corrections import corrections
from projections.night import fold, standing
from projections.seats import seats
from projections.viewpoints import Resolved, resolve
from projections.when import when

SIGNS = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}
MANY = 8  # conditions tried of each night
CODES = ("LAB", "CON", "GRN", "IND", "UNKNOWN")
SPOKEN = {"LAB": "Labour and Co-operative Party", "CON": "conservative", "GRN": "Green Party"}


# --- conditions, and what they mean to whoever reads a board ------------------------------


def _seats_of(party):
    return lambda tally: tally.seats.get(party, 0)


def _control(party, sign):
    def holds(tally):
        is_so = tally.control.party == (None if party == "NOC" else party)
        return tally.control.known and (is_so if sign == "=" else not is_so)

    return holds


counted = st.one_of(
    st.sampled_from(CODES[:4]).flatmap(
        lambda code: st.sampled_from((code, f'"{SPOKEN.get(code, code)}"')).map(
            lambda name: (name, _seats_of(code))
        )
    ),
    st.just(("vacant", lambda tally: tally.vacant)),
    st.just(("declared", lambda tally: tally.contests_declared)),
)
simple = st.one_of(
    st.builds(
        lambda what, sign, number: (
            f"{what[0]} {sign} {number}",
            lambda tally: SIGNS[sign](what[1](tally), number),
        ),
        counted,
        st.sampled_from(sorted(SIGNS)),
        st.integers(0, 4),
    ),
    st.builds(
        lambda party, sign: (f"control{sign}{party}", _control(party, sign)),
        st.sampled_from(("NOC", "LAB", "CON", "IND")),
        st.sampled_from(("=", "!=")),
    ),
    st.just(("certain", lambda tally: tally.control.certain)),
)
conditions = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.builds(
            lambda a, b: (f"({a[0]}) and ({b[0]})", lambda t: a[1](t) and b[1](t)), inner, inner
        ),
        st.builds(lambda a, b: (f"({a[0]}) or {b[0]}", lambda t: a[1](t) or b[1](t)), inner, inner),
        inner.map(lambda a: (f"not ({a[0]})", lambda t: not a[1](t))),
    ),
    max_leaves=3,
)


def board(night, council, viewpoint):
    """What `seats` says there; None where the council was not registered."""
    try:
        return seats(night.book, council, viewpoint)
    except (NotYet, UnknownCouncil):
        return None


def when_is_as_asked(data, plan):
    """At every hour and at every prefix of the log a condition, of what `seats` says there,
    holds inside the intervals and nowhere else; no interval is empty or goes on in the next."""
    asked = data.draw(st.lists(conditions, min_size=MANY, max_size=MANY))
    with played(plan) as night:
        note_papers(data, night)
        place = data.draw(viewpoints(night))
        for council in [one.council for one in night.plan.councils]:
            try:
                found = standing(night.book, council, place)
            except NotYet:
                continue
            now = found.tally()
            for clock, boards in (("hall", in_hall(night, found)), ("ledger", by_entry(found))):
                shown = {at: board(night, council, viewpoint) for at, viewpoint in boards}
                for text, holds in asked:
                    told = when(night.book, text, council, place, clock=clock)
                    as_asked(told, shown, holds)
                    assert told.holds == holds(now)


def as_asked(told, shown, holds):
    """The intervals are those in which a condition holds of the boards shown, by place."""
    edges = [edge for one in told.intervals for edge in (one.began, one.ended)]
    assert None not in edges[:-1]
    places = [edge.step.place for edge in edges if edge]
    assert places == sorted(set(places))
    for at, tally in shown.items():
        inside = sum(place <= at for place in places) % 2 == 1
        assert inside == (tally is not None and holds(tally))
        assert (told.since.step.place <= at) == (tally is not None)
    if told.clock == "ledger":
        assert all(e.at == e.entry.event.recorded_at for e in edges if e)


def in_hall(night, found):
    """Each hour of any entry, just before and just after it."""
    hours = {getattr(entry.fact, "polls_close", None) for entry in night.log} - {None}
    hours |= {entry.event.effective_at for entry in night.log}
    for at in hours:
        for slack in (-1, 0, 1):
            hour = at + timedelta(microseconds=slack)
            if found.at is None or hour <= found.at:
                yield hour, Viewpoint(at=hour, entry=found.entry, truth=found.truth)


def by_entry(found):
    """Each prefix of the log."""
    for number in range(found.entry + 1):
        yield number, Viewpoint(at=found.at, entry=number, truth=found.truth)


PUT_RIGHT = (
    "result-corrected.v2",
    "result-redeclared.v1",
    "fact-corrected.v1",
    "entry-withdrawn.v1",
)


def corrections_are_as_asked(data, plan):
    """`corrections` are the entries of those kinds and no others; the effect of each is what
    `seats` says after it less what it says before, and its figures lead from the one to the
    other."""
    with played(plan) as night:
        again = correct_request(night, data.draw(one_correction))
        night.type(again)
        place = data.draw(viewpoints(night))
        for council in [one.council for one in night.plan.councils]:
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


def as_seats_say(night, one, truth):
    """The seats before and after, counted under the register of the entry."""
    number, register = one.entry.number, one.entry.register
    under = [entry for entry in night.log[:number] if entry.register == register]
    boards = []
    for entries in (under[:-1], under):
        last = entries[-1].number
        boards.append(fold(entries, Resolved(None, None, last, truth)).tally())
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


def of_figures(night, one):
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
            assert votes[figure.candidate] == figure.old
            votes[figure.candidate] = figure.new
    assert votes == {c.name: c.votes for c in after.candidates}


LAWS = {law.__name__: law for law in (when_is_as_asked, corrections_are_as_asked)}
