"""Hard and soft rules: one function and one name each.

A rule looks at a `Case` and says what is wrong, or None. Its docstring is the
rule, its remedy, and where it comes from. A hard rule refuses; a soft rule is
recorded only with `--accept NAME`, and the override stays in the entry.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from ledger.counting import count, winners
from ledger.errors import NeedsAccept, RuleBroken, UnknownRule
from ledger.events import ContestOpened, LotDrawn, Result
from ledger.text import did_you_mean, skeleton


@dataclass(frozen=True, slots=True)
class Case:
    """What a rule may look at."""

    contest: ContestOpened
    result: Result
    effective_at: datetime
    now: datetime
    before: Result | None = None  # the version this would replace
    lots: tuple[LotDrawn, ...] = ()  # drawn on their own for this contest
    last: Result | None = None  # the same ward's contest before this one


class Rule(NamedTuple):
    """A rule by name, with its words."""

    name: str
    broken: Callable[[Case], str | None]
    text: str
    remedy: str


MOST_MOVED = 0.4  # of all votes
LATEST = timedelta(days=7)  # after the poll

HARD: dict[str, Rule] = {}
SOFT: dict[str, Rule] = {}


def _into(
    rules: dict[str, Rule],
) -> Callable[[Callable[[Case], str | None]], Callable[[Case], str | None]]:
    def register(function: Callable[[Case], str | None]) -> Callable[[Case], str | None]:
        text, _, remedy = inspect.cleandoc(function.__doc__ or "").partition("Remedy:")
        name = function.__name__.replace("_", "-")
        rules[name] = Rule(name, function, " ".join(text.split()), " ".join(remedy.split()))
        return function

    return register


hard, soft = _into(HARD), _into(SOFT)


def named(accept: Sequence[str]) -> tuple[str, ...]:
    """The names of soft rules, each once. Raises UnknownRule."""
    for name in accept:
        if name not in SOFT:
            hint = did_you_mean(name, SOFT)
            raise UnknownRule(rule=name, suggestion=hint, rules=", ".join(SOFT))
    return tuple(dict.fromkeys(accept))


def hard_rules(case: Case) -> None:
    """Raise RuleBroken for the first hard rule broken."""
    for rule in HARD.values():
        what = rule.broken(case)
        if what:
            raise RuleBroken(rule=rule.name, what=what, remedy=rule.remedy)


def soft_rules(case: Case, accept: Sequence[str]) -> tuple[str, ...]:
    """The soft rules broken and accepted. Raises NeedsAccept for those not accepted."""
    broken = {rule.name: what for rule in SOFT.values() if (what := rule.broken(case))}
    refused = [name for name in broken if name not in accept]
    if refused:
        raise NeedsAccept(
            rule=refused[0],
            rules=refused,
            what=" ".join(broken[name] for name in refused),
            remedy="look again; if it is so, repeat with "
            + " ".join(f"--accept {name}" for name in refused)
            + ". "
            + " ".join(_sentence(SOFT[name].remedy) for name in refused),
        )
    return tuple(broken)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


# --- hard -----------------------------------------------------------------------


@hard
def candidates_once(case: Case) -> str | None:
    """Every candidate appears once, matched by name or id, never by row order
    (Newham 2018: rows misaligned).
    Remedy: give each candidate once."""
    names = [candidate.name for candidate in case.result.candidates]
    twice = (
        {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else ()
    )
    return f"{min(twice)!r} appears twice in {case.contest.contest}." if twice else None


@hard
def poll_closed(case: Case) -> str | None:
    """No result is declared before its poll closes (22:00 local on poll day, or the hour
    given when the contest was opened).
    Remedy: check the time of the declaration (--declared-at)."""
    if case.effective_at < case.contest.polls_close:
        return (
            f"{case.effective_at.isoformat()} is before the poll of {case.contest.contest}"
            f" closes ({case.contest.polls_close.isoformat()})."
        )
    return None


@hard
def time_in_range(case: Case) -> str | None:
    """Nothing becomes true more than one day ahead of the ledger's clock.
    Remedy: check the date, the year first."""
    if case.effective_at > case.now + timedelta(days=1):
        return f"{case.effective_at.isoformat()} is more than a day ahead of now."
    return None


@hard
def elected_equals_seats(case: Case) -> str | None:
    """As many are elected as seats are up, unless a tie is waiting for its lot.
    Remedy: check who is marked as elected, and the seats up of the contest."""
    elected, seats = len(case.result.elected), len(case.contest.seats)
    waiting = count(case.result.candidates, seats).places
    if elected != seats and not (elected == seats - waiting and elected < seats and waiting):
        return f"{elected} elected for {seats} seat(s) up in {case.contest.contest}."
    return None


@hard
def elected_are_top(case: Case) -> str | None:
    """The elected are those with the most votes, or drawn by lot among those tied for the
    last seat (first past the post and block vote; Nelson 2023 declared the loser).
    Remedy: check for transposed figures. Only a court seats anyone else."""
    by_votes = count(case.result.candidates, len(case.contest.seats))
    elected = {candidate.name for candidate in case.result.elected}
    drawn = elected - set(by_votes.clear)
    if set(by_votes.clear) <= elected and drawn <= set(by_votes.tied):
        if drawn and set(case.result.lot) != drawn:
            return (
                f"{', '.join(sorted(by_votes.tied))} have the same votes: a tie for the last "
                f"seat is decided by lot, so say who was drawn (--lot NAME)."
            )
        return None
    wrong = sorted(elected - set(by_votes.clear) - set(by_votes.tied)) or sorted(elected)
    return (
        f"{', '.join(wrong)} cannot be elected: {', '.join(by_votes.clear + by_votes.tied)}"
        f" had more votes."
    )


@hard
def votes_within_papers(case: Case) -> str | None:
    """Votes for all candidates are at most ballot papers x seats up (Lewisham Forest Hill
    2014 and Highworth 2019: a batch counted twice).
    Remedy: look for a batch keyed twice, or a wrong total of papers."""
    papers, seats = case.result.ballot_papers, len(case.contest.seats)
    if papers is not None and case.result.votes > papers * seats:
        return f"{case.result.votes:,} votes are more than {papers:,} ballot papers x {seats}."
    return None


@hard
def papers_add_up(case: Case) -> str | None:
    """In a one-seat contest, valid votes + rejected papers = ballot papers, when both are
    given (Electoral Commission, verification and count model).
    Remedy: check the three figures; leave out the one that is not known."""
    result = case.result
    if len(case.contest.seats) > 1 or result.ballot_papers is None or result.rejected is None:
        return None
    if result.votes + result.rejected != result.ballot_papers:
        return (
            f"{result.votes:,} votes + {result.rejected:,} rejected is not"
            f" {result.ballot_papers:,} ballot papers."
        )
    return None


@hard
def papers_within_electorate(case: Case) -> str | None:
    """Ballot papers (or, with one seat, votes + rejected) are at most the electorate.
    Remedy: check both; one may belong to another ward."""
    papers = case.result.papers(len(case.contest.seats))
    if papers is not None and case.result.electorate is not None:
        return (
            f"{papers:,} ballot papers are more than {case.result.electorate:,} electors."
            if papers > case.result.electorate
            else None
        )
    return None


# --- soft -----------------------------------------------------------------------


@soft
def declared_late(case: Case) -> str | None:
    """A result is declared within a week of its poll; later is rare, and mostly a slip in
    the date, or an old file that does not say when it was declared.
    Remedy: say when the returning officer declared it (--declared-at)."""
    late = case.effective_at - case.contest.polls_close
    if late > LATEST:
        return f"{case.contest.contest} would be declared {late.days} days after its poll."
    return None


@soft
def rejected_share(case: Case) -> str | None:
    """Rejected papers of 3 % of all or more are rare.
    Remedy: check the rejected papers against the returning officer's statement."""
    papers, rejected = case.result.papers(len(case.contest.seats)), case.result.rejected
    if papers and rejected is not None and rejected * 100 >= 3 * papers:
        return f"{rejected:,} of {papers:,} papers rejected is {rejected / papers:.1%}."
    return None


