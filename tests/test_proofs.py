"""Proofs of entries: what is written reads back, and what was altered proves nothing."""

import importlib.util
import json
import random
import re
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import BadSignature, LedgerError, NotAProof, NotIncluded, ProofFailed, UnknownKey
from ledger.proof import checkpoint, files, notes, tree
from ledger.proof.files import ConsistencyProof, EntryProof
from ledger.proof.leaf import leaf_bytes, parts

ROOT = Path(__file__).parent.parent
_spec = importlib.util.spec_from_file_location("read_proof", ROOT / "docs" / "read_proof.py")
reader = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(reader)

SIZE = 37
KEY, OTHER = notes.generate("log.example/night"), notes.generate("log.example/other")
STATE = '{"event_id":"0","by":"Zoë \\"Z\\"","source":"hall – floor","fact":{"votes":1317}}'
LEAVES = [(f"night/ward-{n}", n + 1, "result-declared.v1", f"{STATE} {n}") for n in range(SIZE)]


def grown(leaves=LEAVES):
    frontier, known = tree.Frontier(), {}
    for index, (stream, place, kind, state) in enumerate(leaves):
        data = leaf_bytes(stream, place, kind, state.encode())
        for level, found in enumerate(frontier.append(tree.leaf_hash(data))):
            known[level, index >> level] = found
    return frontier, known


FRONTIER, KNOWN = grown()
NOTE = checkpoint.sign(SIZE, FRONTIER.root(), KEY).decode()


def proof_of(entry, size=SIZE, note=NOTE):
    path = tuple(tree.hashes(tree.inclusion(entry - 1, size), KNOWN))
    return EntryProof(entry, *LEAVES[entry - 1], path, note)


def written(proof):
    return files.written(proof).encode()


PROOFS = [proof_of(entry) for entry in (1, 2, 23, 36, 37)]


def accepted(data, keys=(KEY.public,)):
    """Whether anything is proven by some bytes; anything but a refusal is an error."""
    try:
        files.entry_proof(data, "it").verify(keys, "it")
    except ProofFailed:
        return False
    return True


