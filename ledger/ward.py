"""What a ward's stream says: its contests, what befell its seats, and what of it stands.

Whatever has not been withdrawn is kept in the order of the log; a correction lies on what
it replaces, a withdrawal takes its target out. `evolve` takes one more entry in; it is the
only definition of what replaces what.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple, assert_never

from ledger.counting import lot_for, winners
from ledger.events import Entry
from ledger.facts import (
    AliasConfirmed,
    AllegianceChanged,
    Candidate,
    ContestCountermanded,
    ContestFact,
    ContestOpened,
    CouncilRegistered,
    DiscrepancyNoted,
    ElectedUnopposed,
    EntryWithdrawn,
    FactCorrected,
    LotDrawn,
    NotionalStated,
    Result,
    ResultCorrected,
    ResultDeclared,
    ResultOverturned,
    ResultRedeclared,
    SeatFact,
    SeatFilled,
    SeatVacated,
)


class Live(NamedTuple):
    """A fact that stands, as corrected, and the entry that says it."""

    entry: Entry
    fact: SeatFact | ContestFact


def live(entries: Iterable[Entry]) -> list[Live]:
    """The facts of entries not withdrawn, each as its latest correction has it."""
    standing: dict[str, Live] = {}
    root: dict[str, str] = {}
    for entry in entries:
        fact, event = entry.fact, entry.event.event_id
        if isinstance(fact, FactCorrected):
            root[event] = root[fact.target]
            standing[root[event]] = Live(entry, fact.fact)
        else:
            assert isinstance(fact, SeatFact | ContestFact)
            root[event] = event
            standing[event] = Live(entry, fact)
    return list(standing.values())


class Contest(NamedTuple):
    """What a ward's stream says of one contest, whatever the hour in the hall.

    `declarations` holds a stack of versions for each time the returning officer announced;
    `others` what else is said of it: called off, unopposed, a court, a discrepancy, whose its
    seats notionally are.
    """

    opened: Entry
    declarations: tuple[tuple[Entry, ...], ...] = ()
    lots: tuple[Entry, ...] = ()
    others: tuple[Entry, ...] = ()

    @property
    def fact(self) -> ContestOpened:
        """The contest as opened."""
        fact = self.opened.event.fact
        assert isinstance(fact, ContestOpened)
        return fact

    @property
    def standing(self) -> Entry | None:
        """The entry of the version that stands of the latest announcement."""
        return self.declarations[-1][-1] if self.declarations else None

    @property
    def stack(self) -> tuple[Entry, ...]:
        """Every entry that is not withdrawn, in the order of the log."""
        everything = [self.opened, *self.said_of_it()]
        return tuple(sorted(everything, key=lambda entry: entry.number))

    def said_of_it(self) -> list[Entry]:
        """Every entry after its opening that is not withdrawn, kind by kind."""
        said = [entry for versions in self.declarations for entry in versions]
        return [*said, *self.lots, *self.others]

    def result(self) -> Result | None:
        """The figures that stand."""
        return result_of(self.standing) if self.standing else None

    @property
    def drawn(self) -> tuple[LotDrawn, ...]:
        """The lots, as facts."""
        return tuple(entry.fact for entry in self.lots if isinstance(entry.fact, LotDrawn))

    @property
    def lot(self) -> Entry | None:
        """The lot that decides the tie the standing version leaves."""
        return self.lot_of(self.standing) if self.standing and self.lots else None

    def lot_of(self, version: Entry) -> Entry | None:
        """The lot that decides the tie a version leaves."""
        fact = lot_for(result_of(version), self.fact, self.drawn)
        return next((entry for entry in self.lots if entry.fact is fact), None)

    def winners(self, version: Entry) -> tuple[Candidate, ...]:
        """The elected of a version, then those that a lot of its own adds."""
        return winners(result_of(version), self.fact, self.drawn)

    def said(self, *kinds: type[ContestFact]) -> list[Live]:
        """What else befell it that is of these kinds, as it stands."""
        if not self.others:
            return []
        return [one for one in live(self.others) if isinstance(one.fact, kinds)]

    def holds_from(self, entry: Entry) -> datetime:
        """From when in the hall an outcome holds: nobody takes a seat before the polls close,
        though who is unopposed is known weeks before."""
        return max(entry.event.effective_at, self.fact.polls_close)

    @property
    def called_off(self) -> Live | None:
        """The latest word that its poll is not held, if any stands."""
        found = self.said(ContestCountermanded)
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class Ward:
    """What a ward's stream says: its contests in the order opened, what befell its seats
    outside of contests, and its last entry; of a council's own stream, its aliases and the
    last entry."""

    contests: dict[str, Contest] = field(default_factory=dict)
    seats: tuple[Entry, ...] = ()
    last: Entry | None = None
    aliases: tuple[Entry, ...] = ()

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
    about = fact.fact if isinstance(fact, FactCorrected) else fact
    match about:
        case CouncilRegistered():
            return replace(ward, last=entry)
        case AliasConfirmed():
            return replace(ward, aliases=(*ward.aliases, entry), last=entry)
        case SeatVacated() | SeatFilled() | AllegianceChanged():
            return Ward(ward.contests, (*ward.seats, entry), entry)
        case ContestOpened():
            return _with(ward, Contest(entry), entry)
        case EntryWithdrawn():
            return _without(ward, about, entry)
    was = ward.contests[about.contest]
    match about:
        case ResultDeclared() | ResultRedeclared():
            contest = was._replace(declarations=(*was.declarations, (entry,)))
        case ResultCorrected():
            contest = was._replace(declarations=_corrected(was, about, entry))
        case LotDrawn():
            contest = was._replace(lots=(*was.lots, entry))
        case (
            ElectedUnopposed()
            | ContestCountermanded()
            | ResultOverturned()
            | DiscrepancyNoted()
            | NotionalStated()
        ):
            contest = was._replace(others=(*was.others, entry))
        case _:
            assert_never(about)
    return _with(ward, contest, entry)


def _with(ward: Ward, contest: Contest, entry: Entry) -> Ward:
    return Ward({**ward.contests, contest.fact.contest: contest}, ward.seats, entry)


def _corrected(was: Contest, fact: ResultCorrected, entry: Entry) -> tuple[tuple[Entry, ...], ...]:
    """The announcements with a correction on top of the one whose version it names."""
    return tuple(
        (*versions, entry) if versions[-1].event.event_id == fact.target else versions
        for versions in was.declarations
    )


def _without(ward: Ward, fact: EntryWithdrawn, entry: Entry) -> Ward:
    def left(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        return tuple(one for one in entries if one.event.event_id != fact.target)

    if fact.contest is None:
        return Ward(ward.contests, left(ward.seats), entry, left(ward.aliases))
    was = ward.contests[fact.contest]
    if was.opened.event.event_id == fact.target:
        others = {name: kept for name, kept in ward.contests.items() if name != fact.contest}
        return Ward(others, ward.seats, entry)
    said = tuple(kept for versions in was.declarations if (kept := left(versions)))
    return _with(ward, Contest(was.opened, said, left(was.lots), left(was.others)), entry)


def without(ward: Ward, target: Entry) -> Ward:
    """The ward as if a fact, with what it corrects and what corrects it, had not been
    recorded: on what another correction of it is decided."""
    everything = (*ward.seats, *(e for c in ward.contests.values() for e in c.others))
    gone, grown = {target.event.event_id}, True
    while grown:
        grown = False
        for entry in everything:
            if isinstance(entry.fact, FactCorrected):
                pair = {entry.event.event_id, entry.fact.target}
                if pair & gone and not pair <= gone:
                    gone, grown = gone | pair, True

    def left(entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
        return tuple(entry for entry in entries if entry.event.event_id not in gone)

    contests = {n: c._replace(others=left(c.others)) for n, c in ward.contests.items()}
    return Ward(contests, left(ward.seats), ward.last)


def replay(entries: Iterable[Entry], ward: Ward | None = None) -> Ward:
    """The ward after all the entries."""
    ward = ward or Ward()
    for entry in entries:
        ward = evolve(ward, entry)
    return ward
