"""Laws 9 to 12: each write is recorded once, whole, and under whatever name."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ledger import LedgerError, connect
from ledger.errors import KeyReused
from ledger.facts import Result, ResultCorrected
from ledger.formats import Batch
from ledger.forms import CandidateForm, ResultForm
from ledger.packing import pack, read_pack
from ledger.rules import SOFT
from ledger.superseding import Superseding
from ledger.testing.laws.asking import ASKED, Views, asked, councils, stored, views
from ledger.testing.plan import CLOCK, SAID, Plan
from ledger.testing.playing import fresh, played
from ledger.testing.strategies import viewpoints
from ledger.ward import result_of
from projections.night import standing
from projections.verify import verify


def writes_are_idempotent(_data: st.DataObject, plan: Plan) -> None:
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


def aliases_are_names(data: st.DataObject, plan: Plan) -> None:
    """9b. What is typed under an alias stands as what is typed under the name, but that a party's
    label is kept as it was declared."""
    with played(plan) as night, played(plan, aliased=False) as other:
        kinds = [[entry.fact.kind for entry in one.log] for one in (night, other)]
        assert kinds[0] == kinds[1]
        for council, place, _ in asked(data, night):
            told = [views(one.book, council, place) for one in (night, other)]
            assert _without_labels(told[0]) == _without_labels(told[1])


def _without_labels(told: Views | None) -> Views | None:
    for line in told[1] if told else ():
        for candidate in line["candidates"]:
            candidate.pop("label")
    return told


def newer_versions_are_told(data: st.DataObject, plan: Plan) -> None:
    """9c. A newer version of a file stands as it says; only what differs is recorded, and
    loading it again, or under its key, adds nothing."""
    with played(plan) as night:
        before: dict[str, Result | None] = {}
        for council in councils(night):
            for ward in standing(night.book, council).wards.values():
                before |= {name: contest.result() for name, contest in ward.contests.items()}
        newer: list[ResultForm] = []
        wanted: dict[str, dict[str, int | None]] = {}
        for name in data.draw(st.sets(st.sampled_from(sorted(before)))) if before else ():
            opened, told = night.opened(name), before[name]
            old = {c.name: c.votes for c in told.candidates} if told else {}
            people = list(old) or [c.name for c in (opened.candidates if opened else ())]
            votes = {p: data.draw(st.sampled_from((old.get(p, 2), 0, 3, 5))) for p in people}
            forms = tuple(CandidateForm(name=p, votes=number) for p, number in votes.items())
            newer.append(ResultForm(contest=name, candidates=forms))
            kept = {p: old.get(p) if number is None else number for p, number in votes.items()}
            wanted |= {name: kept} if kept != old else {}
        batch = Batch("newer", results=tuple(newer), lines=(None,) * len(newer))
        more = {"accept": tuple(SOFT), "supersede": Superseding("again"), "key": "newer"}
        how: dict[str, Any] = SAID | more
        log = stored(night)
        try:
            receipt = night.book.load(batch, **how)
        except LedgerError:
            assert stored(night) == log
            return
        made = [result_of(entry) for entry in receipt.entries]
        assert {fact.contest: {c.name: c.votes for c in fact.candidates} for fact in made} == wanted
        assert [isinstance(fact, ResultCorrected) for fact in made] == [
            before[fact.contest] is not None for fact in made
        ]
        log = stored(night)
        assert night.book.load(batch, **how).entries == receipt.entries
        assert night.book.load(batch, **(how | {"key": None})).recorded == 0
        assert stored(night) == log


def round_trip(data: st.DataObject, plan: Plan) -> None:
    """10. The log exported and imported into an empty ledger has the same root, and gives the
    same answers at every viewpoint."""
    with played(plan) as night, fresh(plan) as other:
        packed = read_pack(pack(night.book.store), "log")
        other.book.store.restore(packed.entries)
        assert stored(other) == stored(night)
        told = [verify(one.book) for one in (night, other)]
        assert told[0] == told[1]
        assert (told[0].root, told[0].broken) == (packed.root, ())
        for _ in range(ASKED):
            place = data.draw(viewpoints(night))
            for council in councils(night):
                assert views(other.book, council, place) == views(night.book, council, place)


def writes_are_whole(_data: st.DataObject, plan: Plan) -> None:
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
