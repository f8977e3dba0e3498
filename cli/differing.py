"""Two moments compared, told to people: the seats, what was learned, what happened, by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cli.commands.seats import moment_line
from cli.output import figure, party, safe, signed, styled, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from projections.diff import Comparison, Difference, Part
    from projections.flat import Thing, Value

ROWS = 40  # of holders of the same party, and of names in a line; more are counted
MANY = 100  # entries cited
FEW = 4  # entries named of one difference
NOBODY = ("no overall control", "not known")


def told(found: Comparison, a: str, b: str) -> Iterator[str]:
    """The paragraphs; `a` and `b` are the moments as they were written."""
    lines = [
        styled(safe(found.a.name), bold=True),
        f"  A  {safe(a)}: {moment_line(found.a)}",
        f"  B  {safe(b)}: {moment_line(found.b)}",
    ]
    if found.backwards:
        lines.append("A is the later of the two: what differs is told from it back to B.")
    yield "\n".join(lines)
    if not (found.differences or found.evened):
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
        else ["No party gained or lost a seat."]
    )
    return "\n".join([*texts, *(_control(found, one) for one in _of(found, "control"))])


def _control(found: Comparison, one: Difference) -> str:
    """`Control: ● LAB → no overall control (learned, entry 30) → ● LAB (happened, entry 34)`."""
    parts = [(word, part) for word, part in (("learned", one.learned), ("happened", one.happened))
             if part]  # fmt: skip
    steps = [f"{_value(found, one.thing, part.after)} ({word}, {_entries(part)})"
             for word, part in (reversed(parts) if found.backwards else parts)]  # fmt: skip
    return " → ".join([f"Control: {_value(found, one.thing, one.before)}", *steps])


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
    everything = (*found.differences, *found.evened)
    return [one for one in everything if one.thing.what == what]


# --- one part -----------------------------------------------------------------------------


def _section(found: Comparison, which: str, head: str) -> Iterator[str]:
    """Everything of one part: seats, figures put right, contests decided."""
    everything = (*found.differences, *found.evened)
    parts = [(one.thing, part) for one in everything if (part := getattr(one, which))]
    if not parts:
        return
    yield styled(head, bold=True)
    holders = [(thing, part) for thing, part in parts if thing.what == "holder"]
    moved = [one for one in holders if _group(one[1].before) != _group(one[1].after)]
    same = [one for one in holders if one not in moved and _names(one[1])]
    unnamed = len(holders) - len(moved) - len(same)
    if moved:
        yield _table(found, "Another party", moved)
    if same:
        yield _table(found, "Another holder", same[:ROWS]) + _more(len(same) - ROWS, "seats")
    if unnamed:
        yield f"{unnamed} seat(s) of the same party, whose holder is named at one moment only"
    statuses = [one for one in parts if one[0].field == "status"]
    if statuses:
        yield "\n".join(_statuses(statuses))
    new = {thing.of for thing, part in statuses if part.before is None or part.after is None
           or "open" in (part.before, part.after)}  # fmt: skip
    figures = [one for one in parts if one[0].what == "contest" and one[0].field != "status"
               and one[0].of not in new]  # fmt: skip
    if figures:
        yield _table(found, "Figure", figures[:ROWS]) + _more(len(figures) - ROWS, "figures")


def _names(part: Part) -> bool:
    """Whether both holders are known by name."""
    return all(getattr(value, "name", None) for value in (part.before, part.after))


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
        for one in (*found.differences, *found.evened)
        for part in (one.learned, one.happened)
        if part and (part is one.learned or one.thing.what in ("seats", "control"))
        for number in part.entries
    }
    moved = [one for one in found.differences if _group(one.before) != _group(one.after)]
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
