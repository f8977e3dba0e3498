"""XML made to harm, or that is not what it says: refused at once, in one message."""

from __future__ import annotations

import codecs
import contextlib
from functools import partial
from unicodedata import normalize
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from modern_gov_files import OPTIONS, WARD, WARDS, take, told

from ledger.errors import FileRefused
from ledger.formats import modern_gov_xml
from ledger.formats.strict_xml import decode_xml, parse
from ledger.text import match_key


@pytest.fixture
def file(tmp_path):
    """Reads text or bytes as a file of results."""
    return partial(take, tmp_path)


LAUGHS = "<!DOCTYPE a [<!ENTITY a 'ha'>{}]>\n<election>&j;</election>".format(
    "".join(
        f"<!ENTITY {b} '{f'&{a};' * 10}'>" for a, b in zip("abcdefghi", "bcdefghij", strict=True)
    )
)
HOSTILE = {
    "billion laughs": LAUGHS,
    "external entity": "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><election>&x;</election>",
    "external type": "<!DOCTYPE election SYSTEM 'http://127.0.0.1:1/x.dtd'><election/>",
    "undefined entity": "<election>&nbsp;</election>",
    "nesting": "<a>" * 17_000_000,  # 50 MB
    "nesting of its own": "<election>" + "<candidates>" * 4_000_000,
    "elements": f"<election>{'<title/>' * 6_000_000}</election>",
    "cut off": WARDS[:9000],
    "two roots": WARD.replace("</election>", "</election><election/>"),
    "twice the same attribute": "<election a='1' a='2'/>",
    "a NUL": WARD.replace("Tammy", "Ta\0my"),
    "a control character": WARD.replace("Tammy", "Ta&#8;my"),
    "nothing": "<",
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile(file, case):
    """Refused at the first sign, with its line; nothing is expanded, fetched or piled up."""
    with pytest.raises(FileRefused) as refused:
        file(HOSTILE[case])
    ((line, _, rule),) = told(refused)
    assert (rule, bool(line)) == ("strict-xml", True)


NAMED = WARD.replace("Tammy Thomas", "Zoë Dœ–Ó")
DECLARED = NAMED.replace('encoding="utf-8"', 'encoding="{}"')
BARE = NAMED.partition("\n")[2]
ENCODED = {
    "utf-8": NAMED.encode(),
    "utf-8 with a mark": codecs.BOM_UTF8 + NAMED.encode(),
    "utf-8 undeclared": BARE.encode(),
    "utf-16": DECLARED.format("UTF-16").encode("utf-16"),
    "utf-16 the other way": codecs.BOM_UTF16_BE + DECLARED.format("utf-16").encode("utf-16-be"),
    "utf-16 undeclared": codecs.BOM_UTF16_LE + BARE.encode("utf-16-le"),
    "windows-1252": DECLARED.format("windows-1252").encode("cp1252"),
}


@pytest.mark.parametrize("case", ENCODED)
def test_encodings(file, case):
    """The same letters from every encoding that a file may honestly be in."""
    assert "Zoë Dœ–Ó" in [c.name for c in file(ENCODED[case]).whole().results[0].candidates]


LIES = {
    "utf-8, is windows-1252": NAMED.encode("cp1252"),
    "windows-1252, is utf-8": DECLARED.format("windows-1252").encode(),
    "iso-8859-1, is utf-8": DECLARED.format("iso-8859-1").encode(),
    "us-ascii, is utf-8": DECLARED.format("us-ascii").encode(),
    "utf-8, is utf-16": codecs.BOM_UTF16_LE + NAMED.encode("utf-16-le"),
    "utf-16, is utf-8": DECLARED.format("utf-16").encode(),
    "windows-1252 under a mark of utf-8": codecs.BOM_UTF8
    + DECLARED.format("windows-1252").encode(),
    "undeclared, is windows-1252": BARE.encode("cp1252"),
    "half a character": DECLARED.format("utf-16").encode("utf-16")[:-1],
    "another": DECLARED.format("utf-7").encode(),
}


@pytest.mark.parametrize("case", LIES)
def test_lies_about_the_encoding(file, case):
    """Nothing is guessed: bytes that are not what they are declared to be are refused."""
    with pytest.raises(FileRefused) as refused:
        file(LIES[case])
    ((line, _, rule),) = told(refused)
    assert (rule, bool(line)) == ("encoding", True)


@given(st.binary(max_size=60), st.integers(0, len(WARD)), st.integers(0, 40))
def test_any_damage_is_told(noise, at, gone):
    """However a file is damaged it is read, or refused with its problems: never a traceback."""
    data = WARD.encode()
    damaged = data[:at] + noise + data[at + gone :]
    with contextlib.suppress(FileRefused):
        batch = modern_gov_xml.read(decode_xml(damaged, "f"), "f", OPTIONS)
        assert batch.problems or batch.results


@given(st.integers(0, len(WARD) - 2))
def test_a_file_that_is_cut(at):
    """A download that broke off is never read as a smaller night."""
    with pytest.raises(FileRefused):
        parse(WARD[: min(at, WARD.index("</election>") + 10)], "f")


NAMES = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=30)


@given(st.lists(st.tuples(NAMES, st.integers(0, 999_999_999)), min_size=1, max_size=8),
       st.sampled_from(["utf-8", "utf-16"]))  # fmt: skip
def test_what_is_written_is_read(people, encoding):
    """Whatever visible characters names have, names and votes come out as they went in."""
    rows = "".join(
        "<candidate><electionareaid>41</electionareaid>"
        f"<candidatename>{escape(name)}</candidatename><numvotes>{votes:,}</numvotes></candidate>"
        for name, votes in people
    )
    text = f"""<?xml version="1.0" encoding="{encoding}"?>
    <election><candidates>{rows}</candidates>{WARD[WARD.index("<electionareas>") :]}"""
    batch = modern_gov_xml.read(decode_xml(text.encode(encoding), "f"), "f", OPTIONS)
    names = {match_key(name) for name, _ in people}
    if len(names) < len(people):
        assert {problem.rule for problem in batch.problems} >= {"candidate-twice"}
    elif any(votes for _, votes in people):
        (result,) = batch.whole().results
        found = [(candidate.name, candidate.votes) for candidate in result.candidates]
        assert found == [(normalize("NFC", name), votes) for name, votes in people]
