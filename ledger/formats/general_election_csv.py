"""`general-election-csv`: the House of Commons Library's file of constituencies.

One row a constituency, under the Library's own headings (`ONS ID`, `Constituency name`,
`Result` …; the day of the poll then comes from beside the file) or in these columns:
`polling_day`, `declared_at_utc`, `declaration_order`, `ons_id`, `constituency`,
`first_party`, `second_party`, `previous_party`, `member_first_name`, `member_surname`,
`electorate`, `valid_votes`, `invalid_votes`, `majority`, `votes_…`. The holder before is known
by party only. Names of candidates other than the winner's stand in a second file
(`candidates`: `ons_id`, `party_name`, `candidate_first_name`, `candidate_surname`, `votes`,
`dc_person_id`); without it the others go by their party's name, and "All other candidates" is
one line, less a runner-up among them.
Source: General election results, House of Commons Library (Open Parliament Licence).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from ledger.errors import FileRefused
from ledger.formats import library_headings
from ledger.formats.reading import (
    Batch,
    Options,
    Problems,
    Row,
    csv_rows,
    decode,
    header_of,
    need,
    read_bytes,
)
from ledger.forms import CouncilForm, NightForm, ResultForm, fill
from ledger.parties import name as party_name
from ledger.parties import resolve
from ledger.text import slugify

NAME = "general-election-csv"
COLUMNS = ("polling_day", "ons_id", "constituency", "first_party", "previous_party",
           "member_first_name", "member_surname", "valid_votes", "invalid_votes")  # fmt: skip
CANDIDATE_COLUMNS = ("ons_id", "party_name", "candidate_first_name", "candidate_surname", "votes")
_OTHERS, _OTHER_WINNER = "All other candidates", "Of which other winner"


@dataclass(frozen=True, slots=True)
class _Seat:
    """A constituency: its row, its slug, and its candidates as a form has them."""

    row: Row
    slug: str
    candidates: list[dict[str, object]]


def recognise(header: list[str], text: str) -> bool:
    """Constituencies with their ONS ids and the party that came first."""
    del text
    ours = {"ons_id", "constituency", "first_party"} <= set(header)
    return ours or library_headings.recognise(header)


def read(text: str, file: str, options: Options) -> Batch:
    """The House as it was, its 650 contests, and their results in order of declaration."""
    problems = Problems(file)
    header = header_of(text)
    if library_headings.recognise(header):
        rows = library_headings.rows(text, header, options, problems)
    else:
        need(header, COLUMNS, problems)
        rows = csv_rows(text, problems)
    people = _people(options.candidates, problems) if options.candidates else None
    problems.refuse()
    seats = [_seat(row, people, problems) for row in rows]
    for seat in seats:
        _compare(seat, problems)
    problems.refuse()
    day = rows[0].get("polling_day")
    ordered = sorted(
        seats, key=lambda seat: seat.row.number("declaration_order", required=False) or 0
    )
    problems.refuse()
    results: list[ResultForm] = []
    for seat in ordered:
        try:
            results.append(fill(ResultForm, _result(seat, day), file, seat.row.line))
        except FileRefused as refused:
            problems.found += refused.problems
    problems.refuse()
    return Batch(
        file,
        councils=(fill(CouncilForm, _house(seats, day), file),),
        nights=(fill(NightForm, _night(seats, day, named=people is not None), file),),
        opened=tuple(seat.row.line for seat in seats),
        results=tuple(results),
        lines=tuple(seat.row.line for seat in ordered),
    )


def _people(path: str, problems: Problems) -> dict[str, list[Row]]:
    """The candidates' rows by constituency."""
    text = decode(read_bytes(path), path)
    own = Problems(path)
    need(header_of(text), CANDIDATE_COLUMNS, own)
    found: dict[str, list[Row]] = {}
    for row in csv_rows(text, own):
        found.setdefault(row.get("ons_id"), []).append(row)
    problems.found += own.found
    return found


def _seat(row: Row, people: dict[str, list[Row]] | None, problems: Problems) -> _Seat:
    slug = slugify(row.get("constituency"))
    if people is None:
        return _Seat(row, slug, _by_party(row))
    mine = people.get(row.get("ons_id"), [])
    if not mine:
        problems.add(row.line, "ons_id", row.get("ons_id"), "candidate-missing",
                     "the file of candidates has none here")  # fmt: skip
    return _Seat(row, slug, [_person(one) for one in mine])


