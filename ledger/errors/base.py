"""What every refusal has: a stable word, an exit code, a message and a remedy."""

from __future__ import annotations

import inspect
import re
from typing import Any


class LedgerError(Exception):
    """The ledger could not do that: {what}."""

    exit_code = 1

    def __init__(self, **details: Any) -> None:
        self.details = details
        text = inspect.cleandoc(type(self).__doc__ or "")
        message, _, remedy = text.format_map(details).partition("Remedy:")
        self.message = " ".join(message.split())
        self.remedy = " ".join(remedy.split())
        super().__init__(self.message)

    @property
    def error(self) -> str:
        """The stable word for this refusal, e.g. `unknown-contest`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", type(self).__name__).lower()

    def as_dict(self) -> dict[str, Any]:
        """The one JSON object printed on stderr."""
        return {
            "error": self.error,
            "message": self.message,
            "remedy": self.remedy,
            "details": self.details,
        }


class Usage(LedgerError):
    """{what}
    Remedy: {remedy}"""

    exit_code = 2


class Refused(LedgerError):
    """{what}
    Remedy: {remedy}"""

    exit_code = 3


class RuleBroken(Refused):
    """{what}
    Remedy: {remedy}"""

    @property
    def error(self) -> str:
        """The rule's own name."""
        return str(self.details["rule"])


class NeedsAccept(RuleBroken):
    """{what}
    Remedy: {remedy}"""
