"""Ballot paper ids, as Democracy Club defines them (https://elections.democracyclub.org.uk)."""

from __future__ import annotations

from datetime import date

from ledger.facts import CouncilRegistered

# The ward that holds a council's seats besides those of the one night its register is made
# from: in whatever ward they are, nothing is known of them.
NOT_POLLED = "wards-not-polled"


def lead(council: CouncilRegistered) -> str:
    """What the ballot paper ids of a council's contests begin with."""
    return f"{council.election}." + (f"{council.council}." if council.election == "local" else "")


def named_council(parts: list[str]) -> str | None:
    """The slug of the council that a ballot paper id, split at its dots, names (if any)."""
    return parts[1] if parts[0] == "local" and len(parts) > 2 else None  # noqa: PLR2004


def ballot_paper_id(
    council: CouncilRegistered, ward: str, poll_date: date, *, by_election: bool = False
) -> str:
    """Democracy Club's id of a contest, e.g. `local.southampton.coxford.2016-05-05`."""
    from uk_election_ids.election_ids import IdBuilder  # noqa: PLC0415 - only to open contests

    builder = IdBuilder(council.election, poll_date)
    if council.election == "local":
        builder = builder.with_organisation(council.council)
    builder = builder.with_division(ward)
    return str((builder.with_contest_type("by") if by_election else builder).ballot_id)


def is_by_election(contest_id: str) -> bool:
    """Whether an id is of a by-election: `local.southampton.coxford.by.2016-09-08`."""
    return ".by." in contest_id


def id_wrong(council: CouncilRegistered, ward: str, poll_date: date, contest_id: str) -> str | None:
    """Why an id cannot be of this ward's poll; None if it can. The division in it may be
    spelt otherwise than our slug, but not as another ward's."""
    parts = contest_id.split(".")
    if not contest_id.startswith(lead(council)):
        return f"ids of {council.name} begin with {lead(council)}"
    if parts[-1] != poll_date.isoformat():
        return f"its poll is on {poll_date.isoformat()}"
    division = parts[2 if council.election == "local" else 1]
    if division != ward and division in council.by_slug:
        return f"it is of the ward {division}, not {ward}"
    return None
