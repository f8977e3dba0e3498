"""Decisions, as pure functions: what stands, and a form -> a fact or a refusal."""

from ledger.domain.opening import open_contest, register
from ledger.domain.results import correct, declare, draw_lot, withdraw

__all__ = ["correct", "declare", "draw_lot", "open_contest", "register", "withdraw"]
