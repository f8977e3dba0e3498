"""The ledger of record for election nights: facts, rules and the log.

`connect(url)` opens a `Ledger`; every refusal is a `LedgerError`. Questions live in
`projections`. Names are loaded when first used, so that a quick command stays quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ledger.book import Ledger
    from ledger.drafts import Receipt
    from ledger.errors import LedgerError
    from ledger.events import Entry, Viewpoint

__version__ = "0.1.0"
__all__ = ["Entry", "Ledger", "LedgerError", "Receipt", "Viewpoint", "connect"]

_HOMES = {
    "Entry": "ledger.events",
    "Ledger": "ledger.book",
    "LedgerError": "ledger.errors",
    "Receipt": "ledger.drafts",
    "Viewpoint": "ledger.events",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(import_module(_HOMES[name]), name)


def connect(url: str = "seatledger.db", *, create: bool = False, clock: Any = None) -> Ledger:
    """Open the ledger at a path or `postgresql://` address (`create`: begin it if new).

    Raises NoLedger, NotALedger, BadUrl, StoreUnavailable. `clock` gives the moment of
    recording as an aware datetime; without it, the machine's.
    """
    from ledger.book import Ledger
    from ledger.times import utc_now

    return Ledger(url, create=create, clock=clock or utc_now)
