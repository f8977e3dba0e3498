"""What is announced, what was wrong, and what should never have been recorded."""

from __future__ import annotations

from typing import assert_never

from ledger.counting import count
from ledger.domain.figures import changed, figures_of, known_name, whole_list
from ledger.errors import (
    AlreadyDeclared,
    CannotWithdraw,
    MovedOn,
    NotDeclared,
    NothingChanged,
    NoTie,
    TargetGone,
)
from ledger.events import Entry
from ledger.facts import (
    ContestOpened,
    CouncilRegistered,
    EntryWithdrawn,
    LotDrawn,
    Result,
    ResultCorrected,
    ResultDeclared,
)
from ledger.forms import ResultForm, made
from ledger.text import match_key
from ledger.values import Cause
from ledger.ward import Contest, Ward


def declare(contest: Contest, form: ResultForm) -> ResultDeclared | LotDrawn:
    """What was announced; a lot alone completes a tie that stands. Raises AlreadyDeclared."""
    standing = contest.result()
    if form.lots and not form.candidates and standing is not None:
        return draw_lot(contest, form.lots)
    if contest.standing is not None:
        raise AlreadyDeclared(contest=contest.fact.contest, entry=contest.standing.number)
    candidates = whole_list(contest.fact, form.candidates)
    figures = figures_of(contest.fact, candidates, form, None)
    return made(ResultDeclared, **figures)


def draw_lot(contest: Contest, names: tuple[str, ...]) -> LotDrawn:
    """The lot that decides a standing tie. Raises NoTie, UnknownCandidate."""
    result, contest_id = contest.result(), contest.fact.contest
    if result is None:
        raise NoTie(contest=contest_id, what="it is not declared")
    tie = count(result.candidates, len(contest.fact.seats))
    missing = len(contest.fact.seats) - len(result.elected)
    if contest.lot or not missing:
        raise NoTie(contest=contest_id, what="every seat is decided")
    everyone = {match_key(c.name): c.name for c in result.candidates}
    drawn = tuple(known_name(name, everyone, contest_id) for name in names)
    if not set(drawn) <= set(tie.tied):
        raise NoTie(contest=contest_id, what=f"only {', '.join(tie.tied)} are tied")
    if len(drawn) != missing or len(set(drawn)) != len(drawn):
        what = f"{missing} of {', '.join(tie.tied)} must be drawn"
        raise NoTie(contest=contest_id, what=what)
    return LotDrawn(contest=contest_id, names=drawn, among=tie.tied)


def correct(  # noqa: PLR0913 - a correction is made of all of these
    contest: Contest,
    form: ResultForm,
    *,
    reason: str,
    cause: Cause,
    replaces: int | None,
    whole: bool,
    moves: bool,
) -> ResultCorrected:
    """The standing version with what the form gives changed (`whole`: replaced).

    `moves` says that the time changes too. Raises NotDeclared, MovedOn, NothingChanged.
    """
    standing, before = contest.standing, contest.result()
    if standing is None or before is None:
        raise NotDeclared(contest=contest.fact.contest)
    if replaces is not None and replaces != standing.number:
        raise MovedOn(
            what=f"entry {standing.number}, by {standing.event.by}, stands for"
            f" {contest.fact.contest} now, not entry {replaces}"
        )
    if whole:
        candidates = whole_list(contest.fact, form.candidates)
        figures = figures_of(contest.fact, candidates, form, None)
    else:
        candidates = changed(contest.fact, before, form.candidates)
        figures = figures_of(contest.fact, candidates, form, before)
    corrected = made(
        ResultCorrected, **figures, target=standing.event.event_id, reason=reason, cause=cause
    )
    if not moves and all(getattr(corrected, f) == getattr(before, f) for f in Result.model_fields):
        raise NothingChanged(contest=contest.fact.contest, entry=standing.number)
    return corrected


def withdraw(ward: Ward, target: Entry, reason: str) -> EntryWithdrawn:
    """The withdrawal of an entry that stands. Raises CannotWithdraw, TargetGone."""
    fact = target.fact
    match fact:
        case CouncilRegistered():
            raise CannotWithdraw(
                entry=target.number,
                what="everything recorded for the council stands on its register",
                remedy="begin a new ledger with the right register",
            )
        case EntryWithdrawn():
            raise CannotWithdraw(
                entry=target.number,
                what="it is a withdrawal itself",
                remedy="declare or correct the contest again",
            )
        case ContestOpened() | ResultDeclared() | ResultCorrected() | LotDrawn():
            contest = ward.contests.get(fact.contest)
        case _:
            assert_never(fact)
    if contest is None:
        raise TargetGone(entry=target.number, what="its contest was withdrawn")
    top = max(contest.stack, key=lambda entry: entry.number)
    if top.number != target.number:
        if any(entry.number == target.number for entry in contest.stack):
            raise CannotWithdraw(
                entry=target.number,
                what=f"entry {top.number} rests on it",
                remedy=f"withdraw entry {top.number} first, if that is wrong too",
            )
        raise TargetGone(entry=target.number, what="it was withdrawn")
    return made(EntryWithdrawn, contest=fact.contest, target=target.event.event_id, reason=reason)
