"""Signed notes, keys, checkpoints and rotations, beside what others have published."""

import base64
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import (
    BadKey,
    BadSignature,
    LedgerError,
    NotACheckpoint,
    NotANote,
    NotARotation,
    NotExtended,
    Truncated,
    UnknownKey,
    WrongOrigin,
)
from ledger.proof import checkpoint, notes, tree
from ledger.proof.checkpoint import Checkpoint

# golang.org/x/mod, sumdb/note/note_test.go.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETER_SIGNS = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
PETER_LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
ENOCH_LINE = "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n"
# The checksum database of Go, at https://sum.golang.org/latest on 2024-09-23.
GO = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
GO_NOTE = """go.sum database tree
30055305
mXfgRcJ0bG0j3CPdKwgGWtUzBUbX67saZGRmFuJGGsM=

— sum.golang.org Az3grpgEild5qw7+5dtV13Kf1C2Xurm8q4fhdxvcsDHnqNTaxL2AFjBY+2TyGKevucFcAAlWFJJYle3EJlDCrQ+y3A8=
"""
# The example of c2sp.org/signed-note's own tool.
FOO = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
FOO_NOTE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
KEY, OTHER = notes.generate("log.example/a"), notes.generate("log.example/b")
ROOT = tree.leaf_hash(b"one")


def opened(written, *keys, file="it"):
    data = written if isinstance(written, bytes) else written.encode()
    return notes.opened(data, [notes.verifier_key(key) for key in keys], file)


# --- keys -----------------------------------------------------------------------------


@pytest.mark.parametrize("line", [PETER, ENOCH, GO, FOO])
def test_published_keys_read_and_are_written_alike(line):
    """Name, id and key of Go's and C2SP's own examples."""
    assert str(notes.verifier_key(line)) == line
    assert notes.verifier_key(f"{line}\n").short == "+".join(line.split("+")[:2])


def test_a_published_private_key_has_its_published_half_and_signature():
    """Peter's key signs what Go's test says it signs."""
    key = notes.signer_key(PETER_SIGNS, "peter.key")
    assert (str(key.public), key.secret) == (PETER, PETER_SIGNS)
    assert notes.signed(TEXT, key) == f"{TEXT}\n{PETER_LINE}".encode()


@pytest.mark.parametrize(
    ("line", "read"),
    [(PETER, notes.verifier_key), (PETER_SIGNS, lambda line: notes.signer_key(line, "k"))],
)
def test_a_mangled_key_is_refused(line, read):
    """Every part of one, and each with one character changed, as in Go's test."""
    for start in range(len(line)):
        for end in range(start + 1, len(line) + 1):
            if (start, end) != (0, len(line)):
                with pytest.raises(BadKey):
                    read(line[start:end])
        with pytest.raises(BadKey):
            read(line[:start] + chr(ord(line[start]) + 1) + line[start + 1 :])


@pytest.mark.parametrize(
    "line",
    [
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",  # too long
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",  # an unknown kind
        PETER.replace("c74f20a3", "C74F20A3"),
        "",
        "\x00",
        "💥+1+2",
    ],
)
def test_other_lines_are_no_keys(line):
    """The first two are Go's, with ids that fit."""
    with pytest.raises(BadKey):
        notes.verifier_key(line)


def test_a_key_anyone_could_sign_with_is_refused():
    """The points of small order, and heights that are not written in the one way there is."""
    prime = 2**255 - 19
    eighth = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
    for height in (0, 1, prime - 1, eighth, prime - eighth, prime, prime + 1, 2**255 - 1):
        for sign in (0, 1 << 255):
            key = notes.VerifierKey("weak.example", (height | sign).to_bytes(32, "little"))
            with pytest.raises(BadKey, match="anyone could sign"):
                notes.verifier_key(str(key))


@pytest.mark.parametrize(
    "name", ["", "a b", "a+b", "a\nb", "a\u00a0b", "a\u2003b", "a\x00", "\ud800"]
)
def test_a_name_that_a_note_cannot_carry_is_refused(name):
    """Spaces of any script, plus signs, control characters."""
    with pytest.raises(BadKey):
        notes.generate(name)


