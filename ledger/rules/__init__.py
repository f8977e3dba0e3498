"""Hard and soft rules: one function and one name each.

A rule looks at a `Case` and says what is wrong, or None. Its docstring is the
rule, its remedy, and where it comes from. A hard rule refuses; a soft rule is
recorded only with `--accept NAME`, and the override stays in the entry.
"""

from __future__ import annotations

from collections.abc import Sequence

from ledger.errors import NeedsAccept, RuleBroken, UnknownRule
from ledger.rules import hard, soft
from ledger.rules.rule import HARD, SOFT, Case, Rule
from ledger.text import did_you_mean

__all__ = ["HARD", "SOFT", "Case", "Rule", "hard", "hard_rules", "named", "soft", "soft_rules"]


def named(accept: Sequence[str]) -> tuple[str, ...]:
    """The names of soft rules, each once. Raises UnknownRule."""
    for name in accept:
        if name not in SOFT:
            hint = did_you_mean(name, SOFT)
            raise UnknownRule(rule=name, suggestion=hint, rules=", ".join(SOFT))
    return tuple(dict.fromkeys(accept))


def hard_rules(case: Case) -> None:
    """Raise RuleBroken, by the name of the first, for the hard rules broken."""
    broken = {rule.name: what for rule in HARD.values() if (what := rule.broken(case))}
    if "elected-equals-seats" in broken:
        broken.pop("elected-are-top", None)  # with too many or too few it cannot be kept
    if broken:
        raise RuleBroken(
            rule=next(iter(broken)),
            broken=broken,
            what=" ".join(broken.values()),
            remedy=_uncapped(" ".join(_sentence(HARD[name].remedy) for name in broken)),
        )


def soft_rules(case: Case, accept: Sequence[str]) -> tuple[str, ...]:
    """The soft rules broken and accepted. Raises NeedsAccept for those not accepted."""
    broken = {rule.name: what for rule in SOFT.values() if (what := rule.broken(case))}
    refused = [name for name in broken if name not in accept]
    if refused:
        raise NeedsAccept(
            rule=refused[0],
            rules=refused,
            what=" ".join(broken[name] for name in refused),
            remedy="look again; if it is so, repeat with "
            + " ".join(f"--accept {name}" for name in refused)
            + ". "
            + " ".join(_sentence(SOFT[name].remedy) for name in refused),
        )
    return tuple(broken)


def _uncapped(text: str) -> str:
    return text[:1].lower() + text[1:]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
