"""Reads of single records: one that may not be there, and one that was just written."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from adapters.connections.calls import SystemApi
from domain.shared.outbound_errors import OutboundFailure, Refused, Uncertain

NOT_FOUND = 404


async def record_at(api: SystemApi, path: str) -> Any | None:
    """What is at a path; None if nothing is. Raises: OutboundFailure."""
    try:
        return (await api.call("GET", path)).body
    except Refused as refused:
        if refused.status == NOT_FOUND:
            return None
        raise


@contextmanager
def after_writing() -> Iterator[None]:
    """Within it, calls follow one that has changed something: whatever fails, that change may have been made."""
    try:
        yield
    except OutboundFailure as failure:
        raise Uncertain(str(failure), failure.status, failure.reason) from failure
