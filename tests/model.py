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
    """What a viewpoint selects of one council's entries, as plain data: its register in force,
    then what was recorded under it."""
    entries = [plain(e) for e in seen(log, viewpoint)]
    registers = [
        e
        for e in entries
        if e["fact"]["kind"] == "council-registered.v1"
        and e["originator_id"] == council
        and (viewpoint.at is None or e["when"] <= viewpoint.at)
    ]
    if not registers:
        return []
    register = max(registers, key=lambda e: (e["when"], e["number"]))
    review = register["fact"]["review"]
    name = f"{council}@{review}" if review else council
    return [register, *(e for e in entries if e["originator_id"].startswith(f"{name}/"))]


def holders(log, viewpoint, council):
    """Seat -> (party group, name) or None, at a viewpoint; None if not registered yet."""
    entries = of_council(log, viewpoint, council)
    if not entries:
        return None
    register = entries[0]
    seats = {}
    for ward in register["fact"]["wards"]:
        for number, seat in enumerate(ward["seats"], 1):
            party = seat["party"]
            seats[f"{ward['slug']}/{number}"] = party and (party["group"], seat["holder"], None)
    plans, given = {}, {}
    moves = [*awards(entries[1:]), *seat_facts(entries[1:])]
    for move in sorted(moves, key=lambda move: (move["when"], move["number"])):
        if viewpoint.at is not None and move["when"] > viewpoint.at:
            break
        if "contest" in move:
            award_seats(seats, move, plans, given)
        else:
            befall(seats, move)
    return seats


def award_seats(seats, award, plans, given):
    """The winners take their seats; by a court's order the others fall vacant."""
    name = award["contest"]
    plan = plans[name] = seat_plan(seats, award, plans.get(name, {}))
    has = given.setdefault(name, {})
    for winner in award["won"]:
        seat = plan[winner["name"]]
        if has.get(seat) != winner["name"]:
            has[seat] = winner["name"]
            seats[seat] = (winner["party"]["group"], winner["name"], name)
    for seat in award["seats"] if award["only"] else []:
        if seat not in plan.values():
            has.pop(seat, None)
            seats[seat] = None


def befall(seats, move):
    """Who leaves, or changes party, must be the one who holds the seat then."""
    fact, held = move["fact"], seats[move["fact"]["seat"]]
    kind, party = fact["kind"], fact.get("party") or {}
    same = held is not None and held[1] == fact["holder"]
    if kind == "seat-vacated.v1" and same:
        seats[fact["seat"]] = None
    if kind == "seat-filled.v1" or (kind == "allegiance-changed.v1" and same):
        seats[fact["seat"]] = (party["group"], fact["holder"], None)


def left(entries):
    """The entries not withdrawn."""
    gone = {e["fact"]["target"] for e in entries if e["fact"]["kind"] == "entry-withdrawn.v1"}
    return [e for e in entries if e["event_id"] not in gone]


def corrected(entries, kinds):
    """The facts of some kinds that stand, each as its last correction has it."""
    found = []
    for e in left(entries):
        fact = e["fact"]
        inner = fact["fact"] if fact["kind"] == "fact-corrected.v1" else fact
        if inner["kind"] in kinds:
            found = [f for f in found if f["event_id"] != fact.get("target")]
            found.append(e | {"fact": inner})
    return found


def seat_facts(entries):
    kinds = ("seat-vacated.v1", "seat-filled.v1", "allegiance-changed.v1")
    return corrected(entries, kinds)


