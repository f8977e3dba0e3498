"""The whole log as one file, carried from store to store; and a copy of one in use."""

from __future__ import annotations

import json
from contextlib import closing

import pytest
from cli_runner import run
from signed_night import ENTRIES, record, signed_night
from store_night import SAID, alter, answer, begin, worker

from ledger import connect
from ledger.packing import pack
from projections.verify import verify


@pytest.fixture
def night(sqlite_url, tmp_path):
    return signed_night(sqlite_url, tmp_path)


@pytest.fixture
def file(night, tmp_path):
    """The night's log, exported."""
    out = tmp_path / "night.ndjson"
    assert run("export", "--ledger", night.url, "--out", str(out)).code == 0
    return out


def root(url):
    with closing(connect(url)) as book:
        found = verify(book)
    assert found.broken == ()
    assert found.root is not None
    return found.root


# --- there and back -------------------------------------------------------------------


def test_carried_to_either_store(night, file, url, tmp_path):
    """The same root, the same checkpoint extended, the same answers, the same file again."""
    other = f"{url}-copy" if "://" not in url else url
    taken = run("import", str(file), "--ledger", other, "--json")
    assert (taken.code, taken.err) == (0, "")
    assert taken.json == {"recorded": ENTRIES, "root": root(night.url).hex()}
    assert root(other) == root(night.url)
    assert night._replace(url=other).verify().code == 0
    for ask in (("seats", "--entry", "6"), ("contests",), ("log",), ("replay",)):
        told = [run(*ask, "--json", "--ledger", where).json for where in (night.url, other)]
        assert told[0] == told[1]
    again = tmp_path / "again.ndjson"
    assert run("export", "--ledger", other, "--out", str(again)).code == 0
    assert again.read_bytes() == file.read_bytes()


def test_what_is_imported_can_be_gone_on_with(night, file, url):
    """The next entry follows the last one taken over, and a key used before is known."""
    other = f"{url}-copy" if "://" not in url else url
    run("import", str(file), "--ledger", other)
    with closing(connect(other)) as book:
        book.correct("w2", votes={"C Dee": 50}, reason="misread", key="k", **SAID)
    root(other)


def test_old_kinds_are_carried_as_they_were_written(sqlite_url, tmp_path):
    """A kind of an earlier version is not written anew: its bytes are what was hashed."""
    night = signed_night(sqlite_url, tmp_path)
    alter(
        night.url,
        "UPDATE stored_events SET topic = 'result-corrected.v1', state = CAST(replace(replace("
        "CAST(state AS TEXT), ',\"told\":[]', ''), 'result-corrected.v2', 'result-corrected.v1')"
        " AS BLOB) WHERE rowid = 9",
    )
    before = root(night.url)
    out = tmp_path / "out"
    run("export", "--ledger", night.url, "--out", str(out))
    assert b'"kind":"result-corrected.v1"' in out.read_bytes()
    assert run("import", str(out), "--ledger", f"{night.url}-copy").code == 0
    assert root(f"{night.url}-copy") == before


def test_to_standard_output_and_from_standard_input(night, file, sqlite_url):
    """`export | import -`."""
    printed = run("export", "--ledger", night.url)
    assert printed.out.encode() == file.read_bytes()
    taken = run("import", "-", "--ledger", f"{sqlite_url}-copy", stdin=printed.out)
    assert taken.code == 0
    assert root(f"{sqlite_url}-copy") == root(night.url)


def test_a_prefix(night, tmp_path):
    """`--entry N` exports exactly the first N; none is a whole log too."""
    for number in (0, 5):
        out = tmp_path / f"{number}.ndjson"
        assert (
            run("export", "--entry", str(number), "--ledger", night.url, "--out", str(out)).code
            == 0
        )
        taken = run("import", str(out), "--ledger", str(tmp_path / f"{number}.db"), "--json")
        assert taken.json["recorded"] == number
    assert run("export", "--entry", "99", "--ledger", night.url).code == 3


def test_the_lines_are_what_they_say(night, file):
    """Each is a JSON object; the last says how many and the root."""
    *entries, last = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [one["entry"] for one in entries] == list(range(1, ENTRIES + 1))
    assert {tuple(one) for one in entries} == {("entry", "stream", "place", "kind", "state")}
    assert last == {"entries": ENTRIES, "root": root(night.url).hex()}


