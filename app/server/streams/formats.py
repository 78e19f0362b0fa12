"""How results are written to a connection that stays open: as server-sent events (GraphQL over SSE, with one operation
for each connection or with many), or as the parts of a multipart answer (Apollo's protocol for subscriptions)."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import orjson
from graphql import ExecutionResult, GraphQLError

from app.server.live.results import LiveResult, formatted
from app.server.media_types import EVENT_STREAM

HEADERS = {
    "Cache-Control": "no-store",
    # Otherwise proxies buffer what is sent.
    "X-Accel-Buffering": "no",
}
BOUNDARY = "graphql"
# What a part begins with.
PART = b"\r\nContent-Type: application/json\r\n\r\n"


class StreamFormat(Protocol):
    """One format. No chunk is shown to the client before it is complete."""

    headers: Mapping[str, str]
    opening: bytes
    # Means nothing to the client; writing it fails if the client has disconnected.
    keep_alive: bytes
    complete: bytes

    def result(self, result: ExecutionResult) -> bytes:
        """Returns one result."""

    def live(self, result: LiveResult) -> bytes:
        """Returns the result of an event, around bytes that all share who get it."""

    def ended(self, errors: Sequence[GraphQLError]) -> bytes:
        """Returns the errors for which the server ends the operation, and its end."""


class EventStreamFormat:
    """Server-sent events of one operation: `next` for each result, then `complete`.

    The `id` of an event is the cursor from which a subscription resumes after it. A result without data has none, so
    that it is sent again to a client that resumes.
    """

    headers: Mapping[str, str] = {**HEADERS, "Content-Type": f"{EVENT_STREAM}; charset=utf-8"}
    # How long a browser's EventSource waits before it connects again, in milliseconds.
    opening = b"retry: 1000\n\n"
    # A comment, because clients refuse events that they do not know.
    keep_alive = b":\n\n"
    # EventSource passes over an event without `data`.
    complete = b"event: complete\ndata:\n\n"

    def result(self, result: ExecutionResult) -> bytes:
        return _event(b"next", formatted(result))

    def live(self, result: LiveResult) -> bytes:
        return b"%bevent: next\ndata: %b\n\n" % (_id_of(result), result.payload)

    def ended(self, errors: Sequence[GraphQLError]) -> bytes:
        return self.result(ExecutionResult(None, list(errors))) + self.complete


class SharedEventStreamFormat:
    """Server-sent events of one operation among others on the same connection, marked with the operation's id."""

    headers = EventStreamFormat.headers
    opening = EventStreamFormat.opening
    keep_alive = EventStreamFormat.keep_alive

    def __init__(self, operation_id: str) -> None:
        self._id = operation_id
        self._data = b'event: next\ndata: {"id":%b,"payload":' % orjson.dumps(operation_id)
        self.complete = _event(b"complete", {"id": operation_id})

    def result(self, result: ExecutionResult) -> bytes:
        return _event(b"next", {"id": self._id, "payload": formatted(result)})

    def live(self, result: LiveResult) -> bytes:
        return b"%b%b%b}\n\n" % (_id_of(result), self._data, result.payload)

    def ended(self, errors: Sequence[GraphQLError]) -> bytes:
        return self.result(ExecutionResult(None, list(errors))) + self.complete


class MultipartFormat:
    """Apollo's multipart answer: a part for each result, in `payload`; `errors` beside it are those of the transport.

    A boundary follows each part at once, because clients read a part up to the next boundary. An answer that breaks off
    has no last boundary, and clients connect again.
    """

    headers: Mapping[str, str] = {
        **HEADERS,
        "Content-Type": f'multipart/mixed;boundary="{BOUNDARY}";subscriptionSpec=1.0',
    }
    opening = f"\r\n--{BOUNDARY}".encode()
    complete = b"--\r\n"

    def __init__(self) -> None:
        self.keep_alive = self._part({})

    def result(self, result: ExecutionResult) -> bytes:
        return self._part({"payload": formatted(result)})

    def live(self, result: LiveResult) -> bytes:
        return b'%b{"payload":%b}%b' % (PART, result.payload, self.opening)

    def ended(self, errors: Sequence[GraphQLError]) -> bytes:
        return self._part({"payload": None, "errors": [dict(it.formatted) for it in errors]}) + self.complete

    def _part(self, content: Mapping[str, Any]) -> bytes:
        return PART + orjson.dumps(content) + self.opening


def _id_of(result: LiveResult) -> bytes:
    return b"" if result.result.data is None else b"id: %b\n" % result.cursor.encode()


def _event(name: bytes, data: Mapping[str, Any]) -> bytes:
    """Returns an event. Line breaks cannot occur in its data: JSON escapes them in strings."""
    return b"event: " + name + b"\ndata: " + orjson.dumps(data) + b"\n\n"
