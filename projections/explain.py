"""Why a number is what it is: seats at the start, lost and gained, each with its entry; and of
a seat everyone who held it.

The start is the baseline of the viewpoint's night: the eve of the poll, unless another is asked
for. Without a night, or where that is asked for, it is the register. Every total is added up
from the changes of the seats and compared with the board; one that differs is refused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from ledger.book import Ledger
from ledger.errors import DoesNotAddUp
from ledger.events import NOW, Viewpoint
from ledger.seating import Change
from projections.holders import Former, Held, formers, held, registered
from projections.night import standing
from projections.provenance import cited
from projections.subjects import VACANT, Subject, subject
from projections.tally import Tally

REGISTER = "register"


class Move(NamedTuple):
    """A seat leaves one party for another. `holder` and `party` had it before: of a seat whose
    party at the start is the baseline's and not its holder's, the holder is not told."""

    party: str | None
    holder: str | None
    to: Held


@dataclass(frozen=True, slots=True)
class Account:
    """The seats of one party (`vacant`: of nobody): start + gained − lost = seats."""

    party: str
    start: int
    gained: tuple[Move, ...]
    lost: tuple[Move, ...]
    seats: int

    @property
    def adds_up(self) -> bool:
        """Whether it does."""
        return self.start + len(self.gained) - len(self.lost) == self.seats


@dataclass(frozen=True, slots=True)
class Story:
    """A seat: who held it in turn, and what was recorded of it and no longer stands."""

    seat: str
    ward: str
    held: tuple[Held, ...]
    former: tuple[Former, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The accounts of a council (or of the party asked for), or the stories of seats. `start` is
    the baseline's name, or `register`, `since` its hour."""

    tally: Tally
    wards: Mapping[str, str]  # names by slug
    start: str
    since: datetime
    accounts: tuple[Account, ...]
    stories: tuple[Story, ...] = ()

    @property
    def moves(self) -> list[Move]:
        """Every move of the accounts once, in order of time, then of the log."""
        moves = {move for account in self.accounts for move in (*account.gained, *account.lost)}
        return sorted(moves, key=lambda move: (*_place(move.to.change), move.to.change.seat))

    def as_json(self) -> dict[str, Any]:
        """The shape of `explain --json`.

        {"council", "name", "size", "viewpoint": {"at", "known_at", "entry"},
         "start": {"from": "eve-of-poll"|"last-comparable"|"notional"|"register", "at"},
         "parties": [{"party": CODE|"vacant", "start", "gained": [MOVE], "lost": [MOVE],
                      "seats"}],
         "seats": [{"seat", "ward", "held": [HELD], "no_longer": [FORMER]}]}

        MOVE: {"seat", "ward", "at", "from": {"name", "party"}, "to": {"name", "party"}, ENTRY…}
        HELD: {"at", "name", "party", ENTRY…}; FORMER the same, with "gone": {ENTRY…}
        ENTRY: "entry", "kind", "effective_at", "recorded_at", "by", "source", "reason", "cause";
        of a MOVE and a HELD also "corrects": [{ENTRY…}], the first version first.
        `parties` is empty where seats are asked for, `seats` where they are not.
        """
        since = self.tally.local(self.since)
        return {
            "council": self.tally.council,
            "name": self.tally.name,
            "size": self.tally.size,
            "viewpoint": self.tally.viewpoint,
            "start": {"from": self.start, "at": since.isoformat()},
            "parties": [
                {
                    "party": account.party,
                    "start": account.start,
                    "gained": [self._moved(move) for move in account.gained],
                    "lost": [self._moved(move) for move in account.lost],
                    "seats": account.seats,
                }
                for account in self.accounts
            ],
            "seats": [self._told(story) for story in self.stories],
        }

    def _moved(self, move: Move) -> dict[str, Any]:
        change = move.to.change
        return {
            "seat": change.seat,
            "ward": change.seat.rpartition("/")[0],
            "at": self.tally.local(change.at).isoformat(),
            "from": {"name": move.holder, "party": move.party},
            "to": {"name": change.holder, "party": change.group},
            **self._cited(move.to),
        }

    def _told(self, story: Story) -> dict[str, Any]:
        zone = self.tally.timezone
        return {
            "seat": story.seat,
            "ward": story.ward,
            "held": [self._holder(one.change) | self._cited(one) for one in story.held],
            "no_longer": [
                self._holder(one.change) | cited(one.said, zone) | {"gone": cited(one.gone, zone)}
                for one in story.former
            ],
        }

    def _holder(self, change: Change) -> dict[str, Any]:
        at = self.tally.local(change.at).isoformat()
        return {"at": at, "name": change.holder, "party": change.group}

    def _cited(self, held: Held) -> dict[str, Any]:
        *before, entry = (cited(entry, self.tally.timezone) for entry in held.behind)
        return {**entry, "corrects": before}


