"""`checkpoint`: the log as it is now, signed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.kept import kept_tree
from cli.options import json_option, ledger_option
from cli.output import figure, put_json, safe, styled
from cli.trust import checked, put_instead, signer, signer_option

if TYPE_CHECKING:
    from ledger.proof.checkpoint import Signed
    from ledger.proof.notes import SignerKey


@click.command("checkpoint")
@signer_option
@click.option(
    "--out",
    metavar="FILE",
    help="Write it there; an earlier checkpoint there must be one this log extends.",
)
@click.option(
    "--timestamp", metavar="URL",
    help="Have it timestamped by this RFC 3161 authority, in FILE.tsr (needs --out).",
)  # fmt: skip
@json_option
@ledger_option
def command(signer_file: str | None, out: str | None, timestamp: str | None, as_json: bool) -> None:
    """Sign how many entries the ledger has and the root of the tree over them.

    A few lines that commit you to every entry so far. Publish them where you cannot take them
    back: nobody can then change an entry unseen, neither can you.

    \b
    Examples:
      seatledger checkpoint
      seatledger checkpoint --signer seatledger.key --out southampton.checkpoint
    """
    from ledger.proof import checkpoint, making

    if timestamp and not out:
        raise click.UsageError("--timestamp writes beside the checkpoint's file: give --out FILE.")
    key = signer(signer_file)
    before = _before(out, key)
    note = making.sign(kept_tree(), key, before)
    made = checkpoint.opened(note, [key.public], out or "the checkpoint")
    if out:
        put_instead(out, note)
    stamped = _stamped(timestamp, note, out) if timestamp and out else None
    if as_json:
        put_json(
            {
                "origin": made.checkpoint.origin,
                "size": made.size,
                "root": made.root.hex(),
                "key": str(key.public),
                "note": note.decode(),
                "file": out,
                "timestamp": stamped,
            }
        )
    elif out:
        click.echo(f"{styled('Signed', bold=True)} {safe(key.name)} at {figure(made.size)} entries,"
                   f" with key {key.public.id.hex()}, in {out}")  # fmt: skip
        if stamped:
            click.echo(f"  timestamped {stamped['moment']}, in {stamped['file']}")
    else:
        click.echo(note.decode(), nl=False)


def _before(out: str | None, key: SignerKey) -> Signed | None:
    """The checkpoint that is to be replaced: one of this log, or the file is not touched."""
    from ledger.errors import ProofFailed, WouldOverwrite
    from ledger.proof import checkpoint

    if out is None or not Path(out).exists():
        return None
    try:
        return checkpoint.opened(checked(out), [key.public], out)
    except ProofFailed as error:
        raise WouldOverwrite(file=out) from error


def _stamped(url: str, note: bytes, out: str) -> dict[str, str]:
    from ledger.proof import timestamps

    found = timestamps.ask(url, note)
    put_instead(f"{out}.tsr", found.answer)
    return {"file": f"{out}.tsr", "authority": url, "moment": found.moment.isoformat()}
