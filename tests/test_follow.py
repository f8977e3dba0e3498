"""`log --follow`: a live tail of what other processes record, on both stores."""

from __future__ import annotations

import csv
import io
import json
import os
import select
import signal
import subprocess
import sys
import time

import pytest
from cli_runner import run
from store_night import SAID, answer, begin, council, declared, worker
from store_worker import BATCH

SOON = 30  # seconds within which anything must come on a busy machine


class Tail:
    """`seatledger log --follow` in a process of its own."""

    def __init__(self, url, *args):
        command = [sys.executable, "-m", "cli.main", "log", "--follow", "--ledger", url, *args]
        env = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
        self.process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=env | {"PYTHONUTF8": "1"},
        )
        self._read = b""

    def lines(self, count):
        """The next so many lines, as they come."""
        until = time.monotonic() + SOON
        while self._read.count(b"\n") < count:
            ready, _, _ = select.select([self.process.stdout], [], [], until - time.monotonic())
            assert ready, f"only {self._read!r} came"
            more = os.read(self.process.stdout.fileno(), 65_536)
            assert more, self.process.stderr.read().decode()
            self._read += more
        *found, self._read = self._read.split(b"\n", count)
        return [line.decode() for line in found]

    def stop(self):
        """Ctrl-C: how it ends, and what it says last."""
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=SOON)
        return self.process.returncode, self._read + out, err


@pytest.fixture
def tail():
    tails = []

    def begun(url, *args):
        tails.append(Tail(url, *args))
        return tails[-1]

    yield begun
    for one in tails:
        one.process.kill()
        one.process.communicate()


def test_it_tells_what_others_record(url, fresh_ledger, tail):
    """The log, then each entry once, in order, while three processes write; Ctrl-C ends it."""
    book = fresh_ledger(url)
    begin(book)
    one = tail(url, "--json")
    assert [json.loads(line)["entry"] for line in one.lines(4)] == [1, 2, 3, 4]
    writers = [worker("write", url, f"c{number}", 8) for number in range(3)]
    wanted = 3 * 8 * BATCH
    found = [json.loads(line) for line in one.lines(wanted)]
    assert [answer(process) for process in writers] == [7, 7, 7]
    assert [line["entry"] for line in found] == list(range(5, 5 + wanted))
    declared(book, "local.x.w0.2016-05-05").commit()  # looked for again, after the last one told
    found.append(json.loads(one.lines(1)[0]))
    assert found == run("log", "--ledger", url, "--json").json[4:]
    assert one.stop() == (0, b"", b"")


def test_effects_of_what_comes_later(url, fresh_ledger, tail):
    """The effect of an entry that comes is worked out on what came before it."""
    book = fresh_ledger(url)
    begin(book)
    one = tail(url, "--json", "--contest", "w0")
    one.lines(1)
    declared(book, "w0").commit()
    told = json.loads(one.lines(1)[0])
    assert told["effect"] == {"class": "seats", "seats": {"CON": 1, "LAB": -1}}
    declared(book, "w1").commit()  # another ward's
    book.correct("w0", votes={"A Bell": 30}, reason="misread", accept=("winner-changes",), **SAID)
    told = json.loads(one.lines(1)[0])
    assert (told["kind"], told["target"]) == ("result-corrected", 5)
    assert told["effect"]["seats"] == {"CON": -1, "LAB": 1}
    assert one.stop()[0] == 0


def test_filters_and_the_table(sqlite_url, fresh_ledger, tail):
    """Only what is asked for is told, in the columns of the table that stands."""
    book = fresh_ledger(sqlite_url)
    begin(book)
    by = tail(sqlite_url, "--by", "Bea", "--kind", "result-declared")
    assert by.lines(1)[0].split() == ["Entry", "Recorded", "In", "the", "hall", "What", "Seats",
                                      "By", "Source"]  # fmt: skip
    declared(book, "w0").commit()
    declared(book, "w1", by="Bea").commit()
    declared(book, "w2", by="Bea").commit()
    lines = by.lines(2)
    assert [line.split()[0] for line in lines] == ["6", "7"]
    assert all("result declared: w" in line and "CON+1 LAB−1" in line for line in lines)
    assert by.stop() == (0, b"", b"")


def test_csv(sqlite_url, fresh_ledger, tail):
    """Rows below one header."""
    book = fresh_ledger(sqlite_url)
    begin(book)
    one = tail(sqlite_url, "--csv", "--kind", "result-declared")
    header = one.lines(1)
    declared(book, "w0").commit()
    (row,) = csv.DictReader(io.StringIO("\n".join([*header, *one.lines(1)])))
    assert (row["entry"], row["seats"]) == ("5", "CON=+1 LAB=-1")


def test_a_council_and_wards_that_come_later(sqlite_url, fresh_ledger, tail):
    """A council registered meanwhile is told of; of one council only its own entries are, and
    of a ward also what comes after a review."""
    book = fresh_ledger(sqlite_url)
    begin(book)
    every, one, ward = (
        tail(sqlite_url, "--json", *args) for args in ((), ("--council", "x"), ("--contest", "w0"))
    )
    for some, stored in ((every, 4), (one, 4), (ward, 1)):
        some.lines(stored)
    book.register(council("y"), **SAID)
    form = council("x").model_copy(update={"since": "2016-05-06"})
    book.register(form, review=True, **SAID)
    seat = "x/w0/1"
    book.write(lambda desk: desk.vacate(seat, why="death", since="2016-05-06"), **SAID)
    numbers = [[json.loads(line)["entry"] for line in some.lines(count)]
               for some, count in ((every, 3), (one, 2), (ward, 1))]  # fmt: skip
    assert numbers == [[5, 6, 7], [6, 7], [7]]


def test_nobody_reads(url, fresh_ledger, tail):
    """When the reader goes away it ends by itself, also while nothing is recorded."""
    begin(fresh_ledger(url))
    one = tail(url)
    one.lines(5)
    one.process.stdout.close()
    assert one.process.wait(timeout=SOON) == 0
    assert one.process.stderr.read() == b""


def test_a_head_that_is_content(sqlite_url, fresh_ledger):
    """`log --follow | head -2` ends."""
    begin(fresh_ledger(sqlite_url))
    command = f"{sys.executable} -m cli.main log --follow --ledger {sqlite_url} | head -2"
    ran = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True,
                         timeout=SOON, check=False)  # fmt: skip
    assert (ran.returncode, ran.stdout.count(b"\n"), ran.stderr) == (0, 2, b"")


@pytest.mark.parametrize("args", [("--known-at", "02:00"), ("--entry", "3"), ("--as-of", "02:00")])
def test_a_viewpoint_that_ends_it(sqlite_url, fresh_ledger, args):
    """What ends before now cannot be followed."""
    begin(fresh_ledger(sqlite_url))
    ran = run("log", "--follow", "--ledger", sqlite_url, *args)
    assert ran.code == 2
    assert "--follow" in ran.err


def test_unknown_contests_are_refused(sqlite_url, fresh_ledger):
    """A contest that is not there is a misspelling, not one to wait for."""
    begin(fresh_ledger(sqlite_url))
    ran = run("log", "--follow", "--ledger", sqlite_url, "--contest", "w9")
    assert ran.code == 3
    assert "w9" in ran.err
