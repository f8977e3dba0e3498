"""Times in and out: always an instant; a local reading is told apart from a guess.

Stored instants are UTC with microseconds. Local times are read in the council's
zone, and a local time that does not exist or exists twice is refused with both
readings (the clocks change at 01:00 UTC in March and October: Summer Time Act 1972).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from ledger.errors import BadTime, UnknownZone
from ledger.text import did_you_mean

EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
POLLS_CLOSE = time(22, 0)
_SHAPE = re.compile(
    r"(?:(\d{4}-\d{2}-\d{2})[T ])?(\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)\s*(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)


def utc_now() -> datetime:
    """The default clock of a ledger."""
    return datetime.now(UTC)


@lru_cache
def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name. Raises UnknownZone where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        from zoneinfo import available_timezones  # noqa: PLC0415 - only to refuse

        hint = did_you_mean(name, available_timezones())
        raise UnknownZone(zone=name, suggestion=hint) from error


def parse_time(text: str, zone_name: str | None, night: date | None = None) -> datetime:
    """An instant (UTC) from what a person typed.

    With an offset, that. Without, local time of `zone_name`. A bare `02:15` is
    read in the night of `night`'s poll: from 22:00 on poll day itself, before
    that on the day after. Raises BadTime.
    """
    found = _SHAPE.fullmatch(text.strip())
    if not found:
        raise BadTime(value=repr(text[:40]), what="it is no time: a day and an hour are wanted")
    day, clock, offset = found.groups()
    if day is None and night is None:
        raise BadTime(value=repr(text), what="it has no date, and no one night is meant")
    try:
        if day is None and night is not None:
            after_close = time.fromisoformat(clock) >= POLLS_CLOSE
            day = (night if after_close else night + timedelta(days=1)).isoformat()
        moment = datetime.fromisoformat(f"{day}T{clock}{offset or ''}")
        if moment.tzinfo is not None:
            return within(moment.astimezone(UTC), text)
    except (ValueError, OverflowError) as error:
        what = "there is no such minute" if isinstance(error, ValueError) else "out of range"
        raise BadTime(value=repr(text[:40]), what=what) from error
    if zone_name is None:
        raise BadTime(value=repr(text), what="it has no offset, and no time zone was named")
    return within(from_local(moment, zone_name), text)


def is_clock(text: str) -> bool:
    """Whether a text is a bare hour of some night, like `02:15`."""
    return re.fullmatch(r"\s*\d{2}:\d{2}(:\d{2})?\s*", text, re.ASCII) is not None


def within(moment: datetime, text: str) -> datetime:
    """The same moment, if the ledger's calendar (from 1900) has it."""
    if not EARLIEST <= moment < datetime(9000, 1, 1, tzinfo=UTC):
        raise BadTime(value=repr(text), what="it is before 1900 or beyond any calendar")
    return moment


def from_local(moment: datetime, zone_name: str) -> datetime:
    """UTC of a naive local time; refused where the clocks skip or repeat it."""
    tz = zone(zone_name)
    try:
        first, second = (moment.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1))
    except OverflowError as error:
        raise BadTime(value=moment.isoformat(), what="out of range") from error
    if first == second:
        return first
    exists = first.astimezone(tz).replace(tzinfo=None) == moment
    readings = " or ".join(m.astimezone(tz).isoformat() for m in (first, second))
    what = "exists twice" if exists else "does not exist"
    raise BadTime(
        value=moment.isoformat(), what=f"it {what} in {zone_name}; it could be {readings}"
    )


def local(moment: datetime, zone_name: str) -> datetime:
    """The instant in a council's own zone."""
    return moment.astimezone(zone(zone_name))


def day_start(day: date, zone_name: str) -> datetime:
    """The first instant of a local day, in UTC."""
    try:
        return datetime.combine(day, time.min, zone(zone_name)).astimezone(UTC)
    except OverflowError as error:
        raise BadTime(value=day.isoformat(), what="out of range") from error


def parse_day(text: str) -> date:
    """A date as YYYY-MM-DD. Raises BadTime."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadTime(value=repr(text[:40]), what="there is no such day") from error


def start_of(text: str, zone_name: str, night: date | None = None) -> datetime:
    """A moment, or the start of a local day where only the day is given."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return within(day_start(parse_day(text), zone_name), text)
    return parse_time(text, zone_name, night)


def end_of(text: str, zone_name: str) -> datetime | None:
    """The last instant of a local day; None where it is not a day that is given."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        return None
    try:
        next_day = parse_day(text) + timedelta(days=1)
    except OverflowError as error:
        raise BadTime(value=text, what="out of range") from error
    return within(day_start(next_day, zone_name), text) - timedelta(microseconds=1)


def closing_time(text: str, day: date, zone_name: str) -> datetime:
    """When a poll closes: an hour of the poll day, or a whole time."""
    clock_only = re.fullmatch(r"\d{2}:\d{2}", text, re.ASCII)
    return parse_time(f"{day.isoformat()}T{text}" if clock_only else text, zone_name)


def micros(moment: datetime) -> int:
    """Whole microseconds since 1970, exact (no floats)."""
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(count: int) -> datetime:
    """The instant `micros` counted."""
    return _EPOCH + timedelta(microseconds=count)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
