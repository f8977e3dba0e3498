"""Writes told back: what was recorded, and what it changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from cli.output import party, put_json, safe, seats_line, signed, styled, table
from ledger.times import local

if TYPE_CHECKING:
    from ledger import Ledger, Receipt
    from ledger.desk import Desk
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
                "effect": line.effect.as_json(),
            }
        )
        return
    lead = _lead(receipt, line.entry.number) + (", once accepted" if once else "")
    click.echo(f"{lead}: {describe(line)}")
    for text in consequences(line):
        click.echo(f"  {text}")


def record(prepare: Callable[[Desk], None], how: dict[str, Any], *, as_json: bool) -> None:
    """Write one fact, and tell it."""
    from cli.options import open_ledger

    ledger = open_ledger()
    tell(ledger, ledger.write(prepare, **how), as_json=as_json)


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


def many(receipt: Receipt, lines: Sequence[LogLine] = ()) -> dict[str, Any]:
    """The shape of a write of several entries in JSON; `lines` are told one by one."""
    one_by_one = [{"entry": line.entry.number, "effect": line.effect.as_json()} for line in lines]
    return {
        "recorded": 0 if receipt.dry_run else receipt.recorded,
        "skipped": receipt.skipped,
        "problems": [],
        "dry_run": receipt.dry_run,
        "withdrawn": receipt.withdrawn,
        "entries": [entry.number for entry in receipt.entries],
        **({"effects": one_by_one} if lines else {}),
    }


def tell_many(receipt: Receipt, what: str, *, as_json: bool, lines: Sequence[LogLine] = ()) -> None:
    """One write of several entries; `lines` are those worth telling one by one."""
    if as_json:
        put_json(many(receipt, lines))
        return
    if lines:
        click.echo(changes_table(lines) + "\n")
    click.echo(f"{recorded(receipt, what)}.")
    if receipt.skipped:
        click.echo(f"  {receipt.skipped} were recorded before and are left as they are.")
    if receipt.withdrawn:
        click.echo(f"  {receipt.withdrawn} of these were withdrawn since, and stay so; declare"
                   " them again one by one if they are right.")  # fmt: skip


def recorded(receipt: Receipt, what: str = "entries") -> str:
    """`Recorded 2 entries (entries 6 to 7)`: those that are new, not those seen before."""
    verb = styled("Would record" if receipt.dry_run else "Recorded", bold=True)
    new = [entry.number for entry in receipt.entries[-receipt.recorded :]]
    if not receipt.recorded:
        return f"{verb} 0 {what}"
    if receipt.recorded == 1:
        return f"{verb} 1 {'entry' if what == 'entries' else what} (entry {new[0]})"
    return f"{verb} {receipt.recorded} {what} (entries {new[0]} to {new[-1]})"


_CHANGES = ("Entry", "Contest", "The source changed", "Cause", "Effect")


def changes_table(lines: Sequence[LogLine]) -> str:
    """Corrections that a source's record of changes makes, each with its effect."""
    return table(_CHANGES, [_change(line) for line in lines], right="Entry")


def _change(line: LogLine) -> tuple[str, ...]:
    said = "; ".join(safe(str(one)) for one in line.told)
    moves = " ".join(f"{code}{signed(seats)}" for code, seats in line.effect.seats.items())
    cause = str(getattr(line.entry.fact, "cause", ""))
    effect = f"{line.effect.kind} {moves}".strip()
    return (str(line.entry.number), line.entry.ward or "", said, cause, effect)


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
    kind = line.kind.replace("-", " ")
    about = f" (of entry {line.target})" if line.target else ""
    if line.kind == "fact-corrected":
        about += f": {line.entry.about.kind.partition('.')[0].replace('-', ' ')}"
    where = line.entry.ward if short else line.contest
    if line.kind == "entry-withdrawn":
        return f"{kind}: entry {line.target}, {where or line.entry.ward or line.entry.council}"
    return f"{kind}{about}: {_fact(line, where or '', short=short)}"


