"""Keys on the command line: whom to trust, and who signs; and the files that are written."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import every

if TYPE_CHECKING:
    from ledger.proof.checkpoint import Signed
    from ledger.proof.notes import SignerKey, VerifierKey

DEFAULT_KEY = "seatledger.key"
_MOST = 17_000_000  # bytes of a file that is to be checked: more than any may have

trust_options = every(
    click.option(
        "--trust", multiple=True, metavar="KEY",
        help="A verifier key to trust (NAME+ID+BASE64, or its file FILE.pub; repeatable).",
    ),
    click.option(
        "--rotation", multiple=True, metavar="FILE",
        help="A note that hands over from a trusted key to the next (repeatable).",
    ),
)  # fmt: skip

signer_option = click.option(
    "--signer", "signer_file", metavar="FILE", envvar="SEATLEDGER_SIGNER",
    help=f"The private key's file (SEATLEDGER_SIGNER; default {DEFAULT_KEY}).",
)  # fmt: skip


def trusted_keys(trust: tuple[str, ...], rotation: tuple[str, ...]) -> list[VerifierKey]:
    """The keys named with --trust and those they hand over to with --rotation. Raises BadKey,
    CannotRead, and what `checkpoint.successors` raises."""
    from ledger.proof import checkpoint

    if not trust:
        raise click.UsageError(
            "Say whose signature counts: --trust KEY, the verifier key as its owner publishes it."
        )
    keys = [_verifier(one) for one in trust]
    return checkpoint.successors(keys, [(checked(file), file) for file in rotation])


def _verifier(text: str) -> VerifierKey:
    from ledger.errors import BadKey
    from ledger.proof import notes

    if text.count("+") >= 2 and not Path(text).exists():  # noqa: PLR2004 - NAME+ID+BASE64
        return notes.verifier_key(text)
    try:
        line = checked(text).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadKey(key=text, what="it is not UTF-8") from error
    return notes.verifier_key(line)


def signer(file: str | None) -> SignerKey:
    """The private key to sign with. Raises NoSigner, CannotRead and BadKey."""
    from ledger.errors import BadKey, NoSigner
    from ledger.proof import notes

    path = file or DEFAULT_KEY
    if notes.PRIVATE in path:
        raise BadKey(key=f"{notes.PRIVATE}…", what="its file is wanted, never the key itself")
    if path != "-" and not Path(path).exists():
        raise NoSigner(file=path)
    try:
        return notes.signer_key(checked(path).decode("utf-8"), path)
    except UnicodeDecodeError as error:
        raise BadKey(key=path, what="it is not UTF-8") from error


def signed_checkpoint(file: str, trusted: list[VerifierKey]) -> Signed:
    """The checkpoint in a file. Raises CannotRead and what `checkpoint.opened` raises."""
    from ledger.proof import checkpoint

    return checkpoint.opened(checked(file), trusted, file)


def checked(file: str) -> bytes:
    """A file from somebody else (`-`: standard input), not more of it than any such file has.
    Raises CannotRead."""
    from ledger.errors import CannotRead

    try:
        if file == "-":
            return sys.stdin.buffer.read(_MOST)
        with Path(file).open("rb") as opened:
            return opened.read(_MOST)
    except (OSError, ValueError) as error:
        what = getattr(error, "strerror", None) or str(error)
        raise CannotRead(file=file, what=what) from error


def put_new(file: str, data: bytes | Iterable[bytes], *, private: bool = False) -> None:
    """Write a file that must not be there yet. Raises WouldOverwrite; OSError."""
    from ledger.errors import WouldOverwrite

    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    try:
        made = os.open(file, flags, 0o600 if private else 0o644)
    except FileExistsError as error:
        raise WouldOverwrite(file=file) from error
    with os.fdopen(made, "wb") as opened:
        opened.writelines([data] if isinstance(data, bytes) else data)
        opened.flush()
        os.fsync(opened.fileno())


def put_instead(file: str, data: bytes | Iterable[bytes]) -> None:
    """Write a file whole or not at all, instead of the one that may be there. Raises OSError."""
    # A name nobody else has: what lies beside it may be somebody's ledger or key.
    beside = f"{file}.{os.urandom(8).hex()}.new"
    put_new(beside, b"")
    try:
        with Path(beside).open("wb") as opened:
            opened.writelines([data] if isinstance(data, bytes) else data)
            opened.flush()
            os.fsync(opened.fileno())
        Path(beside).replace(file)
    finally:
        Path(beside).unlink(missing_ok=True)