def test_a_private_key_is_never_shown():
    """Neither by its value nor in a refusal."""
    seed = PETER_SIGNS.rpartition("+")[2]
    assert seed not in repr(notes.signer_key(PETER_SIGNS, "k"))
    with pytest.raises(BadKey) as refused:
        notes.signer_key(PETER_SIGNS.replace("c74f20a3", "c74f20a4"), "k")
    assert seed not in f"{refused.value.as_dict()}"
    with pytest.raises(BadKey, match="private half") as refused:
        notes.verifier_key(f"\ufeff{PETER_SIGNS}\n")  # given to --trust by mistake
    assert seed not in f"{refused.value.as_dict()}"


# --- notes ----------------------------------------------------------------------------


def test_published_notes_open():
    """Go's example, by either key and by both; the checksum database's; C2SP's."""
    both = f"{TEXT}\n{PETER_LINE}{ENOCH_LINE}"
    for keys in ((PETER,), (ENOCH,), (PETER, ENOCH)):
        text, by = opened(both, *keys)
        assert (text, [str(key) for key in by]) == (TEXT, list(keys))
    assert opened(GO_NOTE, GO)[0].startswith("go.sum database tree\n30055305\n")
    assert opened(FOO_NOTE, FOO)[0] == "This is an example message.\n"


def test_a_note_no_trusted_key_signed_is_refused():
    """Also where a trusted key shares the name, or the id, of the one that did."""
    for keys in ((), (ENOCH,)):
        with pytest.raises(UnknownKey, match=r"PeterNeumann\+c74f20a3"):
            opened(f"{TEXT}\n{PETER_LINE}", *keys)
    namesake = notes.VerifierKey("PeterNeumann", notes.verifier_key(ENOCH).public)
    with pytest.raises(UnknownKey):
        notes.opened(f"{TEXT}\n{PETER_LINE}".encode(), [namesake], "it")


def test_one_false_signature_of_a_trusted_key_condemns_the_note():
    """Whatever the others are, before or after it."""
    false = notes.encoded(KEY.public.id + bytes(64))
    true = notes.signed("text\n", KEY, OTHER).decode()
    line = f"— {KEY.name} {false}\n"
    for data in (true + line, true.replace("\n\n", f"\n\n{line}")):
        with pytest.raises(BadSignature, match=r"log\.example/a"):
            notes.opened(data.encode(), [KEY.public, OTHER.public], "it")
        assert notes.opened(data.encode(), [OTHER.public], "it")[1] == (OTHER.public,)
    short = true + f"— {KEY.name} {notes.encoded(KEY.public.id + bytes(63))}\n"
    with pytest.raises(BadSignature):
        notes.opened(short.encode(), [KEY.public], "it")


def test_a_signature_is_of_this_text_alone():
    """A text changed by one letter, or a signature brought from another note."""
    with pytest.raises(BadSignature):
        opened(f"{TEXT.replace('your', 'our')}\n{PETER_LINE}", PETER)
    with pytest.raises(BadSignature):
        opened(f"{TEXT}\n\n{PETER_LINE}", PETER)