def _fact(line: LogLine, where: str, *, short: bool) -> str:
    """What an entry says, without its kind."""
    fact: Any = line.entry.about
    kind = fact.kind.partition(".")[0]
    if kind == "council-registered":
        since = local(line.entry.event.effective_at, line.timezone)
        held = "" if short else f", as held on {since:%Y-%m-%d}"
        return f"{safe(fact.name)}, {fact.size} seats in {len(fact.wards)} wards{held}"
    if kind.startswith("result-") and kind != "result-overturned":
        names = _people(fact.elected) or "a tie, waiting for its lot"
        lot = f" and by lot {', '.join(map(safe, line.drawn))}" if line.drawn else ""
        told = "".join(f"; {safe(str(one))}" for one in line.told)
        return f"{where}: {names}{lot}{told}"
    return _SAID[kind](fact, where)


_SAID: dict[str, Callable[[Any, str], str]] = {
    "alias-confirmed": lambda fact, _: f"{safe(fact.alias)} means {safe(fact.means)} ({fact.what})",
    "contest-opened": lambda fact, where: (
        f"{where}, {len(fact.seats)} seat(s) up"
        + (f", instead of {fact.replaces}" if fact.replaces else "")
    ),
    "lot-drawn": lambda fact, where: f"{where}: {', '.join(map(safe, fact.names))}",
    "elected-unopposed": lambda fact, where: f"{where}: {_people(fact.elected)}",
    "contest-countermanded": lambda fact, where: (
        f"{where}: {'abandoned, ' if fact.how == 'abandoned' else ''}{safe(fact.why)}"
    ),
    "result-overturned": lambda fact, where: (
        f"{where}: {_people(fact.elected) or 'void'} ({safe(fact.court)})"
    ),
    "discrepancy-noted": lambda fact, where: f"{where}: {safe(fact.what)}",
    "notional-stated": lambda fact, where: f"{where}: {_parties(fact.parties)}",
    "seat-vacated": lambda fact, _: f"{fact.seat}: {safe(fact.holder or 'the holder')}, {fact.why}",
    "seat-filled": lambda fact, _: f"{fact.seat}: {_sitting(fact)}",
    "allegiance-changed": lambda fact, _: f"{fact.seat}: {_sitting(fact)}",
}


def _sitting(fact: Any) -> str:
    return f"{safe(fact.holder or 'the holder')} {party(fact.party.group)}"


def _parties(seats: Any) -> str:
    counts = Counter(held.group for held in seats)
    return ", ".join(f"{party(code)} {number}" for code, number in counts.items())


def _people(elected: Any) -> str:
    return ", ".join(f"{safe(c.name)} {party(c.party.group)}" for c in elected)


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
    texts += [f"{_known_as(old, new)} (before: {_known_as(new, old)})" for old, new in line.people]
    if line.effect.seats:
        moves = ", ".join(f"{party(code)} {signed(n)}" for code, n in line.effect.seats.items())
        texts.append(f"seats: {moves}")
    if line.entry.event.accepted:
        texts.append(f"accepted: {', '.join(line.entry.event.accepted)}")
    texts.append(f"effect: {line.effect.kind}; now {seats_line(_ranked(line.total))}")
    return texts


def _known_as(other: Any, one: Any) -> str:
    """A candidate, with what of the party another reading of them has otherwise."""
    party = one.party
    if other.party == party:
        return safe(one.name)
    id_ = f" {safe(party.id or 'no id')}" if other.party.label == party.label else ""
    return f"{safe(one.name)} ({safe(party.label)}{id_})"


def _move(line: LogLine, before: Change, new: Change) -> str:
    if line.kind == "entry-withdrawn":
        return f"{_holding(new)} again, not {_holding(before)}"
    if new.contest is None or new.party is None:
        return f"{_holding(new)} (before: {_holding(before)})"
    outcome = result_of(before.defending, new.group)
    whom = "" if before.holder is None else f" (before: {safe(before.holder)})"
    return f"{_holding(new)}, {outcome}{whom}"


def result_of(was: str | None, now: str | None) -> str:
    """What winning a seat that a party defended (None: nobody ever held it) makes of it."""
    from ledger.seating import outcome

    if was is None:
        return "gain of a vacant seat"
    return {"hold": "hold", "gain": f"gain from {party(was)}", None: "before: not known"}[
        outcome(was, now)
    ]


def _holding(change: Change) -> str:
    if change.party is None:
        return "vacant"
    return f"{safe(change.holder or 'a councillor')} {party(change.group)}"


def _ranked(counts: dict[str, int]) -> dict[str, int]:
    from projections.tally import ranked

    return ranked(counts)