def explain(
    ledger: Ledger,
    council: str | None = None,
    viewpoint: Viewpoint = NOW,
    about: str | None = None,
    *,
    from_register: bool = False,
) -> Explanation:
    """Why the seats of a party, a ward or a seat `about` (None: of every party) are what they
    are. Raises what `night.standing` raises, NotionalMissing, UnknownSeat, UnknownSubject,
    DoesNotAddUp."""
    found = standing(ledger, council, viewpoint)
    asked = subject(found, about) if about is not None else Subject()
    by_register = from_register or found.poll_date is None
    tally, told = found.tally(), held(found)
    since = found.registered.event.effective_at if by_register else found.polls_close
    assert since is not None
    first = registered(found) if by_register else found.base()
    accounts = list(added_up(tally, first, list(moves(first, told, since))))
    mine = [account for account in accounts if account.party == asked.party]
    if asked.party and not mine:
        mine = [Account(asked.party, 0, (), (), 0)]
    everyone = [account for account in accounts if account.party != VACANT or _any(account)]
    slugs = {seat.rpartition("/")[0] for seat in asked.seats}
    former = [
        one
        for slug in sorted(slugs)
        for one in formers(found, slug, ledger.entries(council=tally.council, upto=found.entry))
    ]
    return Explanation(
        tally=tally,
        wards={ward.slug: ward.name for ward in found.council.wards},
        start=REGISTER if by_register else found.baseline,
        since=since,
        accounts=() if asked.seats else tuple(mine if asked.party else everyone),
        stories=tuple(
            Story(
                seat,
                seat.rpartition("/")[0],
                tuple(told[seat]),
                tuple(one for one in former if one.change.seat == seat),
            )
            for seat in asked.seats
        ),
    )


def _any(account: Account) -> bool:
    """Whether there is anything to tell."""
    return bool(account.start or account.seats or account.gained)


def moves(
    first: Mapping[str, str | None], told: Mapping[str, Iterable[Held]], since: datetime
) -> Iterator[Move]:
    """Each time since an hour that a seat left one party (or vacancy) for another, given whose
    it was at `first`."""
    for seat, holders in told.items():
        party, name, known = first[seat], None, True
        for one in holders:
            change = one.change
            if change.at >= since and change.group != party:
                yield Move(party, name if known else None, one)
            if change.at >= since:
                party = change.group
            name, known = change.holder, change.group == party


def added_up(
    tally: Tally, first: Mapping[str, str | None], everything: Iterable[Move]
) -> Iterator[Account]:
    """The account of every party and of the vacant seats, most seats first. Raises DoesNotAddUp
    where one is not what the board shows, or where all of them are not all seats."""
    start = Counter(party or VACANT for party in first.values())
    gained: dict[str, list[Move]] = {}
    lost: dict[str, list[Move]] = {}
    for move in sorted(everything, key=lambda one: _place(one.to.change)):
        gained.setdefault(move.to.change.group or VACANT, []).append(move)
        lost.setdefault(move.party or VACANT, []).append(move)
    board = {**tally.seats, VACANT: tally.vacant}
    parties = {*start, *board, *gained, *lost}
    for party in sorted(parties, key=lambda one: (one == VACANT, -board.get(one, 0), one)):
        account = Account(
            party,
            start[party],
            tuple(gained.get(party, ())),
            tuple(lost.get(party, ())),
            board.get(party, 0),
        )
        if not account.adds_up:
            raise _refusal(tally, account)
        yield account
    if not start.total() == sum(board.values()) == tally.size:
        raise DoesNotAddUp(
            council=tally.name, party="all parties", start=start.total(),
            gained=0, lost=0, seats=tally.size,
        )  # fmt: skip


def _refusal(tally: Tally, account: Account) -> DoesNotAddUp:
    return DoesNotAddUp(
        council=tally.name,
        party=account.party,
        start=account.start,
        gained=len(account.gained),
        lost=len(account.lost),
        seats=account.seats,
    )


def _place(change: Change) -> tuple[datetime, int]:
    return change.at, change.entry
