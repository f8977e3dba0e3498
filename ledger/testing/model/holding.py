"""Who holds each seat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ledger.events import Entry, Viewpoint
from ledger.testing.model.reading import Plain, hour, of_council, seat_facts
from ledger.testing.model.winning import awards

Holder = tuple[str, str | None, str | None]  # the party counted, the name, the contest it is by
Held = dict[str, Holder | None]
Seats = dict[str, str]  # by one of seat and winner, the other
Won = dict[str, dict[str, str | None]]  # by contest opened, by seat: for which party


def holders(log: Sequence[Entry], viewpoint: Viewpoint, council: str) -> Held | None:
    """Seat -> (party group, name) or None, at a viewpoint; None if not registered yet."""
    found = held_and_won(log, viewpoint, council)
    return found and found[0]


def held_and_won(
    log: Sequence[Entry], viewpoint: Viewpoint, council: str
) -> tuple[Held, Won] | None:
    """Who holds each seat; and by contest opened, for whom it decided each of its seats."""
    entries, at = of_council(log, viewpoint, council), hour(viewpoint)
    if not entries:
        return None
    register = entries[0]
    seats: Held = {}
    for ward in register["fact"]["wards"]:
        for number, seat in enumerate(ward["seats"], 1):
            party = seat["party"]
            seats[f"{ward['slug']}/{number}"] = party and (party["group"], seat["holder"], None)
    plans: dict[str, Seats] = {}
    given: dict[str, Seats] = {}
    won: Won = {}
    moves = [*awards(entries[1:], viewpoint.truth), *seat_facts(entries[1:])]
    for move in sorted(moves, key=lambda move: (move["when"], move["number"])):
        if at is not None and move["when"] > at:
            break
        if "contest" in move:
            award_seats(seats, move, plans, given, won)
        else:
            befall(seats, move)
    return seats, won


def award_seats(
    seats: Held, award: Plain, plans: dict[str, Seats], given: dict[str, Seats], won: Won
) -> None:
    """The winners take their seats; by a court's order the others fall vacant."""
    name = award["contest"]
    plan = plans[name] = seat_plan(seats, award, plans.get(name, {}))
    has = given.setdefault(name, {})
    for winner in award["won"]:
        seat = plan[winner["name"]]
        if has.get(seat) != winner["name"]:
            has[seat] = winner["name"]
            seats[seat] = (winner["party"]["group"], winner["name"], name)
            won.setdefault(name, {})[seat] = winner["party"]["group"]
    for seat in award["seats"] if award["only"] else []:
        if seat not in plan.values():
            has.pop(seat, None)
            seats[seat] = None
            won.setdefault(name, {})[seat] = None


def befall(seats: Held, move: Plain) -> None:
    """Who leaves, or changes party, must be the one who holds the seat then."""
    fact, held = move["fact"], seats[move["fact"]["seat"]]
    kind, party = fact["kind"], fact.get("party") or {}
    same = held is not None and held[1] == fact["holder"]
    if kind == "seat-vacated.v1" and same:
        seats[fact["seat"]] = None
    if kind == "seat-filled.v1" or (kind == "allegiance-changed.v1" and same):
        seats[fact["seat"]] = (party["group"], fact["holder"], None)


def seat_plan(seats: Held, award: Plain, plan: Seats) -> Seats:
    """Each winner takes a seat that is up: the one kept from the version before, else their
    own, else one of their party's, else any. Where terms differ the longest is the first's."""
    if len(set(award["terms"])) > 1:
        by_term = sorted(zip(award["terms"], award["seats"], strict=True), key=lambda end: -end[0])
        names = [winner["name"] for winner in award["story"][-1]]
        return dict(zip(names, [seat for _, seat in by_term], strict=False))
    for winners in award["story"]:
        waiting = [w for w in winners if w["name"] not in plan]
        plan = {w["name"]: plan[w["name"]] for w in winners if w["name"] in plan}
        for fits in (
            lambda winner, held: held is not None and held[1] == winner["name"],
            lambda winner, held: held is not None and held[0] == winner["party"]["group"],
            lambda _winner, _held: True,
        ):
            for winner in list(waiting):
                free = [s for s in award["seats"] if s not in plan.values()]
                found = [s for s in free if fits(winner, seats[s])]
                if found:
                    plan[winner["name"]] = found[0]
                    waiting.remove(winner)
    return plan


def composition(held: Held) -> dict[str, int]:
    """Party -> seats."""
    return dict(Counter(holder[0] for holder in held.values() if holder))
