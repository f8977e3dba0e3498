"""What the model says stands, worked out a second time, slowly, from the stored JSON alone.

It shares no code with the ledger: it reads entries as plain data and follows the four
numbered rules of "what stands at a viewpoint" as they are written.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta


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
    found = held_and_won(log, viewpoint, council)
    return found and found[0]


def held_and_won(log, viewpoint, council):
    """Who holds each seat; and by contest opened, for whom it decided each of its seats."""
    entries = of_council(log, viewpoint, council)
    if not entries:
        return None
    register = entries[0]
    seats = {}
    for ward in register["fact"]["wards"]:
        for number, seat in enumerate(ward["seats"], 1):
            party = seat["party"]
            seats[f"{ward['slug']}/{number}"] = party and (party["group"], seat["holder"], None)
    plans, given, won = {}, {}, {}
    moves = [*awards(entries[1:], viewpoint.truth), *seat_facts(entries[1:])]
    for move in sorted(moves, key=lambda move: (move["when"], move["number"])):
        if viewpoint.at is not None and move["when"] > viewpoint.at:
            break
        if "contest" in move:
            award_seats(seats, move, plans, given, won)
        else:
            befall(seats, move)
    return seats, won


def award_seats(seats, award, plans, given, won):
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
        if inner["kind"] not in kinds:
            continue
        if inner is fact:
            found.append(e)
        else:
            same = fact["target"]
            found = [e | {"fact": inner} if f["event_id"] == same else f for f in found]
    return found


def seat_facts(entries):
    kinds = ("seat-vacated.v1", "seat-filled.v1", "allegiance-changed.v1")
    return corrected(entries, kinds)


def standing(entries, truth="legal"):
    """Each contest that stands: its opening, its announcements (of each the versions, the last
    stands), its lots, and what else befell it; as a truth has it."""
    kinds = ["elected-unopposed.v1", "contest-countermanded.v1", "notional-stated.v1"]
    kinds += ["result-overturned.v1"] if truth == "legal" else []
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
        others = [e for e in corrected(later, kinds) if e["fact"]["contest"] == name]
        if truth == "arithmetical":
            noted = corrected(later, ["discrepancy-noted.v1"])
            noted = [e for e in noted if e["fact"]["contest"] == name]
            announced = [by_the_papers(v, noted, opening["fact"]) for v in announced]
        yield opening, announced, lots, others


def by_the_papers(versions, noted, opened):
    """An announcement with the votes noted at its hour or later, the latest note last."""
    votes = {}
    for note in sorted(noted, key=lambda note: (note["when"], note["number"])):
        if any(version["when"] <= note["when"] for version in versions):
            votes |= note["fact"]["votes"]
    return [counted_again(version, votes, opened) if votes else version for version in versions]


def counted_again(version, votes, opened):
    """Elected is whom fewer than `up` others equal or beat; whoever fewer than `up` beat, but
    more equal, is tied, and waits for a lot drawn for the same places among the same. Where
    votes do not decide, or are not known, those declared stay elected."""
    up, before, fact = len(opened["seats"]), version["fact"]["candidates"], version["fact"]
    people = [c | {"votes": votes.get(c["name"], c["votes"])} for c in before]

    def by_votes(people):
        beaten = {c["name"]: sum(d["votes"] > c["votes"] for d in people) for c in people}
        equal = {c["name"]: sum(d["votes"] == c["votes"] for d in people) for c in people}
        clear = {name for name in beaten if beaten[name] + equal[name] <= up}
        return clear, {name for name in beaten if beaten[name] < up} - clear

    if opened["voting_system"] == "stv" or any(c["votes"] is None for c in people):
        return version | {"fact": fact | {"candidates": people}}
    clear, tied = by_votes(people)
    known = all(c["votes"] is not None for c in before)
    lot = fact["lot"]
    if tied != (by_votes(before)[1] if known else set()) or len(lot) != min(up, len(people)) - len(
        clear
    ):
        lot = []
    people = [c | {"elected": c["name"] in clear or c["name"] in lot} for c in people]
    return version | {"fact": fact | {"candidates": people, "lot": lot}}


def called_off(others, at):
    """Whether the poll had been called off by an hour."""
    off = [e for e in others if e["fact"]["kind"] == "contest-countermanded.v1"]
    return any(at is None or e["when"] <= at for e in off)


def base(log, viewpoint, council):
    """Seat -> party in the baseline of a viewpoint (None: vacant); None where a contest of the
    night has no notional result that was asked for."""
    entries = of_council(log, viewpoint, council)
    at = viewpoint.at
    told = list(standing(entries[1:], viewpoint.truth))
    there = [
        (opening, others)
        for opening, _, _, others in told
        if (at is None or opening["when"] <= at) and not called_off(others, at)
    ]
    day = max((opening["fact"]["poll_date"] for opening, _ in there), default=None)
    night = [(o, others) for o, others in there if o["fact"]["poll_date"] == day]
    held, won = held_and_won(log, viewpoint, council)
    if night:
        closes = min(datetime.fromisoformat(o["fact"]["polls_close"]) for o, _ in night)
        eve = closes - timedelta(microseconds=1)
        held = holders(log, replace(viewpoint, at=eve if at is None else min(at, eve)), council)
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


def last_winner(seat, opening, told, won, register):
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
    return party and party["group"]


def figures(log, viewpoint, council):
    """Contest -> votes by name, of what is declared at a viewpoint."""
    told = {}
    for _, announced, _, others in standing(of_council(log, viewpoint, council), viewpoint.truth):
        at = viewpoint.at
        if called_off(others, at):
            continue
        by_then = [a[-1] for a in announced if at is None or a[-1]["when"] <= at]
        for version in sorted(by_then, key=lambda version: version["when"])[-1:]:
            people = version["fact"]["candidates"]
            told[version["fact"]["contest"]] = {c["name"]: c["votes"] for c in people}
    return told


def awards(entries, truth):
    """Who won what from when, of what stands."""
    for opening, announced, lots, others in standing(entries, truth):
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
