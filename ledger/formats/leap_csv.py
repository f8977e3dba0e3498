"""`leap-csv`: a night of many councils, one candidate a row, as the Local Elections Archive
Project has it.

Columns: `council`, `council_gss`, `ward`, `ward_gss`, `candidate`, `party`, `votes`,
`elected`; the day of the poll is given beside it. A council that is not registered yet is
registered from the file: the wards that polled, with as many seats as were elected, all up,
and held by nobody knows whom. With `sizes` (a file of compositions) the council's other seats
stand in a further ward, "Wards not polled". Candidates of whom all are elected with 0 votes
were unopposed. Where a tie was decided by lot, the file marks who was drawn as elected (and
sometimes says so in the name, "(ELECTED)", which is left out).
`left_out` (a file of `council,ward,reason`) names contests that are not taken, such as those
of a mayor, who has no seat on the council.
Source: Andrew Teale, Local Elections Archive Project (CC BY-SA).
"""

from __future__ import annotations

from dataclasses import dataclass

from ledger.errors import Refused
from ledger.formats.compositions import Composition, by_any_name, read_compositions
from ledger.formats.grouping import group
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
from ledger.forms import (
    CandidateForm,
    ContestForm,
    CouncilForm,
    NightForm,
    NomineeForm,
    ResultForm,
    SeatForm,
    UnopposedForm,
    WardForm,
    made,
)
from ledger.ids import NOT_POLLED
from ledger.text import match_key, slugify
from ledger.times import parse_day

NAME = "leap-csv"
COLUMNS = ("council", "council_gss", "ward", "ward_gss", "candidate", "party", "votes", "elected")
_MARKS = (" (ELECTED)", " (NOT ELECTED)")
_UNKNOWN = SeatForm(party="?")
_UP = SeatForm(party="?", up=True)


@dataclass(frozen=True, slots=True)
class _Polled:
    """A ward's poll as the file has it: its first row, its candidates, who of them is in."""

    row: Row
    ward: str
    candidates: tuple[CandidateForm, ...]

    @property
    def elected(self) -> tuple[CandidateForm, ...]:
        return tuple(one for one in self.candidates if one.elected)

    @property
    def unopposed(self) -> bool:
        """Nobody was counted, for there was nothing to count."""
        return all(one.elected and one.votes == 0 for one in self.candidates)


def recognise(header: list[str], text: str) -> bool:
    """Councils and wards with their codes, and candidates with votes."""
    del text
    return set(COLUMNS) <= set(header)


def read(text: str, file: str, options: Options) -> Batch:
    """Every council of the night, its contests and their results."""
    problems = Problems(file)
    need(header_of(text), COLUMNS, problems)
    rows = csv_rows(text, problems)
    day = _day(options, problems)
    sizes = by_any_name(read_compositions(options.sizes)) if options.sizes else None
    apart, notes = _left_out(options.left_out, rows, problems)
    problems.refuse()
    councils = group(rows, lambda row: row.name("council"))
    forms, nights, results, lines = [], [], [], []
    for name, mine in councils.items():
        wards = group(mine, lambda row: row.name("ward"))
        polled = [
            one
            for ward, rows_of in wards.items()
            if _key(name, ward) not in apart and (one := _polled(ward, rows_of, problems))
        ]
        if not polled:
            continue
        others = _others(mine[0], polled, sizes, problems, notes)
        try:
            slug = slugify(name)
            forms.append(_council(slug, name, polled, others, day))
            nights.append(_night(slug, polled, day))
            results += [_result(slug, one, day) for one in polled]
            lines += [one.row.line for one in polled]
        except Refused as refused:
            line = mine[0].line
            problems.add(line, "council", name, refused.error, refused.message)
    return Batch(
        file, tuple(forms), tuple(nights), tuple(results), lines=tuple(lines), opened=tuple(lines),
        problems=tuple(problems.found), as_it_stands=True, notes=tuple(notes),
    )  # fmt: skip


def _day(options: Options, problems: Problems) -> str:
    if options.poll_date is None:
        what = "the file does not say when the poll was"
        problems.add(None, "poll_date", None, "missing", what, "give --poll-date")
        return ""
    return parse_day(options.poll_date).isoformat()


def _key(council: str, ward: str) -> tuple[str, str]:
    return match_key(council), match_key(ward)


