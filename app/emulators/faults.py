"""Misbehaviour on demand: what an emulator is told, over HTTP, to do wrong to its next requests."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Mode(StrEnum):
    """The ways in which a request can go wrong."""

    STATUS = "status"
    """Answer with `status` and do nothing."""
    GARBAGE = "garbage"
    """Answer 200 with a page of HTML and do nothing."""
    SLOW_BEFORE = "slow_before"
    """Wait, then do it and answer, whether or not somebody still listens."""
    SLOW_AFTER = "slow_after"
    """Do it at once, answer late."""
    DROP = "drop"
    """Close the connection and do nothing."""
    ACCEPT_THEN_DROP = "accept_then_drop"
    """Do it and close the connection."""


# A call for "slow" alone means the answer is.
SLOW = "slow"


@dataclass(slots=True)
class Fault:
    """One kind of misbehaviour, for the next `times` requests with this verb below this path."""

    mode: Mode
    times: int = 1
    verb: str | None = None
    path: str | None = None
    status: int = 500
    seconds: float = 12.0


class Faults:
    """The faults an emulator still has to commit."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, wanted: Any) -> None:
        """Append a list of faults as JSON. Raises: ValueError."""
        if not isinstance(wanted, list):
            raise ValueError("Faults come as a list.")
        self._waiting += [_fault(one) for one in wanted]

    def clear(self) -> None:
        self._waiting.clear()

    def take(self, verb: str, path: str) -> Fault | None:
        """Use up the first fault that matches a request."""
        for fault in self._waiting:
            if fault.verb in {None, verb} and path.startswith(fault.path or ""):
                fault.times -= 1
                if fault.times < 1:
                    self._waiting.remove(fault)
                return fault
        return None


def _fault(wanted: Any) -> Fault:
    if not isinstance(wanted, dict) or "mode" not in wanted:
        raise ValueError("A fault is an object with a mode.")
    if unknown := wanted.keys() - Fault.__slots__:
        raise ValueError(f"A fault has no {', '.join(sorted(unknown))}.")
    mode = Mode.SLOW_AFTER if wanted["mode"] == SLOW else Mode(wanted["mode"])
    fault = Fault(mode, verb=wanted.get("verb"), path=wanted.get("path"))
    fault.times = int(wanted.get("times", fault.times))
    fault.status = int(wanted.get("status", fault.status))
    fault.seconds = float(wanted.get("seconds", fault.seconds))
    return fault