BROKEN = {
    "empty": b"",
    "no signature": TEXT.encode(),
    "no signature line": f"{TEXT}\n".encode(),
    "no last line feed": f"{TEXT}\n{PETER_LINE[:-1]}".encode(),
    "no text": f"\n\n{PETER_LINE}".encode()[1:],
    "control character": f"\x01{TEXT}\n{PETER_LINE}".encode(),
    "carriage return": f"{TEXT}\n{PETER_LINE}".replace("\n", "\r\n").encode(),
    "tab": f"{TEXT}\n{PETER_LINE}".replace(" ", "\t").encode(),
    "not UTF-8": b"\xff" + f"{TEXT}\n{PETER_LINE}".encode(),
    "name with a space": f"{TEXT}\n{PETER_LINE.replace('PeterN', 'Peter N')}".encode(),
    "a line after": f"{TEXT}\n{PETER_LINE}Unexpected line.\n".encode(),
    "an empty line after": f"{TEXT}\n{PETER_LINE}\n".encode(),
    "hyphen for dash": f"{TEXT}\n{PETER_LINE.replace('—', '-')}".encode(),
    "too many": f"{TEXT}\n{PETER_LINE * 101}".encode(),
    "too long": f"{'x' * 1_000_000}\n\n{PETER_LINE}".encode(),
    "an id alone": f"{TEXT}\n— PeterNeumann x08gow==\n".encode(),
    "loose base 64": f"{TEXT}\n{PETER_LINE.replace('nAM=', 'nAN=')}".encode(),
    "base 64 unpadded": f"{TEXT}\n{PETER_LINE.replace('nAM=', 'nAM')}".encode(),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_what_is_no_note_is_refused(data):
    """By its shape, before any key is looked at."""
    with pytest.raises(NotANote):
        notes.opened(data, [notes.verifier_key(PETER)], "it")


def test_sixteen_signatures_and_more_are_read():
    """Whoever verifies must accept sixteen; a hundred may stand there."""
    keys = [notes.generate(f"k{number}.example") for number in range(16)]
    data = notes.signed("a\n\nb\n", *keys)
    assert notes.opened(data, [key.public for key in keys], "it")[1] == tuple(
        key.public for key in keys
    )
    assert opened(f"{TEXT}\n{PETER_LINE * 100}", PETER)[0] == TEXT


@given(st.binary(max_size=200))
def test_no_bytes_are_more_than_refused(data):
    """Whatever a file holds, what comes is a refusal."""
    with pytest.raises(LedgerError):
        notes.opened(data, [KEY.public], "it")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), st.data())
