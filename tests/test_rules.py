"""Every rule, hard and soft: a result that breaks it, and one beside it that passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ledger.counting import count
from ledger.errors import NeedsAccept, RuleBroken
from ledger.facts import Candidate, ContestOpened, Nominee, ResultDeclared
from ledger.rules import HARD, SOFT, Case, hard_rules, soft_rules
from ledger.values import Party

CLOSE = datetime(2016, 5, 5, 21, tzinfo=UTC)
NOW = CLOSE + timedelta(hours=5)
PARTY = Party(label="Labour Party", code="LAB", group="LAB")


def contest(seats, system="first-past-the-post", nominated=None):
    return ContestOpened(
        contest="local.x.y.2016-05-05",
        ward="y",
        poll_date=date(2016, 5, 5),
        polls_close=CLOSE,
        seats=tuple(f"y/{n + 1}" for n in range(seats)),
        voting_system=system,
        candidates=tuple(Nominee(name=name, party=nominated) for name in "AB" if nominated),
    )


def case(
    votes, seats=1, elected=None, at=CLOSE, *, before=None, last=None, superseding=False,
    system=None, nominated=None, **figures,
):  # fmt: skip
    """A result with candidates A, B, … with these votes; the winners are the top ones, or
    those named. `before` and `last` are votes too."""
    return Case(
        contest=contest(seats, system or "first-past-the-post", nominated),
        result=result(votes, seats, elected, **figures),
        effective_at=at,
        now=NOW,
        before=None if before is None else result(before, seats),
        last=None if last is None else result(last, seats),
        superseding=superseding,
    )


def result(votes, seats=1, elected=None, names="ABCDEFG", **figures):
    pairs = list(zip(names, votes, strict=False))
    winners = elected
    if winners is None:
        winners = "".join(n for n, _ in sorted(pairs, key=lambda pair: -(pair[1] or 0))[:seats])
    return ResultDeclared(
        contest="local.x.y.2016-05-05",
        candidates=tuple(
            Candidate(name=name, party=PARTY, votes=number, elected=name in winners)
            for name, number in pairs
        ),
        **figures,
    )


BROKEN_AND_KEPT = {
    "candidates-once": (case([5, 3], names="AA"), case([5, 3])),
    "poll-closed": (case([5, 3], at=CLOSE - timedelta(seconds=1)), case([5, 3])),
    "time-in-range": (
        case([5, 3], at=NOW + timedelta(days=1, seconds=1)),
        case([5, 3], at=NOW + timedelta(days=1)),
    ),
    "elected-equals-seats": (case([5, 3, 1], seats=2, elected="A"), case([5, 3, 1], seats=2)),
    "votes-of-all-or-none": (case([5, None]), case([None, None])),
    "elected-are-top": (case([177, 242], elected="A"), case([242, 177], elected="A")),
    "votes-within-papers": (
        case([1708, 1800], seats=2, ballot_papers=1753),
        case([1708, 1800], seats=2, ballot_papers=1754),
    ),
    "papers-add-up": (
        case([50, 30], ballot_papers=90, rejected=9),
        case([50, 30], ballot_papers=90, rejected=10),
    ),
    "papers-within-electorate": (
        case([50, 30], rejected=1, electorate=80),
        case([50, 30], rejected=1, electorate=81),
    ),
    "rejected-share": (
        case([90, 7], rejected=3),
        case([91, 7], rejected=3),
    ),
    "declared-late": (
        case([5, 3], at=CLOSE + timedelta(days=7, seconds=1)),
        case([5, 3], at=CLOSE + timedelta(days=7)),
    ),
    "turnout-range": (case([90, 6], electorate=100), case([90, 5], electorate=100)),
    "share-moved": (case([71, 29], last=[30, 70]), case([70, 30], last=[30, 70])),
    "party-differs": (
        case([5, 3], nominated=Party(label="Green Party", code="GRN", group="GRN")),
        case([5, 3], nominated=Party(label="Labour and Co-op", code="LABCOOP", group="LAB")),
    ),
    "winner-changes": (case([5, 6], before=[5, 4]), case([5, 4], before=[9, 4])),
    "votes-swapped": (case([4, 9, 7], before=[9, 4, 7]), case([4, 9, 7], before=[9, 5, 7])),
    "tenfold": (case([12_267, 9], before=[1_267, 9]), case([1_267, 9], before=[1_226, 9])),
    "votes-went-down": (
        case([9, 3], before=[9, 4], superseding=True),
        case([9, 5], before=[9, 4], superseding=True),
    ),
    "votes-equal-electorate": (case([60, 40], electorate=100), case([60, 35], electorate=100)),
    "lookalike-names": (case([5, 3], names="aа"), case([5, 3], names="Ab")),  # a Cyrillic а
}
SETS = {**dict.fromkeys(HARD, HARD), **dict.fromkeys(SOFT, SOFT)}


@pytest.mark.parametrize("name", BROKEN_AND_KEPT)
def test_rule(name):
    """The broken case breaks it, in words; the one beside it does not."""
    rule = SETS[name][name]
    broken, kept = BROKEN_AND_KEPT[name]
    assert rule.broken(broken)
    assert rule.broken(kept) is None


def test_every_rule_is_tried():
    """A new rule comes with its two cases, words and a remedy."""
    assert set(BROKEN_AND_KEPT) == set(HARD) | set(SOFT)
    assert all(rule.text and rule.remedy for rule in (*HARD.values(), *SOFT.values()))


@pytest.mark.parametrize("name", HARD)
def test_hard_rules_refuse(name):
    """The refusal names the rule, and no acceptance helps."""
    with pytest.raises(RuleBroken) as refused:
        hard_rules(BROKEN_AND_KEPT[name][0])
    assert (refused.value.error, refused.value.exit_code) == (name, 3)
    assert refused.value.remedy


def test_every_hard_rule_broken_is_told():
    """Not one at a time: who mends one figure is not refused for the next."""
    both = case([177, 242], elected="A", rejected=1, ballot_papers=400, electorate=399)
    with pytest.raises(RuleBroken) as refused:
        hard_rules(both)
    told = ["elected-are-top", "votes-within-papers", "papers-add-up", "papers-within-electorate"]
    assert list(refused.value.details["broken"]) == told
    assert refused.value.error == told[0]
    assert "B had more votes" in refused.value.message
    assert "400" in refused.value.message


@pytest.mark.parametrize("name", SOFT)
def test_soft_rules_ask(name):
    """Refused until accepted by name; then the acceptance is kept with the entry."""
    broken, kept = BROKEN_AND_KEPT[name]
    with pytest.raises(NeedsAccept) as refused:
        soft_rules(broken, ())
    asked = refused.value.details["rules"]
    assert name in asked
    assert f"--accept {name}" in refused.value.remedy
    assert soft_rules(broken, asked) == tuple(asked)
    assert name not in soft_rules(kept, tuple(SOFT))


def test_another_party_is_asked_about_once():
    """Of a newer version of a file too, but not once it stands; a correction says so itself."""
    green = Party(label="Green Party", code="GRN", group="GRN")
    broken = SOFT["party-differs"].broken
    assert broken(case([5, 3], before=[5, 3], nominated=green, superseding=True)) is None
    before = case([5, 3]).result
    was = before.model_copy(
        update={
            "candidates": tuple(c.model_copy(update={"party": green}) for c in before.candidates)
        }
    )
    newer = replace(case([5, 3], before=[5, 3], nominated=green), before=was)
    assert broken(newer) is None
    assert "A was nominated for Green Party" in broken(replace(newer, superseding=True))


def test_accepting_what_is_not_broken_is_not_kept():
    """The entry says only what was overridden."""
    assert soft_rules(case([5, 3]), tuple(SOFT)) == ()


@pytest.mark.parametrize(
    ("votes", "seats", "clear", "tied", "places"),
    [
        ([5, 3, 1], 1, "A", "", 0),
        ([5, 5, 1], 1, "", "AB", 1),
        ([9, 5, 5, 5], 2, "A", "BCD", 1),
        ([9, 5, 5, 1], 3, "ABC", "", 0),
        ([5, 5, 5], 2, "", "ABC", 2),
        ([0, 0], 2, "AB", "", 0),
        ([7], 2, "A", "", 0),
    ],
)
def test_count(votes, seats, clear, tied, places):
    """The clear winners, and those tied for the last places."""
    found = count(result(votes, seats, elected="").candidates, contest(seats))
    assert ("".join(found.clear), "".join(found.tied), found.places) == (clear, tied, places)


def test_votes_that_do_not_decide():
    """Where votes are not known, or the system does not go by them, nobody is in or tied by
    votes, and the elected are those declared."""
    empty = ((), (), 0)
    assert count(result([None, None]).candidates, contest(1)) == empty
    assert count(result([5, 5, 1]).candidates, contest(1, "stv")) == empty
    for kept in (case([None, None], elected="B"), case([5, 3, 1], 2, elected="AC", system="stv")):
        hard_rules(kept)
        assert soft_rules(kept, ()) == ()
    with pytest.raises(RuleBroken, match="0 elected for 2 seat"):
        hard_rules(case([5, 3, 1], 2, elected="", system="stv"))


def test_a_ballot_paper_counts_once_under_stv():
    """First preferences are at most the papers, and with the rejected are the papers."""
    within, adds_up = HARD["votes-within-papers"].broken, HARD["papers-add-up"].broken
    assert within(case([60, 41], 2, ballot_papers=100, system="stv"))
    assert within(case([60, 41], 2, ballot_papers=100)) is None
    assert adds_up(case([60, 38], 2, ballot_papers=100, rejected=1, system="stv"))
    assert adds_up(case([60, 38], 2, ballot_papers=100, rejected=2, system="stv")) is None


def test_a_lot_is_named_or_awaited():
    """A tied candidate is elected only if drawn; without a lot the seat waits."""
    waiting = case([5, 5, 1], elected="")
    assert all(rule.broken(waiting) is None for rule in HARD.values())
    taken = case([5, 5, 1], elected="A")
    assert HARD["elected-are-top"].broken(taken)
    drawn = case([5, 5, 1], elected="A", lot=("A",))
    assert HARD["elected-are-top"].broken(drawn) is None
