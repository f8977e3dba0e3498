"""`keygen NAME`: a key to sign checkpoints with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.options import json_option
from cli.output import put_json
from cli.trust import DEFAULT_KEY, put_new, signer

if TYPE_CHECKING:
    from ledger.proof.notes import SignerKey


@click.command("keygen")
@click.argument("name", required=False)
@click.option(
    "--out",
    metavar="FILE",
    default=DEFAULT_KEY,
    show_default=True,
    help="Where the private key goes; the verifier key goes to FILE.pub.",
)
@click.option(
    "--rotate", metavar="OLDKEY",
    help="Succeed this private key; FILE.rotation hands over to the new one.",
)  # fmt: skip
@json_option
def command(name: str | None, out: str, rotate: str | None, as_json: bool) -> None:
    """Make a key to sign checkpoints with, and print its verifier key.

    NAME is the log's name for ever, and stands at the head of each checkpoint: an address of
    yours without https://, and what the ledger is of. Keep the private key where the ledger
    is not; give the verifier key to everybody.

    \b
    Examples:
      seatledger keygen results.example.org/southampton
      seatledger keygen --rotate seatledger.key --out 2027.key
    """
    from ledger.errors import WouldOverwrite
    from ledger.proof import checkpoint

    old = signer(rotate) if rotate else None
    key = _made(name, old)
    note = checkpoint.rotation(old, key) if old else None
    public, rotation = f"{out}.pub", f"{out}.rotation"
    for file in (out, public, *((rotation,) if note else ())):
        if Path(file).exists():
            raise WouldOverwrite(file=file)
    put_new(out, f"{key.secret}\n".encode(), private=True)
    put_new(public, f"{key.public}\n".encode())
    if note:
        put_new(rotation, note)
    if as_json:
        put_json(
            {
                "name": key.name,
                "id": key.public.id.hex(),
                "key": str(key.public),
                "files": {"private": out, "public": public, "rotation": rotation if note else None},
            }
        )
        return
    click.echo(str(key.public))
    click.echo(f"The private key is in {out}: keep it, and a copy of it, where others cannot read"
               f" it.\nThe line above is in {public}: publish it.", err=True)  # fmt: skip
    if note:
        click.echo(f"{rotation} hands over from the old key to this one: publish it too.", err=True)


def _made(name: str | None, old: SignerKey | None) -> SignerKey:
    """A new key, of the old one's name where there is one."""
    from ledger.errors import BadKey
    from ledger.proof import notes
    from ledger.text import clean_name

    if name is None:
        if old is None:
            raise click.UsageError("Give the log a NAME: results.example.org/southampton")
        name = old.name
    if old is not None and name != old.name:
        raise click.UsageError(f"A key is succeeded by one of its own name, {old.name}.")
    if "://" in name:
        raise click.UsageError(f"A log is named without {name.partition('://')[0]}://")
    if not notes.is_name(name):
        raise click.UsageError("A log's name has no spaces, plus signs or control characters.")
    key = notes.generate(name)
    if clean_name(name) != name:
        raise BadKey(key=name, what="its name has characters that look like others")
    return key
