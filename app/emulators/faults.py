"""Faults on demand: how an emulator fails its next requests, set over HTTP."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Mode(StrEnum):
    """The ways in which a request can fail."""

    STATUS = "status"
    """Answer with `status` without processing the request."""
    GARBAGE = "garbage"
    """Answer 200 with an HTML page without processing the request."""
    SLOW_BEFORE = "slow_before"
    """Wait, then process the request and answer, even if the client has disconnected."""
    SLOW_AFTER = "slow_after"
    """Process the request immediately, and answer late."""
    DROP = "drop"
    """Close the connection without processing the request."""
    ACCEPT_THEN_DROP = "accept_then_drop"
    """Process the request and close the connection."""


# "slow" is short for "slow_after".
SLOW = "slow"


@dataclass(slots=True)
class Fault:
    """One fault, for the next `times` requests with this verb and path prefix."""

    mode: Mode
    times: int = 1
    verb: str | None = None
    path: str | None = None
    status: int = 500
    seconds: float = 12.0


class Faults:
    """The pending faults of an emulator."""

    def __init__(self) -> None:
        self._pending: list[Fault] = []

    def add(self, wanted: Any) -> None:
        """Adds a list of faults, given as JSON. Raises: ValueError."""
        if not isinstance(wanted, list):
            raise ValueError("Send a list of faults.")
        self._pending += [_fault(one) for one in wanted]

    def clear(self) -> None:
        self._pending.clear()

    def take(self, verb: str, path: str) -> Fault | None:
        """Returns the first fault that matches a request, and counts it down."""
        for fault in self._pending:
            if fault.verb in {None, verb} and path.startswith(fault.path or ""):
                fault.times -= 1
                if fault.times < 1:
                    self._pending.remove(fault)
                return fault
        return None


def _fault(wanted: Any) -> Fault:
    if not isinstance(wanted, dict) or "mode" not in wanted:
        raise ValueError("A fault must be an object with a mode.")
    if unknown := wanted.keys() - Fault.__slots__:
        raise ValueError(f"Unknown fields of a fault: {', '.join(sorted(unknown))}.")
    mode = Mode.SLOW_AFTER if wanted["mode"] == SLOW else Mode(wanted["mode"])
    fault = Fault(mode, verb=wanted.get("verb"), path=wanted.get("path"))
    fault.times = int(wanted.get("times", fault.times))
    fault.status = int(wanted.get("status", fault.status))
    fault.seconds = float(wanted.get("seconds", fault.seconds))
    return fault
