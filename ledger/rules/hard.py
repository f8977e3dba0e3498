"""Hard rules: what breaks one is refused."""

from __future__ import annotations

from datetime import timedelta

from ledger.counting import UNSAID
from ledger.rules.rule import HARD, Case, into

hard = into(HARD)


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
    waiting = case.by_votes.places
    if elected != seats and not (elected == seats - waiting and elected < seats and waiting):
        return f"{elected} elected for {seats} seat(s) up in {case.contest.contest}."
    return None


@hard
def votes_of_all_or_none(case: Case) -> str | None:
    """The votes of every candidate are given, or of nobody: missing is not zero, and nothing
    can be counted with a part.
    Remedy: give the votes of all, or none and who was elected (--elected NAME)."""
    known = [candidate.votes is not None for candidate in case.result.candidates]
    if all(known) or not any(known):
        return None
    missing = [c.name for c in case.result.candidates if c.votes is None]
    return f"The votes of {', '.join(missing)} are not given, those of others are."


@hard
def elected_are_top(case: Case) -> str | None:
    """The elected are those with the most votes, or drawn by lot among those tied for the
    last seat (first past the post and block vote; Nelson 2023 declared the loser). Under STV,
    and where the votes are not known, they are those declared.
    Remedy: check for transposed figures. Only a court seats anyone else."""
    by_votes = case.by_votes
    if by_votes is UNSAID:
        return None
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
    """Votes for all candidates are at most ballot papers x seats up, or under STV first
    preferences at most ballot papers (Lewisham Forest Hill 2014 and Highworth 2019: a batch
    counted twice).
    Remedy: look for a batch keyed twice, or a wrong total of papers."""
    papers, votes, each = case.result.ballot_papers, case.result.votes, case.contest.votes_each
    if papers is not None and votes is not None and votes > papers * each:
        return f"{votes:,} votes are more than {papers:,} ballot papers x {each}."
    return None


@hard
def papers_add_up(case: Case) -> str | None:
    """In a one-seat contest (under STV in any, by first preferences), valid votes + rejected
    papers = ballot papers, when all are given (Electoral Commission, verification and count model).
    Remedy: check the three figures; leave out the one that is not known."""
    votes, rejected, papers = case.result.votes, case.result.rejected, case.result.ballot_papers
    if case.contest.votes_each > 1 or votes is None or rejected is None or papers is None:
        return None
    if votes + rejected != papers:
        return f"{votes:,} votes + {rejected:,} rejected is not {papers:,} ballot papers."
    return None


@hard
def papers_within_electorate(case: Case) -> str | None:
    """Ballot papers (or, with one seat, votes + rejected) are at most the electorate.
    Remedy: check both; one may belong to another ward."""
    papers = case.result.papers(case.contest)
    if papers is not None and case.result.electorate is not None:
        return (
            f"{papers:,} ballot papers are more than {case.result.electorate:,} electors."
            if papers > case.result.electorate
            else None
        )
    return None
