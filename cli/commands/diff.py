"""`diff`: two moments compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.commands.seats import moment_line
from cli.options import completed, ledger_option, open_ledger, output_options
from cli.output import figure, party, put_csv, put_json, safe, signed, styled, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from projections.diff import Comparison, Difference, Part
    from projections.flat import Thing, Value

ROWS = 40  # of holders of the same party, and of names in a line; more are counted
MANY = 100  # entries cited
FEW = 4  # entries named of one difference
NOBODY = ("no overall control", "not known")


@click.command("diff")
@click.argument("a")
@click.argument("b")
@click.option(
    "--council", metavar="NAME", shell_complete=completed("council"),
    help="The council, where the ledger has several.",
)  # fmt: skip
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
        click.echo("\n\n".join(_told(found, a, b)))


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


def _told(found: Comparison, a: str, b: str) -> Iterator[str]:
    lines = [
        styled(safe(found.a.name), bold=True),
        f"  A  {safe(a)}: {moment_line(found.a)}",
        f"  B  {safe(b)}: {moment_line(found.b)}",
    ]
    if found.backwards:
        lines.append("A is the later of the two: what differs is told from it back to B.")
    yield "\n".join(lines)
    if not found.differences:
        yield "Nothing differs."
        return
    yield _seats(found)
    yield from _section(found, "learned", _learned(found))
    yield from _section(found, "happened", _happened(found))
    yield _cited(found)


def _learned(found: Comparison) -> str:
    less, more = sorted((found.a.entry, found.b.entry))
    said = f"entry {more} says" if more == less + 1 else f"entries {less + 1} to {more} say"
    return f"We learned better: what {said} of {_hour(found, found.corner.at)}"


def _happened(found: Comparison) -> str:
    at, other = found.corner.at, (found.a if found.backwards else found.b).at
    if other is None:
        return f"Something happened: since {_hour(found, at)}"
    return f"Something happened: between {_hour(found, at)} and {_hour(found, other)}"


def _hour(found: Comparison, moment: Any) -> str:
    return f"{found.a.local(moment):%H:%M:%S %Z, %-d %B %Y}".replace(":00 ", " ", 1)


# --- seats and control --------------------------------------------------------------------


def _seats(found: Comparison) -> str:
    rows = []
    for one in sorted(_of(found, "seats"), key=_most):
        before, after = _number(one.before), _number(one.after)
        rows.append((_party(one.thing.of), str(before), str(after), signed(after - before),
                     _net(one.learned), _net(one.happened)))  # fmt: skip
    heads = ("Seats", "A", "B", "Change", "Learned", "Happened")
    texts = (
        [table(heads, rows, right=", ".join(heads[1:]))]
        if rows
        else ["No party has more or fewer seats."]
    )
    for one in _of(found, "control"):
        words = [f"{word}, {_entries(part)}" for word, part in
                 (("learned", one.learned), ("happened", one.happened)) if part]  # fmt: skip
        before, after = (_value(found, one.thing, value) for value in (one.before, one.after))
        texts.append(f"Control: {before} → {after} ({'; '.join(words)})")
    return "\n".join(texts)


def _most(one: Difference) -> tuple[bool, int, str]:
    """Most seats first, at either end; the vacant last."""
    most = max(_number(one.before), _number(one.after))
    return one.thing.of == "vacant", -most, one.thing.of


def _party(code: str) -> str:
    return "· vacant" if code == "vacant" else party(code, name=True)


def _net(part: Part | None) -> str:
    if part is None:
        return ""
    return signed(_number(part.after) - _number(part.before))


def _number(seats: Value | None) -> int:
    """How many seats; none where there is no value."""
    return seats if isinstance(seats, int) else 0


def _of(found: Comparison, what: str) -> list[Difference]:
    return [one for one in found.differences if one.thing.what == what]


# --- one part -----------------------------------------------------------------------------


def _section(found: Comparison, which: str, head: str) -> Iterator[str]:
    """Everything of one part: seats, figures put right, contests decided."""
    parts = [(one.thing, part) for one in found.differences if (part := getattr(one, which))]
    if not parts:
        return
    yield styled(head, bold=True)
    holders = [(thing, part) for thing, part in parts if thing.what == "holder"]
    moved = [one for one in holders if _group(one[1].before) != _group(one[1].after)]
    same = [one for one in holders if one not in moved]
    if moved:
        yield _table(found, "Another party", moved)
    if same:
        yield _table(found, "Another holder", same[:ROWS]) + _more(len(same) - ROWS, "seats")
    statuses = [one for one in parts if one[0].field == "status"]
    if statuses:
        yield "\n".join(_statuses(statuses))
    new = {thing.of for thing, part in statuses if part.before is None or part.after is None
           or "open" in (part.before, part.after)}  # fmt: skip
    figures = [one for one in parts if one[0].what == "contest" and one[0].field != "status"
               and one[0].of not in new]  # fmt: skip
    if figures:
        yield _table(found, "Figure", figures[:ROWS]) + _more(len(figures) - ROWS, "figures")


def _more(number: int, what: str) -> str:
    return f"\n… and {number} more {what}; --csv and --json have them all" if number > 0 else ""


def _group(value: object) -> str | None:
    return getattr(value, "party", None)


def _table(found: Comparison, head: str, parts: Sequence[tuple[Thing, Part]]) -> str:
    rows = [
        (
            _named(thing),
            _value(found, thing, part.before),
            _value(found, thing, part.after),
            _entries(part),
        )
        for thing, part in parts
    ]
    return table((head, "Before", "After", "By"), rows)


def _named(thing: Thing) -> str:
    if thing.what == "holder":
        return thing.of
    who = f" of {safe(thing.candidate)}" if thing.candidate else ""
    return f"{_ward(thing.of)}: {thing.field.replace('_', ' ')}{who}"


def _ward(contest: str) -> str:
    """The ward of a ballot paper id; `.by` of a by-election is kept."""
    from ledger.ids import named_council

    parts = contest.split(".")
    return ".".join(parts[2 if named_council(parts) else 1 : -1])


def _entries(part: Part) -> str:
    """`entry 30`, `entries 25, 28, 29, 30 and 2 more`."""
    first, over = ", ".join(map(str, part.entries[:FEW])), len(part.entries) - FEW
    more = f" and {over} more" if over > 0 else ""
    return f"{'entry' if len(part.entries) == 1 else 'entries'} {first}{more}"


def _value(found: Comparison, thing: Thing, value: Value | None) -> str:
    told = found.value(thing, value)
    if told is None:
        return "nothing"
    if isinstance(told, dict):
        return f"{party(told['party'])} {safe(told['name'] or '')}".rstrip()
    if thing.field == "declared_at":
        return _hour(found, value)
    if isinstance(told, int):
        return figure(told)
    if isinstance(told, list):
        return ", ".join(map(safe, told))
    return party(told) if thing.what == "control" and told not in NOBODY else safe(told)


def _statuses(parts: Sequence[tuple[Thing, Part]]) -> Iterator[str]:
    """`open → declared: coxford, sholing (entries 25, 28)`."""
    together: dict[tuple[str, str], list[tuple[Thing, Part]]] = {}
    for thing, part in parts:
        change = (str(part.before or "not opened"), str(part.after or "not opened"))
        together.setdefault(change, []).append((thing, part))
    for (before, after), some in together.items():
        names = ", ".join(_ward(thing.of) for thing, _ in some[:ROWS])
        more = f" and {len(some) - ROWS} more" if len(some) > ROWS else ""
        yield f"{len(some)} contest(s) {before} → {after}: {names}{more}"


_ENTRIES = ("Entry", "What", "In the hall", "Recorded", "By", "Source")


def _cited(found: Comparison) -> str:
    """The entries that changed the party of a seat, control, or a figure told before."""
    told = {
        number
        for one in found.differences
        for part in (one.learned, one.happened)
        if part and (part is one.learned or one.thing.what in ("seats", "control"))
        for number in part.entries
    }
    moved = [one for one in _of(found, "holder") if _group(one.before) != _group(one.after)]
    told |= {n for one in moved if one.happened for n in one.happened.entries}
    entries = [found.entries[number] for number in sorted(told or found.entries)]
    rows = [
        (
            str(entry.number),
            entry.kind.replace("-", " "),
            f"{found.a.local(entry.event.effective_at):%Y-%m-%d %H:%M %Z}",
            f"{found.a.local(entry.event.recorded_at):%Y-%m-%d %H:%M %Z}",
            safe(entry.event.by),
            safe(entry.event.source),
        )
        for entry in entries[:MANY]
    ]
    return table(_ENTRIES, rows, right="Entry") + _more(len(entries) - MANY, "entries")
