"""The commands that sign, prove, check and compare, as people type them."""

import json
import os
import shutil
import stat
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from cli_runner import run
from store_night import alter, begin, declared

from ledger.proof import checkpoint, notes, tree
from ledger.proof.files import EntryProof, written
from ledger.proof.notes import signer_key, verifier_key
from ledger.rules import SOFT

NAME = "results.example.org/x"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    for name in ("SEATLEDGER_URL", "SEATLEDGER_SIGNER"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def book(here, url, fresh_ledger, monkeypatch):
    """A ledger of nine entries with its key, in the working directory or on the server."""
    monkeypatch.setenv("SEATLEDGER_URL", url)
    opened = fresh_ledger(url)
    begin(opened, 8)
    assert run("keygen", NAME).code == 0
    return opened


def done(*args, stdin=""):
    ran = run(*args, stdin=stdin)
    assert ran.code == 0, ran.err
    return ran


def refused(word, *args, code=4):
    ran = run(*args, "--json")
    assert (ran.code, ran.error["error"], ran.out) == (code, word, ""), ran.err
    assert ran.error["message"]
    assert ran.error["remedy"]
    return ran.error


# --- keygen ---------------------------------------------------------------------------


def test_a_key_is_written_once_and_for_its_owner_alone(here):
    """The private half is nobody else's to read, and neither file is ever written over."""
    made = done("keygen", NAME, "--out", "k")
    private = here / "k"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    key = signer_key(private.read_text(), "k")
    assert made.out.strip() == str(key.public) == (here / "k.pub").read_text().strip()
    assert notes.encoded(notes.ED25519 + key.seed) not in made.out + made.err
    before = private.read_text()
    assert refused("would-overwrite", "keygen", NAME, "--out", "k", code=3)
    private.rename(here / "elsewhere")
    assert refused("would-overwrite", "keygen", NAME, "--out", "k", code=3)
    assert not private.exists()
    assert (here / "elsewhere").read_text() == before


def test_keys_told_to_programs(here):
    """Everything but the secret."""
    told = done("keygen", NAME, "--json").json
    assert told["key"] == f"{NAME}+{told['id']}+{told['key'].split('+', 2)[2]}"
    assert told["files"] == {
        "private": "seatledger.key",
        "public": "seatledger.key.pub",
        "rotation": None,
    }


@pytest.mark.parametrize("name", ["two words", "a+b", "", "a\u200bb", "x" * 201, f"https://{NAME}"])
def test_a_log_cannot_be_named_so(here, name):
    """Names that a note cannot carry, or that look like another's."""
    ran = run("keygen", name, "--json")
    assert ran.code in (2, 3), ran.err
    assert list(here.iterdir()) == []


def test_keygen_wants_a_name(here):
    """Or a key to succeed, of the same name."""
    assert run("keygen").code == 2
    done("keygen", NAME)
    assert run("keygen", "another.example", "--rotate", "seatledger.key", "--out", "n").code == 2
    assert refused("no-signer", "keygen", "--rotate", "none", "--out", "n", code=2)
    assert refused("bad-key", "keygen", "--rotate", "seatledger.key.pub", "--out", "n", code=2)


# --- checkpoint -----------------------------------------------------------------------


def test_a_checkpoint_is_printed_or_written(book, here):
    """The same three lines and signature; JSON tells the same."""
    note = done("checkpoint").out
    assert note.splitlines()[:2] == [NAME, "9"]
    told = done("checkpoint", "--out", "c", "--json").json
    assert (told["note"], told["size"], told["file"]) == (note, 9, "c")
    assert (here / "c").read_text("utf-8") == note
    key = verifier_key((here / "seatledger.key.pub").read_text())
    opened = checkpoint.opened(note.encode(), [key], "c")
    assert opened.root.hex() == told["root"]


def test_a_checkpoint_replaces_only_one_it_extends(book, here, url):
    """What was signed before is held against the log first; other files are not touched."""
    done("checkpoint", "--out", "c")
    declared(book, "w0").commit()
    assert "at 10 entries" in done("checkpoint", "--out", "c").out
    before = (here / "c").read_bytes()
    alter(url, "DROP TABLE tree_nodes")
    alter(url, f"DELETE FROM stored_events WHERE {_number(url)} = 10")
    assert "has 9 entries" in refused("truncated", "checkpoint", "--out", "c")["message"]
    alter(url, f"UPDATE stored_events SET topic = 'x.v1' WHERE {_number(url)} = 4")
    alter(url, "DROP TABLE tree_nodes")
    (here / "c").write_bytes(checkpoint.sign(9, tree.EMPTY_ROOT, _key(here)))
    assert refused("not-extended", "checkpoint", "--out", "c")
    (here / "notes.txt").write_text("mine")
    assert refused("would-overwrite", "checkpoint", "--out", "notes.txt", code=3)
    assert (here / "notes.txt").read_text() == "mine"
    assert before


def _number(url):
    return "notification_id" if "://" in url else "rowid"


def _key(here):
    return signer_key((here / "seatledger.key").read_text(), "k")


def test_a_contradicted_log_is_not_signed(book, here, url):
    """Exit code 4, and what to do."""
    done("checkpoint")
    alter(url, f"DELETE FROM stored_events WHERE {_number(url)} = 9")
    told = refused("tree-contradicted", "checkpoint", "--out", "c")
    assert told["message"].endswith("it has 8 entries, and had 9.")
    assert not (here / "c").exists()


def test_signing_wants_a_key(book, here):
    """That is there, is private, and is a key."""
    assert refused("no-signer", "checkpoint", "--signer", "none", code=2)
    assert refused("bad-key", "checkpoint", "--signer", "seatledger.key.pub", code=2)
    (here / "bin").write_bytes(bytes(range(256)))
    assert refused("bad-key", "checkpoint", "--signer", "bin", code=2)
    assert refused("cannot-read", "checkpoint", "--signer", ".", code=2)
    secret = (here / "seatledger.key").read_text().strip()
    said = refused("bad-key", "checkpoint", "--signer", secret, code=2)
    assert secret not in f"{said}"


def test_an_empty_ledger_is_not_signed(here, url, fresh_ledger, monkeypatch):
    """There is nothing to commit to."""
    fresh_ledger(url)
    done("keygen", NAME)
    monkeypatch.setenv("SEATLEDGER_URL", url)
    assert refused("nothing-to-sign", "checkpoint", code=3)


# --- prove and verify-proof -----------------------------------------------------------


def test_an_entry_is_proven_to_somebody_without_the_ledger(book, here, monkeypatch):
    """With a checkpoint signed before or now; in words and for programs; by standard input."""
    declared(book, "w0").commit()
    done("checkpoint", "--out", "c")
    declared(book, "w1").commit()
    done("prove", "10", "--checkpoint", "c", "--out", "p")
    now = done("prove", "10").out
    monkeypatch.setenv("SEATLEDGER_URL", "no.db")
    told = done("verify-proof", "p", "--trust", "seatledger.key.pub").out
    assert told.startswith(f"Proven: entry 10 of {NAME} says\n  result declared: local.x.w0.")
    assert "C Dee ■ CON" in told
    assert "by Ann" in told
    assert "10 entries, root" in told
    key = (here / "seatledger.key.pub").read_text().strip()
    found = done("verify-proof", "-", "--trust", key, "--json", stdin=now).json
    assert (found["proven"], found["entry"], found["checkpoint"]["size"]) == (True, 10, 11)
    assert found["data"]["candidates"][0]["votes"] == 10
    assert found["checkpoint"]["keys"] == [key]


def test_every_kind_of_entry_is_told(book, here):
    """Registered, opened, declared, corrected, withdrawn: each in words."""
    declared(book, "w0").commit()
    book.correct("w0", votes={"A Bell (Lab)": 30}, reason="misread", by="Bo", source="slip",
                 accept=tuple(SOFT))  # fmt: skip
    book.withdraw(11, reason="not misread", by="Bo", source="slip")
    for entry, words in enumerate(["council registered: X", "contest opened: local.x.w0"], start=1):
        assert words in _told(entry)
    assert "result declared: local.x.w0" in _told(10)
    assert "reason       misread" in _told(11)
    assert "entry withdrawn: an earlier one of w0" in _told(12)


def _told(entry):
    proof = done("prove", str(entry)).out
    return done("verify-proof", "-", "--trust", "seatledger.key.pub", stdin=proof).out


def test_a_fact_of_a_newer_version_is_proven_all_the_same(here):
    """Its bytes are what is proven; they are shown as they are, and cannot steer a terminal."""
    done("keygen", NAME)
    proof = _made(here, kind="result-sung.v9", state='{"song": "\u202e\x1b[2J"}')
    told = done("verify-proof", "-", "--trust", "seatledger.key.pub", stdin=proof).out
    assert "a result-sung.v9, which this version cannot read" in told
    assert "\u202e" not in told
    assert "\x1b" not in told
    found = done("verify-proof", "-", "--trust", "seatledger.key.pub", "--json", stdin=proof)
    assert found.json["data"] is None


def _made(here, **fields):
    proof = EntryProof(1, "x/w0", 1, fields["kind"], fields["state"], (), "")
    note = checkpoint.sign(1, proof.leaf, _key(here)).decode()
    return written(EntryProof(1, "x/w0", 1, fields["kind"], fields["state"], (), note))


def test_a_proof_that_fails_says_why(book, here):
    """Exit code 4, one word for each reason."""
    done("prove", "9", "--out", "p")
    proof = json.loads((here / "p").read_text("utf-8"))
    for word, change in {
        "not-included": {"state": proof["state"].replace("Ann", "Bob")},
        "bad-signature": {"checkpoint": proof["checkpoint"].replace("\n9\n", "\n8\n")},
        "not-a-proof": {"index": 7},
        "not-a-note": {"checkpoint": "hello"},
    }.items():
        (here / "q").write_text(json.dumps(proof | change), "utf-8")
        assert refused(word, "verify-proof", "q", "--trust", "seatledger.key.pub")
    done("keygen", NAME, "--out", "other")
    assert refused("unknown-key", "verify-proof", "p", "--trust", "other.pub")
    assert refused("cannot-read", "verify-proof", "none", "--trust", "other.pub", code=2)
    assert refused("bad-key", "verify-proof", "p", "--trust", "p", code=2)
    assert refused("bad-key", "verify-proof", "p", "--trust", "a+b+c", code=2)
    assert run("verify-proof", "p").code == 2


def test_what_cannot_be_proven_is_refused(book, here):
    """No such entry; one after the checkpoint; a file that is there; no checkpoint."""
    done("checkpoint", "--out", "c")
    declared(book, "w0").commit()
    for entry in ("0", "11", "99999999999999999999"):
        assert run("prove", entry).code == 3
    assert "first 9 entries" in run("prove", "10", "--checkpoint", "c").err
    assert run("prove", "9", "--out", "c").code == 3
    assert run("prove", "9", "--checkpoint", "seatledger.key.pub").code == 4


# --- compare --------------------------------------------------------------------------


def compare(*args):
    return ("compare", *args, "--trust", "seatledger.key.pub")


def test_two_audiences_compare(book, here, monkeypatch):
    """Equal; grown, by the ledger and then by its proof alone, in either order."""
    done("checkpoint", "--out", "a")
    shutil.copy("a", "b")
    assert done(*compare("a", "b")).out.startswith(f"Equal: both are of {NAME} at 9 entries")
    declared(book, "w0").commit()
    done("checkpoint", "--out", "b")
    for pair in (("a", "b"), ("b", "a")):
        told = done(*compare(*pair)).out
        assert "at 10 entries (b) begins with what it was at 9 (a)" in told
    made = done(*compare("a", "b"), "--json", "--out", "grown").json
    assert made["result"] == "extends"
    assert (made["older"]["size"], made["newer"]["size"]) == (9, 10)
    assert json.loads((here / "grown").read_text()) == made["proof"]
    monkeypatch.setenv("SEATLEDGER_URL", "no.db")
    assert done(*compare("b", "a"), "--proof", "grown", "--json").json == made
    assert refused("proof-needed", *compare("a", "b"), code=2)


def test_a_fork_is_told_with_both_roots(book, here):
    """Two histories signed at one size."""
    done("checkpoint", "--out", "a")
    (here / "b").write_bytes(checkpoint.sign(9, tree.EMPTY_ROOT, _key(here)))
    told = refused("forked", *compare("a", "b"))
    assert tree.EMPTY_ROOT.hex() in told["message"]
    assert {told["details"]["root"], told["details"]["other"]} >= {tree.EMPTY_ROOT.hex()}
    assert told["details"]["files"] == ["a", "b"]


def test_a_fork_at_other_sizes_is_told_by_the_ledger(book, here):
    """It names the checkpoint it does not extend; and no proof makes up for it."""
    done("checkpoint", "--out", "a")
    declared(book, "w0").commit()
    done("checkpoint", "--out", "b")
    (here / "early").write_bytes(checkpoint.sign(4, tree.EMPTY_ROOT, _key(here)))
    (here / "late").write_bytes(checkpoint.sign(99, tree.EMPTY_ROOT, _key(here)))
    assert "early" in refused("not-extended", *compare("early", "a"))["message"]
    assert "late" in refused("truncated", *compare("a", "late"))["message"]
    done(*compare("a", "b"), "--out", "grown")
    assert refused("not-consistent", *compare("early", "b"), "--proof", "grown")
    told = json.loads((here / "grown").read_text())
    (here / "cut").write_text(json.dumps(told | {"path": told["path"][:-1]}))
    assert refused("not-consistent", *compare("a", "b"), "--proof", "cut")
    (here / "other").write_text(json.dumps(told | {"old": 4}))
    assert refused("not-consistent", *compare("early", "b"), "--proof", "other")
    (here / "relabelled").write_text(json.dumps(told | {"old": 8}))
    assert refused("not-consistent", *compare("a", "b"), "--proof", "relabelled")
    assert refused("not-a-proof", *compare("a", "b"), "--proof", "a")


def test_two_logs_are_not_compared(book, here):
    """They need not agree."""
    done("checkpoint", "--out", "a")
    done("keygen", "elsewhere.example", "--out", "other")
    done("checkpoint", "--signer", "other", "--out", "b")
    assert refused("two-logs", *compare("a", "b"), "--trust", "other.pub")
    assert refused("unknown-key", *compare("a", "b"))
    assert refused("not-a-note", *compare("a", "seatledger.key.pub"))


# --- rotation -------------------------------------------------------------------------


def test_a_new_key_is_followed_to(book, here):
    """By its rotation note, from any key before it; without it, the new key is unknown."""
    done("checkpoint", "--out", "a")
    for old, new in (("seatledger.key", "second"), ("second", "third")):
        made = done("keygen", "--rotate", old, "--out", new)
        assert "hands over" in made.err
    done("checkpoint", "--signer", "third", "--out", "b")
    handed = ("--rotation", "second.rotation", "--rotation", "third.rotation")
    assert "Equal" in done(*compare("a", "b"), *handed).out
    assert refused("unknown-key", *compare("a", "b"))
    assert refused("unknown-key", *compare("a", "b"), *handed[:2])
    assert refused("not-a-rotation", *compare("a", "b"), *handed[2:])
    assert refused("not-a-rotation", *compare("a", "b"), "--rotation", "a")
    assert refused("would-overwrite", "checkpoint", "--signer", "third", "--out", "a", code=3)


# --- timestamps -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    """A timestamping authority of our own, by OpenSSL: its folder and its CA's certificate."""
    if shutil.which("openssl") is None:
        if os.environ.get("CI"):
            pytest.fail("openssl is not installed")
        pytest.skip("TIMESTAMPS WERE NOT TESTED: openssl is not installed")
    folder = tmp_path_factory.mktemp("tsa")
    (folder / "tsa.cnf").write_text(
        "[ tsa ]\ndefault_tsa = mine\n[ mine ]\nserial = serial\nsigner_digest = sha256\n"
        "default_policy = 1.2.3.4.1\ndigests = sha256\nordering = yes\ntsa_name = no\n"
        "signer_cert = tsa.pem\nsigner_key = tsa.key\ncerts = tsa.pem\n"
        "[ ext ]\nextendedKeyUsage = critical,timeStamping\nkeyUsage = critical,digitalSignature\n"
        "[ req ]\ndistinguished_name = dn\n[ dn ]\n"
    )  # fmt: skip
    (folder / "serial").write_text("01")

    def openssl(*args):
        subprocess.run(["openssl", *args], cwd=folder, check=True, capture_output=True)

    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=CA", "-days", "2",
            "-keyout", "ca.key", "-out", "ca.pem")  # fmt: skip
    openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=TSA",
            "-keyout", "tsa.key", "-out", "tsa.csr", "-config", "tsa.cnf")  # fmt: skip
    openssl("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-days", "2",
            "-CAcreateserial", "-extfile", "tsa.cnf", "-extensions", "ext", "-out", "tsa.pem")  # fmt: skip
    return folder


