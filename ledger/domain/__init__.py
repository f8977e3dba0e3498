"""Decisions, as pure functions: what stands, and a form -> a fact or a refusal."""

from ledger.domain.changes import cause_of, changed_by, differences
from ledger.domain.figures import left_out
from ledger.domain.naming import confirm_alias
from ledger.domain.opening import id_of, open_contest, refuse_clash, register
from ledger.domain.outcomes import (
    call_off,
    note,
    overturn,
    redeclare,
    state_notional,
    unopposed,
)
from ledger.domain.results import (
    agrees,
    amend,
    correct,
    declare,
    draw_lot,
    supersede,
    withdraw,
)
from ledger.domain.seats import change_allegiance, fill, holder, vacate

__all__ = [
    "agrees",
    "amend",
    "call_off",
    "cause_of",
    "change_allegiance",
    "changed_by",
    "confirm_alias",
    "correct",
    "declare",
    "differences",
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
    "state_notional",
    "supersede",
    "unopposed",
    "vacate",
    "withdraw",
]
