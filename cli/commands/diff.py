"""`diff`: two moments compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli.differing import told
from cli.naming import council_option
from cli.options import ledger_option, open_ledger, output_options
from cli.output import put_csv, put_json

if TYPE_CHECKING:
    from projections.diff import Comparison, Difference
    from projections.flat import Value


@click.command("diff")
@click.argument("a")
@click.argument("b")
@council_option
@output_options
@ledger_option
def command(a: str, b: str, council: str | None, as_json: bool, as_csv: bool) -> None:
    """Compare two moments: the seats, holders, figures and control that differ, each with the
    entries responsible.

    A and B are written 02:15, 2016-05-06T02:15 or at:02:15 (as it was in the hall, with all
    that is known now), known:02:30 (with what was recorded by then), as-of:02:30 (both: what
    the board showed), entry:31 (with the first 31 entries) or now; both clocks with a comma,
    at:02:15,entry:31.

    What differs is told in two parts. "We learned better": of the hour of the one that knows
    less, the record of the other says otherwise (a correction, a withdrawal, an entry that
    came late). "Something happened": it became true between the two hours. A moment without
    an hour is as late as what it knows.

    \b
    Examples:
      seatledger diff as-of:02:40 now        what the board showed, and what we know today
      seatledger diff 02:15 03:00            what happened in the hall
      seatledger diff entry:29 entry:30      what one entry changed
    \b
    JSON:
      a b          viewpoints, as in `seats`; corner: {at entry} between the two parts
      backwards    whether A is the one that knows more, or is later
      differences  [{what of field candidate before after learned happened}]; what is seats (of a
                   party, or vacant), control, holder (of a seat) or contest (a field of one);
                   learned and happened are {before after entries: [N]} or null
      evened       the same of what is the same at both, but not at the corner
      entries      [{entry kind effective_at recorded_at by source reason cause}]
    """
    from projections.diff import diff
    from projections.viewpoints import written

    found = diff(open_ledger(), written(a), written(b), council)
    if as_json:
        put_json(found.as_json())
    elif as_csv:
        put_csv(_COLUMNS, [_csv(found, one) for one in found.differences])
    else:
        click.echo("\n\n".join(told(found, a, b)))


_COLUMNS = ("what", "of", "field", "candidate", "a", "b", "learned_from", "learned_to",
            "learned_by", "happened_from", "happened_to", "happened_by")  # fmt: skip


def _csv(found: Comparison, one: Difference) -> tuple[object, ...]:
    def value(value: Value | None) -> object:
        told = found.value(one.thing, value)
        if isinstance(told, dict):
            return f"{told['name'] or ''} ({told['party'] or 'vacant'})".strip()
        return "; ".join(told) if isinstance(told, list) else told

    parts: list[object] = []
    for part in (one.learned, one.happened):
        if part is None:
            parts += [None, None, None]
        else:
            parts += [value(part.before), value(part.after), " ".join(map(str, part.entries))]
    return (*one.thing, value(one.before), value(one.after), *parts)
