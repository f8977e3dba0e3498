"""Who holds a ward's seats from when: its contests and what befell its seats -> changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Literal, NamedTuple, Self, assert_never

from ledger.events import Entry
from ledger.facts import (
    AllegianceChanged,
    ElectedUnopposed,
    Nominee,
    ResultOverturned,
    SeatFact,
    SeatFilled,
    SeatVacated,
    WardSeats,
)
from ledger.parties import UNKNOWN
from ledger.values import Party
from ledger.ward import Contest, Ward, live, result_of


class Change(NamedTuple):
    """A seat gets a holder (or none) at a moment in the hall, by an entry.

    `contest` is None for the register's own holders and for what no contest brought; `left` is
    the party that held a vacant seat last, where one did.
    """

    seat: str
    at: datetime
    entry: int
    holder: str | None
    party: Party | None
    contest: str | None = None
    left: Party | None = None

    @property
    def group(self) -> str | None:
        """The code the seat counts for; None if vacant."""
        return self.party.group if self.party else None

    @property
    def defending(self) -> str | None:
        """The code of the party that defends the seat when it is next up: whose it is or, where
        it is vacant, whose it was last; None where it never was anybody's."""
        party = self.party or self.left
        return party.group if party else None


def outcome(was: str | None, now: str | None) -> Literal["hold", "gain"] | None:
    """What a contest made of a seat that a party defended (None: nobody ever held it); None
    where the party before or now is not known."""
    if UNKNOWN in (was, now):
        return None
    return "hold" if was == now else "gain"


class Award(NamedTuple):
    """Winners of a contest announced together: a declaration, the lot that completes it, an
    election without a poll, a court's order.

    `story` is all who have won, version by version, up to this; with `only` the contest's
    other seats fall vacant.
    """

    at: datetime
    entry: int
    contest: Contest
    winners: tuple[Nominee, ...]
    story: tuple[tuple[Nominee, ...], ...]
    only: bool = False


class Event(NamedTuple):
    """Something that befell a seat outside of contests."""

    at: datetime
    entry: int
    fact: SeatFact


Move = Award | Event


def place(move: Move) -> tuple[datetime, int]:
    """Where a move comes: by the hour, then by the log."""
    return move.at, move.entry


def awards(contest: Contest) -> Iterator[Award]:
    """Who won, from when, by which entry, as it stands."""
    if contest.called_off:
        return
    for one in contest.said(ElectedUnopposed):
        assert isinstance(one.fact, ElectedUnopposed)
        at, people = contest.holds_from(one.entry), one.fact.elected
        yield Award(at, one.entry.number, contest, people, (people,))
    for versions in contest.declarations:
        standing = versions[-1]
        result, at = result_of(standing), standing.event.effective_at
        story = tuple(contest.winners(version) for version in versions)
        yield Award(at, standing.number, contest, result.elected, story)
        lot = contest.lot_of(standing) if contest.lots else None
        if lot is not None:
            drawn = story[-1][len(result.elected) :]
            when = max(at, lot.event.effective_at)
            yield Award(when, lot.number, contest, drawn, story[-1:])
    for one in contest.said(ResultOverturned):
        assert isinstance(one.fact, ResultOverturned)
        at, people = contest.holds_from(one.entry), one.fact.elected
        yield Award(at, one.entry.number, contest, people, (people,), only=True)


def seat_moves(ward: Ward) -> list[Move]:
    """What befell the ward's seats outside of contests, as it stands."""
    return [
        Event(one.entry.event.effective_at, one.entry.number, one.fact)
        for one in live(ward.seats)
        if isinstance(one.fact, SeatFact)
    ]


def ward_changes(place: WardSeats, ward: Ward, registered: Entry) -> list[Change]:
    """Every change of the ward's seats that is known, in order of time, then of the log."""
    everything = seat_moves(ward)
    everything += [award for contest in ward.contests.values() for award in awards(contest)]
    start = first_changes(place, registered)
    return [*start, *later_changes(start, everything)]


def first_changes(place: WardSeats, registered: Entry) -> list[Change]:
    """How a ward's seats begin: as the register says."""
    start = registered.event.effective_at
    return [
        Change(seat_id, start, registered.number, seat.holder, seat.party)
        for seat_id, seat in zip(place.seat_ids, place.seats, strict=True)
    ]


