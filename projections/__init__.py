"""Questions to a ledger, each asked at a viewpoint and answered from its entries alone."""

from __future__ import annotations

from typing import Any

_HOMES = {
    "boards": "projections.seats",
    "check": "projections.check",
    "contests": "projections.contests",
    "history": "projections.history",
    "replay": "projections.timeline",
    "seats": "projections.seats",
    "standing": "projections.night",
}
__all__ = ["boards", "check", "contests", "history", "replay", "seats", "standing"]


def __getattr__(name: str) -> Any:
    from importlib import import_module  # noqa: PLC0415 - loaded when first asked

    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(_HOMES[name]), name)
