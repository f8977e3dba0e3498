"""Files as Modern.gov's web service sends them, and what was told of those refused."""

from __future__ import annotations

from pathlib import Path

from ledger.formats import Options, read_file

SAMPLES = Path(__file__).with_name("formats") / "modern-gov-xml"
WARDS = (SAMPLES / "sample.xml").read_text("utf-8")  # Coxford, Harefield, Millbrook, Woolston
WARD = (SAMPLES / "one-ward.xml").read_text("utf-8")  # Coxford, without the day of its poll
OPTIONS = Options(poll_date="2016-05-05")


def take(tmp_path, text, *changes, options=OPTIONS):
    """Read text or bytes as a file of results; every change must find what it changes."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "results.xml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_file(str(path), options)


def told(refused):
    """The line, element and rule of each problem, in order; a message belongs to each."""
    problems = refused.value.problems
    assert all(problem.message for problem in problems)
    return sorted(((p.line, p.field, p.rule) for p in problems), key=str)


def line_of(text, part, after=1):
    """The line in which `part` stands, not before line `after`."""
    lines = text.splitlines()
    return next(n for n, line in enumerate(lines, 1) if n >= after and part in line)


def votes_of(name, text=WARD):
    """The line and element of a candidate's votes."""
    line = line_of(text, "<numvotes>", line_of(text, name))
    return line, text.splitlines()[line - 1].strip()