# --- files that are not taken -----------------------------------------------------------


def lines_with(place, change):
    return lambda lines: [*lines[:place], *change(lines[place]), *lines[place + 1 :]]


REFUSED = {
    "the last line missing": (lambda lines: lines[:-1], None, "its last line"),
    "cut in a line": (lines_with(8, lambda line: [line[:40]]), 9, "it is not entry 9"),
    "an entry missing": (lines_with(4, lambda _: []), 5, "it is not entry 5"),
    "an entry twice": (lines_with(4, lambda line: [line, line]), 6, "it is not entry 6"),
    "a vote changed": (
        lines_with(4, lambda line: [line.replace(b'"votes":20', b'"votes":90')]),
        10,
        "it does not say what the 9 lines before it add up to",
    ),
    "a vote changed within a chain": (
        lines_with(5, lambda line: [line.replace(b'"votes":21', b'"votes":91')]),
        8,
        "it does not follow what stands before it in x/w1",
    ),
    "a space added": (lines_with(4, lambda line: [line.replace(b'"place":', b'"place": ')]), 5, "it is not entry 5"),
    "a field added": (lines_with(4, lambda line: [line.replace(b'"place":', b'"more":1,"place":')]), 5, "it is not entry 5"),
    "votes as text": (
        lines_with(4, lambda line: [line.replace(b'"votes":20', b'"votes":"20"')]), 5, "valid integer",
    ),
    "something after the end": (lambda lines: [*lines, lines[0]], 11, "it comes after the last line"),
    "empty": (lambda _: [], None, "its last line"),
    "not a log": (lambda _: [b"ward,votes\n"], 1, "it is not entry 1"),
    "bytes": (lambda _: [b"\xff\xfe\x00\n"], 1, "it is not entry 1"),
    "a list": (lambda _: [b'[1,"state":{}]\n'], 1, "it is not entry 1"),
    "deeply nested": (lambda _: [b"[" * 100_000 + b"\n"], 1, "it is not entry 1"),
}  # fmt: skip


@pytest.mark.parametrize("how", REFUSED)
def test_a_file_that_is_not_whole(file, tmp_path, how):
    """It is refused with the line and what is wrong, and no ledger is begun."""
    change, line, what = REFUSED[how]
    file.write_bytes(b"".join(change(file.read_bytes().splitlines(keepends=True))))
    other = tmp_path / "other.db"
    ran = run("import", str(file), "--ledger", str(other), "--json")
    assert (ran.code, ran.error["error"]) == (3, "log-refused")
    first = ran.error["details"]["problems"][0]
    assert first["line"] == line
    assert what in first["message"]
    assert not other.exists()


def test_a_ledger_that_is_not_empty(night, file, url):
    """Nothing is added to what is there, and nothing of it is lost."""
    where = night.url
    if "://" in url:
        where = url
        record(url)
    before = root(where)
    ran = run("import", str(file), "--ledger", where, "--json")
    assert (ran.code, ran.error["error"]) == (3, "not-empty")
    assert root(where) == before


def test_a_ledger_begun_meanwhile(night, url):
    """Who records first has the ledger; the log is not mixed with theirs."""
    other = f"{url}-copy" if "://" not in url else url
    with closing(connect(night.url)) as book:
        leaves = [(data, 1, None) for _, data in book.store.leaves()]
    with closing(connect(other, create=True)) as mine, closing(connect(other)) as theirs:
        begin(theirs)
        before = [data for _, data in theirs.store.leaves()]
        with pytest.raises(Exception, match="has 4 entries already"):
            mine.store.restore(leaves)
        assert [data for _, data in theirs.store.leaves()] == before


def test_a_damaged_ledger_is_not_exported(night, tmp_path):
    """A file that claims to be whole is not made of a log that is not; none is left behind."""
    alter(night.url, "DELETE FROM stored_events WHERE rowid = 5")
    out = tmp_path / "out.ndjson"
    ran = run("export", "--ledger", night.url, "--out", str(out))
    assert ran.code == 4
    assert "Entry 5 of the ledger cannot be read: it is not there" in ran.err
    assert not list(tmp_path.glob("out*"))


