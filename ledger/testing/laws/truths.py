"""The three truths differ where courts and discrepancies make them, and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from ledger.facts import DiscrepancyNoted, ElectedUnopposed, ResultOverturned
from ledger.testing.laws.asking import asked, figures
from ledger.testing.plan import Plan
from ledger.testing.playing import Played, played
from ledger.testing.steps import Request
from ledger.values import TRUTHS
from ledger.ward import Contest
from projections.night import Standing, standing


def truths_differ_where_told(data: st.DataObject, plan: Plan) -> None:
    """The three truths differ where courts and discrepancies make them, and nowhere else."""
    with played(plan) as night:
        note_papers(data, night)
        for council, place, _ in asked(data, night):
            legal, recorded, papers = (
                standing(night.book, council, replace(place, truth=truth)) for truth in TRUTHS
            )
            for slug, ward in legal.wards.items():
                courts = [one for c in ward.contests.values() for one in c.said(ResultOverturned)]
                notes = [one for c in ward.contests.values() for one in c.said(DiscrepancyNoted)]
                noted = [one for one in notes if getattr(one.fact, "votes", None)]
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


def note_papers(data: st.DataObject, night: Played) -> None:
    """Note the votes of some contests, as random nights seldom have one that tells."""
    for contest, result in night.results().items():
        people = [candidate.name for candidate in result.candidates]
        counts = data.draw(st.lists(st.integers(0, 5), max_size=len(people)))
        votes = dict(zip(people, counts, strict=False))
        night.type(note_request(contest, votes))


def note_request(contest: str, votes: dict[str, int]) -> Request:
    """Votes are noted that were left out."""
    return lambda desk: desk.note(contest, what="a box", votes=votes)


def courts_alone_decide(contest: Contest, legal: Standing, recorded: Standing) -> None:
    """The last order in force by the hour says who was elected; without the courts, nobody is
    who was not declared, drawn or unopposed."""
    name = contest.fact.contest
    orders: list[Any] = [
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


def papers_decide(papers: Standing, told: Mapping[str, Mapping[str, int | None]]) -> None:
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
            lost = [number or 0 for name, number in votes.items() if name not in names]
            if names and lost and names <= set(votes):
                assert min(votes[name or ""] or 0 for name in names) >= max(lost)