@contextmanager
def serving(answer):
    """A server on loopback that answers each request's body so."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            status, told = answer(body)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def stamp(authority, body):
    (authority / "q").write_bytes(body)
    subprocess.run(
        ["openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "q", "-out", "r"],
        cwd=authority, check=True, capture_output=True,
    )  # fmt: skip
    return 200, (authority / "r").read_bytes()


def test_a_checkpoint_is_timestamped(book, here, authority):
    """By an authority whose answer OpenSSL then verifies against the checkpoint's own bytes."""
    pytest.importorskip("rfc3161_client")
    with serving(lambda body: stamp(authority, body)) as address:
        told = done("checkpoint", "--out", "c", "--timestamp", address, "--json").json
        assert "timestamped 20" in done("checkpoint", "--out", "d", "--timestamp", address).out
    assert told["timestamp"]["file"] == "c.tsr"

    def verified(file):
        command = ["openssl", "ts", "-verify", "-in", "c.tsr", "-data", file,
                   "-CAfile", str(authority / "ca.pem")]  # fmt: skip
        return subprocess.run(command, check=False, capture_output=True).returncode == 0

    assert verified("c")
    assert not verified("seatledger.key.pub")


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ((200, b"hello"), "no timestamp"),
        ((200, b""), "no timestamp"),
        ((500, b""), "500"),
        ((200, b"x" * 1_100_000), "no end"),
    ],
)
def test_what_is_no_timestamp_is_said(sqlite_url, here, fresh_ledger, answer, what):
    """The checkpoint itself is written all the same."""
    pytest.importorskip("rfc3161_client")
    begin(fresh_ledger(sqlite_url))
    done("keygen", NAME)
    with serving(lambda _: answer) as address:
        ran = run("checkpoint", "--ledger", sqlite_url, "--out", "c", "--timestamp", address)
    assert (ran.code, what in ran.err) == (1, True), ran.err
    assert (here / "c").exists()
    assert not (here / "c.tsr").exists()


