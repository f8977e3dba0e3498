"""Who won what from when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from ledger.testing.model.reading import Plain, standing


def awards(entries: Sequence[Plain], truth: str) -> Iterator[Plain]:
    """Who won what from when, of what stands."""
    for opening, announced, lots, others in standing(entries, truth):
        by_kind: dict[str, list[Plain]] = {}
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


def elected(version: Plain) -> list[Plain]:
    """Those marked, most votes first."""
    people = [c for c in version["fact"]["candidates"] if c["elected"]]
    return sorted(people, key=lambda c: -(c["votes"] or 0))


def drawn(
    version: Plain,
    up: int,
    lots: Sequence[Plain],
    stv: bool,  # noqa: FBT001
) -> list[tuple[Plain, list[Plain]]]:
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
