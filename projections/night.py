"""The fold: entries and a viewpoint -> what stands. This is the definition of truth.

Per contest, in log order, a correction replaces the version it names and a withdrawal
takes its target out (`ledger.domain.evolve`). Per seat, the latest change with
`effective_at <= at` wins, equal times broken by log order. Before a contest is declared
the old holder still counts: in law the old councillors stay four days longer (Local
Government Act 1972, section 7), but a newsroom's board changes ward by ward, and so
does this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Literal

from ledger.book import Ledger
from ledger.errors import NotYet
from ledger.events import NOW, Entry, Viewpoint
from ledger.facts import CouncilRegistered, ElectedUnopposed, ResultOverturned
from ledger.present import in_force
from ledger.seating import Change, ward_changes
from ledger.ward import Contest, Live, Ward, evolve
from projections.tally import Tally, counted
from projections.viewpoints import resolve

Status = Literal["open", "declared", "tie", "unopposed", "countermanded", "void"]


@dataclass(frozen=True, slots=True)
class Seen:
    """A contest as a viewpoint sees it. `won` has, for each seat it filled (or, by a court's
    order, vacated), who holds it by the contest and who did before it."""

    contest: Contest
    standing: Entry | None  # the version of the result, if it had been declared by then
    status: Status
    won: tuple[tuple[Change, Change], ...] = ()

    @property
    def declared(self) -> bool:
        """Whether its outcome has been announced, be it a tie."""
        return self.status not in ("open", "countermanded")

    @property
    def winners(self) -> tuple[tuple[Change, Change], ...]:
        """The holders it gave seats, each with the one before."""
        return tuple((new, before) for new, before in self.won if new.party is not None)

    @property
    def undecided(self) -> tuple[str, ...]:
        """The seats up that nobody has won yet."""
        taken = {new.seat for new, _ in self.won}
        return tuple(seat for seat in self.contest.fact.seats if seat not in taken)


def see(contest: Contest, changes: Iterable[Change], at: datetime | None) -> Seen:
    """A contest as it stands at an hour; `changes` are its ward's up to then."""

    def by_then(entry: Entry) -> bool:
        return at is None or contest.holds_from(entry) <= at

    if called_off(contest, at):
        return Seen(contest, None, "countermanded")
    announced = [versions[-1] for versions in contest.declarations if by_then(versions[-1])]
    standing = max(announced, key=lambda entry: entry.event.effective_at, default=None)
    said = [one for one in contest.said(ElectedUnopposed, ResultOverturned) if by_then(one.entry)]
    if standing is None and not said:
        return Seen(contest, None, "open")
    held: dict[str, Change] = {}
    won: dict[str, tuple[Change, Change]] = {}
    for change in changes:
        if change.contest == contest.fact.contest:
            before = won[change.seat][1] if change.seat in won else held[change.seat]
            won[change.seat] = (change, before)
        held[change.seat] = change
    return Seen(contest, standing, _status(contest, said, won), tuple(won.values()))


def called_off(contest: Contest, at: datetime | None) -> bool:
    """Whether its poll had been called off by an hour."""
    off = contest.called_off
    return off is not None and (at is None or off.entry.event.effective_at <= at)


def _status(contest: Contest, said: list[Live], won: dict[str, tuple[Change, Change]]) -> Status:
    if len(won) < len(contest.fact.seats):
        return "tie"
    if any(new.party is None for new, _ in won.values()):
        return "void"
    unopposed = any(isinstance(one.fact, ElectedUnopposed) for one in said)
    return "unopposed" if unopposed else "declared"


