"""What is announced, what was wrong, and what should never have been recorded."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.counting import count
from ledger.domain.figures import as_corrected, changed, figures_of, newer, put_right, whole_list
from ledger.domain.outcomes import refuse_settled
from ledger.domain.roll import Roll
from ledger.errors import (
    CannotAmend,
    CannotWithdraw,
    MovedOn,
    NotDeclared,
    NothingChanged,
    NoTie,
    TargetGone,
)
from ledger.events import Entry
from ledger.facts import (
    ContestFact,
    ContestOpened,
    CouncilRegistered,
    EntryWithdrawn,
    FactCorrected,
    LotDrawn,
    NotionalStated,
    Result,
    ResultCorrected,
    ResultDeclared,
    SeatFact,
)
from ledger.forms import CandidateCorrection, CandidateForm, ResultForm, made
from ledger.names import Names
from ledger.values import Cause, FieldChange
from ledger.ward import Contest, Ward, live


def declare(contest: Contest, form: ResultForm, names: Names) -> ResultDeclared | LotDrawn:
    """What was announced; a lot alone completes a tie that stands. Raises AlreadyDeclared."""
    standing = contest.result()
    if form.lots and not form.candidates and standing is not None:
        return draw_lot(contest, form.lots, names)
    refuse_settled(contest)
    candidates = whole_list(contest.fact, form, names)
    figures = figures_of(contest.fact, candidates, form, None, names)
    return made(ResultDeclared, **figures)


def agrees(contest: Contest, form: ResultForm, names: Names) -> bool:
    """Whether what stands says all that the form does."""
    result = contest.result()
    if result is None or not form.candidates:
        return False
    given = figures_of(contest.fact, whole_list(contest.fact, form, names), form, None, names)
    return all(
        getattr(result, name) == value for name, value in given.items() if value not in (None, ())
    )


def draw_lot(contest: Contest, people: tuple[str, ...], names: Names) -> LotDrawn:
    """The lot that decides a standing tie. Raises NoTie, UnknownCandidate."""
    result, contest_id = contest.result(), contest.fact.contest
    if result is None:
        raise NoTie(contest=contest_id, what="it is not declared")
    tie = count(result.candidates, contest.fact)
    missing = len(contest.fact.seats) - len(result.elected)
    if contest.lot or not missing:
        raise NoTie(contest=contest_id, what="every seat is decided")
    roll = Roll(contest_id, result.candidates, names)
    drawn = tuple(roll.find(name) for name in people)
    if not set(drawn) <= set(tie.tied):
        raise NoTie(contest=contest_id, what=f"only {', '.join(tie.tied)} are tied")
    if len(drawn) != missing or len(set(drawn)) != len(drawn):
        what = f"{missing} of {', '.join(tie.tied)} must be drawn"
        raise NoTie(contest=contest_id, what=what)
    return LotDrawn(contest=contest_id, names=drawn, among=tie.tied)


def correct(  # noqa: PLR0913 - a correction is made of all of these
    contest: Contest,
    form: ResultForm,
    names: Names,
    *,
    reason: str,
    cause: Cause,
    replaces: int | None,
    whole: bool,
    moves: bool,
    people: Sequence[CandidateCorrection] = (),
    told: tuple[FieldChange, ...] = (),
) -> ResultCorrected:
    """The standing version with what the form gives changed (`whole`: replaced), and `people`
    under other names or parties. `told` is what the source's own record of changes says.

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
    relabels = cause == "wrong party label"
    if whole:
        known = as_corrected(contest.fact, before)
        candidates = whole_list(known, form, names)
        figures = figures_of(known, candidates, form, None, names, relabels=relabels)
    else:
        candidates = changed(contest.fact, before, form.candidates, names)
        figures = figures_of(contest.fact, candidates, form, before, names, relabels=relabels)
    figures = put_right(figures, people, contest.fact.contest, names)
    corrected = made(
        ResultCorrected, **figures,
        target=standing.event.event_id, reason=reason, cause=cause, told=told,
    )  # fmt: skip
    same = all(getattr(corrected, f) == getattr(before, f) for f in Result.model_fields)
    if same and not moves and not told:
        raise NothingChanged(contest=contest.fact.contest, entry=standing.number)
    return corrected


