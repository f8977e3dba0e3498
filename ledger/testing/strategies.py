"""Random nights, as hypothesis strategies.

Votes are small, so ties are common; clocks go back; what cannot be done is refused, and the
refusal is kept.
"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from ledger import Viewpoint
from ledger.forms import CouncilForm, SeatForm, WardForm
from ledger.testing.plan import PARTIES, Plan, Step
from ledger.testing.playing import Played
from ledger.values import CAUSES, TRUTHS, VotingSystem

register_seats = st.builds(
    SeatForm,
    holder=st.none(),
    party=st.one_of(st.none(), st.just("?"), st.sampled_from(PARTIES)),
    up=st.booleans(),
)
_wards = st.lists(st.lists(register_seats, min_size=1, max_size=3), min_size=1, max_size=3)
_small = st.integers(0, 5)
_minutes = st.integers(-1, 240)
_ticks = st.integers(-90, 300)


def _council(number: int, drawn: tuple[list[list[SeatForm]], VotingSystem]) -> CouncilForm:
    wards, system = drawn
    places = tuple(
        WardForm(name=f"W{number}{place}", seats=tuple(seats)) for place, seats in enumerate(wards)
    )
    name = f"Council {number}"
    return CouncilForm(
        council=f"c{number}", name=name, wards=places, since="2016-01-01", voting_system=system
    )


_systems: st.SearchStrategy[VotingSystem] = st.sampled_from(
    ("first-past-the-post", "first-past-the-post", "first-past-the-post", "stv")
)


@st.composite
def _councils(draw: st.DrawFn) -> tuple[CouncilForm, ...]:
    drawn = draw(st.lists(st.tuples(_wards, _systems), min_size=1, max_size=2))
    return tuple(_council(number, wards) for number, wards in enumerate(drawn))


councils = _councils()  # one or two in a ledger
openings = st.builds(
    Step,
    what=st.just("open"),
    pick=st.integers(0, 8),
    night=st.integers(0, 2),
    seats=st.integers(1, 3),
    parties=st.lists(st.integers(0, 4), min_size=1, max_size=4).map(tuple),
    ends=st.one_of(st.just(()), st.lists(st.integers(2018, 2020), min_size=3, max_size=3)).map(
        tuple
    ),
    tick=_ticks,
)
_seldom = st.sampled_from((False, False, False, True))
declarations = st.builds(
    Step,
    what=st.just("declare"),
    pick=st.integers(0, 8),
    votes=st.lists(_small, min_size=4, max_size=4).map(tuple),
    names=st.lists(st.integers(0, 3), max_size=2, unique=True).map(tuple),
    minute=_minutes,
    unknown=_seldom,
    tick=_ticks,
)
lots = st.builds(
    Step,
    what=st.just("lot"),
    pick=st.integers(0, 8),
    names=st.lists(st.integers(0, 3), min_size=1, max_size=2, unique=True).map(tuple),
    minute=_minutes,
    tick=_ticks,
)
corrections = st.builds(
    Step,
    what=st.just("correct"),
    pick=st.integers(0, 8),
    votes=st.lists(_small, min_size=1, max_size=4).map(tuple),
    names=st.lists(st.integers(0, 3), max_size=1).map(tuple),
    minute=st.one_of(st.none(), _minutes),
    unknown=_seldom,
    parties=st.lists(st.integers(0, 4), max_size=1).map(tuple),
    cause=st.sampled_from(CAUSES),
    tick=_ticks,
)
withdrawals = st.builds(Step, what=st.just("withdraw"), pick=st.integers(1, 30), tick=_ticks)
befallings = st.builds(
    Step,
    what=st.sampled_from(
        (
            *("vacate", "fill", "allegiance", "redeclare", "unopposed", "call_off", "overturn"),
            *("note", "notional"),
        )
    ),
    pick=st.integers(0, 8),
    seats=st.integers(1, 3),
    parties=st.lists(st.integers(0, 4), min_size=1, max_size=1).map(tuple),
    votes=st.lists(_small, min_size=4, max_size=4).map(tuple),
    names=st.lists(st.integers(0, 3), max_size=2, unique=True).map(tuple),
    minute=_minutes,
    night=st.integers(0, 2),
    instead=st.booleans(),
    tick=_ticks,
)
reviews = st.builds(
    Step,
    what=st.just("review"),
    pick=st.integers(0, 8),
    night=st.integers(0, 2),
    seats=st.integers(1, 3),
    parties=st.lists(st.integers(0, 4), min_size=1, max_size=1).map(tuple),
    tick=_ticks,
)
aliases = st.builds(
    Step,
    what=st.just("alias"),
    pick=st.integers(0, 8),
    parties=st.tuples(st.integers(0, 4)),
    names=st.tuples(st.integers(0, 3)),
    night=st.integers(0, 2),
    tick=_ticks,
)
typed = st.one_of(
    declarations,
    corrections,
    withdrawals,
    lots,
    openings,
    befallings,
    reviews,
    openings,
    aliases,
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """A night or two: contests opened, then anything in any order."""
    opened = draw(st.lists(openings, min_size=1, max_size=5))
    called = draw(st.lists(aliases, max_size=2))
    declared = draw(st.lists(declarations, max_size=5))
    befallen = draw(st.lists(befallings, max_size=4))
    rest = draw(st.lists(typed, max_size=6))
    return Plan(draw(councils), (*opened, *called, *declared, *befallen, *rest))


@st.composite
def viewpoints(draw: st.DrawFn, night: Played) -> Viewpoint:
    """Any viewpoint at which something may differ: at, just before and just after each
    moment; by the ledger's clock, or by entry; of any truth."""
    log = night.log
    slack = st.sampled_from((-1, 0, 1)).map(lambda count: timedelta(microseconds=count))
    hours = st.sampled_from(sorted({entry.event.effective_at for entry in log}))
    known = st.sampled_from(sorted({entry.event.recorded_at for entry in log}))
    at = draw(st.none() | st.builds(lambda hour, more: hour + more, hours, slack))
    which = draw(st.sampled_from(("now", "entry", "known_at")))
    truth = draw(st.sampled_from(TRUTHS))
    if which == "entry":
        return Viewpoint(at=at, entry=draw(st.integers(0, len(log))), truth=truth)
    if which == "known_at":
        return Viewpoint(at=at, known_at=draw(known) + draw(slack), truth=truth)
    return Viewpoint(at=at, truth=truth)
