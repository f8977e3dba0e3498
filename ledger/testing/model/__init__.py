"""What the model says stands, worked out a second time, slowly, from the stored JSON alone.

It shares no code with the ledger: it reads entries as plain data and follows the four
numbered rules of "what stands at a viewpoint" as they are written.
"""

from __future__ import annotations

from ledger.testing.model.comparing import base, figures
from ledger.testing.model.holding import Held, composition, holders
from ledger.testing.model.reading import Plain, hour, seen, standing

__all__ = ["Held", "Plain", "base", "composition", "figures", "holders", "hour", "seen", "standing"]
