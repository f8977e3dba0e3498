"""The laws of `when` and of `corrections`, in the shape of those of `laws.py`."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from strategies import played, viewpoints

from ledger import Viewpoint
from ledger.errors import NotYet, UnknownCouncil
from projections.night import standing
from projections.seats import seats
from projections.when import when

SIGNS = {
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}
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


def inside(intervals, place, began, ended):
    """Whether a place is in one of them, each from where it began up to where it ended."""
    return any(
        began(one) <= place and (one.ended is None or place < ended(one)) for one in intervals
    )


def when_is_as_asked(data, plan):
    """At every hour and at every prefix of the log the condition, of what `seats` says there,
    holds inside the intervals and nowhere else; each begins and ends, and both are told."""
    text, holds = data.draw(conditions)
    with played(plan) as night:
        place = data.draw(viewpoints(night))
        for council in [one.council for one in night.plan.councils]:
            try:
                found = standing(night.book, council, place)
            except NotYet:
                continue
            for clock, check in (("hall", in_the_hall), ("ledger", in_the_ledger)):
                told = when(night.book, text, council, place, clock=clock)
                check(night, found, told, holds)
                edges = [edge for one in told.intervals for edge in (one.began, one.ended)]
                places = [edge.step.place for edge in edges if edge]
                assert None not in edges[:-1]
                assert places == sorted(set(places))  # none is empty, none goes on in the next
                assert told.holds == holds(found.tally())


def in_the_hall(night, found, told, holds):
    """At each hour of any entry, just before and just after it."""
    moments = {found.registered.event.effective_at}
    for entry in night.log[: found.entry]:
        moments |= {entry.event.effective_at, getattr(entry.fact, "polls_close", None)}
    moments -= {None}
    slack = timedelta(microseconds=1)
    for at in sorted(at + more for at in moments for more in (-slack, slack - slack, slack)):
        if found.at is not None and at > found.at:
            continue
        tally = board(
            night, found.council.council, Viewpoint(at=at, entry=found.entry, truth=found.truth)
        )
        expected = tally is not None and holds(tally)
        assert (
            inside(told.intervals, at, lambda one: one.began.at, lambda one: one.ended.at)
            == expected
        )
        assert (tally is not None) == (told.since.at <= at)


def in_the_ledger(night, found, told, holds):
    """After each entry."""
    for number in range(found.entry + 1):
        tally = board(
            night, found.council.council, Viewpoint(at=found.at, entry=number, truth=found.truth)
        )
        expected = tally is not None and holds(tally)
        assert inside(
            told.intervals, number,
            lambda one: one.began.entry.number, lambda one: one.ended.entry.number,
        ) == expected  # fmt: skip
    for one in told.intervals:
        assert one.began.at == one.began.entry.event.recorded_at
        assert one.ended is None or one.ended.at == one.ended.entry.event.recorded_at


LAWS = {law.__name__: law for law in (when_is_as_asked,)}