def test_places_that_cannot_be_written(night, tmp_path):
    """A folder that is not there is told, for both."""
    where = str(tmp_path / "nowhere" / "out")
    for ran in (run("export", "--ledger", night.url, "--out", where),
                run("backup", where, "--ledger", night.url)):  # fmt: skip
        assert ran.code == 1
        assert "cannot be written: No such file or directory" in ran.err
    assert run("import", where, "--ledger", str(tmp_path / "other.db")).code == 2


# --- a copy while it is in use ----------------------------------------------------------


def test_backup_of_a_ledger_in_use(night, tmp_path):
    """While another process records, the copy is a prefix of the log, verified, and nothing is
    left beside it."""
    copies = tmp_path / "copies"
    copies.mkdir()
    writing = worker("write", night.url, "more", 40)
    sizes = []
    while writing.poll() is None:
        copy = str(copies / f"{len(sizes)}.db")
        ran = run("backup", copy, "--ledger", night.url, "--json")
        assert ran.code == 0
        assert root(copy).hex() == ran.json["root"]
        assert night._replace(url=copy).verify().code == 0
        sizes.append(ran.json["entries"])
    assert answer(writing) == 39
    assert sizes == sorted(sizes)
    assert len(list(copies.iterdir())) == len(sizes)


def test_backup_leaves_nothing_beside(night, tmp_path):
    """Only the copy, complete in its one file."""
    copies = tmp_path / "copies"
    copies.mkdir()
    assert run("backup", str(copies / "night.db"), "--ledger", night.url).code == 0
    assert [path.name for path in copies.iterdir()] == ["night.db"]


def test_backup_overwrites_nothing(night, tmp_path):
    """A file that is there stays as it is."""
    there = tmp_path / "there"
    there.write_text("mine")
    ran = run("backup", str(there), "--ledger", night.url, "--json")
    assert (ran.code, ran.error["error"]) == (3, "would-overwrite")
    assert there.read_text() == "mine"


def test_backup_beside_other_files(night, tmp_path):
    """What lies beside the copy's name, be it the ledger itself, is nobody's to take away; a
    log left by another file would be read as the copy's, so it is refused."""
    part = tmp_path / "copy.part"
    assert run("backup", str(part), "--ledger", night.url).code == 0
    assert run("backup", str(tmp_path / "copy"), "--ledger", str(part)).code == 0
    assert run("verify", "--ledger", str(part)).code == 0
    (tmp_path / "late-wal").write_bytes(b"x")
    ran = run("backup", str(tmp_path / "late"), "--ledger", night.url, "--json")
    assert ran.error["error"] == "would-overwrite"
    assert not (tmp_path / "late").exists()


def test_export_writes_over_nothing_else(night, tmp_path):
    """An earlier export is replaced; a ledger, also the one exported, or any other file is not,
    nor is what lies beside."""
    out, beside = tmp_path / "e", tmp_path / "e.new"
    beside.write_text("mine")
    for _ in range(2):
        assert run("export", "--out", str(out), "--ledger", night.url).code == 0
    assert beside.read_text() == "mine"
    for there in (night.url, str(beside), str(tmp_path)):
        assert run("export", "--out", there, "--ledger", night.url).code == 3
    assert beside.read_text() == "mine"
    assert run("verify", "--ledger", night.url).code == 0


def test_backup_of_a_damaged_ledger(night, tmp_path):
    """A copy that does not verify is not kept."""
    alter(night.url, "UPDATE stored_events SET state = x'00' WHERE rowid = 5")
    ran = run("backup", str(tmp_path / "copy.db"), "--ledger", night.url)
    assert ran.code == 4
    assert "The copy does not verify: readable at entry 5" in ran.err
    assert not list(tmp_path.glob("copy*"))


@pytest.mark.postgres
def test_backup_on_a_server(postgres_url, tmp_path):
    """A server has tools of its own; `export` works everywhere."""
    record(postgres_url)
    ran = run("backup", str(tmp_path / "copy.db"), "--ledger", postgres_url)
    assert ran.code == 2
    assert "seatledger export" in ran.err
    with closing(connect(postgres_url)) as book:
        assert len(list(pack(book.store))) == ENTRIES + 1
