"""`verify-proof FILE`: check a proof of an entry, without the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.options import json_option
from cli.output import figure, put_json, safe, styled
from cli.told import describe
from cli.trust import checked, trust_options, trusted_keys

if TYPE_CHECKING:
    from ledger.events import Entry
    from ledger.proof.checkpoint import Signed
    from ledger.proof.files import EntryProof


@click.command("verify-proof")
@click.argument("file")
@trust_options
@json_option
def command(file: str, trust: tuple[str, ...], rotation: tuple[str, ...], as_json: bool) -> None:
    """Check the proof of an entry (`seatledger prove`), and say what it proves.

    No ledger is needed, only the verifier key, had from its owner by another way than the
    proof. Exit code 4 where nothing is proven.

    \b
    Examples:
      seatledger verify-proof coxford.proof --trust seatledger.key.pub
      seatledger verify-proof coxford.proof --trust results.example.org/x+1a2b3c4d+AV…
    """
    from ledger.proof import files

    keys = trusted_keys(trust, rotation)
    proof = files.entry_proof(checked(file), file)
    signed = proof.verify(keys, file)
    entry = _entry(proof)
    if as_json:
        put_json({"proven": True, **_as_json(proof, entry), "checkpoint": signed.as_json()})
        return
    lead = styled(f"Proven: entry {figure(proof.entry)}", bold=True)
    lines = [f"{lead} of {safe(signed.checkpoint.origin)} says"]
    lines += [f"  {line}" for line in _said(proof, entry)]
    lines += ["", *(f"  {line}" for line in _why(signed))]
    click.echo("\n".join(lines))


def _entry(proof: EntryProof) -> Entry | None:
    """What the bytes that were proven mean; None where this version cannot tell."""
    from ledger.errors import Damaged
    from ledger.proof.making import meaning

    try:
        return meaning(proof)
    except Damaged:
        return None


def _said(proof: EntryProof, entry: Entry | None) -> list[str]:
    if entry is None:
        return [f"a {safe(proof.kind)}, which this version cannot read:", safe(proof.state)]
    event = entry.event
    reason = getattr(entry.fact, "reason", None)
    facts = [
        ("recorded", f"{event.recorded_at:%Y-%m-%d %H:%M:%S} UTC, by {safe(event.by)}"),
        ("in the hall", f"{event.effective_at:%Y-%m-%d %H:%M:%S} UTC"),
        ("source", safe(event.source)),
        *([("reason", safe(reason))] if reason else []),
    ]
    return [_words(entry), *(f"{name:<12} {value}" for name, value in facts)]


def _words(entry: Entry) -> str:
    from projections.effect import Effect
    from projections.history import LogLine

    if entry.kind == "entry-withdrawn":
        return f"entry withdrawn: an earlier one of {safe(entry.ward or entry.council)}"
    return describe(LogLine(entry, Effect(), None, "UTC", {}))


def _why(signed: Signed) -> list[str]:
    keys = ", ".join(key.short for key in signed.keys)
    lines = [
        f"{'checkpoint':<12} {figure(signed.size)} entries, root {signed.root.hex()}",
        f"{'signed by':<12} {keys}",
    ]
    if signed.checkpoint.extensions:
        lines.append(f"{'also signed':<12} {'; '.join(map(safe, signed.checkpoint.extensions))}")
    return lines


def _as_json(proof: EntryProof, entry: Entry | None) -> dict[str, Any]:
    """The entry as `log --json` has it, as far as it says so itself; times are UTC."""
    from ledger.events import as_json

    if entry is None:
        return {"entry": proof.entry, "kind": proof.kind, "stream": proof.stream, "data": None}
    event = entry.event
    return {
        "entry": proof.entry,
        "recorded_at": event.recorded_at.isoformat(),
        "kind": entry.kind,
        "stream": proof.stream,
        "council": entry.council,
        "ward": entry.ward,
        "contest": entry.contest,
        "effective_at": event.effective_at.isoformat(),
        "by": event.by,
        "source": event.source,
        "digest": entry.digest,
        "data": as_json(entry.fact),
    }
