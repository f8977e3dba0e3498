"""The bytes of an entry that are hashed: in its stream's chain, and as its leaf of the tree."""

from __future__ import annotations

import json
from json.encoder import encode_basestring as quoted


def leaf_bytes(stream: str, place: int, kind: str, state: bytes) -> bytes:
    """The JSON array [stream, place, kind], a line feed, and the state's bytes."""
    head = f"[{quoted(stream)},{place},{quoted(kind)}]\n"
    return head.encode("utf-8", "surrogatepass") + state


def parts(leaf: bytes) -> tuple[str, int, str, bytes]:
    """What the bytes were made of: stream, place, kind and state."""
    head, _, state = leaf.partition(b"\n")
    stream, place, kind = json.loads(head.decode("utf-8", "surrogatepass"))
    return stream, place, kind, state
