"""Ledgers broken on purpose, each in one way, and the laws that must catch them."""

from broken import (  # noqa: F401 - each adds its own to the registry
    asking,
    counting,
    explaining,
    proof,
    standing,
    tables,
    writing,
)
from broken.registry import BREAKAGES, CAUGHT

__all__ = ["BREAKAGES", "CAUGHT"]
