"""Where a write is prepared: decide each fact on what stands, then record all or none.

A desk sees the log as it is now plus what it is about to record, so one file may
register a council, open its contests and declare them in a single atomic write.
"""

from __future__ import annotations

from datetime import date, datetime

from ledger import domain
from ledger.declaring import Declaring
from ledger.drafts import nth_key
from ledger.errors import ContestOpen, UnknownEntry, UnknownWard
from ledger.errors import CouncilRegistered as AlreadyRegistered
from ledger.events import Entry
from ledger.facts import AliasConfirmed
from ledger.finding import by_id
from ledger.forms import ContestForm, CouncilForm, NightForm, made
from ledger.parties import UNKNOWN
from ledger.present import register_of
from ledger.text import did_you_mean
from ledger.times import closing_time, day_start, local, parse_day, start_of, zone
from ledger.values import Alike
from ledger.ward import Ward


class Desk(Declaring):
    """One write in the making. See `Ledger` for the words."""

    def register(
        self, form: CouncilForm, *, since: str | None = None, review: bool = False,
        night: bool = False, key: str | None = None,
    ) -> None:  # fmt: skip
        """Draft the register of a council; with `review` the one it has from a later day on.
        One of a `night` alone is such a review where the council's is of another night alone.
        Raises CouncilRegistered (a refusal), UnknownCouncil, ReviewClash."""
        zone(form.timezone)
        with self._keyed(key) as used:
            text = since or form.since
            today = local(self._now, form.timezone).date()
            start = start_of(text, form.timezone) if text else day_start(today, form.timezone)
            council = domain.register(form).council
            known = self._present.by_council().get(council)
            review = review or (night and bool(known) and _of_another_night(known or [], start))
            day = local(start, form.timezone).date() if review else None
            if known and not review:
                raise AlreadyRegistered(council=council, entry=known[0].number)
            fact = domain.register(form, day)
            if review:
                before = self._present.registered(council)
                domain.refuse_clash(before, self._wards(before), fact, start)
            self._draft(council, fact, start, used, form.source)

    def _wards(self, registered: Entry) -> list[Ward]:
        council = register_of(registered)
        return [self._present.ward(council.stream(place.slug)) for place in council.wards]

    def open(self, form: NightForm, *, council: str | None = None, key: str | None = None) -> None:
        """Draft the opening of a night's contests."""
        slug = form.council or council
        registered = register_of(self._present.registered(slug))
        day = parse_day(form.poll_date)
        close = closing_time(form.polls_close, day, registered.timezone)
        for number, contest in enumerate(form.contests, 1):
            with self._keyed(key and nth_key(key, number)) as used:
                entry = self._present.registered(registered.council, close)
                self._open_one(entry, contest, day, close, used, form.source)

    def _open_one(  # noqa: PLR0913 - all of the night
        self, entry: Entry, form: ContestForm, day: date, close: datetime,
        key: str | None, source: str | None,
    ) -> None:  # fmt: skip
        council = register_of(entry)
        names = self._present.names(council.council)
        place = names.ward(council, form.ward)
        if place is None:
            hint = did_you_mean(form.ward, [ward.name for ward in council.wards])
            raise UnknownWard(council=council.name, ward=form.ward, suggestion=hint)
        stream, since = council.stream(place.slug), entry.event.effective_at
        ward = self._present.ward(stream)
        known = by_id(self._present, form.contest) if form.contest else None
        if known and known[1] != stream:
            raise ContestOpen(contest=form.contest, entry=known[2].opened.number)
        fact = domain.open_contest(entry, place, ward, form, day, close, names)
        start = min(self._now, max(day_start(day, council.timezone), since))
        self._draft(stream, fact, start, key, source)

    def alias(
        self, alias: str, *, means: str, of: Alike = "candidate", council: str | None = None
    ) -> None:
        """Draft that a name is another one's of a candidate, a party or a ward."""
        said = made(AliasConfirmed, what=of, alias=alias, means=means)
        with self._keyed(None) as used:
            slug = self._present.registered(council).council
            registers = [e for e in self._present.registers().values() if e.council == slug]
            places = [
                (place, ward)
                for entry in registers
                for place, ward in zip(register_of(entry).wards, self._wards(entry), strict=True)
            ]
            fact = domain.confirm_alias(slug, places, self._present.names(slug), said)
            self._draft(slug, fact, self._now, used, None)

    def withdraw(self, number: int, *, reason: str) -> None:
        """Draft the withdrawal of an entry."""
        target = self._store.entry(number) if number >= 1 else None
        if target is None:
            raise UnknownEntry(entry=number, total=self._total)
        stream = target.event.originator_id
        with self._keyed(None) as used:
            fact = domain.withdraw(self._present.ward(stream), target, reason)
            self._draft(stream, fact, target.event.effective_at, used, None)


def _of_another_night(registers: list[Entry], start: datetime) -> bool:
    """Whether a council's last register tells of nobody who held a seat, as one made of a
    night's results does, and is not of that day."""
    last = registers[-1]
    seats = [seat for ward in register_of(last).wards for seat in ward.seats]
    unknown = all(seat.party is not None and seat.party.code == UNKNOWN for seat in seats)
    return unknown and last.event.effective_at != start
