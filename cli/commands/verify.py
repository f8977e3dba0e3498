"""`verify`: whether the ledger is what was recorded."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from cli.options import json_option, ledger_option, open_ledger
from cli.output import put_json, safe, styled
from cli.trust import signed_checkpoint, trust_options, trusted_keys

if TYPE_CHECKING:
    from ledger.proof.checkpoint import Signed
    from projections.verify import Verified


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
        _put(found, signed)
    else:
        _show(found, signed)
    if found.broken:
        first = found.broken[0]
        where = f"at entry {first.entry}" if first.entry else "of its files"
        told = f"{where}: {first.law}: {first.message}"
        raise VerifyFailed(count=len(found.broken), first=told)


def _put(found: Verified, signed: list[Signed]) -> None:
    from projections.verify import CHECKPOINT, LAWS

    put_json(
        {
            "ok": not found.broken,
            "entries": found.entries,
            "councils": found.councils,
            "root": found.root.hex() if found.root else None,
            "laws": [*(law.name for law in LAWS), *([CHECKPOINT] if signed else [])],
            "checkpoints": [
                {"file": one.file, "origin": one.checkpoint.origin, "size": one.size,
                 "root": one.root.hex(), "keys": [key.short for key in one.keys]}
                for one in signed
            ],
            "broken": [one._asdict() for one in found.broken],
        }
    )  # fmt: skip


def _show(found: Verified, signed: list[Signed]) -> None:
    from projections.verify import CHECKPOINT, LAWS

    texts = [(law.name, law.text) for law in LAWS]
    texts += [
        (CHECKPOINT, f"It extends {one.size:,} entries of {one.checkpoint.origin} ({one.file}).")
        for one in signed
    ]
    for name, text in texts:
        wrong = [one for one in found.broken if one.law == name]
        if name == CHECKPOINT:
            wrong = [one for one in wrong if any(s.file in one.message and s.file in text for s in signed)]
        mark = styled("✗", fg="red") if wrong else styled("✓", fg="green")
        click.echo(f"{mark} {name:<13} {safe(text)}")
        for one in wrong[:20]:
            click.echo(f"    entry {one.entry}: {safe(one.message)}")
        if wrong[20:]:
            click.echo(f"    and {len(wrong) - 20} more")
    root = found.root.hex() if found.root else "not known: an entry cannot be read"
    click.echo(f"{found.entries:,} entries, {found.councils:,} council(s); root {root}")
