"""`modern-gov-xml`: the results that council websites publish from Modern.gov (Civica).

The answer of `https://COUNCIL/mgWebService.asmx/GetElectionResults?lElectionId=N`, saved as a
file. An area's contest is its ward's in the council given (or the only one) on the day in its
`endvotedatetime` or, as most councils leave that empty, on the day given beside the file.

Read: `candidatename`, `politicalpartytitle`, `numvotes` (`1317` or `1,317`) and `iselected` of
each candidate; `title`, `electorate`, `numballotpapersissued` and `spoiledvotes` of each area.
A figure of 0 there is one nobody filled in; empty votes are missing, not zero. Areas whose
status is not `Published` are left for a later load. Where all candidates are elected without
votes there was no poll. Of a tie, those marked as elected were drawn by lot. A candidate whose
votes are `Withdrawn` was not on the ballot paper. The hours in the file are those of typing:
none is taken as the hour of a declaration.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ledger.errors import FileRefused
from ledger.formats.grouping import group, ward_contest
from ledger.formats.reading import Batch, Options, Problems, Row
from ledger.formats.strict_xml import Element, check_shape, parse
from ledger.forms import ResultForm, UnopposedForm, fill
from ledger.text import match_key

NAME = "modern-gov-xml"

# Every element the service has (`visiblity` is spelt so there), more than is read here.
_SHAPE = {
    "election": (
        "candidatecount electionid title electiontype description externallink population "
        "electorate numballotpapersissued numproxyvotes comment visiblity visibility candidates "
        "electionareas"
    ),
    "candidates": "candidate*",
    "candidate": (
        "areatagid electionareaid areatitle candidatename numvotes numvotes2 politicalpartytagid "
        "politicalpartytitle politicalpartycolour votedatetime iselected"
    ),
    "electionareas": "electionarea*",
    "electionarea": (
        "electionareaid title description externallink population electorate "
        "numballotpapersissued numproxyvotes numpostalvotessent numpostalvotesreturned "
        "startvotedatetime endvotedatetime endofcountingdatetime numseats status spoiledvotes"
    ),
    "spoiledvotes": "spoiledvote*",
    "spoiledvote": "voteid description numvotes numvotes2 updatedatetime",
}
_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+")
_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})(, \d{2}:\d{2}(:\d{2})?)?", re.ASCII)
_NO_VOTES = frozenset({"", "0", "uncontested", "unopposed"})
_SERVICE = "save the answer of .../mgWebService.asmx/GetElectionResults?lElectionId=N"


@dataclass(frozen=True, slots=True)
class _Area:
    """An area that is published: its figures, its candidates and its rejected papers."""

    row: Row
    candidates: list[Row]
    spoilt: list[Row]

    @property
    def voteless(self) -> bool:
        """Whether nobody has votes."""
        return all(one.get("numvotes").casefold() in _NO_VOTES for one in self.candidates)

    @property
    def unopposed(self) -> bool:
        """Whether everybody is elected and nobody has votes."""
        return self.voteless and all(_is(one, "iselected", "true") for one in self.candidates)


def recognise(header: list[str], text: str) -> bool:
    """XML: no other format is."""
    del header
    return text.lstrip()[:1] == "<"


def read(text: str, file: str, options: Options) -> Batch:
    """A result for each area that is published."""
    problems = Problems(file)
    root = parse(text, file)
    _check_root(root, problems)
    check_shape(root, _SHAPE, problems)
    rows = _rows(root, "electionarea", problems)
    day = _poll_day([row for _, row in rows], options, problems)
    results: list[tuple[int, ResultForm | UnopposedForm]] = []
    for area in _areas(root, rows, problems):
        ward = re.sub(r"(?i)\s+ward$", "", area.row.get("title"))  # some councils add the word
        told = len(problems.found)
        form = _unopposed(area) if area.unopposed else _result(area)
        if len(problems.found) > told or day is None:
            continue  # told already, with its line
        line, form = area.row.line, form | {"contest": ward_contest(ward, options.council, day)}
        try:
            if area.unopposed:
                results.append((line, fill(UnopposedForm, form, file, line)))
            else:
                results.append((line, _drawn(fill(ResultForm, form, file, line))))
        except FileRefused as refused:
            problems.found += refused.problems
    return Batch(
        file,
        results=tuple(form for _, form in results),
        lines=tuple(line for line, _ in results),
        problems=tuple(problems.found),
    )


# --- the shape --------------------------------------------------------------------------


def _check_root(root: Element, problems: Problems) -> None:
    """Raise FileRefused where it is something else, or an election the service lacks."""
    if root.name != "election":
        what = "this is no <election> of the web service"
        problems.add(root.line, root.name[:80], None, "not-an-election", what, _SERVICE)
    elif not root.parts:
        what = "the service has no election of that number"
        problems.add(root.line, root.name, None, "empty-file", what, "check lElectionId")
    problems.refuse()


def _rows(parent: Element, name: str, problems: Problems) -> list[tuple[Element, Row]]:
    """The elements of a list, each with its own values as a row."""
    found = parent.part(f"{name}s")
    return [(e, _row(e, problems)) for e in (found.parts if found else ()) if e.name == name]


def _row(element: Element, problems: Problems) -> Row:
    cells, lines = {}, {}
    for part in element.parts:
        text = part.text
        cells[part.name] = text.replace(",", "") if _GROUPED.fullmatch(text) else text
        lines[part.name] = part.line
    return Row(element.line, cells, problems, lines)


# --- areas and their candidates ---------------------------------------------------------


def _areas(root: Element, rows: list[tuple[Element, Row]], problems: Problems) -> list[_Area]:
    """Every published area with its candidates; what does not fit together is told."""
    people = [row for _, row in _rows(root, "candidate", problems)]
    _check_count(root, len(people), problems)
    ids = _distinct([row for _, row in rows], "electionareaid", "area-twice")
    titles = _distinct([row for _, row in rows], "title", "area-twice")
    for one in people:
        _check_place(one, ids, titles)
    by_area = group(people, lambda one: one.get("electionareaid"))
    found = []
    for element, row in rows:
        named = [row.name(name) for name in ("electionareaid", "title", "status")]
        if all(named) and _is(row, "status", "published"):
            here = by_area.get(row.get("electionareaid"), [])
            spoilt = [line for _, line in _rows(element, "spoiledvote", problems)]
            found.append(_Area(row, [one for one in here if not _withdrawn(one)], spoilt))
    if not found and not problems.found:
        says = ", ".join(sorted({ascii(row.get("status")) for _, row in rows})) or "there is none"
        what = f"no area is published yet (their status: {says})"
        problems.add(root.line, "electionareas", None, "empty-file", what, "load it again later")
    return found


def _is(row: Row, name: str, word: str) -> bool:
    return row.get(name).casefold() == word


def _check_count(root: Element, found: int, problems: Problems) -> None:
    """The service counts its candidates: fewer in the file means that it is cut."""
    row = _row(root, problems)
    said = row.number("candidatecount", required=False)
    if said is not None and said != found:
        row.tell("candidatecount", "figures-differ", f"the file has {found} candidates")


def _distinct(rows: list[Row], name: str, rule: str) -> dict[str, Row]:
    """The rows by a value they may not share."""
    found: dict[str, Row] = {}
    for row in rows:
        key = match_key(row.get(name))
        if key and found.setdefault(key, row) is not row:
            row.tell(name, rule, f"line {found[key].line} has the same {name}")
    return found


def _check_place(one: Row, ids: dict[str, Row], titles: dict[str, Row]) -> None:
    """A candidate is of an area in the file, and is not said to be of another."""
    home = ids.get(match_key(one.get("electionareaid")))
    named = titles.get(match_key(one.get("areatitle")))
    if home is None:
        areas = ", ".join(f"{row.get('electionareaid')} {row.get('title')}" for row in ids.values())
        hint = f"the areas are {ascii(areas)[1:-1][:200]}" if areas else None
        one.tell("electionareaid", "unknown-area", "no area of the file has this id", hint)
    elif named is not None and named is not home:
        what = f"electionareaid {home.get('electionareaid')} is another area's"
        one.tell("areatitle", "area-differs", what, "check for candidates out of place")


def _withdrawn(one: Row) -> bool:
    gone = _is(one, "numvotes", "withdrawn")
    if gone and _is(one, "iselected", "true"):
        one.tell("iselected", "bad-mark", "a candidate who withdrew is elected")
    return gone


def _poll_day(areas: list[Row], options: Options, problems: Problems) -> str | None:
    """The day of the poll: one for all areas, in the file or beside it."""
    day = options.poll_date
    for row in areas:
        name = next((n for n in ("endvotedatetime", "startvotedatetime") if row.get(n)), None)
        found = _DAY.fullmatch(row.get(name)) if name else None
        said = f"{found[3]}-{found[2]}-{found[1]}" if found else None
        if name and not found:
            row.tell(name, "bad-time", "a day is written 05/05/2016, with its hour or without")
        elif name and said != (day := day or said):
            row.tell(name, "figures-differ", f"the poll of the others, or given, is on {day}")
    if day is None and not problems.found:
        what = "the file does not say when the poll was"
        problems.add(None, "endvotedatetime", None, "missing", what, "give --poll-date 2024-05-02")
    return day


# --- what an area says ------------------------------------------------------------------


def _result(area: _Area) -> dict[str, object]:
    """The fields of a ResultForm, but for the contest."""
    _check_people(area)
    return {
        "candidates": [_candidate(one) for one in area.candidates],
        "electorate": area.row.number("electorate", required=False) or None,
        "ballot_papers": area.row.number("numballotpapersissued", required=False) or None,
        "rejected": _rejected(area.spoilt),
    }


def _check_people(area: _Area) -> None:
    _distinct(area.candidates, "candidatename", "candidate-twice")
    if not area.candidates:
        area.row.tell("title", "no-candidates", "it is published, and has no candidates")
    elif area.voteless and not area.unopposed:
        what = "it is published, and nobody has votes"
        area.row.tell("title", "missing", what, "load it again when the votes are in")


def _candidate(one: Row) -> dict[str, object]:
    if one.number("numvotes2", required=False):
        one.tell("numvotes2", "second-votes", "second votes are of another voting system")
    return {
        "name": one.name("candidatename"),
        "party": one.name("politicalpartytitle", required=False),
        "votes": one.number("numvotes"),
        "elected": one.mark("iselected"),
    }


def _rejected(spoilt: list[Row]) -> int | None:
    """All papers rejected: papers rejected in part still count, and a total is no reason."""
    reasons = total = 0
    for line in spoilt:
        words = line.get("description").casefold()
        papers = line.number("numvotes", required=False) or 0
        if words.startswith("total"):
            total = papers
        elif "in part" not in words:
            reasons += papers
    if total and reasons and total != reasons:
        what = f"the reasons add up to {reasons}, the total is {total}"
        spoilt[0].tell("numvotes", "figures-differ", what)
    return reasons or total or None


def _drawn(form: ResultForm) -> ResultForm:
    """With the lot, where those tied for the last place are told apart: nothing else can."""
    last_in = min((c.votes or 0 for c in form.candidates if c.elected), default=None)
    first_out = max((c.votes or 0 for c in form.candidates if not c.elected), default=None)
    if last_in is None or last_in != first_out:
        return form
    lot = tuple(c.name for c in form.candidates if c.elected and c.votes == last_in)
    return form.model_copy(update={"lot": lot})


def _unopposed(area: _Area) -> dict[str, object]:
    """The fields of an UnopposedForm, but for the contest."""
    _check_people(area)
    names = []
    for one in area.candidates:
        name, party = one.name("candidatename"), one.name("politicalpartytitle", required=False)
        names.append(f"{name} ({party})" if party else name)
    return {"elected": names}
