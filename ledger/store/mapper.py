"""Between our events and stored bytes.

Stored: the stream id, the place in it, the fact's `kind` as topic, and as state a
JSON object of the envelope and the fact, in the order of the model's fields, UTF-8,
times in UTC. The library's own mapper stores a Python path as topic and rebuilds
events without validating them; here a moved file orphans nothing and what is read
has been checked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from json.encoder import encode_basestring as quoted
from typing import Any, cast

from eventsourcing.persistence import (
    JSONTranscoder,
    Mapper,
    MapperDeserialisationError,
    StoredEvent,
)
from pydantic import ValidationError

from ledger.events import Event
from ledger.facts import KINDS
from ledger.proof.leaf import leaf_bytes, parts

# A changed shape is a new kind; its upcast takes the stored data of the old kind and
# gives the name and data of the next.
UPCASTS: dict[str, Callable[[dict[str, Any]], tuple[str, dict[str, Any]]]] = {
    "result-corrected.v1": lambda fact: ("result-corrected.v2", fact),  # `told` came
}


def canonical(stored: StoredEvent) -> bytes:
    """What of an event is hashed, in its chain and as a leaf of the tree over the log: the JSON
    array [stream, place, kind], a line feed, and the state's bytes. Raises
    MapperDeserialisationError where a column is not of the type it was stored as."""
    stream, place, kind = stored.originator_id, stored.originator_version, stored.topic
    for value, wanted in ((stream, str), (place, int), (kind, str), (stored.state, bytes)):
        if not isinstance(value, wanted):
            what = f"{wanted.__name__} is stored as {type(value).__name__}"
            raise MapperDeserialisationError(what)
    return leaf_bytes(str(stream), place, kind, stored.state)


def from_canonical(data: bytes) -> StoredEvent:
    """What was stored, from its canonical bytes. Raises MapperDeserialisationError where they
    are not those of any event."""
    try:
        stored = StoredEvent(*parts(data))
        same = canonical(stored) == data
    except (ValueError, TypeError) as error:
        raise MapperDeserialisationError(str(error)) from error
    if not same:
        raise MapperDeserialisationError("its first line is not the array [stream, place, kind]")
    return stored


def digest(stored: StoredEvent) -> str:
    """SHA-256, in hex, of the canonical bytes."""
    return digest_of_bytes(canonical(stored))


def digest_of_bytes(data: bytes) -> str:
    """SHA-256, in hex."""
    return hashlib.sha256(data).hexdigest()


def digest_of(event: Event) -> str:
    """The digest an event will have when it is stored."""
    return digest(MAPPER.to_stored_event(event))


class LedgerMapper(Mapper[str]):
    """The mapper named in the environment of every ledger."""

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """The bytes of an event."""
        event = cast("Event", domain_event)
        state = event.model_dump_json(exclude={"originator_id", "originator_version"})
        return StoredEvent(
            event.originator_id, event.originator_version, event.fact.kind, state.encode()
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """The event of some bytes. Raises MapperDeserialisationError for anything that
        does not validate."""
        kind, state = stored_event.topic, stored_event.state
        try:
            # The place in the stream is stored beside the state, not in it.
            data = b'{"originator_id":%s,"originator_version":%d,%s' % (
                quoted(str(stored_event.originator_id)).encode(),
                stored_event.originator_version,
                state[1:] if state[:1] == b"{" else b"!",
            )
            if kind in UPCASTS:
                data = _upcast(kind, data)
                kind = json.loads(data)["fact"]["kind"]
            event = Event.model_validate_json(data)
        except (ValidationError, ValueError, TypeError, KeyError, RecursionError) as error:
            raise MapperDeserialisationError(_first_line(error)) from error
        if event.fact.kind != kind or kind not in KINDS:
            raise MapperDeserialisationError(f"stored as {kind!r} but says {event.fact.kind!r}")
        place = (event.originator_id, event.originator_version)
        if place != (stored_event.originator_id, stored_event.originator_version):
            raise MapperDeserialisationError(f"stored in another place than it says: {place}")
        return event


def _upcast(kind: str, data: bytes) -> bytes:
    envelope = json.loads(data)
    fact = envelope["fact"]
    if fact["kind"] != kind:
        raise ValueError(f"stored as {kind!r} but says {fact['kind']!r}")
    while kind in UPCASTS:
        kind, fact = UPCASTS[kind](fact)
    return json.dumps({**envelope, "fact": {**fact, "kind": kind}}).encode()


def _first_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"]))  # none, where it is no JSON at all
        return f"{place}: {first['msg']}" if place else str(first["msg"])
    return str(error)


MAPPER = LedgerMapper(JSONTranscoder())
