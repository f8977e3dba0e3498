"""What the model says stands, worked out a second time, slowly, from the stored JSON alone.

It shares no code with the ledger: it reads entries as plain data and follows the four
numbered rules of "what stands at a viewpoint" as they are written.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime


def seen(log, viewpoint):
    """The entries a viewpoint selects: exactly N; or the longest prefix whose running
    maximum of recorded_at is <= K."""
    if viewpoint.entry is not None:
        return log[: viewpoint.entry]
    if viewpoint.known_at is None:
        return log
    best, clock = 0, None
    for number, entry in enumerate(log, 1):
        recorded = entry.event.recorded_at
        clock = recorded if clock is None or recorded > clock else clock
        if clock <= viewpoint.known_at:
            best = number
    return log[:best]


def plain(entry):
    """An entry as plain data."""
    data = entry.event.model_dump(mode="json")
    data["number"] = entry.number
    data["when"] = datetime.fromisoformat(data["effective_at"])
    return data


def of_council(log, viewpoint, council):
    """What a viewpoint selects of one council's entries, as plain data."""
    entries = [plain(e) for e in seen(log, viewpoint)]
    return [e for e in entries if e["originator_id"].split("/")[0] == council]


def holders(log, viewpoint, council):
    """Seat -> (party group, name) or None, at a viewpoint; None if not registered yet."""
    entries = of_council(log, viewpoint, council)
    if not entries:
        return None
    register = entries[0]
    if viewpoint.at is not None and viewpoint.at < register["when"]:
        return None
    seats = {}
    for ward in register["fact"]["wards"]:
        for number, seat in enumerate(ward["seats"], 1):
            party = seat["party"]
            seats[f"{ward['slug']}/{number}"] = party and (party["group"], seat["holder"], None)
    for award in sorted(awards(entries[1:]), key=lambda a: (a["when"], a["number"])):
        if viewpoint.at is None or award["when"] <= viewpoint.at:
            seat_winners(seats, award)
    return seats


def standing(entries):
    """Each contest that stands: its opening, the version that stands (None while it is
    undeclared), and the last lot drawn."""
    gone = {e["fact"]["target"] for e in entries if e["fact"]["kind"] == "entry-withdrawn.v1"}
    left = [e for e in entries if e["event_id"] not in gone]
    for opening in left:
        if opening["fact"]["kind"] != "contest-opened.v1":
            continue
        name = opening["fact"]["contest"]
        said = [e for e in left if e["fact"].get("contest") == name]
        said = [e for e in said if e["number"] > opening["number"]]
        versions = [e for e in said if e["fact"]["kind"].startswith("result-")]
        lots = [e for e in said if e["fact"]["kind"] == "lot-drawn.v1"]
        yield opening, (versions or [None])[-1], (lots or [None])[-1]


def figures(log, viewpoint, council):
    """Contest -> votes by name, of what is declared at a viewpoint."""
    told = {}
    for _, version, _ in standing(of_council(log, viewpoint, council)):
        if version and (viewpoint.at is None or version["when"] <= viewpoint.at):
            people = version["fact"]["candidates"]
            told[version["fact"]["contest"]] = {c["name"]: c["votes"] for c in people}
    return told


def awards(entries):
    """Who won what from when, of the versions that stand."""
    for opening, version, lot in standing(entries):
        if version is None:
            continue
        people, seats = version["fact"]["candidates"], opening["fact"]["seats"]
        elected = [c for c in people if c["elected"]]
        award = {"seats": seats, "contest": opening["event_id"]}
        first = sorted(elected, key=lambda c: -c["votes"])
        yield award | {"when": version["when"], "number": version["number"], "won": first}
        drawn = [c for c in people if lot and c["name"] in lot["fact"]["names"]]
        if drawn and len(drawn) == len(seats) - len(elected):
            when = max(version["when"], lot["when"])
            yield award | {"when": when, "number": lot["number"], "won": drawn}


def seat_winners(seats, award):
    """Each winner takes a seat that is up: their own, else one of their party's, else any;
    never one that the same contest has filled already."""
    free = [s for s in award["seats"] if not (seats[s] and seats[s][2] == award["contest"])]
    waiting = list(award["won"])

    def take(fits):
        for winner in list(waiting):
            for seat in free:
                if fits(winner, seats[seat]):
                    taken[seat] = winner
                    free.remove(seat)
                    waiting.remove(winner)
                    break

    taken = {}
    take(lambda winner, held: held is not None and held[1] == winner["name"])
    take(lambda winner, held: held is not None and held[0] == winner["party"]["group"])
    take(lambda _winner, _held: True)
    for seat, winner in taken.items():
        seats[seat] = (winner["party"]["group"], winner["name"], award["contest"])


def composition(held):
    """Party -> seats."""
    return dict(Counter(holder[0] for holder in held.values() if holder))
