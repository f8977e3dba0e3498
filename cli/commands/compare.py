"""`compare A B`: whether two checkpoints are of one history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.kept import kept_tree
from cli.options import json_option, ledger_option
from cli.output import figure, put_json, safe, styled
from cli.trust import checked, put_new, signed_checkpoint, trust_options, trusted_keys

if TYPE_CHECKING:
    from ledger.proof.checkpoint import Signed
    from ledger.proof.files import ConsistencyProof


@click.command("compare")
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@trust_options
@click.option(
    "--proof", metavar="FILE", help="A consistency proof to check, instead of the ledger."
)
@click.option("--out", metavar="FILE", help="Write the consistency proof there.")
@json_option
@ledger_option
def command(
    first: str, second: str, trust: tuple[str, ...], rotation: tuple[str, ...],
    proof: str | None, out: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Compare two checkpoints, from two audiences or two moments.

    Of the same size they have the same root, or two histories were signed: a fork, exit code
    4. Of different sizes, the ledger shows that the larger log begins with the smaller, by a
    consistency proof that anybody can check (--proof); if it cannot, that is a fork too.

    \b
    Examples:
      seatledger compare ours.checkpoint theirs.checkpoint --trust seatledger.key.pub
      seatledger compare old.checkpoint new.checkpoint --trust seatledger.key.pub --out grown.json
      seatledger compare old.checkpoint new.checkpoint --trust seatledger.key.pub --proof grown.json
    """
    from ledger.errors import TwoLogs

    keys = trusted_keys(trust, rotation)
    one, other = signed_checkpoint(first, keys), signed_checkpoint(second, keys)
    if one.checkpoint.origin != other.checkpoint.origin:
        raise TwoLogs(first=first, one=safe(one.checkpoint.origin),
                      second=second, other=safe(other.checkpoint.origin))  # fmt: skip
    old, new = sorted((one, other), key=lambda signed: signed.size)
    grown = None if old.size == new.size else _grown(old, new, proof)
    _same(old, new)
    if out and grown:
        from ledger.proof import files

        put_new(out, files.written(grown).encode())
    if as_json:
        put_json(
            {
                "result": "extends" if grown else "equal",
                "origin": old.checkpoint.origin,
                "older": {"file": old.file, **old.as_json()},
                "newer": {"file": new.file, **new.as_json()},
                "proof": grown.as_json() if grown else None,
            }
        )
        return
    click.echo(_told(old, new, grown))


def _same(old: Signed, new: Signed) -> None:
    """Two checkpoints of one size have one root, or raises Forked."""
    from ledger.errors import Forked

    if old.size == new.size and old.root != new.root:
        raise Forked(origin=safe(old.checkpoint.origin), size=old.size, root=old.root.hex(),
                     other=new.root.hex(), files=[old.file, new.file])  # fmt: skip


def _grown(old: Signed, new: Signed, file: str | None) -> ConsistencyProof:
    """The proof that the newer log begins with the older: the one given, or made now."""
    from ledger.errors import NoLedger, ProofNeeded
    from ledger.proof import files, making

    if file:
        proof = files.consistency_proof(checked(file), file)
        making.check_consistency(proof, old.checkpoint, new.checkpoint)
        return proof
    try:
        kept = kept_tree()
    except NoLedger as error:
        raise ProofNeeded(old=old.size, new=new.size) from error
    return making.consistency(kept, old, new)


def _told(old: Signed, new: Signed, grown: ConsistencyProof | None) -> str:
    origin = safe(old.checkpoint.origin)
    if grown is None:
        lead = styled("Equal", bold=True)
        return (
            f"{lead}: both are of {origin} at {figure(old.size)} entries\n  root {old.root.hex()}"
        )
    lead = styled("Consistent", bold=True)
    return (
        f"{lead}: {origin} at {figure(new.size)} entries ({new.file})"
        f" begins with what it was at {figure(old.size)} ({old.file})\n"
        f"  proven by {len(grown.path)} hash{'' if len(grown.path) == 1 else 'es'}"
    )