def later_changes(start: list[Change], everything: Iterable[Move]) -> list[Change]:
    """What moves change, in order of time, then of the log."""
    return Course.of(start, everything).changes


class Course:
    """Who comes to hold a ward's seats, move after move; see `later_changes`."""

    def __init__(self, start: list[Change]) -> None:
        self.changes: list[Change] = []
        self.holding = {change.seat: change for change in start}
        self._plans: dict[str, dict[str, str]] = {}  # by contest, who takes which seat
        self._given: dict[str, dict[str, str]] = {}  # by contest, seat by seat, to whom
        self._last: tuple[datetime, int] | None = None

    @classmethod
    def of(cls, start: list[Change], everything: Iterable[Move]) -> Self:
        """All moves, in order of time, then of the log."""
        course = cls(start)
        for move in sorted(everything, key=place):
            course.take(move)
        return course

    def goes_on(self, contest: str, new: list[Award]) -> bool:
        """Whether a contest's awards are its first, and come after all other moves."""
        last = self._last
        return contest not in self._plans and all(last is None or place(a) > last for a in new)

    def take(self, move: Move) -> None:
        """The next move in order."""
        self._last = place(move)
        if isinstance(move, Award):
            self._award(move)
        else:
            self._befall(move)

    def _award(self, award: Award) -> None:
        name = award.contest.fact.contest
        plan = seating(award, self._plans.get(name, {}), self.holding)
        given = self._given.setdefault(name, {})
        for winner in award.winners:
            seat = plan[winner.name]
            if given.get(seat) != winner.name:
                given[seat] = winner.name
                self._change(award, seat, winner.name, winner.party, name)
        if award.only:
            for seat in award.contest.fact.seats:
                if seat not in plan.values():
                    given.pop(seat, None)
                    self._change(award, seat, None, None, name)
        self._plans[name] = plan

    def _befall(self, event: Event) -> None:
        """What befalls a councillor does so only while they hold the seat: had another been
        elected, as a correction may say, it would not be that one who left."""
        fact, held = event.fact, self.holding[event.fact.seat]
        if not isinstance(fact, SeatFilled) and (held.party is None or held.holder != fact.holder):
            return
        match fact:
            case SeatVacated():
                self._change(event, fact.seat, None, None, None)
            case SeatFilled() | AllegianceChanged():
                self._change(event, fact.seat, fact.holder, fact.party, None)
            case _:
                assert_never(fact)

    def _change(
        self, move: Move, seat: str, holder: str | None, party: Party | None, contest: str | None
    ) -> None:
        left = None if party else self.holding[seat].party or self.holding[seat].left
        change = Change(seat, move.at, move.entry, holder, party, contest, left)
        self.holding[seat] = change
        self.changes.append(change)


def seating(award: Award, plan: dict[str, str], holding: dict[str, Change]) -> dict[str, str]:
    """Which winner takes which seat, given who took which by the contest's earlier awards.

    Who won before keeps the seat: a correction of the figures moves nobody from one seat to
    another, as a later by-election may be for one of them. Where the terms of the seats differ
    the votes say who takes which, the longest term first.
    """
    fact, names = award.contest.fact, [winner.name for winner in award.story[-1]]
    seats = fact.seats
    if len(seats) == 1:
        return dict.fromkeys(names, seats[0])
    if len(set(fact.term_ends)) > 1:
        ends = dict(zip(seats, fact.term_ends, strict=True))
        return dict(zip(names, sorted(seats, key=lambda seat: -ends[seat]), strict=False))
    for winners in award.story:
        kept = {winner.name: plan[winner.name] for winner in winners if winner.name in plan}
        taken = set(kept.values())
        new = [winner for winner in winners if winner.name not in kept]
        left = [seat for seat in seats if seat not in taken]
        plan = kept | _seated(new, left, holding)
    return plan


def _seated(winners: list[Nominee], left: list[str], holding: dict[str, Change]) -> dict[str, str]:
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


def _same_person(winner: Nominee, held: Change) -> bool:
    return winner.name == held.holder


def _same_party(winner: Nominee, held: Change) -> bool:
    return winner.party.group == held.group


def _anyone(_winner: Nominee, _held: Change) -> bool:
    return True