def standing(entries):
    """Each contest that stands: its opening, its announcements (of each the versions, the last
    stands), its lots, and what else befell it."""
    for opening in left(entries):
        if opening["fact"]["kind"] != "contest-opened.v1":
            continue
        name = opening["fact"]["contest"]
        later = [e for e in entries if e["number"] > opening["number"]]
        said = [e for e in left(later) if e["fact"].get("contest") == name]
        announced = []
        for e in said:
            if e["fact"]["kind"] in ("result-declared.v1", "result-redeclared.v1"):
                announced.append([e])
            if e["fact"]["kind"] == "result-corrected.v2":
                of = [a for a in announced if a[-1]["event_id"] == e["fact"]["target"]]
                for versions in of:
                    versions.append(e)
        lots = [e for e in said if e["fact"]["kind"] == "lot-drawn.v1"]
        others = [
            e
            for e in corrected(
                later,
                ("elected-unopposed.v1", "contest-countermanded.v1", "result-overturned.v1"),
            )
            if e["fact"]["contest"] == name
        ]
        yield opening, announced, lots, others


def figures(log, viewpoint, council):
    """Contest -> votes by name, of what is declared at a viewpoint."""
    told = {}
    for _, announced, _, others in standing(of_council(log, viewpoint, council)):
        at = viewpoint.at
        off = [e for e in others if e["fact"]["kind"] == "contest-countermanded.v1"]
        if any(at is None or e["when"] <= at for e in off):
            continue
        by_then = [a[-1] for a in announced if at is None or a[-1]["when"] <= at]
        for version in sorted(by_then, key=lambda version: version["when"])[-1:]:
            people = version["fact"]["candidates"]
            told[version["fact"]["contest"]] = {c["name"]: c["votes"] for c in people}
    return told


def awards(entries):
    """Who won what from when, of what stands."""
    for opening, announced, lots, others in standing(entries):
        by_kind = {}
        for e in others:
            by_kind.setdefault(e["fact"]["kind"], []).append(e)
        if "contest-countermanded.v1" in by_kind:
            continue
        up = opening["fact"]["seats"]
        closes = datetime.fromisoformat(opening["fact"]["polls_close"])
        award = {"seats": up, "contest": opening["event_id"], "only": False}
        award["terms"] = opening["fact"]["term_ends"]
        stv = opening["fact"]["voting_system"] == "stv"
        for e in by_kind.get("elected-unopposed.v1", []):
            won = e["fact"]["elected"]
            when = max(e["when"], closes)
            yield award | {"when": when, "number": e["number"], "won": won, "story": [won]}
        for versions in announced:
            last = versions[-1]
            story = [
                elected(version)
                + [c for _, some in drawn(version, len(up), lots, stv) for c in some]
                for version in versions
            ]
            award |= {"story": story}
            yield award | {"when": last["when"], "number": last["number"], "won": elected(last)}
            for lot, people in drawn(last, len(up), lots, stv):
                when = max(last["when"], lot["when"])
                yield award | {
                    "when": when, "number": lot["number"], "won": people, "story": story[-1:],
                }  # fmt: skip
        for e in by_kind.get("result-overturned.v1", []):
            won = e["fact"]["elected"]
            yield award | {
                "when": max(e["when"], closes), "number": e["number"], "won": won, "story": [won],
                "only": True,
            }  # fmt: skip


def elected(version):
    """Those marked, most votes first."""
    people = [c for c in version["fact"]["candidates"] if c["elected"]]
    return sorted(people, key=lambda c: -(c["votes"] or 0))


def drawn(version, up, lots, stv):
    """The last lot that was drawn among those the version leaves tied, and who was drawn."""
    people = version["fact"]["candidates"]
    if stv or any(c["votes"] is None for c in people):
        return []
    missing = up - len(elected(version))
    line = sorted((c["votes"] for c in people), reverse=True)[up - 1 : up]
    tied = {c["name"] for c in people if missing and c["votes"] == line[0]}
    fit = [lot for lot in lots if set(lot["fact"]["among"]) == tied]
    fit = [lot for lot in fit if len(lot["fact"]["names"]) == missing]
    return [(lot, [c for c in people if c["name"] in lot["fact"]["names"]]) for lot in fit[-1:]]


def seat_plan(seats, award, plan):
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


def composition(held):
    """Party -> seats."""
    return dict(Counter(holder[0] for holder in held.values() if holder))
