"""`explain`: why a number is what it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import click

from cli.commands.seats import moment_line
from cli.naming import council_option
from cli.options import ledger_option, open_ledger, output_options, viewpoint_options
from cli.output import party, put_csv, put_json, safe, styled, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ledger.events import Entry, Viewpoint
    from ledger.seating import Change
    from projections.explain import Account, Explanation, Move, Story
    from projections.holders import Held

NAMED = 8  # moves named in the sums; more are in the table alone


@click.command("explain")
@click.argument("about", metavar="[PARTY|WARD|SEAT]", required=False)
@council_option
@click.option("--from-register", is_flag=True, help="Count from the register, not from the eve.")
@viewpoint_options
@output_options
@ledger_option
def command(
    about: str | None,
    council: str | None,
    from_register: bool,
    seen: Viewpoint,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Say why a number is what it is, down to the entries that made it.

    Of a party (or `vacant`): its seats at the start, each lost and each gained since, with
    the entry that made it, its hour, its source and who recorded it. The start is the eve of
    the poll (or another --baseline). Without a name: every party so. Of a ward or a seat:
    everyone who held it in turn, and what was recorded of it and no longer stands.

    Every total is added up again and compared with the board; if one differs nothing is
    printed, and the exit code is 4.

    \b
    Examples:
      seatledger explain                     every party
      seatledger explain LAB --at 02:40      one, as it was in the hall
      seatledger explain coxford/2           everyone who held a seat
      seatledger explain "Old Town"          and all seats of a ward
      seatledger explain LAB --from-register

    CSV is a row for each time a seat got another party or, where seats are asked for, for each
    holder in turn; `gone` is the entry since which a row no longer stands.

    \b
    JSON:
      start       {from at}: eve-of-poll, another baseline, or register; and its hour
      parties     [{party start gained: [MOVE] lost: [MOVE] seats}]
      seats       [{seat ward held: [HELD] no_longer: [HELD and gone: {ENTRY}]}]
      MOVE        {seat ward at from: {name party} to: {name party}} and ENTRY, corrects: [ENTRY]
      HELD        {at name party} and ENTRY, corrects: [ENTRY]
      ENTRY       entry kind effective_at recorded_at by source reason cause
    """
    from projections.explain import explain

    if from_register and seen.baseline != "eve-of-poll":
        raise click.UsageError("--from-register and --baseline are two starts; give one.")
    found = explain(open_ledger(), council, seen, about, from_register=from_register)
    if as_json:
        put_json(found.as_json() | replace(seen, baseline="eve-of-poll").named)
        return
    if as_csv:
        put_csv(_COLUMNS, _rows(found))
        return
    head = f"{styled(safe(found.tally.name), bold=True)}, {moment_line(found.tally)}"
    click.echo("\n\n".join([head, *(_stories(found) if found.stories else _accounts(found))]))


_COLUMNS = ("seat", "at", "from", "from_party", "to", "to_party", "entry", "kind", "recorded_at",
            "by", "source", "corrects", "gone")  # fmt: skip


def _rows(found: Explanation) -> Iterator[tuple[object, ...]]:
    def row(change: Change, was: tuple[object, object], behind: Sequence[Entry]) -> list[object]:
        *before, entry = behind
        at, recorded = (found.tally.local(m) for m in (change.at, entry.event.recorded_at))
        to = (change.holder, change.group)
        told = (entry.kind, recorded.isoformat(), entry.event.by, entry.event.source)
        corrects = " ".join(str(one.number) for one in before)
        return [change.seat, at.isoformat(), *was, *to, entry.number, *told, corrects]

    for move in found.moves:
        yield (*row(move.to.change, (move.holder, move.party), move.to.behind), None)
    for story in found.stories:
        was: tuple[object, object] = (None, None)
        for one in story.held:
            yield (*row(one.change, was, one.behind), None)
            was = (one.change.holder, one.change.group)
        for gone in story.former:
            yield (*row(gone.change, (None, None), (gone.said,)), gone.gone.number)


# --- parties ------------------------------------------------------------------------------


def _accounts(found: Explanation) -> list[str]:
    sums = "\n".join(_sum(found, account) for account in found.accounts)
    if not found.moves:
        what = "changed party" if len(found.accounts) > 1 else "come to it or left it"
        return [sums, f"No seat has {what} since {_start(found)}."]
    rows = [_row(found, move) for move in found.moves]
    return [
        sums,
        table(_MOVES, rows, right="Entry"),
        *_behind([move.to for move in found.moves], found),
    ]


