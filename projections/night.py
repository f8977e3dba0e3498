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
from typing import Literal, NamedTuple

from ledger.book import Ledger
from ledger.errors import NotYet
from ledger.events import (
    NOW,
    Candidate,
    ContestOpened,
    CouncilRegistered,
    Entry,
    EntryWithdrawn,
    Party,
    Viewpoint,
    WardSeats,
)
from ledger.store import EVERYTHING
from ledger.times import is_clock, parse_time
from ledger.ward import Contest, Ward, evolve, result_of
from projections.tally import Tally, counted

Status = Literal["open", "declared", "tie"]


class Change(NamedTuple):
    """A seat gets a holder (or none) at a moment in the hall, by an entry.

    `contest` is None for the register's own holders.
    """

    seat: str
    at: datetime
    entry: int
    holder: str | None
    party: Party | None
    contest: str | None = None

    @property
    def group(self) -> str | None:
        """The code the seat counts for; None if vacant."""
        return self.party.group if self.party else None


class Award(NamedTuple):
    """Winners announced together: a declaration, or the lot that completes it."""

    at: datetime
    entry: int
    contest: Contest
    winners: tuple[Candidate, ...]


def awards(contest: Contest) -> Iterator[Award]:
    """Who won, from when, by which entry, of the version that stands."""
    standing = contest.standing
    if standing is None:
        return
    result, at = result_of(standing), standing.event.effective_at
    yield Award(at, standing.number, contest, result.elected)
    lot = contest.lot
    if lot is not None:
        drawn = contest.winners(standing)[len(result.elected) :]
        yield Award(max(at, lot.event.effective_at), lot.number, contest, drawn)


def ward_changes(place: WardSeats, ward: Ward, registered: Entry) -> list[Change]:
    """Every change of the ward's seats that is known, in order of time, then of the log."""
    everything = [award for contest in ward.contests.values() for award in awards(contest)]
    start = first_changes(place, registered)
    return [*start, *later_changes(start, everything)]


def first_changes(place: WardSeats, registered: Entry) -> list[Change]:
    """How a ward's seats begin: as the register says."""
    start = registered.event.effective_at
    return [
        Change(seat_id, start, registered.number, seat.holder, seat.party)
        for seat_id, seat in zip(place.seat_ids, place.seats, strict=True)
    ]


def later_changes(start: list[Change], everything: list[Award]) -> list[Change]:
    """What awards change, in order of time, then of the log."""
    changes: list[Change] = []
    holding = {change.seat: change for change in start}
    plans: dict[str, dict[str, str]] = {}
    for award in sorted(everything, key=lambda award: (award.at, award.entry)):
        name = award.contest.fact.contest
        if name not in plans:
            plans[name] = seating(award.contest, holding)
        for winner in award.winners:
            seat = plans[name][winner.name]
            change = Change(seat, award.at, award.entry, winner.name, winner.party, name)
            holding[seat] = change
            changes.append(change)
    return changes


def seating(contest: Contest, holding: dict[str, Change]) -> dict[str, str]:
    """Which winner of the standing version takes which seat.

    Who won by the version before keeps the seat: a correction of the figures moves nobody
    from one seat to another, as a later by-election may be for one of them.
    """
    seats = contest.fact.seats
    plan: dict[str, str] = {}
    for version in contest.versions:
        winners = contest.winners(version)
        kept = {winner.name: plan[winner.name] for winner in winners if winner.name in plan}
        taken = set(kept.values())
        new = [winner for winner in winners if winner.name not in kept]
        plan = kept | _seated(new, [seat for seat in seats if seat not in taken], holding)
    return plan


def _seated(
    winners: list[Candidate], left: list[str], holding: dict[str, Change]
) -> dict[str, str]:
    """Which winner takes which seat: their own first, then one of their party's, then the
    next. With two seats up nobody knows which followed which; the party counts are the same."""
    plan: dict[str, str] = {}
    for fits in (_same_person, _same_party, _anyone):
        for winner in winners:
            if winner.name in plan:
                continue
            seat = next((seat for seat in left if fits(winner, holding[seat])), None)
            if seat is not None:
                plan[winner.name] = seat
                left.remove(seat)
    return plan


def _same_person(winner: Candidate, held: Change) -> bool:
    return winner.name == held.holder


def _same_party(winner: Candidate, held: Change) -> bool:
    return winner.party.group == held.group


def _anyone(_winner: Candidate, _held: Change) -> bool:
    return True


# --- a council at a viewpoint -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seen:
    """A contest as a viewpoint sees it."""

    contest: Contest
    standing: Entry | None  # the version, if it had been declared by then
    status: Status
    winners: tuple[tuple[Change, Change], ...]  # the new holder of a seat, the one before

    @property
    def undecided(self) -> tuple[str, ...]:
        """The seats up that nobody has won yet."""
        taken = {new.seat for new, _ in self.winners}
        return tuple(seat for seat in self.contest.fact.seats if seat not in taken)


