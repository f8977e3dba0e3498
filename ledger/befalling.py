"""What befalls seats and contests besides a result, drafted: each fact, or its correction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from ledger import domain
from ledger.drafts import Drafts
from ledger.errors import BeforeDeclared, UnknownEntry
from ledger.events import Entry
from ledger.facts import ContestFact, CouncilRegistered, SeatFact
from ledger.finding import find, find_seat
from ledger.names import Names
from ledger.present import register_of
from ledger.seating import Change
from ledger.times import start_of
from ledger.values import CallingOff, Cause, Vacancy
from ledger.ward import Contest, without


class Instead(NamedTuple):
    """That a fact replaces the one of an entry, which was recorded wrongly."""

    entry: int
    reason: str
    cause: Cause = "other"


class Befalling(Drafts):
    """Facts about a seat take a seat (`coxford/2`) or its holder's name; `since` is a day, a
    time or, where it is left out, now (of a correction: the time of what it replaces)."""

    def vacate(
        self, seat: str, *, why: Vacancy, since: str | None = None, instead: Instead | None = None
    ) -> None:
        """Draft that a seat fell vacant."""
        self._on_seat(seat, since, instead, lambda held, _: domain.vacate(held, why))

    def fill(
        self, seat: str, *, party: str, holder: str | None = None, since: str | None = None,
        instead: Instead | None = None,
    ) -> None:  # fmt: skip
        """Draft that a vacant seat was filled without a poll."""
        self._on_seat(
            seat, since, instead, lambda held, names: domain.fill(held, holder, party, names)
        )

    def allegiance(
        self, seat: str, *, party: str, since: str | None = None, instead: Instead | None = None
    ) -> None:
        """Draft that a councillor sits for another party."""
        self._on_seat(
            seat, since, instead, lambda held, names: domain.change_allegiance(held, party, names)
        )

    def unopposed(
        self, contest: str, *, names: Sequence[str] = (), since: str | None = None,
        instead: Instead | None = None, key: str | None = None,
    ) -> None:  # fmt: skip
        """Draft that those nominated (or named) are elected without a poll."""
        self._on_contest(
            contest, since, instead, lambda one, known: domain.unopposed(one, names, known), key=key
        )

    def call_off(
        self, contest: str, *, how: CallingOff, why: str, since: str | None = None,
        instead: Instead | None = None,
    ) -> None:  # fmt: skip
        """Draft that a poll is countermanded, or abandoned."""
        self._on_contest(contest, since, instead, lambda one, _: domain.call_off(one, how, why))

    def overturn(
        self, contest: str, *, court: str, elected: Sequence[str] = (), since: str | None = None,
        instead: Instead | None = None,
    ) -> None:  # fmt: skip
        """Draft whom a court seats: all of the contest's, or nobody."""

        def decide(one: Contest, names: Names) -> ContestFact:
            return domain.overturn(one, court, elected, names)

        self._on_contest(contest, since, instead, decide, after=True)

    def note(
        self, contest: str, *, what: str, votes: Mapping[str, int] | None = None,
        since: str | None = None, instead: Instead | None = None,
    ) -> None:  # fmt: skip
        """Draft that figures are known to be wrong, though the declaration stands."""

        def decide(one: Contest, names: Names) -> ContestFact:
            return domain.note(one, what, votes or {}, names)

        self._on_contest(contest, since, instead, decide, after=True)

    def notional(
        self, contest: str, *, seats: Mapping[str, int], instead: Instead | None = None,
        key: str | None = None,
    ) -> None:  # fmt: skip
        """Draft whose a contest's seats notionally are: how many are each party's."""

        def decide(one: Contest, names: Names) -> ContestFact:
            return domain.state_notional(one, seats, names)

        self._on_contest(contest, None, instead, decide, key=key)

    def _on_seat(
        self, wanted: str, since: str | None, instead: Instead | None,
        decide: Callable[[Change, Names], SeatFact],
    ) -> None:  # fmt: skip
        with self._keyed(None) as used:
            target = self._target(instead)

            def when(council: CouncilRegistered) -> datetime:
                return self._since(since, council, target)

            entry, place, seat = found = find_seat(self._present, wanted, when, target)
            self._refuse_elsewhere(target, found.stream)
            ward, at = self._present.ward(found.stream), when(register_of(entry))
            # A correction is decided on what stood before the fact it replaces.
            below = ward if target is None else without(ward, target)
            held = domain.holder(place, below, entry, seat, at)
            fact = decide(held, self._present.names(entry.council))
            self._befall(found.stream, fact, at, target, instead, used)

    def _on_contest(  # noqa: PLR0913 - a fact, its place, time and key, and what it replaces
        self, wanted: str, since: str | None, instead: Instead | None,
        decide: Callable[[Contest, Names], ContestFact], *, after: bool = False,
        key: str | None = None,
    ) -> None:  # fmt: skip
        with self._keyed(key) as used:
            council, stream, contest = find(self._present, wanted)
            target = self._target(instead)
            self._refuse_elsewhere(target, stream)
            at = self._since(since, council, target, contest.fact.poll_date)
            if target is not None:
                contest = without(self._present.ward(stream), target).contests[contest.fact.contest]
            fact = decide(contest, self._present.names(council.council))
            said = contest.declarations[0][-1] if after and contest.declarations else None
            if said is not None and at < said.event.effective_at:
                raise BeforeDeclared(contest=contest.fact.contest, entry=said.number)
            self._befall(stream, fact, at, target, instead, used)

    def _befall(  # noqa: PLR0913 - a fact, its place and what it replaces
        self, stream: str, fact: SeatFact | ContestFact, at: datetime, target: Entry | None,
        instead: Instead | None, key: str | None,
    ) -> None:  # fmt: skip
        if target is None or instead is None:
            self._draft(stream, fact, at, key, None)
            return
        ward, same_time = self._present.ward(stream), at == target.event.effective_at
        corrected = domain.amend(
            ward, target, fact, instead.reason, instead.cause, moves=not same_time
        )
        self._draft(stream, corrected, at, key, None)

    def _target(self, instead: Instead | None) -> Entry | None:
        if instead is None:
            return None
        entry = self._store.entry(instead.entry) if instead.entry >= 1 else None
        if entry is None:
            raise UnknownEntry(entry=instead.entry, total=self._total)
        return entry

    def _refuse_elsewhere(self, target: Entry | None, stream: str) -> None:
        if target is not None and target.event.originator_id != stream:
            raise UnknownEntry(entry=target.number, total=self._total)

    def _since(
        self, since: str | None, council: CouncilRegistered, target: Entry | None,
        night: date | None = None,
    ) -> datetime:  # fmt: skip
        if since is not None:
            return start_of(since, council.timezone, night)
        return target.event.effective_at if target else self._now
