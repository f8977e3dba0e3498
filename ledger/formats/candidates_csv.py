"""`candidates-csv`: one candidate a row, with Democracy Club's column names.

Needed: `ballot_paper_id`, `person_name`, `party_name`, `ballots_cast` (the votes of the
candidate). Read where given: `person_id`, `party_id`, `elected`, `spoilt_ballots`
(rejected papers), `total_electorate`, `source`. `turnout` is left out: the column has held
both papers and percentages. Source: https://candidates.democracyclub.org.uk/data/
"""

from __future__ import annotations

from ledger.formats.grouping import group, results_of
from ledger.formats.reading import Batch, Options, Problems, csv_rows, header_of, need

NAME = "candidates-csv"
COLUMNS = ("ballot_paper_id", "person_name", "party_name", "ballots_cast")
FIELDS = {
    "name": "person_name",
    "party": "party_name",
    "party_id": "party_id",
    "votes": "ballots_cast",
    "id": "person_id",
    "elected": "elected",
    "rejected": "spoilt_ballots",
    "electorate": "total_electorate",
    "source": "source",
}


def recognise(header: list[str], text: str) -> bool:
    """The id of the ballot paper beside the person's name."""
    del text
    return {"ballot_paper_id", "person_name"} <= set(header)


def read(text: str, file: str, options: Options) -> Batch:
    """A result for each ballot paper."""
    del options
    problems = Problems(file)
    need(header_of(text), COLUMNS, problems)
    rows = csv_rows(text, problems)
    contests = group(rows, lambda row: row.name("ballot_paper_id"))
    return results_of(contests, file, FIELDS, problems)
