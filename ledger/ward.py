"""What a ward's stream says: its contests, and which version of each stands.

A `Contest` is a stack of versions (a correction lies on what it replaces, a withdrawal
takes the top away) and the lots drawn, if any. `evolve` takes one more entry in; it is
the only definition of what replaces what.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import assert_never

from ledger.counting import lot_for, winners
from ledger.events import Entry
from ledger.facts import (
    Candidate,
    ContestOpened,
    CouncilRegistered,
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
    lots: tuple[Entry, ...] = ()

    @property
    def fact(self) -> ContestOpened:
        """The contest as opened."""
        assert isinstance(self.opened.fact, ContestOpened)
        return self.opened.fact

    @property
    def standing(self) -> Entry | None:
        """The entry of the version that stands."""
        return self.versions[-1] if self.versions else None

    @property
    def stack(self) -> tuple[Entry, ...]:
        """Every entry that is not withdrawn."""
        return (self.opened, *self.versions, *self.lots)

    def result(self) -> Result | None:
        """The figures that stand."""
        return result_of(self.versions[-1]) if self.versions else None

    @property
    def drawn(self) -> tuple[LotDrawn, ...]:
        """The lots, as facts."""
        return tuple(entry.fact for entry in self.lots if isinstance(entry.fact, LotDrawn))

    @property
    def lot(self) -> Entry | None:
        """The lot that decides the tie the standing version leaves."""
        result = self.result()
        if result is None or not self.lots:
            return None
        fact = lot_for(result, len(self.fact.seats), self.drawn)
        return next((entry for entry in self.lots if entry.fact is fact), None)

    def winners(self, version: Entry) -> tuple[Candidate, ...]:
        """The elected of a version, then those that a lot of its own adds."""
        return winners(result_of(version), len(self.fact.seats), self.drawn)


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
            contest = replace(was, versions=(*was.versions, entry))
        case LotDrawn():
            was = ward.contests[fact.contest]
            contest = replace(was, lots=(*was.lots, entry))
        case EntryWithdrawn():
            return _without(ward, fact, entry)
        case _:
            assert_never(fact)
    return Ward({**ward.contests, fact.contest: contest}, entry)


def _without(ward: Ward, fact: EntryWithdrawn, entry: Entry) -> Ward:
    contest = ward.contests[fact.contest]
    if contest.lots and contest.lots[-1].event.event_id == fact.target:
        contest = replace(contest, lots=contest.lots[:-1])
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