def supersede(  # noqa: PLR0913 - as `correct`
    contest: Contest, form: ResultForm, names: Names, *, reason: str, cause: Cause, moves: bool
) -> ResultCorrected | None:
    """The standing version with what a newer version of its file says put in; what the file
    does not give stays. None where nothing changes. Raises NotDeclared."""
    standing, before = contest.standing, contest.result()
    if standing is None or before is None:
        raise NotDeclared(contest=contest.fact.contest)
    people = newer(contest.fact, before, form.candidates, names)
    lot = contest.lot
    tied = set(count(people, contest.fact).tied)
    if lot and isinstance(lot.fact, LotDrawn) and set(lot.fact.among) == tied:
        form, people = _without_lot(form, people, lot.fact.names, names)
    figures = figures_of(
        contest.fact, people, form, before, names, relabels=cause == "wrong party label"
    )
    if not moves and all(figures[name] == getattr(before, name) for name in Result.model_fields):
        return None
    return made(
        ResultCorrected, **figures, target=standing.event.event_id, reason=reason, cause=cause
    )


def _without_lot(
    form: ResultForm, people: list[CandidateForm], drawn: tuple[str, ...], names: Names
) -> tuple[ResultForm, list[CandidateForm]]:
    """What a file says besides a lot that is an entry of its own: those drawn are elected by
    that entry, not by the figures."""
    roll = Roll(form.contest, people, names)
    others = tuple(name for name in form.elected if roll.called(name) not in drawn)
    lots = tuple(name for name in form.lots if roll.called(name) not in drawn)
    unmarked = [
        one.model_copy(update={"elected": False}) if one.elected and one.name in drawn else one
        for one in people
    ]
    return form.model_copy(update={"elected": others, "lot": lots or None}), unmarked


def withdraw(ward: Ward, target: Entry, reason: str) -> EntryWithdrawn:
    """The withdrawal of an entry that stands. Raises CannotWithdraw, TargetGone."""
    fact, number = target.fact, target.number
    if isinstance(fact, CouncilRegistered):
        raise CannotWithdraw(
            entry=number,
            what="everything recorded for the council stands on its register",
            remedy="begin a new ledger with the right register",
        )
    if isinstance(fact, EntryWithdrawn):
        raise CannotWithdraw(
            entry=number,
            what="it is a withdrawal itself",
            remedy="record what is right again",
        )
    contest = ward.contests.get(target.contest) if target.contest else None
    if target.contest and contest is None:
        raise TargetGone(entry=number, what="its contest was withdrawn")
    stack = contest.stack if contest else _resting(ward, target)
    if all(entry.number != number for entry in stack):
        raise TargetGone(entry=number, what="it was withdrawn")
    if not isinstance(target.about, ContestOpened):
        # Whose the seats notionally are, and how they were polled, do not rest on each other.
        notional = isinstance(target.about, NotionalStated)
        stack = [one for one in stack if isinstance(one.about, NotionalStated) == notional]
    if stack[-1].number != number:
        raise CannotWithdraw(
            entry=number,
            what=f"entry {stack[-1].number} rests on it",
            remedy=f"withdraw entry {stack[-1].number} first, if that is wrong too",
        )
    return made(
        EntryWithdrawn,
        contest=target.contest,
        seat=getattr(target.about, "seat", None),
        target=target.event.event_id,
        reason=reason,
    )


def _resting(ward: Ward, target: Entry) -> list[Entry]:
    """An alias or a fact about a seat, if it stands, and the corrections that rest on it."""
    standing = (*ward.aliases, *ward.seats)
    stack = [entry for entry in standing if entry.number == target.number]
    for entry in ward.seats:
        if isinstance(entry.fact, FactCorrected) and any(
            entry.fact.target == below.event.event_id for below in stack
        ):
            stack.append(entry)
    return stack


def amend(  # noqa: PLR0913 - a correction is made of all of these
    ward: Ward,
    target: Entry,
    fact: SeatFact | ContestFact,
    reason: str,
    cause: Cause,
    *,
    moves: bool,
) -> FactCorrected:
    """The correction of a fact other than a result (`moves`: its time changes too). Raises
    TargetGone, CannotAmend, NothingChanged."""
    if not isinstance(target.about, type(fact)) or target.contest != getattr(fact, "contest", None):
        kind = target.kind.replace("-", " ")
        raise CannotAmend(entry=target.number, kind=kind, wanted=_words(fact))
    contest = ward.contests.get(target.contest) if target.contest else None
    standing = live(contest.others if contest else ward.seats)
    if all(one.entry.number != target.number for one in standing):
        raise TargetGone(entry=target.number, what="it was withdrawn or corrected since")
    if target.about == fact and not moves:
        raise NothingChanged(contest=_words(fact), entry=target.number)
    return made(FactCorrected, target=target.event.event_id, reason=reason, cause=cause, fact=fact)


def _words(fact: SeatFact | ContestFact) -> str:
    return fact.kind.partition(".")[0].replace("-", " ")
