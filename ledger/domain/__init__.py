"""Decisions, as pure functions: what stands, and a form -> a fact or a refusal."""

from ledger.domain.figures import left_out
from ledger.domain.naming import confirm_alias
from ledger.domain.opening import id_of, open_contest, refuse_clash, register
from ledger.domain.outcomes import call_off, note, overturn, redeclare, unopposed
from ledger.domain.results import amend, correct, declare, draw_lot, supersede, withdraw
from ledger.domain.seats import change_allegiance, fill, holder, vacate

__all__ = [
    "amend",
    "call_off",
    "change_allegiance",
    "confirm_alias",
    "correct",
    "declare",
    "draw_lot",
    "fill",
    "holder",
    "id_of",
    "left_out",
    "note",
    "open_contest",
    "overturn",
    "redeclare",
    "refuse_clash",
    "register",
    "supersede",
    "unopposed",
    "vacate",
    "withdraw",
]