@soft
def turnout_range(case: Case) -> str | None:
    """A turnout above 95 % or below 5 % is rare.
    Remedy: check the electorate, and that the figures are of this ward."""
    papers, electorate = (
        case.result.papers(len(case.contest.seats)),
        case.result.electorate,
    )
    if papers is None or not electorate:
        return None
    if papers * 100 > 95 * electorate or papers * 100 < 5 * electorate:
        share = papers / electorate
        return f"{papers:,} papers of {electorate:,} electors is a turnout of {share:.1%}."
    return None


@soft
def share_moved(case: Case) -> str | None:
    """A candidate's share of the vote moved by more than 40 points on the ward's contest
    before.
    Remedy: check for a digit too many, or two candidates' figures changed over."""
    if case.last is None or not case.last.votes or not case.result.votes:
        return None
    shares = {c.name: c.votes / case.last.votes for c in case.last.candidates}
    for candidate in case.result.candidates:
        share = candidate.votes / case.result.votes
        if candidate.name in shares and abs(share - shares[candidate.name]) > MOST_MOVED:
            return f"{candidate.name} went from {shares[candidate.name]:.0%} to {share:.0%}."
    return None


@soft
def winner_changes(case: Case) -> str | None:
    """The correction would change a winner, and so perhaps seats or control.
    Remedy: check the source with the returning officer."""
    if case.before is None:
        return None
    was, will = (
        {c.name for c in winners(result, len(case.contest.seats), case.lots)}
        for result in (case.before, case.result)
    )
    gone, come = was - will, will - was
    if not gone and not come:
        return None
    return (
        f"The winner would change: {', '.join(sorted(come)) or 'nobody'}"
        f" for {', '.join(sorted(gone)) or 'nobody'}."
    )