def _sum(found: Explanation, account: Account) -> str:
    """`● LAB 25 = 25 on the eve of the poll − 2 lost (…) + 2 gained (…)`."""
    label = "· vacant" if account.party == "vacant" else party(account.party)
    lost, gained = (
        _counted(found, account.lost, "− {} lost"),
        _counted(found, account.gained, "+ {} gained"),
    )
    return f"{label} {account.seats} = {account.start} {_when(found)}{lost}{gained}"


def _counted(found: Explanation, moves: Sequence[Move], what: str) -> str:
    where = [f"{_ward(found, move.to)}, entry {move.to.entry.number}" for move in moves]
    named = f" ({'; '.join(where)})" if len(found.moves) <= NAMED else ""
    return f" {what.format(len(moves))}{named}" if moves else ""


def _ward(found: Explanation, held: Held) -> str:
    return safe(found.wards[held.change.seat.rpartition("/")[0]])


def _start(found: Explanation) -> str:
    """The start, in words."""
    day = f"{found.tally.local(found.since):%-d %B %Y}"
    return {
        "eve-of-poll": f"the eve of the poll of {day}",
        "register": f"the register of {day}",
        "last-comparable": "the seats were last up",
        "notional": "the notional result",
    }[found.start]


def _when(found: Explanation) -> str:
    return {
        "eve-of-poll": "on the eve of the poll",
        "register": "in the register",
        "last-comparable": "when last up",
        "notional": "by the notional result",
    }[found.start]


_MOVES = ("In the hall", "Seat", "From", "To", "Entry", "What", "Recorded", "By", "Source")


def _row(found: Explanation, move: Move) -> tuple[str, ...]:
    change = move.to.change
    return (
        _hour(found, change.at),
        change.seat,
        _holder(move.party, move.holder),
        _holder(change.group, change.holder),
        *_entry(found, move.to.entry),
    )


def _entry(found: Explanation, entry: Entry) -> tuple[str, ...]:
    return (
        str(entry.number),
        entry.kind.replace("-", " "),
        _hour(found, entry.event.recorded_at),
        safe(entry.event.by),
        safe(entry.event.source),
    )


def _hour(found: Explanation, moment: datetime) -> str:
    return f"{found.tally.local(moment):%Y-%m-%d %H:%M %Z}"


def _holder(code: str | None, name: str | None) -> str:
    return f"{party(code)} {safe(name or '')}".rstrip()


def _behind(held: Iterable[Held], found: Explanation) -> list[str]:
    """The corrections that the entries named are."""
    lines = []
    for behind in dict.fromkeys(one.behind for one in held):
        for was, entry in pairwise(behind):
            cause = getattr(entry.fact, "cause", "other")
            told = "" if cause == "other" else f"{cause}, "
            lines.append(
                f"Entry {entry.number} corrects entry {was.number} (recorded"
                f" {_hour(found, was.event.recorded_at)} by {safe(was.event.by)}):"
                f" {told}{safe(getattr(entry.fact, 'reason', ''))}"
            )
    return ["\n".join(lines)] if lines else []


# --- seats --------------------------------------------------------------------------------


def _stories(found: Explanation) -> list[str]:
    return [text for story in found.stories for text in _story(found, story)]


_HELD = ("Since", "Holder", "Entry", "What", "Recorded", "By", "Source")
_FORMER = ("No longer stands", "Holder", "Entry", "What", "Recorded", "By", "Since entry")


def _story(found: Explanation, story: Story) -> list[str]:
    last = story.held[-1].change
    head = (
        f"{styled(story.seat, bold=True)} ({safe(found.wards[story.ward])}):"
        f" {_holder(last.group, last.holder)} since {_hour(found, last.at)}"
    )
    rows = [
        (
            _hour(found, one.change.at),
            _holder(one.change.group, one.change.holder),
            *_entry(found, one.entry),
        )
        for one in story.held
    ]
    texts = [f"{head}\n{table(_HELD, rows, right='Entry')}", *_behind(story.held, found)]
    if story.former:
        gone = [
            (
                _hour(found, one.change.at),
                _holder(one.change.group, one.change.holder),
                *_entry(found, one.said)[:-1],
                f"{one.gone.number} ({one.gone.kind.replace('-', ' ')})",
            )
            for one in story.former
        ]
        texts.append(table(_FORMER, gone, right="Entry"))
    return texts
