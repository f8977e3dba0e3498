"""The stored bytes: every kind ever written still reads, and what was altered is told."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from eventsourcing.persistence import StoredEvent
from store_night import SAID, VOTES, alter, begin

from ledger.errors import Damaged
from ledger.events import Event
from ledger.facts import (
    KINDS,
    AliasConfirmed,
    AllegianceChanged,
    Candidate,
    ContestCountermanded,
    ContestOpened,
    CouncilRegistered,
    DiscrepancyNoted,
    ElectedUnopposed,
    EntryWithdrawn,
    FactCorrected,
    LotDrawn,
    Nominee,
    NotionalStated,
    ResultCorrected,
    ResultDeclared,
    ResultOverturned,
    ResultRedeclared,
    SeatAtStart,
    SeatFilled,
    SeatVacated,
    WardSeats,
)
from ledger.store.mapper import LedgerMapper, digest
from ledger.values import FieldChange, Party

GOLDEN = Path(__file__).with_name("golden")
CONTEST = "local.southampton.coxford.2016-05-05"
LABOUR = Party(label="Labour Party", code="LAB", group="LAB", id="PP53")
INDEPENDENT = Party(label="Independent", code="IND", group="IND")
SPICER = Nominee(name="Sally Spicer", party=LABOUR, id="4025")
THOMAS = Nominee(name="Tammy Thomas", party=INDEPENDENT)
FIRST = "0f" * 16


def counted(nominee, votes, *, elected):
    return Candidate(**dict(nominee), votes=votes, elected=elected)


FACTS = {
    "council-registered.v1": CouncilRegistered(
        council="southampton",
        name="Southampton",
        timezone="Europe/London",
        wards=(
            WardSeats(
                slug="coxford",
                name="Coxford",
                code="E05002460",
                seats=(
                    SeatAtStart(holder="Sally Spicer", party=LABOUR, up=True),
                    SeatAtStart(party=INDEPENDENT),
                    SeatAtStart(),
                ),
            ),
        ),
    ),
    "alias-confirmed.v1": AliasConfirmed(what="party", alias="Llafur Môn", means="Labour"),
    "contest-opened.v1": ContestOpened(
        contest=CONTEST,
        ward="coxford",
        poll_date=date(2016, 5, 5),
        polls_close=datetime(2016, 5, 5, 21, tzinfo=UTC),
        seats=("coxford/1",),
        candidates=(SPICER, THOMAS),
    ),
    "result-declared.v1": ResultDeclared(
        contest=CONTEST,
        candidates=(counted(SPICER, 1004, elected=False), counted(THOMAS, 1004, elected=True)),
        rejected=12,
        ballot_papers=2020,
        electorate=10_236,
        lot=("Tammy Thomas",),
    ),
    "result-corrected.v1": ResultCorrected(
        contest=CONTEST,
        candidates=(counted(SPICER, 1004, elected=False), counted(THOMAS, 1317, elected=True)),
        target=FIRST,
        reason="wrong row, said Bríd 🗳",
        cause="rows misaligned",
    ),
    "result-corrected.v2": ResultCorrected(
        contest=CONTEST,
        candidates=(counted(SPICER, 1004, elected=False), counted(THOMAS, 1317, elected=True)),
        electorate=10_263,
        target=FIRST,
        reason="the source changed its record",
        cause="source changed",
        told=(
            FieldChange(field="Electorate", old="10236", new="10263", on=date(2016, 5, 9)),
            FieldChange(field="EC ID", old="Blank", new="PP53", on=date(2016, 5, 9)),
        ),
    ),
    "lot-drawn.v1": LotDrawn(
        contest=CONTEST, names=("Tammy Thomas",), among=("Sally Spicer", "Tammy Thomas")
    ),
    "entry-withdrawn.v1": EntryWithdrawn(contest=CONTEST, target=FIRST, reason="test data"),
    "result-redeclared.v1": ResultRedeclared(
        contest=CONTEST,
        candidates=(counted(SPICER, 1004, elected=False), counted(THOMAS, 1317, elected=True)),
        why="a bundle had been left out",
    ),
    "elected-unopposed.v1": ElectedUnopposed(contest=CONTEST, elected=(THOMAS,)),
    "contest-countermanded.v1": ContestCountermanded(
        contest=CONTEST, how="countermanded", why="a candidate died"
    ),
    "result-overturned.v1": ResultOverturned(
        contest=CONTEST, court="High Court", elected=(SPICER,)
    ),
    "discrepancy-noted.v1": DiscrepancyNoted(
        contest=CONTEST, what="two totals changed over", votes={"Sally Spicer": 1317}
    ),
    "notional-stated.v1": NotionalStated(contest=CONTEST, parties=(LABOUR,)),
    "seat-vacated.v1": SeatVacated(seat="coxford/1", holder="Sally Spicer", why="resignation"),
    "seat-filled.v1": SeatFilled(seat="coxford/1", holder="Tammy Thomas", party=THOMAS.party),
    "allegiance-changed.v1": AllegianceChanged(
        seat="coxford/1", holder="Sally Spicer", party=THOMAS.party
    ),
    "fact-corrected.v1": FactCorrected(
        target=FIRST,
        reason="she died",
        cause="other",
        fact=SeatVacated(seat="coxford/1", holder="Sally Spicer", why="death"),
    ),
}


def expected(kind):
    """The event whose bytes `golden/<kind>.json` keeps."""
    first = kind == "council-registered.v1"
    ward = "" if first or kind == "alias-confirmed.v1" else "/coxford"
    return Event(
        originator_id=f"southampton{ward}",
        originator_version=1 if first else 3,
        event_id="1a" * 16,
        recorded_at=datetime(2016, 5, 6, 1, 15, 0, 123456, tzinfo=UTC),
        effective_at=datetime(2016, 5, 6, 1, 15, tzinfo=UTC),
        by="Ann O'Bell",
        source="count hall, “table 3”",
        key=None if first else "coxford-1",
        accepted=("winner-changes",) if kind.startswith("result-corrected") else (),
        previous=None if first else "2b" * 32,
        fact=FACTS[kind],
    )


@pytest.fixture
def mapper():
    return LedgerMapper(transcoder=None)


def stored(kind, state, **change):
    """A row of the log as it would be stored for that event."""
    event = expected(kind)
    place = {"originator_id": event.originator_id, "originator_version": event.originator_version}
    return StoredEvent(**{**place, "topic": kind, "state": state} | change)


def golden(kind):
    return (GOLDEN / f"{kind}.json").read_bytes()


def test_every_kind_has_its_bytes_kept():
    """A kind without a golden file could change its shape unseen; a golden file is never
    removed, for somewhere a ledger holds such bytes."""
    kept = {path.name for path in GOLDEN.iterdir()}
    assert {f"{kind}.json" for kind in KINDS} <= kept
    assert kept == {f"{kind}.json" for kind in FACTS}


@pytest.mark.parametrize("kind", sorted(FACTS))
def test_what_was_ever_written_still_reads(mapper, kind):
    """Law 11: the kept bytes of every kind read to the event they were written for."""
    assert mapper.to_domain_event(stored(kind, golden(kind))) == expected(kind)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_is_read_is_written_back_the_same(mapper, kind):
    """For kinds still in use the bytes are stable, or the hashes of old entries would not
    be those of the same entries written today."""
    written = mapper.to_stored_event(expected(kind))
    assert written == stored(kind, golden(kind))
    assert mapper.to_stored_event(mapper.to_domain_event(written)) == written


def test_a_digest_is_what_anyone_can_compute():
    """SHA-256 of the JSON array [stream, place, kind], a line feed, and the stored bytes."""
    row = stored("lot-drawn.v1", golden("lot-drawn.v1"))
    text = b'["southampton/coxford",3,"lot-drawn.v1"]\n' + golden("lot-drawn.v1")
    assert digest(row) == hashlib.sha256(text).hexdigest()


# --- altered --------------------------------------------------------------------------------


def replaced(old, new):
    def alteration(state):
        assert state.count(old) == 1
        return state.replace(old, new)

    return alteration


ALTERED = {
    "votes below zero": replaced(b'"votes":20', b'"votes":-5'),
    "votes as text": replaced(b'"votes":20', b'"votes":"20"'),
    "votes as fraction": replaced(b'"votes":20', b'"votes":20.5'),
    "an unknown field": replaced(b'"votes":20', b'"votes":20,"spoilt":1'),
    "another kind": replaced(b'"kind":"result-declared.v1"', b'"kind":"lot-drawn.v1"'),
    "no kind": replaced(b'"kind":"result-declared.v1"', b'"kind":null'),
    "a time without offset": replaced(b'Z","effective_at"', b'","effective_at"'),
    "another stream inside": lambda state: b'{"originator_id":"x/w1",' + state[1:],
    "another place inside": lambda state: b'{"originator_version":1,' + state[1:],
    "cut short": lambda state: state[:-1],
    "more after it": lambda state: state + b"{}",
    "not UTF-8": replaced(b"telephone", b"tele\xffphone"),
    "empty": lambda _: b"",
    "no object": lambda _: b"[]",
    "nothing": lambda _: None,
}


@pytest.fixture
def altered(url, fresh_ledger):
    """Alter the state of the fifth entry, a result, and open the ledger again."""

    def made(alteration):
        book = fresh_ledger(url)
        total = begin(book)
        book.declare("w0", votes=VOTES, **SAID)
        state = book.store._recorder.select_range(total + 1, total + 1, 1)[0].state
        alter(
            url,
            "UPDATE stored_events SET state = ? WHERE originator_id = ? AND originator_version = ?",
            ALTERED[alteration](state), "x/w0", 2,
        )  # fmt: skip
        return fresh_ledger(url).store

    return made


@pytest.mark.parametrize("alteration", sorted(ALTERED))
def test_an_altered_entry_is_told_by_its_number(altered, alteration):
    """What no longer validates is Damaged (exit code 4) with the entry's number, however
    it is read; the entries before it still read."""
    store = altered(alteration)
    for read in (
        lambda: list(store.entries()),
        lambda: store.entry(5),
        lambda: store.stream("x/w0"),
        lambda: store.streams(["x/w1", "x/w0"]),
    ):
        with pytest.raises(Damaged) as damaged:
            read()
        assert (damaged.value.exit_code, damaged.value.details["entry"]) == (4, 5)
    assert len(list(store.entries(upto=4))) == 4


TOLD = {
    "empty": "Invalid JSON: ",
    "cut short": "Invalid JSON: ",
    "votes below zero": "fact.result-declared.v1.candidates.1.votes: ",
}


@pytest.mark.parametrize("alteration", TOLD)
def test_what_is_told_names_a_place_where_there_is_one(altered, alteration):
    """A value is told with where it stands; what is no JSON at all stands nowhere, and nothing
    is put before the colon."""
    with pytest.raises(Damaged) as damaged:
        altered(alteration).entry(5)
    assert damaged.value.details["what"].startswith(TOLD[alteration])


@pytest.mark.parametrize("topic", ["result-corrected.v1", "result-declared.v2", "", None])
def test_an_altered_kind_is_told_too(url, fresh_ledger, topic):
    """The kind stored beside the state must be the state's own, and known."""
    book = fresh_ledger(url)
    total = begin(book)
    alter(
        url,
        "UPDATE stored_events SET topic = ? WHERE originator_id = ? AND originator_version = ?",
        topic, "x/w2", 1,
    )  # fmt: skip
    with pytest.raises(Damaged) as damaged:
        list(fresh_ledger(url).entries())
    assert damaged.value.details["entry"] == total


def test_a_text_over_the_bytes_is_told(sqlite_url, fresh_ledger):
    """SQLite lets anyone put a text where bytes were; that is damage, not a crash."""
    book = fresh_ledger(sqlite_url)
    begin(book)
    alter(sqlite_url, "UPDATE stored_events SET state = CAST(state AS TEXT) WHERE rowid = 2")
    with pytest.raises(Damaged) as damaged:
        list(fresh_ledger(sqlite_url).entries())
    assert damaged.value.details["entry"] == 2


def test_golden_files_are_plain_json():
    """Anyone can read them without this program: one object, the fact last."""
    for path in GOLDEN.iterdir():
        assert list(json.loads(path.read_bytes()))[-1] == "fact"
