"""Law 6: changes sum to zero, under every baseline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from hypothesis import strategies as st

from ledger import Ledger, Viewpoint
from ledger.errors import NotionalMissing
from ledger.testing import model
from ledger.testing.laws.asking import asked
from ledger.testing.plan import NIGHTS, Plan, Step
from ledger.testing.playing import Played, played
from ledger.testing.steps import Request, notional_seats
from ledger.testing.strategies import declarations, openings
from ledger.values import BASELINES
from projections.contests import contests
from projections.night import standing
from projections.seats import seats
from projections.timeline import replay

NONE_SAID = 6  # stands for no notional result


def changes_sum_to_zero(data: st.DataObject, plan: Plan) -> None:
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


def turns(data: st.DataObject) -> Iterator[Step]:
    """One ward polled and declared on each night, on the second in a by-election: then what
    won a seat last and what won it when it was last up may differ."""
    ward = data.draw(st.integers(0, 8))
    for night in range(len(NIGHTS)):
        yield replace(data.draw(openings), pick=ward, night=night)
        yield replace(data.draw(declarations), pick=1)


def state_notionals(data: st.DataObject, night: Played) -> None:
    """State a notional result of most contests, as random nights seldom have one of each."""
    for contest in night.contests():
        parties = data.draw(st.lists(st.integers(0, NONE_SAID), min_size=3, max_size=3))
        if NONE_SAID not in parties:
            night.type(notional_request(contest, notional_seats(night, contest, parties)))


def notional_request(contest: str, seats: dict[str, int]) -> Request:
    """A notional result is stated."""
    return lambda desk: desk.notional(contest, seats=seats)


def boards_agree(book: Ledger, council: str, seen: Viewpoint) -> None:
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
