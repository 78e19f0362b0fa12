"""The body of a delivery, in each format (docs/domain.md#webhook-payloads).

It is JSON in ASCII, with other characters escaped: the same bytes in every encoding that a receiver or proxy may take
it for, so that a signature of the bytes stays valid.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from domain.shared.events import Event
from domain.webhooks.endpoints import WebhookFormat
from domain.webhooks.event_types import BY_NAME, NAMES, TEST

# The largest body that is sent, in bytes.
LARGEST = 256 * 1024
_TOO_LARGE = f"The data exceeds the {LARGEST // 1024} KiB of a webhook. Select less, or query the API for it."


class Envelope(NamedTuple):
    """What surrounds the data. `sequence` is the number of the event among those of the company; that of a test event
    is 0."""

    id: str
    type: str
    created_at: datetime
    sequence: int


def envelope_of(event: Event) -> Envelope:
    """The envelope of an event that has a name in webhooks."""
    return Envelope(event.id, NAMES[event.type], event.occurred_at, event.number)


def envelope_of_test(event_id: str, at: datetime) -> Envelope:
    """The envelope of a test event, which is not recorded."""
    return Envelope(event_id, TEST, at, 0)


def body(envelope: Envelope, format_: WebhookFormat, content: Mapping[str, Any]) -> str:
    """The body of a delivery. `content` is its `data` and, for an endpoint's own selection, `errors` if there are any.

    Content that is too large is replaced by an error.
    """
    head = _head(envelope, format_)
    text = _json({**head, **content})
    if len(text) <= LARGEST:
        return text
    return _json({**head, "data": None, "errors": [{"message": _TOO_LARGE}]})


def sample_data(name: str) -> dict[str, Any]:
    """An example of the default `data` of the events with this name."""
    return {field.name: field.example for field in BY_NAME[name].fields}


def sample(name: str) -> dict[str, Any]:
    """An example of the body of a delivery with default data, in the format QUIPTEAMS."""
    envelope = Envelope(_SAMPLE_ID, name, _SAMPLE_TIME, 0 if name == TEST else 4711)
    return {**_head(envelope, WebhookFormat.QUIPTEAMS), "data": sample_data(name)}


_SAMPLE_ID, _SAMPLE_TIME = "01978b44-9c10-7d3e-b142-0f2a6e8d3b98", datetime(2026, 5, 4, 14, 30, tzinfo=UTC)


def _head(envelope: Envelope, format_: WebhookFormat) -> dict[str, Any]:
    at = envelope.created_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if format_ == WebhookFormat.STANDARD:
        return {"type": envelope.type, "timestamp": at, "sequence": envelope.sequence}
    return {"id": envelope.id, "type": envelope.type, "created_at": at, "sequence": envelope.sequence}


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)