@pytest.fixture(autouse=True)
def hook(monkeypatch):
    """The reader tells what goes wrong by a hook of its own."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)


def read(tmp_path, data, key=KEY.public):
    """What the sixty lines of plain Python say of some bytes."""
    file = tmp_path / "it.proof"
    file.write_bytes(data)
    try:
        reader.main(str(file), str(key))
    except SystemExit as refused:
        return str(refused.code)
    except Exception as error:  # noqa: BLE001 - its hook tells it
        return f"NOT PROVEN: {error}"
    return None


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.entry)
def test_a_proof_is_what_was_written_and_holds(proof, tmp_path, capsys):
    """Read back the same, accepted here and by the reader in the docs."""
    data = written(proof)
    assert files.entry_proof(data, "it") == proof
    signed = proof.verify([OTHER.public, KEY.public], "it")
    assert (signed.size, signed.root, signed.keys) == (SIZE, FRONTIER.root(), (KEY.public,))
    assert read(tmp_path, data) is None
    told = capsys.readouterr().out
    assert f"PROVEN: entry {proof.entry} of 'log.example/night', signed at {SIZE} entries" in told
    assert "1317" in told


def test_the_reader_is_sixty_lines():
    """As the docs say, each of a readable width and of the standard library alone."""
    lines = (ROOT / "docs" / "read_proof.py").read_text("utf-8").splitlines()
    assert len(lines) <= 60
    assert max(map(len, lines)) <= 100


def test_leaf_bytes_are_unambiguous():
    """Stream, place, kind and state come back, whatever characters they have."""
    for stream in ("a", 'a"b', "a\nb", "ä\u2028", "a\\", ""):
        for state in (b"", b"{}", b"\n\n", b"\xff"):
            assert parts(leaf_bytes(stream, 3, "k.v1", state)) == (stream, 3, "k.v1", state)


def test_every_flipped_bit_of_a_proof_is_refused():
    """The whole file, bit by bit: nothing in it is there for nothing."""
    data = written(PROOFS[2])
    for bit in range(len(data) * 8):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        assert not accepted(bytes(flipped)), bit


# --- a hundred thousand ways to alter a proof ------------------------------------------------


def flip(dice, data):
    at = dice.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :]


def other_text(dice, text):
    """A text with a character changed, left out, doubled or swapped with its neighbour."""
    at = dice.randrange(len(text))
    how = dice.randrange(5)
    if how == 0:
        return text[:at] + chr(ord(text[at]) ^ 1 << dice.randrange(5)) + text[at + 1 :]
    if how == 1:
        return text[:at] + text[at + 1 :]
    if how == 2:
        return text[:at] + text[at] + text[at:]
    if how == 3:
        return text[: at + 1]
    return text[:at] + dice.choice("0aZ\n —\u200b+=") + text[at:]


def other_number(dice, number):
    return dice.choice(
        [number + 1, number - 1, -number, 0, number ^ 1 << dice.randrange(8), number + SIZE,
         number * 2, 2**64 + number, float(number), str(number), True, None]
    )  # fmt: skip


def other_path(dice, path):
    path, how = list(path), dice.randrange(8)
    at = dice.randrange(len(path))
    if how == 0:
        path[at] = flip(dice, bytes.fromhex(path[at])).hex()
    elif how == 1:
        del path[at]
    elif how == 2:
        path.insert(at, dice.choice(path))
    elif how == 3:
        path.append(dice.choice([FRONTIER.root().hex(), tree.EMPTY_ROOT.hex(), ""]))
    elif how == 4:
        dice.shuffle(path)
    elif how == 5:
        path[at] = dice.choice([path[at].upper(), path[at][:-2], path[at] + "00", 0, None, []])
    elif how == 6:
        path = dice.choice([[], {}, None, "".join(path), [list(path)]])
    else:
        path[at] = dice.choice(list(KNOWN.values())).hex()
    return path


FORGED = [
    checkpoint.sign(SIZE, FRONTIER.root(), OTHER).decode(),
    notes.signed(checkpoint.Checkpoint(KEY.name, SIZE, FRONTIER.root()).text, OTHER).decode(),
    notes.signed(checkpoint.Checkpoint(OTHER.name, SIZE, FRONTIER.root()).text, KEY).decode(),
    checkpoint.sign(SIZE, tree.EMPTY_ROOT, KEY).decode(),  # truly signed, of another log
]


def other_note(dice, note):
    how = dice.randrange(4)
    if how == 0:
        return dice.choice(FORGED)
    if how == 1:  # the signature of one text under another
        return note.replace(f"\n{SIZE}\n", f"\n{dice.randrange(SIZE)}\n")
    if how == 2:
        start = note.index("\n\n")
        return note[:start] + dice.choice(["\n", "\nx", "\n\nx", " ", "\r"]) + note[start:]
    return other_text(dice, note)


def other_file(dice, data):
    """The same file cut, doubled, with a field doubled, lost or added, or of another type."""
    how = dice.randrange(6)
    told = json.loads(data)
    name = dice.choice(list(told))
    if how == 0:
        return data[: dice.randrange(len(data) - 1)]
    if how == 1:
        return data + data
    if how == 2:
        return data.replace(b"{", f'{{"{name}": {json.dumps(told[name])}, '.encode(), 1)
    if how == 3:
        del told[name]
    elif how == 4:
        told[dice.choice(["x", "Entry", "entry ", "root"])] = told[name]
    else:
        told[name] = dice.choice([None, [], {}, [told[name]], {"x": told[name]}, float("nan")])
    return json.dumps(told).encode()


FIELDS = {
    "entry": other_number, "place": other_number, "index": other_number, "version": other_number,
    "stream": other_text, "kind": other_text, "state": other_text, "format": other_text,
    "path": other_path, "checkpoint": other_note,
}  # fmt: skip


def altered(dice):
    """A proof altered in one way, and what of it was."""
    proof = dice.choice(PROOFS)
    how = dice.randrange(12)
    if how == 10:
        return other_file(dice, written(proof)), "file"
    if how == 11:
        return flip(dice, written(proof)), "bit"
    name = list(FIELDS)[how]
    told = proof.as_json()
    while told == proof.as_json():
        told = proof.as_json()
        told[name] = FIELDS[name](dice, told[name])
        if name == "entry" and dice.randrange(2) and type(told[name]) is int:
            told["index"] = told[name] - 1  # so that they agree
    if repr(told) == repr(proof.as_json()):
        return altered(dice)
    return json.dumps(told, ensure_ascii=bool(dice.randrange(2))).encode(
        "utf-8", "surrogatepass"
    ), name


@pytest.mark.parametrize("part", range(4))
def test_a_hundred_thousand_altered_proofs_are_refused(part):
    """In every field and in the file as a whole; not one is accepted, none is a crash."""
    dice, seen = random.Random(part), set()
    for _ in range(25_000):
        data, what = altered(dice)
        seen.add(what)
        assert not accepted(data), (what, data)
    assert seen == {*FIELDS, "file", "bit"}


def test_the_reader_refuses_altered_proofs_too(tmp_path):
    """The sixty lines are as strict, over the same alterations."""
    dice = random.Random(4)
    for _ in range(150):
        data, what = altered(dice)
        assert read(tmp_path, data) is not None, (what, data)


def test_the_checks_would_notice_a_lax_verifier(monkeypatch):
    """With any one of them taken away, altered proofs are accepted: the test can fail."""
    for module, name, lax in (
        (tree, "verify_inclusion", lambda *_: True),
        (notes.VerifierKey, "verifies", lambda *_: True),
        (notes, "decoded", lambda text: notes.b64decode(text + "=", validate=False)),
    ):
        with monkeypatch.context() as broken:
            broken.setattr(module, name, lax)
            dice = random.Random(5)
            assert any(accepted(altered(dice)[0]) for _ in range(20_000)), name


def test_a_signature_has_one_form(tmp_path):
    """RFC 8032's S is below the order of the group; a larger one that means the same, or bytes
    after it, would make two notes of one."""
    raw = notes.decoded(NOTE.rsplit(" ", 1)[1].strip())
    s = int.from_bytes(raw[36:], "little")
    forms = [raw[:36] + (s + reader.ORDER).to_bytes(32, "little"), raw + b"\0", raw[:-1]]
    for form in forms:
        note = NOTE.rsplit(" ", 1)[0] + f" {notes.encoded(form)}\n"
        data = written(proof_of(23, note=note))
        assert not accepted(data)
        assert "is not signed" in read(tmp_path, data)


def test_the_reader_checks_the_length_of_a_path(monkeypatch):
    """Also where every hash is the same."""
    monkeypatch.setattr(reader, "sha", lambda _: bytes(32))

    def held(at, size, length):
        try:
            return reader.root(bytes(32), at, size - 1, [bytes(32)] * length) is not None
        except SystemExit:
            return False

    for size in range(1, 20):
        for at in range(size):
            holds = [length for length in range(10) if held(at, size, length)]
            assert holds == [len(tree.inclusion(at, size))]


# --- each refusal by its name ----------------------------------------------------------------


def test_what_is_wrong_is_said():
    """Another entry's words; another key; another log; a signature that is not true."""
    proof = PROOFS[2]
    with pytest.raises(NotIncluded, match="Entry 24, as it has it, is not in the log of 37"):
        files.entry_proof(written(EntryProof(24, *LEAVES[22], proof.path, NOTE)), "it").verify(
            [KEY.public], "it"
        )
    with pytest.raises(UnknownKey, match=r"log\.example/night"):
        proof.verify([OTHER.public], "it")
    false = NOTE.replace(f"\n{SIZE}\n", f"\n{SIZE + 1}\n")
    with pytest.raises(BadSignature):
        proof_of(23, note=false).verify([KEY.public], "it")


