"""A newer version of a file told: what it changes, and what was left as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.output import put_json, safe, styled, table
from cli.told import many, recorded

if TYPE_CHECKING:
    from ledger import Ledger, Receipt
    from projections.changes import Changed

_HEADS = ("Contest", "What", "Before", "After", "Effect")


def tell_superseded(ledger: Ledger, receipt: Receipt, *, as_json: bool, once: bool = False) -> None:
    """Each change, then how many entries, then (on stderr) what the file left out; `once`
    says that it is yet to be accepted."""
    from dataclasses import asdict

    from projections.changes import changes

    new = receipt.entries if receipt.recorded else ()
    found = changes(ledger, new)
    if as_json:
        told = [one.as_json() for one in found]
        put_json(many(receipt) | {"changes": told, "notes": [asdict(n) for n in receipt.notes]})
    else:
        if found:
            click.echo(table(_HEADS, [_shown(one) for one in found], right="Before,After") + "\n")
        click.echo(_summary(receipt, once=once))
    # Beside a refusal told as JSON there is one object on stderr, and no more.
    for note in () if once and as_json else receipt.notes:
        click.echo(f"{styled('Note', bold=True)}: {safe(str(note))}", err=True)


def _summary(receipt: Receipt, *, once: bool) -> str:
    accepted = ", once accepted" if once else ""
    same = f" {receipt.skipped} are as they stand." if receipt.skipped else ""
    return f"{recorded(receipt)}{accepted}.{same}"


def _shown(one: Changed) -> tuple[str, ...]:
    what = one.field.replace("_", " ")
    if one.candidate:
        what = safe(one.candidate) if one.field == "votes" else f"{safe(one.candidate)}: {what}"
    return (one.contest, what, _value(one.old), _value(one.new), one.effect)


def _value(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else safe(str(value))
