"""Writes told back: what was recorded, and what it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.output import party, put_json, safe, seats_line, signed, styled
from ledger.times import local

if TYPE_CHECKING:
    from collections.abc import Callable

    from ledger import Ledger, Receipt
    from ledger.seating import Change
    from projections.history import LogLine


def tell(ledger: Ledger, receipt: Receipt, *, as_json: bool, once: bool = False) -> None:
    """One write of one entry; `once` says that it is yet to be accepted."""
    from projections.history import effects

    line = effects(ledger, receipt.entries)[0]
    if as_json:
        put_json(
            {
                "entry": line.entry.number,
                "recorded": bool(receipt.recorded) and not receipt.dry_run,
                "dry_run": receipt.dry_run,
                "withdrawn": bool(receipt.withdrawn),
                "effect": {"class": line.effect.kind, "seats": line.effect.seats},
            }
        )
        return
    lead = _lead(receipt, line.entry.number) + (", once accepted" if once else "")
    click.echo(f"{lead}: {describe(line)}")
    for text in consequences(line):
        click.echo(f"  {text}")


def tell_decided(
    ledger: Ledger,
    record: Callable[[tuple[str, ...]], Receipt],
    accept: tuple[str, ...],
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """One write that soft rules may refuse. A dry run shows its effect all the same: that is
    what one looks at to decide whether to accept."""
    from ledger.errors import NeedsAccept

    try:
        tell(ledger, record(accept), as_json=as_json)
    except NeedsAccept as refused:
        if dry_run:
            tell(ledger, record((*accept, *refused.details["rules"])), as_json=as_json, once=True)
        raise


def tell_many(receipt: Receipt, what: str, *, as_json: bool) -> None:
    """One write of several entries."""
    numbers = [entry.number for entry in receipt.entries]
    if as_json:
        put_json(
            {
                "recorded": 0 if receipt.dry_run else receipt.recorded,
                "skipped": receipt.skipped,
                "problems": [],
                "dry_run": receipt.dry_run,
                "withdrawn": receipt.withdrawn,
                "entries": numbers,
            }
        )
        return
    verb = "Would record" if receipt.dry_run else "Recorded"
    span = f" (entries {numbers[0]} to {numbers[-1]})" if receipt.recorded else ""
    click.echo(f"{styled(verb, bold=True)} {receipt.recorded} {what}{span}.")
    if receipt.skipped:
        click.echo(f"  {receipt.skipped} were recorded before and are left as they are.")
    if receipt.withdrawn:
        click.echo(f"  {receipt.withdrawn} of these were withdrawn since, and stay so; declare"
                   " them again one by one if they are right.")  # fmt: skip


def _lead(receipt: Receipt, number: int) -> str:
    if receipt.dry_run:
        return styled(f"Would record entry {number}", bold=True)
    if receipt.withdrawn:
        return styled(f"Recorded before, as entry {number}, and withdrawn since", bold=True)
    if not receipt.recorded:
        return styled(f"Recorded before, as entry {number}", bold=True)
    return styled(f"Recorded entry {number}", bold=True)


def describe(line: LogLine, *, short: bool = False) -> str:
    """An entry in one line; `short` names the ward and leaves out the ballot paper id."""
    fact: Any = line.entry.fact
    kind = line.kind.replace("-", " ")
    contest = line.entry.ward if short else line.contest
    match line.kind:
        case "council-registered":
            since = local(line.entry.event.effective_at, line.timezone)
            held = "" if short else f", as held on {since:%Y-%m-%d}"
            return f"{kind}: {safe(fact.name)}, {fact.size} seats in {len(fact.wards)} wards{held}"
        case "contest-opened":
            return f"{kind}: {contest}, {len(fact.seats)} seat(s) up"
        case "result-declared" | "result-corrected":
            names = ", ".join(f"{safe(c.name)} {party(c.party.group)}" for c in fact.elected)
            if line.drawn:
                names += " and by lot " + ", ".join(map(safe, line.drawn))
            about = f" (of entry {line.target})" if line.target else ""
            return f"{kind}{about}: {contest}: {names or 'a tie, waiting for its lot'}"
        case "lot-drawn":
            return f"{kind}: {contest}: {', '.join(safe(name) for name in fact.names)}"
        case _:
            return f"{kind}: entry {line.target}, {contest}"


def consequences(line: LogLine) -> list[str]:
    """What an entry changed, in words; holds of one person are left out."""
    texts = []
    for before, new in line.effect.holders:
        if before is None:
            continue
        texts.append(f"{new.seat}: {_move(line, before, new)}")
    if line.moved_from:
        was, now = (
            local(m, line.timezone) for m in (line.moved_from, line.entry.event.effective_at)
        )
        texts.append(f"declared at {now:%Y-%m-%d %H:%M %Z} (before: {was:%Y-%m-%d %H:%M %Z})")
    if line.effect.seats:
        moves = ", ".join(f"{party(code)} {signed(n)}" for code, n in line.effect.seats.items())
        texts.append(f"seats: {moves}")
    if line.entry.event.accepted:
        texts.append(f"accepted: {', '.join(line.entry.event.accepted)}")
    texts.append(f"effect: {line.effect.kind}; now {seats_line(_ranked(line.total))}")
    return texts


def _move(line: LogLine, before: Change, new: Change) -> str:
    holder, was = safe(new.holder or "vacant"), safe(before.holder or "vacant")
    if line.kind == "entry-withdrawn":
        return f"{holder} {party(new.group)} again, not {was} {party(before.group)}"
    outcome = "hold" if before.group == new.group else f"gain from {party(before.group)}"
    whom = "" if before.holder is None else f" (before: {was})"
    return f"{holder} {party(new.group)}, {outcome}{whom}"


def _ranked(counts: dict[str, int]) -> dict[str, int]:
    from projections.tally import ranked

    return ranked(counts)