def test_a_node_of_the_tree_is_no_entry():
    """The hash of two leaves together, passed off as a leaf of a smaller tree."""
    pair = KNOWN[0, 0] + KNOWN[0, 1]
    path = tree.hashes(tree.inclusion(0, SIZE), KNOWN)[1:]
    for size in range(1, SIZE + 1):
        assert not tree.verify_inclusion(tree.leaf_hash(pair), 0, size, path, FRONTIER.root())


HOSTILE = {
    "empty": b"",
    "binary": bytes(range(256)) * 100,
    "not UTF-8": written(PROOFS[0]).replace(b"Zo\xc3\xab", b"Zo\xeb"),
    "byte-order mark": b"\xef\xbb\xbf" + written(PROOFS[0]),
    "a list": b"[]",
    "a number": b"1",
    "null": b"null",
    "deep": b"[" * 200_000,
    "deep objects": b'{"a":' * 200_000,
    "long number": b'{"entry": ' + b"9" * 100_000 + b"}",
    "NaN": b'{"entry": NaN}',
    "twice": b'{"format": "seatledger entry proof", "format": "seatledger entry proof"}',
    "another format": written(ConsistencyProof(1, 2, ())),
    "another version": written(PROOFS[0]).replace(b'"version": 1', b'"version": 2'),
    "version true": written(PROOFS[0]).replace(b'"version": 1', b'"version": true'),
    "surrogate": written(PROOFS[0]).replace(b"night/ward", b"night\\ud800/ward"),
    "a path without end": written(EntryProof(1, *LEAVES[0], (bytes(32),) * 100_000, NOTE)),
    "a large state": written(EntryProof(1, "s", 1, "k", "x" * 20_000_000, (), NOTE)),
    "a large number": written(EntryProof(10**3000, *LEAVES[0], (), NOTE)),
}  # fmt: skip


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_refused(data, tmp_path):
    """Whatever they hold: a refusal, soon, and never a traceback."""
    with pytest.raises(NotAProof, match="it is not a proof"):
        files.entry_proof(data, "it")
    with pytest.raises(NotAProof):
        files.consistency_proof(data.replace(b"seatledger consistency", b"x"), "it")
    assert read(tmp_path, data) is not None


