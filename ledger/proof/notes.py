"""Signed notes and the keys that sign them: c2sp.org/signed-note, Ed25519 alone.

A note is text, an empty line and one signature a line. Keys are written as Go's
golang.org/x/mod/sumdb/note writes them: NAME+ID+BASE64, where the id (eight hexadecimal
digits) stands in every signature beside the name, and the first byte of what is in base64
says the algorithm.
"""

from __future__ import annotations

import hashlib
import os
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ledger.errors import BadKey, BadSignature, NotANote, UnknownKey
from ledger.text import safe

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ED25519 = b"\x01"
LONGEST_NOTE = 1_000_000  # bytes; both limits are those of Go's package
MOST_SIGNATURES = 100
_KEY, _ID, _SPACE = 32, 4, 0x20  # bytes, bytes, code point
PRIVATE = "PRIVATE+KEY+"
_P = 2**255 - 19
# The y of the eight points of small order: with one of these as key anyone can sign, so its
# owner could deny every signature.
_EIGHTH = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_WEAK = {0, 1, _P - 1, _EIGHTH, _P - _EIGHTH}
_DASH = "\N{EM DASH} "


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A name and the public half of its key (32 bytes)."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """Four bytes that tell it from the other keys of its name."""
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:_ID]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{encoded(ED25519 + self.public)}"

    @property
    def short(self) -> str:
        """Its name and id, as people are told of it."""
        return f"{safe(self.name)}+{self.id.hex()}"

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature of the message, 64 bytes, was made with its private half."""
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - slow to import
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - as above

        try:
            ed25519.Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):  # ValueError: no such public key
            return False
        return True


@dataclass(frozen=True, slots=True)
class SignerKey:
    """A name and the private half of its key (the seed of RFC 8032, 32 bytes)."""

    name: str
    seed: bytes = field(repr=False)

    @property
    def public(self) -> VerifierKey:
        """The half that may be known."""
        return VerifierKey(self.name, self._private().public_key().public_bytes_raw())

    @property
    def secret(self) -> str:
        """The line that is kept in the key's file, and nowhere else."""
        return f"{PRIVATE}{self.name}+{self.public.id.hex()}+{encoded(ED25519 + self.seed)}"

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, 64 bytes."""
        return self._private().sign(message)

    def _private(self) -> Ed25519PrivateKey:
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - as above

        return ed25519.Ed25519PrivateKey.from_private_bytes(self.seed)


@dataclass(frozen=True, slots=True)
class Signature:
    """One line of signature: who is said to have signed, and with which key."""

    name: str
    id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it is written. Its text is nobody's until `opened`."""

    text: str
    signatures: tuple[Signature, ...]


def generate(name: str) -> SignerKey:
    """A new key of a name. Raises BadKey for a name a note cannot carry."""
    _check_name(name, name)
    return SignerKey(name, os.urandom(_KEY))


def verifier_key(text: str) -> VerifierKey:
    """The key a line says. Raises BadKey, which never shows a private key given by mistake."""
    if PRIVATE in text:
        what = "it is the private half (not shown here), and the verifier key is wanted"
        raise BadKey(key=f"{PRIVATE}…", what=what)
    name, id_, public = _parts(text.strip(), text)
    height = int.from_bytes(public, "little") & (2**255 - 1)
    if height >= _P or height in _WEAK:
        raise BadKey(key=safe(text[:200]), what="anyone could sign with it")
    key = VerifierKey(name, public)
    if key.id.hex() != id_:
        raise BadKey(key=safe(text[:200]), what="its id is not that of its name and public key")
    return key


def signer_key(text: str, file: str) -> SignerKey:
    """The private key a line of some file says. Raises BadKey, which never shows the line."""
    line = text.strip()
    if not line.startswith(PRIVATE):
        raise BadKey(key=file, what="a private key begins with PRIVATE+KEY+")
    name, id_, seed = _parts(line.removeprefix(PRIVATE), file)
    key = SignerKey(name, seed)
    if key.public.id.hex() != id_:
        raise BadKey(key=file, what="its id is not that of its name and key")
    return key