def _left_out(
    path: str | None, rows: list[Row], problems: Problems
) -> tuple[set[tuple[str, str]], list[str]]:
    """The contests that are not taken, and a note of each with its reason."""
    if path is None:
        return set(), []
    text, own = decode(read_bytes(path), path), Problems(path)
    need(header_of(text), ("council", "ward", "reason"), own)
    there = {_key(row.get("council"), row.get("ward")) for row in rows}
    found, notes = set(), []
    for row in csv_rows(text, own):
        council, ward, reason = (row.name(column) for column in ("council", "ward", "reason"))
        if council is None or ward is None or reason is None:
            continue
        if _key(council, ward) not in there:
            what = f"{council} has no such ward in the file of results"
            own.add(row.line, "ward", ward, "unknown-ward", what)
        found.add(_key(council, ward))
        notes.append(f"left out: {council}, {ward}: {reason}")
    problems.found += own.found
    return found, notes


def _polled(ward: str, rows: list[Row], problems: Problems) -> _Polled | None:
    """A ward's poll; None where a row is wrong (told already), or nobody is elected."""
    told = len(problems.found)
    candidates = []
    for row in rows:
        before = len(problems.found)
        name, party, votes = row.name("candidate"), row.name("party"), row.votes("votes")
        if len(problems.found) > before:
            continue
        elected = row.mark("elected")
        if elected is None and not row.get("elected"):
            problems.add(row.line, "elected", None, "missing", "it is neither yes nor no")
        fields = {"name": _bare(name or ""), "party": party, "votes": votes, "elected": elected}
        candidates.append(made(CandidateForm, **fields))
    if len(problems.found) == told and not any(one.elected for one in candidates):
        what = f"nobody is marked as elected in {ward}"
        problems.add(rows[0].line, "elected", None, "elected-equals-seats", what)
    return _Polled(rows[0], ward, tuple(candidates)) if len(problems.found) == told else None


def _bare(name: str) -> str:
    for mark in _MARKS:
        name = name.removesuffix(mark)
    return name


def _others(
    row: Row,
    polled: list[_Polled],
    sizes: dict[str, Composition] | None,
    problems: Problems,
    notes: list[str],
) -> int:
    """How many seats the council has besides those filled."""
    if sizes is None:
        return 0
    name, filled = row.get("council"), sum(len(one.elected) for one in polled)
    known = sizes.get(match_key(row.get("council_gss"))) or sizes.get(match_key(name))
    if known is None or known.size is None:
        notes.append(f"size not known: {name} is registered with the {filled} seats filled")
        return 0
    if known.size < filled:
        what = f"{filled} were elected to a council of {known.size} seats"
        problems.add(row.line, "council", name, "size-differs", what)
    return max(0, known.size - filled)


def _council(slug: str, name: str, polled: list[_Polled], others: int, day: str) -> CouncilForm:
    wards = [
        made(WardForm, name=one.ward, code=_code(one.row), seats=(_UP,) * len(one.elected))
        for one in polled
    ]
    if others:
        rest = (_UNKNOWN,) * others
        wards.append(made(WardForm, slug=NOT_POLLED, name="Wards not polled", seats=rest))
    return made(CouncilForm, council=slug, name=name, since=day, wards=tuple(wards))


def _code(row: Row) -> str | None:
    code = row.get("ward_gss")
    return code if code and code.upper() != "NULL" else None


def _night(slug: str, polled: list[_Polled], day: str) -> NightForm:
    contests = tuple(
        made(
            ContestForm,
            ward=one.ward,
            seats_up=len(one.elected),
            candidates=tuple(NomineeForm(name=c.name, party=c.party or "") for c in one.candidates),
        )
        for one in polled
    )
    return made(NightForm, council=slug, poll_date=day, contests=contests)


def _result(slug: str, one: _Polled, day: str) -> ResultForm | UnopposedForm:
    contest = f"{slug}/{slugify(one.ward)}@{day}"
    if one.unopposed:
        return made(UnopposedForm, contest=contest)
    lot = _drawn(one.candidates)
    return made(ResultForm, contest=contest, candidates=one.candidates, lot=lot or None)


def _drawn(candidates: tuple[CandidateForm, ...]) -> tuple[str, ...]:
    """Who is elected with as many votes as somebody who is not: a lot decided."""
    lost = {one.votes for one in candidates if not one.elected} - {None}
    return tuple(one.name for one in candidates if one.elected and one.votes in lost)
