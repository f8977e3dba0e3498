"""The law of `when`: a condition holds where the board says so, and nowhere else."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from ledger import Viewpoint
from ledger.errors import NotYet, UnknownCouncil
from ledger.facts import ContestOpened
from ledger.testing.laws.asking import councils
from ledger.testing.laws.truths import note_papers
from ledger.testing.plan import Plan
from ledger.testing.playing import Played, played
from ledger.testing.strategies import viewpoints
from projections.night import Standing, standing
from projections.seats import seats
from projections.tally import Tally
from projections.when import Clock, Held, when

Holds = Callable[[Tally], bool]
Condition = tuple[str, Holds]  # as typed, and what it means to whoever reads a board
Boards = Iterator[tuple[Any, Viewpoint]]  # by place on a clock, where to look
SIGNS: dict[str, Callable[[int, int], bool]] = {  # not those of the conditions: these are tested
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
    "!=": operator.ne,
}
MANY = 8  # conditions tried of each night
CODES = ("LAB", "CON", "GRN", "IND", "UNKNOWN")
SPOKEN = {"LAB": "Labour and Co-operative Party", "CON": "conservative", "GRN": "Green Party"}


# --- conditions, and what they mean to whoever reads a board ------------------------------


def _seats_of(party: str) -> Callable[[Tally], int]:
    return lambda tally: tally.seats.get(party, 0)


def _control(party: str, sign: str) -> Holds:
    def holds(tally: Tally) -> bool:
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
conditions: st.SearchStrategy[Condition] = st.recursive(
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


def board(night: Played, council: str, viewpoint: Viewpoint) -> Tally | None:
    """What `seats` says there; None where the council was not registered."""
    try:
        return seats(night.book, council, viewpoint)
    except (NotYet, UnknownCouncil):
        return None


def when_is_as_asked(data: st.DataObject, plan: Plan) -> None:
    """At every hour and at every prefix of the log a condition, of what `seats` says there,
    holds inside the intervals and nowhere else; no interval is empty or goes on in the next."""
    asked = data.draw(st.lists(conditions, min_size=MANY, max_size=MANY))
    with played(plan) as night:
        note_papers(data, night)
        place = data.draw(viewpoints(night))
        for council in councils(night):
            try:
                found = standing(night.book, council, place)
            except NotYet:
                continue
            now = found.tally()
            ways: dict[Clock, Boards] = {
                "hall": in_hall(night, found),
                "ledger": by_entry(found),
            }
            for clock, boards in ways.items():
                shown = {at: board(night, council, viewpoint) for at, viewpoint in boards}
                for text, holds in asked:
                    told = when(night.book, text, council, place, clock=clock)
                    as_asked(told, shown, holds)
                    assert told.holds == holds(now)


def as_asked(told: Held, shown: Mapping[Any, Tally | None], holds: Holds) -> None:
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


def in_hall(night: Played, found: Standing) -> Boards:
    """Each hour of any entry, just before and just after it."""
    hours = {e.fact.polls_close for e in night.log if isinstance(e.fact, ContestOpened)}
    hours |= {entry.event.effective_at for entry in night.log}
    for at in hours:
        for slack in (-1, 0, 1):
            hour = at + timedelta(microseconds=slack)
            if found.at is None or hour <= found.at:
                yield hour, Viewpoint(at=hour, entry=found.entry, truth=found.truth)


def by_entry(found: Standing) -> Boards:
    """Each prefix of the log."""
    for number in range(found.entry + 1):
        yield number, Viewpoint(at=found.at, entry=number, truth=found.truth)