def _parts(line: str, shown: str) -> tuple[str, str, bytes]:
    name, _, rest = line.partition("+")
    id_, _, data = rest.partition("+")
    _check_name(name, shown)
    key = decoded(data)
    if key is None or key[:1] != ED25519 or len(key) != 1 + _KEY:
        raise BadKey(key=safe(shown[:200]), what="it is not NAME+ID+BASE64 of an Ed25519 key")
    return name, id_, key[1:]


def is_name(name: str) -> bool:
    """Whether a key may be called so: a name without spaces, plus signs and control characters."""
    return (
        name != ""
        and "+" not in name
        and not any(character.isspace() or ord(character) < _SPACE for character in name)
        and not any("\ud800" <= character <= "\udfff" for character in name)
    )


def _check_name(name: str, shown: str) -> None:
    if not is_name(name):
        what = "its name is empty or has a space, a plus sign or a control character"
        raise BadKey(key=safe(shown[:200]) or "an empty text", what=what)


def encoded(data: bytes) -> str:
    """Base 64 (RFC 4648, section 4)."""
    return b64encode(data).decode()


def decoded(text: str) -> bytes | None:
    """What base 64 says, where it is written in the one way that says it; else None."""
    try:
        data = b64decode(text, validate=True)
    except ValueError:
        return None
    return data if encoded(data) == text else None


def signed(text: str, *keys: SignerKey) -> bytes:
    """The note of a text, signed by each key. The text ends in a line feed."""
    data = text.encode()
    lines = [f"{_DASH}{k.name} {encoded(k.public.id + k.sign(data))}\n" for k in keys]
    note = f"{text}\n{''.join(lines)}".encode()
    assert parsed(note, "it").text == text
    return note


def parsed(data: bytes, file: str) -> Note:
    """What a note says and who is said to have signed it. Raises NotANote."""

    def refused(what: str) -> NotANote:
        return NotANote(file=file, what=what)

    if len(data) > LONGEST_NOTE:
        raise refused(f"it has more than {LONGEST_NOTE:,} bytes")
    try:
        written = data.decode("utf-8")
    except UnicodeDecodeError:
        raise refused("it is not UTF-8") from None
    if any(character < " " and character != "\n" for character in written):
        raise refused("it has a control character")
    text, empty, lines = written.rpartition("\n\n")
    if not empty or not lines.endswith("\n") or not text:
        raise refused("it does not end in an empty line and lines of signature")
    signatures = lines[:-1].split("\n")
    if len(signatures) > MOST_SIGNATURES:
        raise refused(f"it has more than {MOST_SIGNATURES} signatures")
    read = [_signature(line) for line in signatures]
    if None in read:
        raise refused(f"line {text.count(chr(10)) + 3 + read.index(None)} is no signature")
    return Note(text + "\n", tuple(one for one in read if one))


def _signature(line: str) -> Signature | None:
    name, _, data = line.removeprefix(_DASH).partition(" ")
    signature = decoded(data)
    if not line.startswith(_DASH) or not is_name(name) or not signature or len(signature) <= _ID:
        return None
    return Signature(name, signature[:_ID], signature[_ID:])


def opened(
    data: bytes, trusted: Iterable[VerifierKey], file: str
) -> tuple[str, tuple[VerifierKey, ...]]:
    """The text of a note and the trusted keys that signed it, at least one. Signatures of other
    keys are ignored. Raises NotANote; BadSignature where one of a trusted key is not true, which
    condemns the whole note; UnknownKey where no trusted key signed."""
    note = parsed(data, file)
    known = {(key.name, key.id): key for key in trusted}
    message, by = note.text.encode(), {}
    for one in note.signatures:
        key = known.get((one.name, one.id))
        if key is None:
            continue
        if not key.verifies(one.signature, message):
            raise BadSignature(file=file, key=key.short)
        by[key] = True
    if not by:
        names = ", ".join(f"{safe(one.name)}+{one.id.hex()}" for one in note.signatures[:4])
        raise UnknownKey(file=file, signed_by=names)
    return note.text, tuple(by)
