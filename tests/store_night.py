"""A small night for the tests of the store: one council of one-seat wards."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from ledger import Ledger
from ledger.desk import Desk
from ledger.events import Entry
from ledger.forms import ContestForm, CouncilForm, NightForm, SeatForm, WardForm, result_form
from ledger.times import utc_now

SAID = {"by": "Ann", "source": "telephone"}
VOTES = {"A Bell (Lab)": 10, "C Dee (Con)": 20}
WORKER = Path(__file__).with_name("store_worker.py")


_BEGAN, _NIGHT = utc_now(), datetime(2016, 5, 6, 1, tzinfo=UTC)


def count_night() -> datetime:
    """A clock of the night the results come in."""
    return _NIGHT + (utc_now() - _BEGAN)


def council(slug: str = "x", wards: int = 3) -> CouncilForm:
    """A council with the wards w0, w1, …"""
    seat = SeatForm(holder="A Bell", party="Lab", up=True)
    places = tuple(WardForm(name=f"W{n}", seats=(seat,)) for n in range(wards))
    return CouncilForm(council=slug, name=slug.upper(), since="2016-01-01", wards=places)


def night(slug: str = "x", wards: int = 3) -> NightForm:
    """A contest in every ward."""
    contests = tuple(ContestForm(ward=f"W{n}") for n in range(wards))
    return NightForm(council=slug, poll_date="2016-05-05", contests=contests)


def begin(book: Ledger, wards: int = 3) -> int:
    """Register the council and open its night; how many entries that makes."""
    book.register(council(wards=wards), **SAID)
    book.open(night(wards=wards), **SAID)
    return wards + 1


def declared(book: Ledger, ward: str, votes: int = 20, **said: Any) -> Desk:
    """A desk with one declaration, ready to commit."""
    desk = book.desk(**(SAID | said))
    desk.declare(ward, result_form(ward, {"A Bell (Lab)": 10, "C Dee (Con)": votes}))
    return desk


def log(book: Ledger) -> list[Entry]:
    """Every entry, which must be numbered densely from 1."""
    entries = list(book.entries())
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    assert book.store.total() == len(entries)
    return entries


def alter(url: str, sql: str, *params: Any) -> None:
    """Change rows behind the ledger's back."""
    if "://" in url:
        with psycopg.connect(url) as connection:
            connection.execute(sql.replace("?", "%s"), params)
        return
    with closing(sqlite3.connect(url)) as connection, connection:
        connection.execute(sql, params)


def worker(task: str, *args: Any) -> subprocess.Popen[str]:
    """Another process that works on a ledger; see `store_worker.py`."""
    command = [sys.executable, str(WORKER), task, *map(str, args)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def answer(process: subprocess.Popen[str]) -> Any:
    """The last line another process printed, once it has ended."""
    out, _ = process.communicate(timeout=60)
    return json.loads(out.splitlines()[-1])
