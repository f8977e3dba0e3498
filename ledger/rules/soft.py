"""Soft rules: what breaks one is recorded only when it is accepted by name."""

from __future__ import annotations

from datetime import timedelta

from ledger.counting import winners
from ledger.facts import Result
from ledger.rules.rule import SOFT, Case, into
from ledger.text import skeleton

MOST_MOVED = 0.4  # of all votes
LATEST = timedelta(days=7)  # after the poll

soft = into(SOFT)


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
    papers, rejected = case.result.papers(case.contest), case.result.rejected
    if papers and rejected is not None and rejected * 100 >= 3 * papers:
        return f"{rejected:,} of {papers:,} papers rejected is {rejected / papers:.1%}."
    return None


@soft
def turnout_range(case: Case) -> str | None:
    """A turnout above 95 % or below 5 % is rare.
    Remedy: check the electorate, and that the figures are of this ward."""
    papers, electorate = (
        case.result.papers(case.contest),
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
    if case.last is None:
        return None
    before = _shares(case.last)
    for name, share in _shares(case.result).items():
        if name in before and abs(share - before[name]) > MOST_MOVED:
            return f"{name} went from {before[name]:.0%} to {share:.0%}."
    return None


def _shares(result: Result) -> dict[str, float]:
    """Each candidate's share of the vote; empty where it is not known."""
    total = result.votes
    return {c.name: (c.votes or 0) / total for c in result.candidates} if total else {}


@soft
def party_differs(case: Case) -> str | None:
    """A candidate is declared for another party than the one nominated for: mostly rows or
    columns changed over, and it may move a seat.
    Remedy: check the statement of persons nominated."""
    if case.before is not None and not case.superseding:
        return None  # a correction of the party says so itself
    stand = {c.name: c.party.group for c in case.before.candidates} if case.before else {}
    nominated = {nominee.name: nominee.party for nominee in case.contest.candidates}
    told = [
        f"{c.name} was nominated for {nominated[c.name].label}, not {c.party.label}."
        for c in case.result.candidates
        if c.name in nominated and c.party.group not in (nominated[c.name].group, stand.get(c.name))
    ]
    return " ".join(told) or None


@soft
def winner_changes(case: Case) -> str | None:
    """The correction would change a winner (the name or the party of one too), and so perhaps
    seats or control.
    Remedy: check the source with the returning officer."""
    if case.before is None:
        return None
    was, will = (
        {(c.name, c.party.group) for c in winners(result, case.contest, case.lots)}
        for result in (case.before, case.result)
    )
    gone, come = was - will, will - was
    if not gone and not come:
        return None
    return f"The winner would change: {_named(come, gone)} for {_named(gone, come)}."


def _named(people: set[tuple[str, str]], others: set[tuple[str, str]]) -> str:
    """The names, with the party counted in where it is all that differs."""
    same = {name for name, _ in others}
    return ", ".join(
        f"{name} ({group})" if name in same else name for name, group in sorted(people)
    ) or "nobody"  # fmt: skip


@soft
def votes_swapped(case: Case) -> str | None:
    """Two candidates' votes are exactly swapped against the version before.
    Remedy: check which way round is right."""
    if case.before is None:
        return None
    was = {candidate.name: candidate.votes for candidate in case.before.candidates}
    moved = [c for c in case.result.candidates if c.votes != was.get(c.name)]
    for place, one in enumerate(moved):
        for other in moved[place + 1 :]:
            now, then = (one.votes, other.votes), (was.get(other.name), was.get(one.name))
            if now == then and None not in now:
                return f"{one.name} and {other.name} change over {now[0]:,} and {now[1]:,}."
    return None


@soft
def tenfold(case: Case) -> str | None:
    """A figure is that of the version before with a digit more or less, and so about ten
    times or a tenth of it (Bexhill East 2026: 12,267 published for 1,267).
    Remedy: check for a digit too many or too few."""
    if case.before is None:
        return None
    was = {candidate.name: candidate.votes for candidate in case.before.candidates}
    for candidate in case.result.candidates:
        old, new = was.get(candidate.name), candidate.votes
        if old and new and _digit_apart(*sorted((old, new))):
            return f"{candidate.name}'s votes would go from {old:,} to {new:,}."
    return None


def _digit_apart(small: int, large: int) -> bool:
    longer = str(large)
    return str(small) in {longer[:n] + longer[n + 1 :] for n in range(len(longer))}


@soft
def votes_went_down(case: Case) -> str | None:
    """A newer version of a file gives a candidate fewer votes than stand. Counts grow while
    a file is being filled; one that falls is a slip, or a correction at the source.
    Remedy: see whether the source says that it corrected the figure, and why."""
    if case.before is None or not case.superseding:
        return None
    was = {candidate.name: candidate.votes or 0 for candidate in case.before.candidates}
    now = [(c.name, c.votes) for c in case.result.candidates if c.votes is not None]
    fell = [(name, votes) for name, votes in now if votes < was.get(name, 0)]
    told = [f"{name}'s from {was[name]:,} to {votes:,}" for name, votes in fell]
    return f"Votes went down: {', '.join(told)}." if told else None


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
