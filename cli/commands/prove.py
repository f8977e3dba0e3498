"""`prove ENTRY`: a file that proves an entry to anybody."""

from __future__ import annotations

import click

from cli.kept import kept_tree
from cli.options import ledger_option
from cli.output import figure, styled
from cli.trust import checked, put_new, signer, signer_option


@click.command("prove")
@click.argument("entry", type=int)
@click.option(
    "--checkpoint", "against", metavar="FILE",
    help="Prove it to be in the log at this checkpoint; else one is signed now.",
)  # fmt: skip
@signer_option
@click.option("--out", metavar="FILE", help="Write the proof there, instead of printing it.")
@ledger_option
def command(entry: int, against: str | None, signer_file: str | None, out: str | None) -> None:
    """Prove that an entry is in the ledger, to somebody who does not have the ledger.

    The file says what the entry says, and why that cannot have been changed since the
    checkpoint in it was signed. It is checked with `seatledger verify-proof`, or by sixty
    lines of plain Python.

    \b
    Examples:
      seatledger prove 23 --out coxford.proof
      seatledger prove 23 --checkpoint southampton.checkpoint --out coxford.proof
    """
    from ledger.proof import checkpoint, files, making

    claimed = checkpoint.unopened(checked(against), against) if against else None
    key = None if claimed else signer(signer_file)
    kept = kept_tree()
    if key:
        note = making.sign(kept, key)
        claimed = checkpoint.opened(note, [key.public], "the checkpoint")
    assert claimed is not None
    proof = making.prove(kept, entry, claimed)
    if out is None:
        click.echo(files.written(proof), nl=False)
        return
    put_new(out, files.written(proof).encode())
    click.echo(f"{styled('Proven', bold=True)}: entry {figure(entry)} is in the log at"
               f" {figure(claimed.size)} entries; the proof is in {out}")  # fmt: skip
