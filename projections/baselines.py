"""What change is counted against: whose the seats that a night has decided were before.

*eve-of-poll*: whoever held each when the first poll closed, as a national agency counts.
*last-comparable*: who won it when it was last up at an ordinary election, as a broadcaster
counts; by-elections, co-options and changes of party since are passed over. *notional*: as a
source has worked out for new boundaries.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from ledger.errors import NotionalMissing
from ledger.facts import NotionalStated
from ledger.ids import is_by_election
from ledger.seating import Change
from ledger.values import Baseline
from ledger.ward import Contest, Ward

Parties = tuple[str | None, ...]  # a party's code for each seat up; None for a vacant one


def parties_before(
    baseline: Baseline,
    contests: Sequence[Contest],
    wards: Mapping[str, Ward],
    changes: Mapping[str, Iterable[Change]],
) -> dict[str, Parties]:
    """By contest, whose its seats are in the baseline; empty for the eve of the poll, when
    they are whoever's they were. Raises NotionalMissing."""
    if baseline == "notional":
        return _notional(contests)
    if baseline == "last-comparable":
        return {
            one.fact.contest: _last_won(one, wards[one.fact.ward], changes[one.fact.ward])
            for one in contests
        }
    return {}


def _notional(contests: Sequence[Contest]) -> dict[str, Parties]:
    found: dict[str, Parties] = {}
    for one in contests:
        for _, fact in one.said(NotionalStated)[-1:]:
            assert isinstance(fact, NotionalStated)
            found[one.fact.contest] = tuple(party.group for party in fact.parties)
    missing = [one.fact.contest for one in contests if one.fact.contest not in found]
    if missing:
        named = ", ".join(missing) if found else f"any of the {len(missing)} contests of the night"
        raise NotionalMissing(contests=named)
    return found


def _last_won(contest: Contest, ward: Ward, changes: Iterable[Change]) -> Parties:
    """Who won each seat when it was last up at an ordinary election, or held it first in the
    register. An election that seated nobody (void, or a tie that waits) is passed over."""
    earlier = {
        name: one.fact.poll_date
        for name, one in ward.contests.items()
        if one.fact.poll_date < contest.fact.poll_date and not is_by_election(name)
    }
    first: dict[str, str | None] = {}
    won: dict[str, dict[str, str]] = {name: {} for name in earlier}
    for change in changes:
        first.setdefault(change.seat, change.group)
        if change.contest in earlier:
            won[change.contest].pop(change.seat, None)
            if change.group is not None:
                won[change.contest][change.seat] = change.group
    for name in sorted(earlier, key=lambda name: earlier[name]):
        first.update(won[name])
    return tuple(first[seat] for seat in contest.fact.seats)


def matched(won: Mapping[str, str | None], before: Parties) -> dict[str, str | None]:
    """By seat won, the party before that its winner is compared with: their own while the
    contest had a seat of it, the others in turn what is left."""
    left, kept = list(before), set()
    for seat, party in won.items():
        if party in left:
            left.remove(party)
            kept.add(seat)
    others = iter(left)
    return {seat: party if seat in kept else next(others) for seat, party in won.items()}
