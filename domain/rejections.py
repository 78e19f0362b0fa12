"""Rows of a longer input that were left out while the others were done."""

from dataclasses import dataclass

from domain.errors import Collision, Problem


@dataclass(frozen=True, slots=True)
class Rejection:
    """One row that was left out: which, the serial number it named, and everything that is wrong with it."""

    index: int
    serial_number: str
    problems: tuple[Problem | Collision, ...]