def test_a_timestamp_of_something_else_is_refused(sqlite_url, here, fresh_ledger, authority):
    """The answer to another request: of other bytes, or to an earlier asking."""
    pytest.importorskip("rfc3161_client")
    begin(fresh_ledger(sqlite_url))
    done("keygen", NAME)
    asked = []

    def first_again(body):
        asked.append(body)
        return stamp(authority, asked[0])

    with serving(first_again) as address:
        write = ("checkpoint", "--ledger", sqlite_url, "--out", "c", "--timestamp", address)
        done(*write)
        assert "another request" in run(*write).err


def test_nobody_to_ask(sqlite_url, here, fresh_ledger):
    """No server, and addresses that are none; without a file there is nothing to put it by."""
    pytest.importorskip("rfc3161_client")
    begin(fresh_ledger(sqlite_url))
    done("keygen", NAME)
    with serving(lambda _: (200, b"")) as address:
        pass
    asked = dict.fromkeys(("file:///etc/passwd", "ftp://x/", "nonsense"), "no http or https")
    for url, what in {**asked, address: "refused", "http://": "no host"}.items():
        ran = run("checkpoint", "--ledger", sqlite_url, "--out", "c", "--timestamp", url)
        assert (ran.code, what in ran.err) == (1, True), ran.err
    assert run("checkpoint", "--ledger", sqlite_url, "--timestamp", address).code == 2
    assert not (here / "c.tsr").exists()