@dataclass(frozen=True, slots=True)
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

    @property
    def poll_date(self) -> date | None:
        """The night the viewpoint is in: the latest poll date opened by then."""
        return max((c.fact.poll_date for c in self._contests()), default=None)

    def _contests(self) -> Iterator[Contest]:
        for ward in self.wards.values():
            for contest in ward.contests.values():
                if self.at is None or contest.opened.event.effective_at <= self.at:
                    yield contest

    def night(self) -> list[Seen]:
        """The contests of the night the viewpoint is in, in the order of the register."""
        latest = self.poll_date
        return [self.see(c) for c in self._contests() if c.fact.poll_date == latest]

    def see(self, contest: Contest) -> Seen:
        """One contest as this viewpoint sees it."""
        standing = contest.standing
        if standing and self.at is not None and standing.event.effective_at > self.at:
            standing = None
        if standing is None:
            return Seen(contest, None, "open", ())
        held: dict[str, Change] = {}
        won = []
        for change in self.changes[contest.fact.ward]:
            if change.contest == contest.fact.contest:
                won.append((change, held[change.seat]))
            held[change.seat] = change
        status: Status = "declared" if len(won) == len(contest.fact.seats) else "tie"
        return Seen(contest, standing, status, tuple(won))

    @property
    def polls_close(self) -> datetime | None:
        """When the first poll of the night closed; None without a night."""
        night = [c.fact for c in self._contests() if c.fact.poll_date == self.poll_date]
        return min((contest.polls_close for contest in night), default=None)

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
            contests_declared=sum(seen.standing is not None for seen in night),
            seats_total=sum(len(seen.contest.fact.seats) for seen in night),
            seats_declared=len(won),
            open_held=counted([holders[seat].group for seat in undecided]),
        )


def fold(
    entries: Iterable[Entry],
    *,
    entry: int,
    at: datetime | None = None,
    known_at: datetime | None = None,
) -> Standing | None:
    """What stands after one council's entries (those of a prefix of `entry` entries); None
    where they do not register it, or it was registered only from after `at`."""
    registered: Entry | None = None
    wards: dict[str, Ward] = {}
    for one in entries:
        if isinstance(one.fact, CouncilRegistered):
            registered = one
            wards = {ward.slug: Ward() for ward in one.fact.wards}
        elif one.ward is not None:
            wards[one.ward] = evolve(wards[one.ward], one)
    if registered is None or (at is not None and at < registered.event.effective_at):
        return None
    return stand(registered, wards, entry=entry, at=at, known_at=known_at)


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


# --- viewpoints as typed ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Resolved:
    """A viewpoint with its texts read: instants, and the number of entries seen."""

    at: datetime | None
    known_at: datetime | None
    entry: int


def resolve(ledger: Ledger, viewpoint: Viewpoint, councils: list[CouncilRegistered]) -> Resolved:
    """Read a viewpoint's texts in the councils' zone; a bare `02:15` is of their latest night
    among the entries seen, so that the first N entries never change their answer.

    Raises BadTime (also where the councils' zones or nights differ), ViewpointClash,
    UnknownEntry.
    """
    known_at = read_moment(ledger, viewpoint.known_at, councils, EVERYTHING)
    seen = ledger.prefix(viewpoint.entry, known_at)
    return Resolved(read_moment(ledger, viewpoint.at, councils, seen), known_at, seen)


def read_moment(
    ledger: Ledger, given: datetime | str | None, councils: list[CouncilRegistered], seen: int
) -> datetime | None:
    """One clock of a viewpoint; `seen` entries say which night is meant. Raises BadTime."""
    if given is None or (isinstance(given, datetime) and given.tzinfo is not None):
        return given
    zones = {council.timezone for council in councils}
    zone = zones.pop() if len(zones) == 1 else None
    if isinstance(given, datetime):
        return parse_time(given.isoformat(), zone)
    night = None
    if is_clock(given):
        nights = {latest_night(ledger, council, seen) for council in councils}
        night = nights.pop() if len(nights) == 1 else None
    return parse_time(given, zone, night)


def latest_night(ledger: Ledger, council: CouncilRegistered, seen: int) -> date | None:
    """The latest poll date of a council's contests that stand after `seen` entries."""
    nights: dict[str, date] = {}
    for entry in ledger.entries(council=council.council, upto=seen):
        fact = entry.fact
        if isinstance(fact, ContestOpened):
            nights[entry.event.event_id] = fact.poll_date
        elif isinstance(fact, EntryWithdrawn):
            nights.pop(fact.target, None)
    return max(nights.values(), default=None)
