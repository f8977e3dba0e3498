"""Viewpoints as typed: texts read in a council's zone and night."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from re import ASCII, fullmatch

from ledger.book import Ledger
from ledger.errors import BadViewpoint
from ledger.events import Viewpoint
from ledger.facts import ContestOpened, CouncilRegistered, EntryWithdrawn
from ledger.store import EVERYTHING
from ledger.text import did_you_mean
from ledger.times import end_of, is_clock, parse_time
from ledger.values import Baseline, Truth


@dataclass(frozen=True, slots=True)
class Resolved:
    """A viewpoint with its texts read: instants, and the number of entries seen."""

    at: datetime | None
    known_at: datetime | None
    entry: int
    truth: Truth = "legal"
    baseline: Baseline = "eve-of-poll"


_CLOCKS = {"at": ("at",), "known": ("known_at",), "entry": ("known_at", "entry"),
           "as-of": ("at", "known_at")}  # fmt: skip


def written(text: str) -> Viewpoint:
    """A viewpoint in a word: `02:15` or `at:02:15` (true in the hall by then), `known:02:30`
    (recorded by then), `as-of:02:30` (both), `entry:31`, `now`; both clocks with a comma,
    `at:02:15,entry:31`. Raises BadViewpoint; its times are read by `resolve`."""
    given: dict[str, str] = {}
    for one in () if text == "now" else text.split(","):
        word, value = _clock(text, one.strip())
        if given.keys() & _CLOCKS[word]:
            raise _bad(text, "it sets one clock twice")
        given |= dict.fromkeys(_CLOCKS[word], value)
    if "entry" not in given:
        return Viewpoint(at=given.get("at"), known_at=given.get("known_at"))
    return Viewpoint(at=given.get("at"), entry=int(given["entry"]))


def _clock(text: str, one: str) -> tuple[str, str]:
    """Which clock a part of a viewpoint sets, and to what."""
    word, _, value = one.partition(":")
    if not word[:1].isalpha():
        if one.isdigit():
            raise _bad(text, "a number alone is no time", f"did you mean 'entry:{one}'? ")
        return "at", one
    if word not in _CLOCKS:
        raise _bad(text, f"{word!r} is no clock", did_you_mean(word, (*_CLOCKS, "now")))
    if not value.strip():
        raise _bad(text, f"{word!r} says no {'number' if word == 'entry' else 'time'}")
    if word == "entry" and not fullmatch(r"\d{1,9}", value, ASCII):
        raise _bad(text, "an entry is a whole number")
    return word, value


def _bad(text: str, what: str, suggestion: str = "") -> BadViewpoint:
    return BadViewpoint(value=repr(text[:60]), what=what, suggestion=suggestion)


def resolve(ledger: Ledger, viewpoint: Viewpoint, councils: list[CouncilRegistered]) -> Resolved:
    """Read a viewpoint's texts in the councils' zone; a bare `02:15` is of their latest night
    among the entries seen, so that the first N entries never change their answer.

    Raises BadTime (also where the councils' zones or nights differ), ViewpointClash,
    UnknownEntry.
    """
    known_at = read_moment(ledger, viewpoint.known_at, councils, EVERYTHING)
    seen = ledger.prefix(viewpoint.entry, known_at)
    # Before any night was known an hour may still be meant of the one that came; but not of
    # the first N entries, whose answer would change when it comes.
    later = () if viewpoint.entry is not None else (EVERYTHING,)
    at = read_moment(ledger, viewpoint.at, councils, seen, *later)
    return Resolved(at, known_at, seen, viewpoint.truth, viewpoint.baseline)


def read_moment(
    ledger: Ledger, given: datetime | str | None, councils: list[CouncilRegistered], *seen: int
) -> datetime | None:
    """One clock of a viewpoint; a bare hour is of the latest night of the first so many
    entries `seen` that know of one, a bare day means its end. Raises BadTime."""
    if given is None or (isinstance(given, datetime) and given.tzinfo is not None):
        return given
    zones = {council.timezone for council in councils}
    zone = zones.pop() if len(zones) == 1 else None
    if isinstance(given, datetime):
        return parse_time(given.isoformat(), zone)
    if zone and (day := end_of(given, zone)):
        return day
    night = None
    if is_clock(given):
        for upto in seen:
            nights = {latest_night(ledger, council, upto) for council in councils}
            if nights != {None}:
                night = nights.pop() if len(nights) == 1 else None
                break
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
