"""What change is counted against; and the figures declared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ledger.events import Entry, Viewpoint
from ledger.testing.model.holding import Held, Won, held_and_won, holders
from ledger.testing.model.reading import Plain, called_off, hour, of_council, standing

Told = tuple[Plain, Any, Any, Any]  # a contest as it stands: its opening first


def base(log: Sequence[Entry], viewpoint: Viewpoint, council: str) -> dict[str, str | None] | None:
    """Seat -> party in the baseline of a viewpoint (None: vacant); None where a contest of the
    night has no notional result that was asked for."""
    entries = of_council(log, viewpoint, council)
    at = hour(viewpoint)
    told = list(standing(entries[1:], viewpoint.truth))
    there = [
        (opening, others)
        for opening, _, _, others in told
        if (at is None or opening["when"] <= at) and not called_off(others, at)
    ]
    day = max((opening["fact"]["poll_date"] for opening, _ in there), default=None)
    night = [(o, others) for o, others in there if o["fact"]["poll_date"] == day]
    both = held_and_won(log, viewpoint, council)
    assert both is not None
    held: Held | None = both[0]
    won = both[1]
    if night:
        closes = min(datetime.fromisoformat(o["fact"]["polls_close"]) for o, _ in night)
        eve = closes - timedelta(microseconds=1)
        held = holders(log, replace(viewpoint, at=eve if at is None else min(at, eve)), council)
    assert held is not None
    whose = {seat: holder and holder[0] for seat, holder in held.items()}
    for opening, others in night if viewpoint.baseline != "eve-of-poll" else []:
        if viewpoint.baseline == "notional":
            stated = [e for e in others if e["fact"]["kind"] == "notional-stated.v1"]
            if not stated:
                return None
            before = [party["group"] for party in stated[-1]["fact"]["parties"]]
        else:
            before = [last_winner(seat, opening, told, won, entries[0]) for seat in
                      opening["fact"]["seats"]]  # fmt: skip
        decided = won.get(opening["event_id"], {})
        holds = list((Counter(decided.values()) & Counter(before)).elements())
        for party in holds:
            before.remove(party)
        for seat, party in decided.items():
            if party in holds:
                holds.remove(party)
                whose[seat] = party
            else:
                whose[seat] = before.pop(0)
    return whose


def last_winner(
    seat: str,
    opening: Plain,
    told: Sequence[Told],
    won: Won,
    register: Plain,
) -> str | None:
    """The party that won a seat when it was last up before, by-elections left out; or that held
    it first."""
    found = [
        (earlier["fact"]["poll_date"], won.get(earlier["event_id"], {}).get(seat))
        for earlier, _, _, _ in told
        if earlier["originator_id"] == opening["originator_id"]
        and earlier["fact"]["poll_date"] < opening["fact"]["poll_date"]
        and ".by." not in earlier["fact"]["contest"]
    ]
    found = sorted(one for one in found if one[1] is not None)
    if found:
        return found[-1][1]
    slug, _, number = seat.partition("/")
    ward = next(ward for ward in register["fact"]["wards"] if ward["slug"] == slug)
    party = ward["seats"][int(number) - 1]["party"]
    return party["group"] if party else None


def figures(
    log: Sequence[Entry], viewpoint: Viewpoint, council: str
) -> dict[str, dict[str, int | None]]:
    """Contest -> votes by name, of what is declared at a viewpoint."""
    told: dict[str, dict[str, int | None]] = {}
    for _, announced, _, others in standing(of_council(log, viewpoint, council), viewpoint.truth):
        at = hour(viewpoint)
        if called_off(others, at):
            continue
        by_then = [a[-1] for a in announced if at is None or a[-1]["when"] <= at]
        for version in sorted(by_then, key=lambda version: version["when"])[-1:]:
            people = version["fact"]["candidates"]
            told[version["fact"]["contest"]] = {c["name"]: c["votes"] for c in people}
    return told
