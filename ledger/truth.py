"""Three truths of one log: what stands in law, what was recorded, what the papers add up to.

In England a returning officer cannot recount after the declaration; only an election court
changes it (Representation of the People Act 1983, part III). So the figures known to be wrong
and those that stand in law are both kept, and each question says which it means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from ledger.counting import UNSAID, count
from ledger.events import Entry
from ledger.facts import ContestOpened, DiscrepancyNoted, Result, ResultOverturned
from ledger.values import Truth
from ledger.ward import Contest, Live, Ward, result_of


def as_counted(ward: Ward, truth: Truth) -> Ward:
    """A ward as a truth has it. *legal*: what returning officers and courts said. *recorded*:
    without the courts. *arithmetical*: without the courts, and with the votes that are known
    to be right in the place of those declared, from the declaration's time on."""
    if truth == "legal":
        return ward
    contests = {name: _without_courts(contest) for name, contest in ward.contests.items()}
    if truth == "arithmetical":
        contests = {name: _by_the_papers(contest) for name, contest in contests.items()}
    return replace(ward, contests=contests)


def _without_courts(contest: Contest) -> Contest:
    others = tuple(one for one in contest.others if not isinstance(one.about, ResultOverturned))
    return contest._replace(others=others)


def _by_the_papers(contest: Contest) -> Contest:
    said = tuple(
        tuple(_counted(version, votes, contest.fact) for version in one)
        if (votes := votes_known(contest, one))
        else one
        for one in contest.declarations
    )
    return contest._replace(declarations=said)


def votes_known(contest: Contest, announced: tuple[Entry, ...]) -> dict[str, int]:
    """By name, the votes that are known to be right of an announcement, given its versions. A
    discrepancy is one of what was announced by its hour; what is announced later is a count
    of its own."""
    since = min(version.event.effective_at for version in announced)
    found: dict[str, int] = {}
    for entry, fact in sorted(contest.said(DiscrepancyNoted), key=_when):
        assert isinstance(fact, DiscrepancyNoted)
        if since <= entry.event.effective_at:
            found |= fact.votes
    return found


def _when(one: Live) -> tuple[datetime, int]:
    return one.entry.event.effective_at, one.entry.number


def _counted(version: Entry, votes: Mapping[str, int], contest: ContestOpened) -> Entry:
    """A version of a result with other votes; those elected are worked out again, or kept where
    votes do not decide or not all are known. A tie waits, unless a lot was drawn in the same."""
    was = result_of(version)
    people = [c.model_copy(update={"votes": votes.get(c.name, c.votes)}) for c in was.candidates]
    lot, top = was.lot, count(people, contest)
    if top is not UNSAID:
        same_tie = set(top.tied) == set(count(was.candidates, contest).tied)
        lot = lot if same_tie and len(lot) == top.places else ()
        elected = {*top.clear, *lot}
        people = [c.model_copy(update={"elected": c.name in elected}) for c in people]
    kept = {name: getattr(was, name) for name in type(was).model_fields}
    # Not a copy: that would keep who was elected before.
    result: Result = type(was).model_construct(**kept | {"candidates": tuple(people), "lot": lot})
    return replace(version, event=version.event.model_copy(update={"fact": result}))
