"""Questions that cannot be answered as they are asked."""

from __future__ import annotations

from ledger.errors.base import Refused, Usage


class BadViewpoint(Usage):
    """{value} is no viewpoint: {what}.
    Remedy: {suggestion}write 02:15 or 2016-05-06T02:15 (true in the hall by then), at:02:15 (the
    same), known:02:30 (recorded by then), as-of:02:30 (both), entry:31 (the first 31 entries) or
    now; both clocks with a comma, at:02:15,entry:31."""


class UnknownSubject(Refused):
    """{council} has no party, ward or seat {name!r}.
    Remedy: {suggestion}name a party (LAB, "Labour Party"), vacant, a ward (coxford) or a seat
    (coxford/2)."""
