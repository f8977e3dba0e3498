"""Workbooks as people keep them: each is read, or refused with what can be done about it.

Those in `workbooks/` were made with openpyxl, XlsxWriter (`errors.xlsx`), xlwt (`old.xls`),
odfpy (`open.ods`) and msoffcrypto-tool (`protected.xlsx`); the figures are of Coxford, 2016.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbook import workbook

from ledger.errors import FileRefused, LedgerError
from ledger.formats import Options, read_file

BOOKS = Path(__file__).with_name("workbooks")
PLAIN = (BOOKS / "plain.xlsx").read_bytes()
OPTIONS = Options(poll_date="2016-05-05")
COXFORD = [("coxford@2016-05-05", [("Tammy Thomas", 1317, True), ("Sally Spicer", 924, False)])]

READ = {
    "plain": "as it is",
    "two-sheets": "the sheet with the headings, not the notes before it",
    "hidden-first": "a hidden sheet is not read, though it holds results",
    "chart-first": "a sheet that is a chart is passed over",
    "empty-first": "and so is an empty one",
    "text-numbers": "numbers stored as text are the numbers",
    "date-other": "dates and times in other columns are left alone",
    "trailing": "formatted rows and columns with nothing in them are not there",
    "offset": "the table may begin anywhere",
    "blank-row-between": "an empty row is no candidate",
}
REFUSED = {
    "both-results.xlsx": [(None, None, "which-sheet")],
    "date-votes.xlsx": [(2, "votes", "bad-number")],
    "merged.xlsx": [(2, None, "merged-cells")],
    "title-rows.xlsx": [(1, name, "missing-column") for name in ("ward", "candidate", "party", "votes")],
    "errors.xlsx": [(3, "votes", "no-value")],
    "never-calculated.xlsx": [(2, "votes", "no-value")],
    "total-row.xlsx": [(4, "ward", "missing")],
    "old.xls": [(None, None, "other-workbook")],
    "open.ods": [(None, None, "other-workbook")],
    "protected.xlsx": [(None, None, "protected")],
}  # fmt: skip


def results(path):
    """The contests of a file, with their candidates' names, votes and marks."""
    batch = read_file(str(path), OPTIONS).whole()
    return [
        (r.contest, [(c.name, c.votes, c.elected) for c in r.candidates]) for r in batch.results
    ]


def refused(path):
    """The line, column and rule of each problem."""
    with pytest.raises(FileRefused) as caught:
        results(path)
    assert all(problem.message for problem in caught.value.problems)
    return [(problem.line, problem.field, problem.rule) for problem in caught.value.problems]


def changed(path, part, *changes, add=None):
    """The plain workbook with changes in the XML of one part (and a part more)."""
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == part:
                for was, now in changes:
                    assert was in text
                    text = text.replace(was, now)
            new.writestr(name, text)
        if add:
            new.writestr(*add, compress_type=zipfile.ZIP_DEFLATED)
    return path


def test_every_workbook_is_tested():
    """None lies about unread."""
    assert {path.name for path in BOOKS.iterdir()} == {f"{name}.xlsx" for name in READ} | {*REFUSED}


@pytest.mark.parametrize("name", READ, ids=READ.get)
def test_read(name):
    """The same two candidates, however the workbook is laid out."""
    assert results(BOOKS / f"{name}.xlsx") == COXFORD


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    """With the row and the column of the sheet where there is one."""
    assert refused(BOOKS / name) == REFUSED[name]


def test_rows_have_the_numbers_of_the_sheet(tmp_path):
    """A problem names the row a person sees: empty rows count."""
    path = tmp_path / "x.xlsx"
    rows = [["ward", "candidate", "party", "votes"], ["", "", "", ""], ["A", "B", "C", "x"]]
    path.write_bytes(workbook(rows))
    assert refused(path) == [(3, "votes", "bad-number")]


SHEET = "xl/worksheets/sheet1.xml"


def test_an_error_in_a_column_that_may_be_empty(tmp_path):
    """Figures that are missing by mistake do not pass as figures not given."""
    cell = b'<c r="E2" t="b"><v>1</v></c>'
    path = changed(tmp_path / "x.xlsx", SHEET, (cell, b'<c r="E2" t="e"><v>#REF!</v></c>'))
    assert refused(path) == [(2, "elected", "no-value")]


def test_a_cell_at_the_end_of_the_sheet(tmp_path):
    """One stray cell in the last row and column would ask for 17 thousand million cells."""
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    path = changed(tmp_path / "x.xlsx", SHEET, (b"</sheetData>", far))
    assert refused(path) == [(1048576, None, "too-large")]


def test_a_zip_that_unpacks_without_end(tmp_path):
    """Refused by its own table of contents, before anything is unpacked."""
    path = changed(tmp_path / "x.xlsx", "", add=("xl/media/x.bin", bytes(201_000_000)))
    assert path.stat().st_size < 1_000_000
    assert refused(path) == [(None, None, "too-large")]


LAUGHS = b'<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><worksheet'


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml"])
def test_entities_in_a_part(tmp_path, part):
    """No part of a workbook may define any."""
    root = b"<worksheet" if part == SHEET else b"<workbook"
    path = changed(tmp_path / "x.xlsx", part, (root, LAUGHS.replace(b"<worksheet", root)))
    with pytest.raises(FileRefused):
        results(path)


PARTS = (SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels")


@settings(max_examples=200)
@given(
    st.sampled_from(["", *PARTS]), st.integers(0, 4000), st.integers(0, 40),
    st.binary(max_size=20) | st.text('0123456789-ABCert<>"/= ', max_size=6).map(str.encode),
)  # fmt: skip
def test_any_damage_is_told(tmp_path_factory, part, at, gone, noise):
    """A workbook damaged as a whole or in a part is read or refused, never a traceback."""
    path = tmp_path_factory.mktemp("damaged") / "x.xlsx"
    if part:
        with zipfile.ZipFile(io.BytesIO(PLAIN)) as packed:
            was = packed.read(part)
        at %= len(was)
        changed(path, part, (was, was[:at] + noise + was[at + gone :]))
    else:
        path.write_bytes(PLAIN[:at] + noise + PLAIN[at + gone :])
    try:
        found = results(path)
    except LedgerError as error:
        found = error.message
    assert found
