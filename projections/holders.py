"""Who held a council's seats in turn, by what stands; and by what was once recorded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from ledger.events import Entry
from ledger.seating import Change, ward_changes
from ledger.truth import as_counted
from ledger.ward import Ward, evolve
from projections.night import Standing
from projections.provenance import entries_of, versions


class Held(NamedTuple):
    """A seat gets a holder (or none), and the entry that says so as it stands, after those it
    corrects."""

    change: Change
    behind: tuple[Entry, ...]

    @property
    def entry(self) -> Entry:
        """The version that stands."""
        return self.behind[-1]


class Former(NamedTuple):
    """Who was recorded as coming to hold a seat, which no longer stands: the entry that said
    so, and the one since which it does not."""

    change: Change
    said: Entry
    gone: Entry


def held(found: Standing) -> dict[str, list[Held]]:
    """By seat, in the register's order, everyone who held it in turn, its vacancies among them,
    as what stands at the viewpoint has it."""
    told: dict[str, list[Held]] = {
        seat: [] for ward in found.council.wards for seat in ward.seat_ids
    }
    for slug, changes in found.changes.items():
        known = entries_of(found.wards[slug]) | {found.registered.number: found.registered}
        for change in changes:
            told[change.seat].append(Held(change, versions(known, change.entry)))
    return told


def registered(found: Standing) -> dict[str, str | None]:
    """Whose each seat is in the register."""
    return {
        seat: at_start.party.group if at_start.party else None
        for ward in found.council.wards
        for seat, at_start in zip(ward.seat_ids, ward.seats, strict=True)
    }


def formers(found: Standing, slug: str, entries: Iterable[Entry]) -> list[Former]:
    """Who, by what was once recorded of a ward, came to hold a seat of it by the viewpoint's
    hour, and by what stands did not: of the same seat, by the same announcement (or fact, lot,
    order), whatever its version."""
    place, ward = found.council.by_slug[slug], Ward()
    standing_now: dict[_Key, tuple[Change, Entry]] = {}
    gone: dict[_Key, Former] = {}
    for entry in entries:
        if entry.register != found.council.register or entry.ward != slug:
            continue
        ward = evolve(ward, entry)
        counted = as_counted(ward, found.truth)
        known = entries_of(counted)
        now: dict[_Key, tuple[Change, Entry]] = {}
        for change in ward_changes(place, counted, found.registered):
            if change.entry in known and (found.at is None or change.at <= found.at):
                first, *_ = behind = versions(known, change.entry)
                key = _Key(change.seat, change.holder, change.group, first.number)
                now[key] = change, behind[-1]
        for key in standing_now.keys() - now.keys():
            change, said = standing_now[key]
            gone[key] = Former(change, said, entry)
        for key in now:
            gone.pop(key, None)
        standing_now = now
    return sorted(gone.values(), key=lambda one: (one.said.number, one.change.seat))


class _Key(NamedTuple):
    """What makes a holder of a seat the same one, whatever the version that says so."""

    seat: str
    holder: str | None
    party: str | None
    first: int  # the entry of the first version
