"""Subscriptions that go on after their last event when the connection is lost, whichever client carries them."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

LONGEST_DELAY = 10.0


def cursor_of(data: Mapping[str, Any] | None) -> str | None:
    """Returns the cursor of the event in the data of a subscription."""
    for event in (data or {}).values():
        if isinstance(event, Mapping) and isinstance(event.get("cursor"), str):
            cursor: str = event["cursor"]
            return cursor
    return None


def delay(failures: int) -> float:
    """Returns the seconds to wait before the next attempt: 0.1 to 0.2 at first, then up to 5 to 10."""
    longest: float = min(LONGEST_DELAY, 0.2 * 2.0**failures)
    return longest * (0.5 + random.random() / 2)  # noqa: S311 - spreads reconnections


async def resuming(
    subscribe: Callable[[dict[str, Any]], AsyncIterator[dict[str, Any]]],
    variables: Mapping[str, Any],
    lost: type[Exception] | tuple[type[Exception], ...] = OSError,
) -> AsyncIterator[dict[str, Any]]:
    """Yields the data of a subscription, and starts it again with `after` whenever an exception of `lost` ends it.

    The subscription declares `$after: String`, passes it on as `after`, and selects `cursor`. Raises: ValueError, if an
    event has none.
    """
    sent, failures = dict(variables), 0
    while True:
        try:
            async for data in subscribe(dict(sent)):
                cursor = cursor_of(data)
                if cursor is None:
                    raise ValueError("Select `cursor`, from which the subscription resumes.")
                sent["after"], failures = cursor, 0
                yield data
        except lost:
            await asyncio.sleep(delay(failures))
            failures += 1
        else:
            return
