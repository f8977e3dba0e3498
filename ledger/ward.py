"""What a ward's stream says: its contests, and which version of each stands.

A `Contest` is a stack of versions (a correction lies on what it replaces, a withdrawal
takes the top away) and the lot drawn, if any. `evolve` takes one more entry in; it is
the only definition of what replaces what.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import assert_never

from ledger.events import (
    ContestOpened,
    CouncilRegistered,
    Entry,
    EntryWithdrawn,
    LotDrawn,
    Result,
    ResultCorrected,
    ResultDeclared,
)


@dataclass(frozen=True, slots=True)
class Contest:
    """What a ward's stream says of one contest, whatever the hour in the hall."""

    opened: Entry
    versions: tuple[Entry, ...] = ()
    lot: Entry | None = None

    @property
    def fact(self) -> ContestOpened:
        """The contest as opened."""
        assert isinstance(self.opened.fact, ContestOpened)
        return self.opened.fact

    @property
    def standing(self) -> Entry | None:
        """The entry of the version that stands."""
        return self.versions[-1] if self.versions else None

    def result(self) -> Result | None:
        """The figures that stand."""
        return result_of(self.versions[-1]) if self.versions else None


@dataclass(frozen=True, slots=True)
class Ward:
    """What a ward's stream says: its contests in the order opened, and its last entry."""

    contests: dict[str, Contest] = field(default_factory=dict)
    last: Entry | None = None

    @property
    def version(self) -> int:
        """The place of the last event in the stream; 0 where there is none."""
        return self.last.event.originator_version if self.last else 0


def result_of(entry: Entry) -> Result:
    """The figures an entry declares or corrects to."""
    assert isinstance(entry.fact, Result)
    return entry.fact


def evolve(ward: Ward, entry: Entry) -> Ward:
    """The ward with one more entry taken in. Other contests are shared, not copied."""
    fact = entry.fact
    match fact:
        case CouncilRegistered():
            return ward
        case ContestOpened():
            contest = Contest(entry)
        case ResultDeclared():
            contest = Contest(ward.contests[fact.contest].opened, (entry,))
        case ResultCorrected():
            was = ward.contests[fact.contest]
            contest = Contest(was.opened, (*was.versions, entry), was.lot)
        case LotDrawn():
            contest = replace(ward.contests[fact.contest], lot=entry)
        case EntryWithdrawn():
            return _without(ward, fact, entry)
        case _:
            assert_never(fact)
    return Ward({**ward.contests, fact.contest: contest}, entry)


def _without(ward: Ward, fact: EntryWithdrawn, entry: Entry) -> Ward:
    contest = ward.contests[fact.contest]
    if contest.lot and contest.lot.event.event_id == fact.target:
        contest = replace(contest, lot=None)
    elif contest.versions:
        contest = replace(contest, versions=contest.versions[:-1])
    else:
        left = {name: kept for name, kept in ward.contests.items() if name != fact.contest}
        return Ward(left, entry)
    return Ward({**ward.contests, fact.contest: contest}, entry)


def replay(entries: Iterable[Entry], ward: Ward | None = None) -> Ward:
    """The ward after all the entries."""
    ward = ward or Ward()
    for entry in entries:
        ward = evolve(ward, entry)
    return ward
