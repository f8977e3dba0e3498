"""`verify`: whether the ledger is what was recorded."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from cli.options import json_option, ledger_option, open_ledger
from cli.output import put_json, safe, styled
from cli.trust import signed_checkpoint, trust_options, trusted_keys

if TYPE_CHECKING:
    from projections.laws import Broken
    from projections.verify import Verified

_MOST = 20  # entries named of a law that is broken


@click.command("verify")
@click.option(
    "--checkpoint", "checkpoints", multiple=True, metavar="FILE",
    help="A checkpoint somebody kept, which the ledger must extend (repeatable).",
)  # fmt: skip
@trust_options
@json_option
@ledger_option
def command(
    checkpoints: tuple[str, ...], trust: tuple[str, ...], rotation: tuple[str, ...], as_json: bool
) -> None:
    """Verify that nothing in the ledger was altered.

    Every entry is read as it is stored: its columns, its place, the chain of its ward, the
    laws and rules; then the tree over all of them. With a checkpoint (`seatledger checkpoint`)
    kept outside, it is also shown that today's log extends what was signed then: one that was
    cut short, restored from an old copy or made anew does not.

    Exit code 4 if anything is not as it should be; the first entry that is not is named.

    \b
    Examples:
      seatledger verify --ledger night.db
      seatledger verify --checkpoint 0230.txt --checkpoint 0400.txt --trust desk.key.pub
    """
    from ledger.errors import VerifyFailed
    from projections.verify import verify

    keys = trusted_keys(trust, rotation) if checkpoints or trust or rotation else []
    signed = [signed_checkpoint(file, keys) for file in checkpoints]
    ledger = open_ledger()
    with click.progressbar(
        length=ledger.store.total(), label="Verifying", file=sys.stderr,
        hidden=not sys.stderr.isatty(),
    ) as bar:  # fmt: skip
        found = verify(ledger, signed, bar.update)
    if as_json:
        _put(found)
    else:
        _show(found)
    if found.broken:
        first = found.broken[0]
        where = f"at entry {first.entry}" if first.entry else "of its files"
        told = f"{where}: {first.law}: {first.message}"
        raise VerifyFailed(count=len(found.broken), first=told)


def _put(found: Verified) -> None:
    from projections.verify import LAWS

    put_json(
        {
            "ok": not found.broken,
            "entries": found.entries,
            "councils": found.councils,
            "root": found.root.hex() if found.root else None,
            "laws": [law.name for law in LAWS],
            "checkpoints": [
                {
                    "file": held.signed.file,
                    "origin": held.signed.checkpoint.origin,
                    "size": held.signed.size,
                    "root": held.signed.root.hex(),
                    "keys": [key.short for key in held.signed.keys],
                    "ok": held.broken is None,
                }
                for held in found.checkpoints
            ],
            "broken": [one._asdict() for one in found.broken],
        }
    )


def _show(found: Verified) -> None:
    from ledger.proof.notes import encoded
    from projections.verify import LAWS

    for law in LAWS:
        if law.name == "tables" and not found.tables_asked:
            click.echo(f"– {law.name:<13} {law.text} (Not asked: the log is not as it should be.)")
            continue
        _line(law.name, law.text, [one for one in found.broken if one.law == law.name])
    for held in found.checkpoints:
        signed = held.signed
        keys = ", ".join(key.short for key in signed.keys)
        text = f"It extends {signed.file}: {signed.size:,} entries, signed by {keys}."
        _line("checkpoint", text, [held.broken] if held.broken else [])
    root = "not known: not every entry can be read"
    if found.root:
        root = f"{found.root.hex()} (in a checkpoint: {encoded(found.root)})"
    click.echo(f"{found.entries:,} entries, {found.councils:,} council(s)\nRoot {root}")


def _line(name: str, text: str, wrong: list[Broken]) -> None:
    mark = styled("✗", fg="red") if wrong else styled("✓", fg="green")
    click.echo(f"{mark} {name:<13} {safe(text)}")
    for one in wrong[:_MOST]:
        where = f"entry {one.entry}: " if one.entry else ""
        click.echo(f"    {where}{safe(one.message)}")
    if wrong[_MOST:]:
        click.echo(f"    and {len(wrong) - _MOST:,} more")