@given(st.binary(max_size=300) | st.text().map(str.encode))
def test_no_bytes_are_more_than_refused(data):
    """Whatever a file holds, what comes is a refusal."""
    for wanted in (files.entry_proof, files.consistency_proof):
        with pytest.raises(LedgerError):
            wanted(data, "it")


# --- consistency -----------------------------------------------------------------------------


def test_a_consistency_proof_is_what_was_written():
    """Its sizes and its path."""
    proof = ConsistencyProof(5, SIZE, tuple(tree.hashes(tree.consistency(5, SIZE), KNOWN)))
    assert files.consistency_proof(written(proof), "it") == proof


def test_altered_consistency_proofs_are_refused():
    """Sizes, hashes, their number and order: none shows one log to begin with the other."""
    dice, roots = random.Random(6), {}
    for size in range(1, SIZE + 1):
        roots[size] = tree.hashes([(0, size)], KNOWN)[0]
    for _ in range(10_000):
        new = dice.randrange(2, SIZE + 1)
        old = dice.randrange(1, new)
        true = [found.hex() for found in tree.hashes(tree.consistency(old, new), KNOWN)]
        told = other_path(dice, true)
        if told == true:
            continue
        data = json.dumps({**ConsistencyProof(old, new, ()).as_json(), "path": told}).encode()
        try:
            path = files.consistency_proof(data, "it").path
        except NotAProof:
            continue
        assert not tree.verify_consistency(old, new, roots[old], roots[new], path)


# --- the specification -----------------------------------------------------------------------


def test_the_examples_of_the_specification_are_exact():
    """Leaf hashes, roots, the pair of keys, the checkpoint and the rotation, as the page has
    them."""
    page = (ROOT / "docs" / "reference" / "proofs.md").read_text("utf-8")
    blocks = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    entries, (pair, note, rotation) = blocks[1:4], blocks[4:]
    frontier = tree.Frontier()
    for size, block in enumerate(entries, 1):
        leaf = tree.leaf_hash(block.removesuffix("\n").encode())
        frontier.append(leaf)
        assert f"| {size} | `{leaf.hex()}` | `{frontier.root().hex()}` |" in page
    secret, public = pair.splitlines()
    key = notes.signer_key(secret, "page")
    assert (str(key.public), key.seed) == (public, bytes(range(32)))
    assert checkpoint.sign(len(entries), frontier.root(), key).decode() == note
    new = notes.SignerKey(key.name, bytes(range(1, 33)))
    assert checkpoint.rotation(key, new).decode() == rotation


@pytest.mark.parametrize("shape", [PROOFS[0], ConsistencyProof(1, 2, ())])
def test_the_fields_of_the_specification_are_those_written(shape):
    """Neither more nor fewer."""
    page = (ROOT / "docs" / "reference" / "proofs.md").read_text("utf-8")
    told = shape.as_json()
    section = page[page.index(f'| `format` | `"{told["format"]}"` |') :]
    named = re.findall(
        r"`(\w+)`", "".join(re.findall(r"^\| (`.*?`) \|", section.split("\n\n")[0], re.MULTILINE))
    )
    assert named == list(told)
