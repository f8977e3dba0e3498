"""Write the reference pages from the program itself; a test keeps them true."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from cli.main import COMMANDS, group
from ledger import errors, events, formats, forms, rules, values
from ledger import facts as facts_of
from projections.verify import LAWS

HERE = Path(__file__).parent / "reference"
NOTE = "<!-- Written by docs/generate.py (`make docs`); a test compares. -->\n"


def commands() -> str:
    """Every command and option."""
    parts = [f"# Commands\n\n{NOTE}"]
    context = click.Context(group, info_name="seatledger", **group.context_settings)
    for name, help_line in COMMANDS.items():
        command = group.get_command(context, name)
        assert command is not None
        own = click.Context(command, info_name=name, parent=context, max_content_width=90)
        text = command.get_help(own).replace("\b", "").rstrip()
        parts.append(f"## {name}\n\n{help_line}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def rule_page() -> str:
    """Hard and soft rules, and the laws `check` runs."""
    parts = [f"# Rules and laws\n\n{NOTE}", "## Hard rules: refused, exit code 3\n"]
    parts += [_rule(rule) for rule in rules.HARD.values()]
    parts.append(
        "Before these are asked, what is typed or loaded must be of its form, mean something that "
        "stands, and leave nobody out. Each of these rules is an [error](errors.md) of its own:\n"
    )
    parts += [_refusal(cls) for cls in RULES_OF_FORM]
    parts.append("## Soft rules: recorded only with `--accept RULE`\n")
    parts += [_rule(rule) for rule in rules.SOFT.values()]
    parts.append("## Laws: what `seatledger check` and `seatledger verify` hold every entry to\n")
    parts += [f"**{law.name}.** {law.text}\n" for law in LAWS]
    return "\n".join(parts)


# What is refused before a rule of `ledger.rules` can look at a result.
RULES_OF_FORM = (
    errors.BadNumber, errors.BadName, errors.BadText, errors.BadTime, errors.CandidateMissing,
    errors.CandidateTwice, errors.UnknownCandidate, errors.IdOfAnother, errors.UnknownContest,
    errors.ContestOff, errors.AlreadyDeclared, errors.NotDeclared, errors.NoTie,
    errors.LotTooEarly, errors.BeforeDeclared, errors.TargetGone, errors.NotOfContest,
    errors.CannotAmend, errors.CannotWithdraw, errors.NothingChanged, errors.Missing,
)  # fmt: skip


def _refusal(cls: type[errors.LedgerError]) -> str:
    word, message, remedy = _worded(cls)
    return f"**{word}.** {message} *{remedy}*\n"


def _worded(cls: type[errors.LedgerError]) -> tuple[str, str, str]:
    """An error's word, message and remedy, with ‹what› it fills in."""
    text = " ".join(inspect.cleandoc(cls.__doc__ or "").split())
    message, _, remedy = (
        text.replace("!r}", "}").replace("{", "‹").replace("}", "›").partition(" Remedy: ")
    )
    word = "".join("-" + c.lower() if c.isupper() else c for c in cls.__name__).lstrip("-")
    return word, message, remedy


def _rule(rule: rules.Rule) -> str:
    return f"**{rule.name}.** {rule.text} *{rule.remedy}*\n"


def error_page() -> str:
    """Every refusal, by its word in JSON and its exit code."""
    parts = [f"# Errors\n\n{NOTE}"]
    parts.append(
        "With `--json` an error is one object on stderr: "
        '`{"error", "message", "remedy", "details"}`. '
        "A broken rule's word is the rule's own name.\n"
    )
    parts.append("| error | exit code | message | remedy |\n|---|---|---|---|")
    rows = []
    for cls in _errors():
        word, message, remedy = _worded(cls)
        rows.append(f"| `{word}` | {cls.exit_code} | {message} | {remedy} |")
    return "\n".join([*parts, *sorted(rows)]) + "\n"


def _errors() -> Iterator[type[errors.LedgerError]]:
    for cls in vars(errors).values():
        if isinstance(cls, type) and issubclass(cls, errors.LedgerError):
            general = (
                errors.LedgerError,
                errors.Usage,
                errors.Refused,
                errors.RuleBroken,
                errors.NeedsAccept,
            )
            if cls not in general:
                yield cls


def facts() -> str:
    """Every kind of fact, its fields and their shapes."""
    parts = [f"# Facts\n\n{NOTE}", f"{inspect.cleandoc(events.Event.__doc__ or '')}\n"]
    for kind, cls in facts_of.KINDS.items():
        parts += _fields(kind, cls)
    for cls in (
        facts_of.WardSeats,
        facts_of.SeatAtStart,
        facts_of.Nominee,
        facts_of.Candidate,
        values.FieldChange,
        values.Party,
    ):
        parts += _fields(cls.__name__, cls)
    return "\n".join(parts)


def format_page() -> str:
    """Every format a file may have, and the JSON that commands take."""
    parts = [f"# Files\n\n{NOTE}", "## Formats of `load`\n"]
    parts += [f"{inspect.cleandoc(known.__doc__ or '')}\n" for known in formats.FORMATS]
    parts.append(
        "## JSON of `register`, `open`, `declare --from` and `correct --from`\n\n"
        "`register` takes a CouncilForm, `open` a NightForm, `--from` a ResultForm (which may "
        "leave out `contest`). Unknown fields, keys named twice, NaN and numbers written as "
        "text are refused.\n"
    )
    for cls in (
        forms.CouncilForm, forms.WardForm, forms.SeatForm, forms.NightForm, forms.ContestForm,
        forms.NomineeForm, forms.ResultForm, forms.CandidateForm,
    ):  # fmt: skip
        parts += _fields(cls.__name__, cls)
    return "\n".join(parts)


def _fields(title: str, cls: type[values.Frozen]) -> list[str]:
    parts = [f"### {title}\n\n{inspect.cleandoc(cls.__doc__ or '')}\n"]
    parts.append("| field | shape | required |\n|---|---|---|")
    schema = cls.model_json_schema()
    for name, field in schema["properties"].items():
        if name != "kind":
            needed = "yes" if name in schema.get("required", []) else "no"
            parts.append(f"| `{name}` | {_shape(field)} | {needed} |")
    return [*parts, ""]


def _shape(field: dict[str, object]) -> str:
    if "$ref" in field:
        return str(field["$ref"]).rpartition("/")[2]
    if "anyOf" in field:
        options = field["anyOf"]
        assert isinstance(options, list)
        return " or ".join(_shape(one) for one in options if one.get("type") != "null")
    if field.get("type") == "array":
        items = field["items"]
        assert isinstance(items, dict)
        return f"list of {_shape(items)}"
    if "enum" in field:
        values = field["enum"]
        assert isinstance(values, list)
        return ", ".join(map(str, values))
    limits = " to ".join(f"{field[k]:,}" for k in ("minimum", "maximum") if k in field)
    return " ".join(str(x) for x in (field.get("format") or field.get("type"), limits) if x)


PAGES = {
    "commands.md": commands,
    "rules.md": rule_page,
    "errors.md": error_page,
    "facts.md": facts,
    "files.md": format_page,
}


if __name__ == "__main__":
    HERE.mkdir(exist_ok=True)
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), "utf-8")
