"""What a viewpoint selects, and what stands of it, as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ledger.events import Entry, Viewpoint

Plain = dict[str, Any]  # an entry as JSON has it, with its number and the hour it is of


def hour(viewpoint: Viewpoint) -> datetime | None:
    """The hour in the hall that a viewpoint asks of; the model reads no texts."""
    assert not isinstance(viewpoint.at, str)
    return viewpoint.at


def seen(log: Sequence[Entry], viewpoint: Viewpoint) -> Sequence[Entry]:
    """The entries a viewpoint selects: exactly N; or the longest prefix whose running
    maximum of recorded_at is <= K."""
    if viewpoint.entry is not None:
        return log[: viewpoint.entry]
    if viewpoint.known_at is None:
        return log
    assert not isinstance(viewpoint.known_at, str)
    best, clock = 0, None
    for number, entry in enumerate(log, 1):
        recorded = entry.event.recorded_at
        clock = recorded if clock is None or recorded > clock else clock
        if clock <= viewpoint.known_at:
            best = number
    return log[:best]


def plain(entry: Entry) -> Plain:
    """An entry as plain data."""
    data: Plain = entry.event.model_dump(mode="json")
    data["number"] = entry.number
    data["when"] = datetime.fromisoformat(data["effective_at"])
    return data


def of_council(log: Sequence[Entry], viewpoint: Viewpoint, council: str) -> list[Plain]:
    """What a viewpoint selects of one council's entries, as plain data: its register in force,
    then what was recorded under it."""
    at = hour(viewpoint)
    entries = [plain(e) for e in seen(log, viewpoint)]
    registers = [
        e
        for e in entries
        if e["fact"]["kind"] == "council-registered.v1"
        and e["originator_id"] == council
        and (at is None or e["when"] <= at)
    ]
    if not registers:
        return []
    register = max(registers, key=lambda e: (e["when"], e["number"]))
    review = register["fact"]["review"]
    name = f"{council}@{review}" if review else council
    return [register, *(e for e in entries if e["originator_id"].startswith(f"{name}/"))]


def left(entries: Sequence[Plain]) -> list[Plain]:
    """The entries not withdrawn."""
    gone = {e["fact"]["target"] for e in entries if e["fact"]["kind"] == "entry-withdrawn.v1"}
    return [e for e in entries if e["event_id"] not in gone]


def corrected(entries: Sequence[Plain], kinds: Sequence[str]) -> list[Plain]:
    """The facts of some kinds that stand, each as its last correction has it."""
    found: list[Plain] = []
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


def seat_facts(entries: Sequence[Plain]) -> list[Plain]:
    """What befell seats, besides results."""
    kinds = ("seat-vacated.v1", "seat-filled.v1", "allegiance-changed.v1")
    return corrected(entries, kinds)


def standing(
    entries: Sequence[Plain], truth: str = "legal"
) -> Iterator[tuple[Plain, list[list[Plain]], list[Plain], list[Plain]]]:
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
        announced: list[list[Plain]] = []
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


def by_the_papers(versions: Sequence[Plain], noted: Sequence[Plain], opened: Plain) -> list[Plain]:
    """An announcement with the votes noted at its hour or later, the latest note last."""
    votes: dict[str, int] = {}
    for note in sorted(noted, key=lambda note: (note["when"], note["number"])):
        if any(version["when"] <= note["when"] for version in versions):
            votes |= note["fact"]["votes"]
    return [counted_again(version, votes, opened) if votes else version for version in versions]


def counted_again(version: Plain, votes: Mapping[str, int], opened: Plain) -> Plain:
    """Elected is whom fewer than `up` others equal or beat; whoever fewer than `up` beat, but
    more equal, is tied, and waits for a lot drawn for the same places among the same. Where
    votes do not decide, or are not known, those declared stay elected."""
    up, before, fact = len(opened["seats"]), version["fact"]["candidates"], version["fact"]
    people = [c | {"votes": votes.get(c["name"], c["votes"])} for c in before]

    def by_votes(people: Sequence[Plain]) -> tuple[set[str], set[str]]:
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


def called_off(others: Sequence[Plain], at: datetime | None) -> bool:
    """Whether the poll had been called off by an hour."""
    off = [e for e in others if e["fact"]["kind"] == "contest-countermanded.v1"]
    return any(at is None or e["when"] <= at for e in off)