def _person(row: Row) -> dict[str, object]:
    names = (row.get("candidate_first_name"), row.get("candidate_surname"))
    return {
        "name": " ".join(name for name in names if name),
        "party": row.name("party_name"),
        "votes": row.number("votes"),
        "id": row.get("dc_person_id") or None,
    }


def _member(row: Row) -> str:
    return f"{row.get('member_first_name')} {row.get('member_surname')}".strip()


def _by_party(row: Row) -> list[dict[str, object]]:
    """Candidates from the columns of parties alone."""
    first = row.get("first_party")
    votes = {
        column.removeprefix("votes_"): row.number(column, required=False) or 0
        for column in row.cells
        if column.startswith("votes_")
    }
    others, other_winner = votes.pop(_OTHERS, 0), votes.pop(_OTHER_WINNER, 0)
    found = [
        _line(label, number, _member(row) if label == first else None)
        for label, number in votes.items()
    ]
    others -= other_winner
    second = _second(row, other_winner or votes.get(first, 0), votes, others)
    found += [_line(row.get("second_party"), second), _line(_OTHERS, others - second)]
    found.append(_line(first, other_winner, _member(row)))
    return [line for line in found if line["votes"]]


def _line(party: str, votes: int, name: str | None = None) -> dict[str, object]:
    name = name or party_name(resolve(party).code) if party else None
    return {"name": name, "party": party, "votes": votes, "id": None}


def _second(row: Row, most: int, votes: dict[str, int], others: int) -> int:
    """The votes of a runner-up among all other candidates: so many fewer than the winner's as
    the majority is. Left among them, they together may have more votes than the winner."""
    majority, party = row.number("majority", required=False), row.get("second_party")
    if majority is None or not party or votes.get(party) or not others:
        return 0
    if 0 <= most - majority <= others:
        return most - majority
    what = f"{most:,} - {majority:,} is no part of the {others:,} votes of all other candidates"
    row.problems.add(row.line, "majority", str(majority), "majority-differs", what)
    return 0


def _compare(seat: _Seat, problems: Problems) -> None:
    """The two files, or two columns of one, must agree."""
    row = seat.row
    votes = [c["votes"] for c in seat.candidates if isinstance(c["votes"], int)]
    valid = row.number("valid_votes")
    if len(votes) == len(seat.candidates) and valid is not None and sum(votes) != valid:
        what = f"the candidates have {sum(votes):,}"
        problems.add(row.line, "valid_votes", str(valid), "papers-add-up", what)
    names = Counter(str(c["name"]) for c in seat.candidates)
    for candidate in seat.candidates:
        # Two candidates of one name in one constituency are told apart by party.
        if names[str(candidate["name"])] > 1:
            candidate["name"] = f"{candidate['name']} ({candidate['party']})"
    if votes and len(votes) == len(seat.candidates):
        top = max(seat.candidates, key=lambda c: int(str(c["votes"])))
        if row.get("member_surname") and row.get("member_surname") not in str(top["name"]):
            what = f"{top['name']} has the most votes"
            problems.add(row.line, "member_surname", _member(row), "winner-differs", what)


def _house(seats: list[_Seat], day: str) -> dict[str, object]:
    return {
        "council": "uk-parliament",
        "name": "House of Commons",
        "election": "parl",
        "since": day,
        "wards": [
            {
                "name": seat.row.get("constituency"),
                "slug": seat.slug,
                "code": seat.row.get("ons_id"),
                "seats": [{"party": seat.row.get("previous_party"), "up": True}],
            }
            for seat in seats
        ],
    }


def _night(seats: list[_Seat], day: str, *, named: bool) -> dict[str, object]:
    keys = ("name", "party", "id")
    return {
        "poll_date": day,
        "council": "uk-parliament",
        "contests": [
            {
                "ward": seat.slug,
                "contest": f"parl.{seat.slug}.{day}",
                "candidates": [{k: c[k] for k in keys} for c in seat.candidates] if named else [],
            }
            for seat in seats
        ],
    }


def _result(seat: _Seat, day: str) -> dict[str, object]:
    row = seat.row
    valid, invalid = row.number("valid_votes"), row.number("invalid_votes", required=False)
    papers = valid + invalid if valid is not None and invalid is not None else None
    return {
        "contest": f"parl.{seat.slug}.{day}",
        "declared_at": row.get("declared_at_utc") or None,
        "electorate": row.number("electorate", required=False),
        "rejected": invalid,
        "ballot_papers": papers,
        "candidates": seat.candidates,
    }