@soft
def votes_swapped(case: Case) -> str | None:
    """Two candidates' votes are exactly swapped against the version before.
    Remedy: check which way round is right."""
    if case.before is None:
        return None
    was = {candidate.name: candidate.votes for candidate in case.before.candidates}
    moved = [c for c in case.result.candidates if c.name in was and was[c.name] != c.votes]
    for place, one in enumerate(moved):
        for other in moved[place + 1 :]:
            if (one.votes, other.votes) == (was[other.name], was[one.name]):
                return f"{one.name} and {other.name} change over {one.votes:,} and {other.votes:,}."
    return None


@soft
def tenfold(case: Case) -> str | None:
    """A figure is ten times or a tenth of the version before (Bexhill East 2026: 12,267
    published for 1,267 is the kind of slip meant).
    Remedy: check for a digit too many or too few."""
    if case.before is None:
        return None
    was = {candidate.name: candidate.votes for candidate in case.before.candidates}
    for candidate in case.result.candidates:
        old, new = was.get(candidate.name, 0), candidate.votes
        if old and new and (new // 10 == old or old // 10 == new):
            return f"{candidate.name}'s votes would go from {old:,} to {new:,}."
    return None


@soft
def votes_equal_electorate(case: Case) -> str | None:
    """The valid votes equal the electorate.
    Remedy: one figure was probably typed into the other's field."""
    if case.result.electorate and case.result.votes == case.result.electorate:
        return f"Votes and electorate are both {case.result.votes:,}."
    return None


@soft
def lookalike_names(case: Case) -> str | None:
    """Two candidates' names look the same in different scripts.
    Remedy: check how the names were typed."""
    seen: dict[str, str] = {}
    for candidate in case.result.candidates:
        other = seen.setdefault(skeleton(candidate.name), candidate.name)
        if other != candidate.name:
            return f"{other!a} and {candidate.name!a} look the same."
    return None