@dataclass(frozen=True)
class Standing:
    """All that stands for one council at one viewpoint."""

    council: CouncilRegistered
    registered: Entry
    wards: dict[str, Ward]
    changes: dict[str, tuple[Change, ...]]  # by ward: known and effective by `at`, in order
    entry: int
    at: datetime | None
    known_at: datetime | None

    @property
    def holders(self) -> dict[str, Change]:
        """Who holds each seat (or that it is vacant), by seat, in the register's order."""
        return {change.seat: change for ward in self.changes.values() for change in ward}

    @cached_property
    def poll_date(self) -> date | None:
        """The night the viewpoint is in: the latest poll date opened by then and not called
        off."""
        polled = [c.fact.poll_date for c in self.contests() if not called_off(c, self.at)]
        return max(polled, default=None)

    def contests(self) -> Iterator[Contest]:
        """Every contest opened by then, of whatever night."""
        for ward in self.wards.values():
            for contest in ward.contests.values():
                if self.at is None or contest.opened.event.effective_at <= self.at:
                    yield contest

    @cached_property
    def opened(self) -> tuple[Seen, ...]:
        """The contests of the night the viewpoint is in, those called off among them, in the
        order of the register."""
        latest = self.poll_date
        return tuple(self.see(c) for c in self.contests() if c.fact.poll_date == latest)

    def night(self) -> list[Seen]:
        """The contests of the night whose poll is held."""
        return [seen for seen in self.opened if seen.status != "countermanded"]

    def see(self, contest: Contest) -> Seen:
        """One contest as this viewpoint sees it."""
        return see(contest, self.changes[contest.fact.ward], self.at)

    @property
    def polls_close(self) -> datetime | None:
        """When the first poll of the night closed; None without a night."""
        return min((seen.contest.fact.polls_close for seen in self.night()), default=None)

    def eve(self) -> dict[str, Change]:
        """Who held each seat when the first poll of the night closed."""
        close = self.polls_close
        return {
            change.seat: change
            for ward in self.changes.values()
            for change in ward
            if close is None or change.at < close
        }

    def tally(self) -> Tally:
        """The counts every board shows."""
        night, holders = self.night(), self.holders
        undecided = [seat for seen in night for seat in seen.undecided]
        won = [new.group for seen in night for new, _ in seen.winners]
        return Tally(
            council=self.council.council,
            name=self.council.name,
            timezone=self.council.timezone,
            size=self.council.size,
            entry=self.entry,
            at=self.at,
            known_at=self.known_at,
            seats=counted([change.group for change in holders.values()]),
            won=counted(won),
            eve=counted([change.group for change in self.eve().values()]),
            poll_date=self.poll_date.isoformat() if self.poll_date else None,
            contests_total=len(night),
            contests_declared=sum(seen.declared for seen in night),
            contests_tied=sum(seen.status == "tie" for seen in night),
            seats_total=sum(len(seen.contest.fact.seats) for seen in night),
            seats_declared=sum(len(seen.won) for seen in night),
            open_held=counted([holders[seat].group for seat in undecided]),
        )


def fold(
    entries: Iterable[Entry],
    *,
    entry: int,
    at: datetime | None = None,
    known_at: datetime | None = None,
) -> Standing | None:
    """What stands after one council's entries (those of a prefix of `entry` entries), under
    the register in force at `at`; None where they do not register it, or only from after
    `at`."""
    registers: dict[str, Entry] = {}
    wards: dict[str, dict[str, Ward]] = {}  # by register
    for one in entries:
        if isinstance(one.fact, CouncilRegistered):
            registers[one.register] = one
            wards[one.register] = {ward.slug: Ward() for ward in one.fact.wards}
        elif one.ward is not None:
            of_register = wards[one.register]
            of_register[one.ward] = evolve(of_register[one.ward], one)
    found = list(registers.values())
    registered = in_force(found, found[0].council, at) if found else None
    if registered is None or (at is not None and at < registered.event.effective_at):
        return None
    return stand(registered, wards[registered.register], entry=entry, at=at, known_at=known_at)


def stand(
    registered: Entry,
    wards: dict[str, Ward],
    *,
    entry: int,
    at: datetime | None = None,
    known_at: datetime | None = None,
) -> Standing:
    """What stands, from wards already folded."""
    council = registered.fact
    assert isinstance(council, CouncilRegistered)
    changes = {
        place.slug: tuple(
            change
            for change in ward_changes(place, wards[place.slug], registered)
            if at is None or change.at <= at
        )
        for place in council.wards
    }
    return Standing(council, registered, wards, changes, entry, at, known_at)


def standing(ledger: Ledger, council: str | None = None, viewpoint: Viewpoint = NOW) -> Standing:
    """What stands for one council. Reads its own entries and no others.

    Raises UnknownCouncil, WhichCouncil, NotYet, BadTime, ViewpointClash, UnknownEntry.
    """
    registered = ledger.council(council)
    seen = resolve(ledger, viewpoint, [registered])
    entries = ledger.entries(council=registered.council, upto=seen.entry)
    found = fold(entries, entry=seen.entry, at=seen.at, known_at=seen.known_at)
    if found is None:
        raise NotYet(council=registered.name)
    return found


def standings(ledger: Ledger, viewpoint: Viewpoint = NOW) -> Iterator[Standing]:
    """What stands for every council registered at the viewpoint, in the order registered.

    Raises BadTime, ViewpointClash, UnknownEntry.
    """
    seen = resolve(ledger, viewpoint, ledger.councils())
    for council in ledger.councils(seen.entry):
        entries = ledger.entries(council=council.council, upto=seen.entry)
        found = fold(entries, entry=seen.entry, at=seen.at, known_at=seen.known_at)
        if found is not None:
            yield found
