"""The fold: entries and a viewpoint -> what stands. This is the definition of truth.

Per contest, in log order, a correction replaces the version it names and a withdrawal
takes its target out (`ledger.domain.evolve`). Per seat, the latest change with
`effective_at <= at` wins, equal times broken by log order. Before a contest is declared
the old holder still counts: in law the old councillors stay four days longer (Local
Government Act 1972, section 7), but a newsroom's board changes ward by ward, and so
does this one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Literal, NamedTuple

from ledger.book import Ledger
from ledger.counting import count
from ledger.errors import NotYet
from ledger.events import NOW, Entry, Viewpoint
from ledger.facts import Candidate, CouncilRegistered, ElectedUnopposed, ResultOverturned
from ledger.present import by_register, in_force
from ledger.seating import Change, ward_changes
from ledger.truth import as_counted
from ledger.values import Baseline, Truth
from ledger.ward import Contest, Live, Ward, result_of
from projections.baselines import Parties, matched, parties_before
from projections.chances import Chance, at_stake, chance
from projections.tally import Tally, counted
from projections.viewpoints import Resolved, resolve

Status = Literal["open", "declared", "tie", "unopposed", "countermanded", "void"]


class Seen(NamedTuple):
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
    def parties(self) -> dict[str, str | None]:
        """By seat it has decided, whose it is; None where a court vacated it."""
        return {new.seat: new.group for new, _ in self.won}

    @property
    def undecided(self) -> tuple[str, ...]:
        """The seats up that nobody has won yet."""
        taken = {new.seat for new, _ in self.won}
        return tuple([seat for seat in self.contest.fact.seats if seat not in taken])

    @property
    def tied(self) -> tuple[Candidate, ...]:
        """Those tied for the last seats while these wait for their lot."""
        if self.standing is None or self.status != "tie":
            return ()
        candidates = result_of(self.standing).candidates
        names = count(candidates, self.contest.fact).tied
        return tuple(c for c in candidates if c.name in names)

    @property
    def chance(self) -> Chance:
        """What its undecided seats can still bring."""
        places = len(self.contest.fact.seats) - len(self.won)
        if not places:
            return chance(0, ())
        able = self.contest.fact.candidates if self.status == "open" else self.tied
        return chance(places, tuple([one.party.group for one in able]))


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
    name = contest.fact.contest
    held: dict[str, Change] = {}
    won: dict[str, tuple[Change, Change]] = {}
    for change in changes:
        if change.contest == name:
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
    """All that stands for one council at one viewpoint, as its truth has it."""

    council: CouncilRegistered
    registered: Entry
    wards: dict[str, Ward]
    changes: dict[str, tuple[Change, ...]]  # by ward: known and effective by `at`, in order
    entry: int
    at: datetime | None
    known_at: datetime | None
    truth: Truth = "legal"
    baseline: Baseline = "eve-of-poll"

    @property
    def holders(self) -> dict[str, Change]:
        """Who holds each seat (or that it is vacant), by seat, in the register's order."""
        return {change.seat: change for ward in self.changes.values() for change in ward}

    def changes_by(self, ward: str, place: tuple[datetime, int]) -> list[Change]:
        """A ward's changes up to an hour and, within it, an entry."""
        return [change for change in self.changes[ward] if (change.at, change.entry) <= place]

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

    @cached_property
    def parties_before(self) -> dict[str, Parties]:
        """By contest of the night, whose its seats are in the baseline; empty for the eve of
        the poll. Raises NotionalMissing."""
        night = [seen.contest for seen in self.night()]
        return parties_before(self.baseline, night, self.wards, self.changes)

    def compared(self, contest: str, won: Mapping[str, str | None]) -> dict[str, str | None]:
        """By seat that a contest of the night has decided (and for whom), the party of the
        baseline it is compared with; empty for the eve of the poll."""
        before = self.parties_before.get(contest)
        return {} if before is None else matched(won, before)

    def base(self) -> dict[str, str | None]:
        """Whose each seat is in the baseline: on the eve, but that a seat the night has decided
        is whose the baseline says."""
        base = {seat: change.group for seat, change in self.eve().items()}
        for seen in self.night():
            base |= self.compared(seen.contest.fact.contest, seen.parties)
        return base

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
            base=counted(list(self.base().values())),
            poll_date=self.poll_date.isoformat() if self.poll_date else None,
            contests_total=len(night),
            contests_declared=sum(seen.declared for seen in night),
            contests_tied=sum(seen.status == "tie" for seen in night),
            seats_total=sum(len(seen.contest.fact.seats) for seen in night),
            seats_declared=sum(len(seen.won) for seen in night),
            at_stake=at_stake(
                counted([holders[seat].group for seat in undecided]),
                [(seen.chance, 1) for seen in night if seen.status in ("open", "tie")],
            ),
        )


def fold(entries: Iterable[Entry], seen: Resolved) -> Standing | None:
    """What stands after one council's entries (those of the prefix `seen`), under the register
    in force at its hour; None where they do not register it, or only from after that hour."""
    found = {registered.number: (registered, wards) for registered, wards in by_register(entries)}
    registers = [registered for registered, _ in found.values()]
    registered = in_force(registers, registers[0].council, seen.at) if registers else None
    if registered is None or (seen.at is not None and seen.at < registered.event.effective_at):
        return None
    return stand(*found[registered.number], seen)


def stand(registered: Entry, wards: dict[str, Ward], seen: Resolved) -> Standing:
    """What stands, from wards already folded."""
    council = registered.fact
    assert isinstance(council, CouncilRegistered)
    wards = {slug: as_counted(ward, seen.truth) for slug, ward in wards.items()}
    changes = {
        place.slug: tuple(
            change
            for change in ward_changes(place, wards[place.slug], registered)
            if seen.at is None or change.at <= seen.at
        )
        for place in council.wards
    }
    return Standing(
        council, registered, wards, changes,
        seen.entry, seen.at, seen.known_at, seen.truth, seen.baseline,
    )  # fmt: skip


def standing(ledger: Ledger, council: str | None = None, viewpoint: Viewpoint = NOW) -> Standing:
    """What stands for one council. Reads its own entries and no others.

    Raises UnknownCouncil, WhichCouncil, NotYet, BadTime, ViewpointClash, UnknownEntry; what
    counts change raises NotionalMissing too.
    """
    registered = ledger.council(council)
    seen = resolve(ledger, viewpoint, [registered])
    found = fold(ledger.entries(council=registered.council, upto=seen.entry), seen)
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
        found = fold(entries, seen)
        if found is not None:
            yield found
