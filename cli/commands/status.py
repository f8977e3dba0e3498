"""`status`: who can still win."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.commands.seats import control_line, controlled_by, moment_line, progress_line
from cli.naming import council_argument
from cli.options import ledger_option, open_ledger, output_options, viewpoint_options
from cli.output import party, put_csv, put_json, safe, styled, table
from ledger.parties import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ledger.events import Viewpoint
    from ledger.seating import Change
    from projections.certainty import Since
    from projections.status import Awaited, Reach, Status


@click.command("status")
@council_argument
@viewpoint_options
@output_options
@ledger_option
def command(
    council: str | None,
    seen: Viewpoint,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Show who can still win: what is to come, how far each party can get, and since when
    control is certain.

    "Least" and "Most" are the fewest and the most seats a party can end with, by arithmetic
    alone; "Needs" is how many more than its least make a majority. Where candidates are
    known, only they can win a seat; in a tie, only those tied.

    \b
    Examples:
      seatledger status
      seatledger status --at 02:15          as it was in the hall
      seatledger status --as-of 02:15       what the board showed
      seatledger status --entry 30 --json   a permalink: never changes its answer
    \b
    JSON (a list where several councils are asked for):
      council name size majority viewpoint poll_date contests vacant control   as in `seats`
      undecided   seats up that nobody has won yet
      anyone      those of them for which nobody is known to stand: anyone may win them
      parties     [{party seats at_stake least most needs}]; needs is null: out of reach
      to_come     [{contest ward defending: [{seat name party}]}]
      waiting     the same of contests waiting for a lot, with tied: [{name party}]; without
                  it too few stood, and a seat is left
      called_off  the same of polls not held, with how: countermanded or abandoned
      since       {hall: {at entry} ledger: {at entry}}: what made control certain, on either
                  clock; a clock is null where it was certain before any result, and since is
                  null while it is not certain
    """
    from projections.status import status, statuses

    ledger = open_ledger()
    many = council is None and len(ledger.councils()) > 1
    found = statuses(ledger, seen) if many else [status(ledger, council, seen)]
    if as_json:
        shapes = [one.as_json() for one in found]
        put_json(shapes if many else shapes[0])
    elif as_csv:
        put_csv(
            ("council", "party", "seats", "at_stake", "least", "most", "needs"),
            [row for one in found for row in _rows(one)],
        )
    else:
        click.echo(_overview(found) if many else _shown(found[0]))


def _rows(found: Status) -> list[tuple[object, ...]]:
    tally = found.tally
    rows: list[tuple[object, ...]] = [(tally.council, *line) for line in found.parties]
    if tally.vacant:
        rows.append((tally.council, "vacant", tally.vacant, _vacant(found), None, None, None))
    return rows


def _vacant(found: Status) -> int:
    """The vacant seats that are at stake."""
    undecided = (*found.to_come, *found.waiting)
    return sum(held.party is None for one in undecided for held in one.defending)


def _shown(found: Status) -> str:
    tally = found.tally
    parts = [
        (
            f"{styled(safe(tally.name), bold=True)}: {tally.size} seats,"
            f" {tally.majority} for a majority\n{moment_line(tally)}"
        ),
        _parties(found),
        *_contests(found),
        "\n".join([control_line(tally), *_certain(found), progress_line(tally)]),
    ]
    return "\n\n".join(parts)


def _parties(found: Status) -> str:
    """Those with seats, or a majority in reach; the others in a line."""
    told = [one for one in found.parties if one.seats or one.needs is not None]
    rows = [
        (party(one.party, name=True), str(one.seats), str(one.at_stake), str(one.least),
         str(one.most), _needs(one))
        for one in told
    ]  # fmt: skip
    if found.tally.vacant:
        rows.append(("· vacant", str(found.tally.vacant), str(_vacant(found)), "", "", ""))
    lines = [table(("Party", "Seats", "At stake", "Least", "Most", "Needs"), rows,
                   right="Seats,At stake,Least,Most,Needs")]  # fmt: skip
    others = [one.most for one in found.parties if one not in told]
    if others:
        lines.append(f"Others who can win seats: {len(others)}, none more than {max(others)}")
    if found.tally.at_stake.free:
        lines.append(f"Seats for which nobody is known to stand: {found.tally.at_stake.free}")
    return "\n".join(lines)


def _needs(one: Reach) -> str:
    if one.party == UNKNOWN:
        return ""
    if one.needs is None:
        return "out of reach"
    return f"{one.needs} of {one.most - one.least}" if one.needs else "nothing"


def _contests(found: Status) -> list[str]:
    heads = (
        ("Still to come", "Defended by", [(one, "") for one in found.to_come]),
        ("Waiting for its lot", "Held by", [(one, _tied(one)) for one in found.waiting]),
        ("Called off", "Held by", [(one, one.how or "") for one in found.called_off]),
    )
    tables = []
    for head, holder, lines in heads:
        if lines:
            rows = [
                (safe(one.ward_name), str(len(one.defending)), _holders(one.defending), more)
                for one, more in lines
            ]
            tables.append(table((head, "Seats", holder, ""), rows, right="Seats"))
    return tables


def _holders(defending: Sequence[Change]) -> str:
    return ", ".join(f"{party(c.group)} {safe(c.holder or '')}".rstrip() for c in defending)


def _tied(one: Awaited) -> str:
    if not one.tied:
        return "nobody stood for it"
    return "between " + " and ".join(f"{party(c.party.group)} {safe(c.name)}" for c in one.tied)


def _certain(found: Status) -> list[str]:
    """Since when control is certain, or what it would take."""
    tally = found.tally
    if tally.poll_date is None:
        return []
    if tally.control.certain:
        hall, ledger = _since(found, found.hall), _since(found, found.ledger)
        return [f"Certain in the hall {hall}", f"Certain in the ledger {ledger}"]
    unknown = tally.seats.get(UNKNOWN, 0)
    if unknown:
        return [f"Least, Most and Needs count the {unknown} whose holder is not known for nobody."]
    able = [one for one in found.parties if one.needs is not None]
    if not able:
        return ["No party can reach a majority: it ends in no overall control."]
    sure = next(
        (one.party for one in able if one.needs == 0 and one.party != tally.control.party), None
    )
    if sure:
        return [f"{party(sure)} ends with a majority, whoever wins what is to come."]
    others = found.tally.at_stake.free >= tally.majority
    texts = [f"{party(one.party)} {_needs(one)}" for one in able] + ["anyone"] * others
    return [f"A majority still needs, of the seats each can win: {', '.join(texts)}"]


def _since(found: Status, since: Since | None) -> str:
    if since is None:
        return "before any result"
    moment = found.tally.local(since.moment)
    return f"since {moment:%H:%M %Z, %-d %B %Y}, with entry {since.entry}"


def _overview(found: Sequence[Status]) -> str:
    rows = []
    for one in found:
        tally, control = one.tally, one.tally.control
        who = controlled_by(control)
        able = [f"{party(p.party)} {_needs(p)}" for p in one.parties if p.needs]
        moment = one.hall and tally.local(one.hall.moment)
        when = f"{moment:%Y-%m-%d %H:%M %Z}" if moment else "before any result"
        certain = (when if tally.poll_date else "no night") if control.certain else "no"
        to_come = f"{len(one.to_come) + len(one.waiting)}/{tally.contests_total}"
        rows.append((safe(tally.name), who, certain, to_come, "  ".join(able)))
    return table(("Council", "Control", "Certain since", "To come", "Needs"), rows, right="To come")
