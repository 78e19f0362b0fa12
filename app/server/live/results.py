"""What is sent for an event: one result, encoded once for all who get it."""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from graphql import ExecutionResult

# How many bytes of results are handed to a subscriber before its client has a chance to read them.
MOST_AT_ONCE = 64 * 1024


class LiveResult:
    """The result of a subscription for one event, with the cursor from which it resumes after that."""

    __slots__ = ("_payload", "cursor", "result")

    def __init__(self, result: ExecutionResult, cursor: str) -> None:
        self.result = result
        self.cursor = cursor
        self._payload: bytes | None = None

    @property
    def payload(self) -> bytes:
        """The result as JSON. It is encoded when it is first asked for, and shared."""
        if self._payload is None:
            self._payload = orjson.dumps(formatted(self.result))
        return self._payload


def parts(results: Sequence[LiveResult], most: int) -> Iterator[Sequence[LiveResult]]:
    """Yields results in parts that are written at once: their payloads have so many bytes at most, or are one."""
    first, size = 0, 0
    for at, result in enumerate(results):
        size += len(result.payload)
        if size > most and at > first:
            yield results[first:at]
            first, size = at, len(result.payload)
    yield results[first:]


def formatted(result: ExecutionResult) -> dict[str, Any]:
    """Returns a result as clients get it."""
    # Only an operation that has begun has data, at least null; its errors have paths.
    begun = result.data is not None or any(error.path for error in result.errors or ())
    payload: dict[str, Any] = {"data": result.data} if begun else {}
    if result.errors:
        payload["errors"] = [dict(error.formatted) for error in result.errors]
    if result.extensions:
        payload["extensions"] = result.extensions
    return payload