def test_a_note_opens_to_what_was_signed(text, data):
    """And one flipped bit anywhere makes it another that is refused."""
    note = notes.signed(f"{text}\n", KEY)
    assert notes.opened(note, [KEY.public], "it") == (f"{text}\n", (KEY.public,))
    bit = data.draw(st.integers(0, len(note) * 8 - 1))
    flipped = bytearray(note)
    flipped[bit // 8] ^= 1 << bit % 8
    with pytest.raises((NotANote, BadSignature, UnknownKey)):
        notes.opened(bytes(flipped), [KEY.public], "it")


# --- checkpoints ----------------------------------------------------------------------


def test_a_checkpoint_is_the_origin_the_size_and_the_root():
    """Three lines, signed by the key of that name."""
    note = checkpoint.sign(34, ROOT, KEY)
    lines = note.decode().split("\n")
    assert lines[:4] == ["log.example/a", "34", base64.b64encode(ROOT).decode(), ""]
    found = checkpoint.opened(note, [OTHER.public, KEY.public], "f")
    assert (found.checkpoint, found.keys) == (Checkpoint("log.example/a", 34, ROOT), (KEY.public,))


def test_others_checkpoints_read():
    """C2SP's example, and the checksum database's; their extension lines are told."""
    text = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    read = checkpoint.read(text, "f")
    assert (read.origin, read.size, read.text) == ("example.com/behind-the-sofa", 20852163, text)
    assert checkpoint.read(opened(GO_NOTE, GO)[0], "f").size == 30055305
    assert checkpoint.read(f"{text}ext 1\nünd\n", "f").extensions == ("ext 1", "ünd")


def test_a_checkpoint_of_another_origin_is_not_the_keys_to_sign():
    """One trusted log must not speak for another."""
    note = notes.signed(Checkpoint(OTHER.name, 1, ROOT).text, KEY)
    with pytest.raises(WrongOrigin):
        checkpoint.opened(note, [KEY.public, OTHER.public], "f")
    with pytest.raises(WrongOrigin, match=r"go\.sum database tree"):
        checkpoint.opened(GO_NOTE.encode(), [notes.verifier_key(GO)], "f")


HASH = base64.b64encode(ROOT).decode()


@pytest.mark.parametrize(
    "text",
    [
        "o\n1\n", f"o\n01\n{HASH}\n", f"o\n+1\n{HASH}\n", f"o\n-1\n{HASH}\n", f"o\n1 \n{HASH}\n",
        f"o\n١\n{HASH}\n", f"o\n1e3\n{HASH}\n", f"o\n{'9' * 19}\n{HASH}\n", f"\n1\n{HASH}\n",
        f"o\n\n{HASH}\n", f"o\n1\n{HASH}\n\nx\n", f"o\n1\n{HASH}\n\n", f"o\n1\n{HASH[:-1]}\n",
        f"o\n1\n{HASH} \n", f"o\n1\n{HASH[:-2]}{chr(ord(HASH[-2]) + 1)}=\n", "o\n1\nAAAA\n",
        f"o\n1\n{ROOT.hex()}\n", f"o\n0\n{HASH}\n", "",
    ],
)  # fmt: skip
def test_what_is_signed_but_no_checkpoint_is_refused(text):
    """Leading zeroes, signs, digits of other scripts, loose base 64, empty lines."""
    with pytest.raises(NotACheckpoint):
        checkpoint.read(text, "f")


def test_an_empty_log_is_extended_by_any_other():
    """With no path, and no other log begins like that."""
    empty, one = Checkpoint("o", 0, tree.EMPTY_ROOT), Checkpoint("o", 1, ROOT)
    assert checkpoint.read(empty.text, "f") == empty
    assert checkpoint.extends(empty, one, [])
    assert not checkpoint.extends(empty, one, [ROOT])
    assert not checkpoint.extends(one, empty, [])


def test_a_log_is_confronted_with_a_checkpoint():
    """Shorter than it, other than it, or as it was."""
    signed = checkpoint.opened(checkpoint.sign(3, ROOT, KEY), [KEY.public], "f")
    checkpoint.confront(signed, 5, ROOT)
    with pytest.raises(Truncated, match=r"has 2 entries; .* f .* had 3"):
        checkpoint.confront(signed, 2, ROOT)
    with pytest.raises(NotExtended, match=ROOT.hex()):
        checkpoint.confront(signed, 3, tree.EMPTY_ROOT)


# --- rotations ------------------------------------------------------------------------

KEYS = [notes.generate("log.example/a") for _ in range(4)]
HANDED = [
    (checkpoint.rotation(old, new), f"{number}.rotation")
    for number, (old, new) in enumerate(pairwise(KEYS))
]


def test_whoever_trusts_the_first_key_can_follow_to_the_last():
    """By the notes in any order, from any of the keys on; and twice is as once."""
    publics = [key.public for key in KEYS]
    for _ in range(5):
        shuffled = random.sample(HANDED, len(HANDED))
        assert checkpoint.successors(publics[:1], shuffled) == publics
    assert checkpoint.successors(publics[2:3], HANDED[2:]) == publics[2:]
    assert checkpoint.successors(publics[:1], HANDED * 2) == publics


def test_trust_is_not_handed_over_by_strangers():
    """A chain with a link missing, or one that begins at no trusted key, or goes backwards."""
    for trusted, rotations in (
        (KEYS[0], HANDED[1:]),
        (OTHER, HANDED),
        (KEYS[1], HANDED[:1]),
    ):
        with pytest.raises(NotARotation, match="you do not trust"):
            checkpoint.successors([trusted.public], rotations)


def test_both_keys_sign_a_rotation():
    """Without the old one's signature anybody could take over; without the new one's, a log
    could be handed to a key of somebody who knows nothing of it."""
    old, new = KEYS[:2]
    text = f"{checkpoint.ROTATION}\n{old.public}\n{new.public}\n"
    for signer in (old, new):
        with pytest.raises(UnknownKey):
            checkpoint.successors([old.public], [(notes.signed(text, signer), "r")])
    note, other = notes.signed(text, old, new), str(KEYS[2].public)
    assert checkpoint.successors([old.public], [(note, "r")]) == [old.public, new.public]
    swapped = note.replace(text.encode(), text.replace(str(new.public), other).encode())
    with pytest.raises(BadSignature):
        checkpoint.successors([old.public], [(swapped, "r")])


def test_a_rotation_stays_within_a_name_and_is_no_checkpoint():
    """Nor is a checkpoint a rotation: neither can be taken for the other."""
    text = f"{checkpoint.ROTATION}\n{KEY.public}\n{OTHER.public}\n"
    for data in (notes.signed(text, KEY, OTHER), checkpoint.sign(1, ROOT, KEY)):
        with pytest.raises(NotARotation):
            checkpoint.successors([KEY.public], [(data, "r")])
    with pytest.raises(NotACheckpoint):
        checkpoint.opened(HANDED[0][0], [KEYS[0].public], "f")
