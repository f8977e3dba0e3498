"""Timestamps of a checkpoint by an RFC 3161 authority: somebody else's word for when it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from urllib.request import Request, urlopen

from ledger.errors import ExtraMissing, NoTimestamp

SCHEMES = ("http://", "https://")
_SECONDS = 30
_LARGEST = 1_000_000  # bytes; an answer with its certificates takes a few thousand


@dataclass(frozen=True, slots=True)
class Timestamp:
    """An authority's answer as it gave it (DER), and the moment it says."""

    answer: bytes
    moment: datetime


def ask(url: str, data: bytes) -> Timestamp:
    """Have the bytes timestamped (their SHA-256 is sent, nothing else). That the answer is about
    them and about this request is checked; whose it is, whoever relies on it checks, with the
    authority's certificate. Raises ExtraMissing and NoTimestamp."""
    try:
        from rfc3161_client import (  # noqa: PLC0415 - an extra
            HashAlgorithm,
            PKIStatus,
            TimestampRequestBuilder,
            decode_timestamp_response,
        )
    except ImportError as error:
        raise ExtraMissing(package="rfc3161-client", extra="timestamp") from error
    asked = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    answer = _post(url, asked.as_bytes())
    try:
        told = decode_timestamp_response(answer)
        granted = PKIStatus(told.status) in (PKIStatus.GRANTED, PKIStatus.GRANTED_WITH_MODS)
        info = told.tst_info if granted else None
    except (ValueError, TypeError) as error:
        raise NoTimestamp(url=url, what="what it answers is no timestamp") from error
    if info is None:
        raise NoTimestamp(url=url, what=f"it refuses (status {told.status})")
    if info.nonce != asked.nonce or info.message_imprint.message != asked.message_imprint.message:
        raise NoTimestamp(url=url, what="it answers another request")
    return Timestamp(answer, info.gen_time)


def _post(url: str, body: bytes) -> bytes:
    if not url.startswith(SCHEMES):
        raise NoTimestamp(url=url, what="it is no http or https address")
    kind = {"Content-Type": "application/timestamp-query"}
    try:
        with urlopen(Request(url, body, kind), timeout=_SECONDS) as answer:  # noqa: S310 - http alone
            found: bytes = answer.read(_LARGEST + 1)
    except (OSError, HTTPException, ValueError) as error:
        raise NoTimestamp(url=url, what=str(error) or type(error).__name__) from error
    if len(found) > _LARGEST:
        raise NoTimestamp(url=url, what="its answer has no end")
    return found
