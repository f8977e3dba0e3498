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
    plans = {}
    for award in sorted(awards(entries[1:]), key=lambda a: (a["when"], a["number"])):
        plan = plans.setdefault(award["contest"], None) or seat_plan(seats, award)
        plans[award["contest"]] = plan
        if viewpoint.at is None or award["when"] <= viewpoint.at:
            for winner in award["won"]:
                party = winner["party"]["group"]
                seats[plan[winner["name"]]] = (party, winner["name"], award["contest"])
    return seats


def standing(entries):
    """Each contest that stands: its opening, its versions (the last stands) and its lots."""
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
        yield opening, versions, lots


def figures(log, viewpoint, council):
    """Contest -> votes by name, of what is declared at a viewpoint."""
    told = {}
    for _, versions, _ in standing(of_council(log, viewpoint, council)):
        for version in versions[-1:]:
            if viewpoint.at is None or version["when"] <= viewpoint.at:
                people = version["fact"]["candidates"]
                told[version["fact"]["contest"]] = {c["name"]: c["votes"] for c in people}
    return told


def awards(entries):
    """Who won what from when, of the versions that stand."""
    for opening, versions, lots in standing(entries):
        if not versions:
            continue
        up, last = opening["fact"]["seats"], versions[-1]
        story = [
            elected(version) + [c for _, people in drawn(version, len(up), lots) for c in people]
            for version in versions
        ]
        award = {"seats": up, "contest": opening["event_id"], "story": story}
        yield award | {"when": last["when"], "number": last["number"], "won": elected(last)}
        for lot, people in drawn(last, len(up), lots):
            when = max(last["when"], lot["when"])
            yield award | {"when": when, "number": lot["number"], "won": people}


def elected(version):
    """Those marked, most votes first."""
    people = [c for c in version["fact"]["candidates"] if c["elected"]]
    return sorted(people, key=lambda c: -c["votes"])


def drawn(version, up, lots):
    """The last lot that was drawn among those the version leaves tied, and who was drawn."""
    people = version["fact"]["candidates"]
    missing = up - len(elected(version))
    line = sorted((c["votes"] for c in people), reverse=True)[up - 1 : up]
    tied = {c["name"] for c in people if missing and c["votes"] == line[0]}
    fit = [lot for lot in lots if set(lot["fact"]["among"]) == tied]
    fit = [lot for lot in fit if len(lot["fact"]["names"]) == missing]
    return [(lot, [c for c in people if c["name"] in lot["fact"]["names"]]) for lot in fit[-1:]]


def seat_plan(seats, award):
    """Each winner takes a seat that is up: the one kept from the version before, else their
    own, else one of their party's, else any."""
    plan = {}
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


def composition(held):
    """Party -> seats."""
    return dict(Counter(holder[0] for holder in held.values() if holder))
