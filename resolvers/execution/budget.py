"""Limits on the size of an answer, checked while the operation runs.

The cost computed beforehand (`resolvers/costs.py`) knows the size of pages, and not that of other lists. Points are
counted level by level, before anything is loaded for the objects; characters when they are added to the answer.
"""

import sys

# What is limited. Rows are those from which an answer is computed, which it need not have.
POINTS, ROWS, BYTES = "points", "rows", "bytes"
_FIELD_OVERHEAD = len('"":,')
_OBJECT_OVERHEAD = len("{},")


class OverBudget(Exception):
    """The answer would exceed a limit. The whole operation stops."""

    def __init__(self, what: str, found: int, limit: int) -> None:
        super().__init__(f"{found:,} {what}, and {limit:,} are allowed")
        self.what, self.found, self.limit = what, found, limit
        # The response path at which the limit was exceeded, if known.
        self.path: tuple[str | int, ...] = ()


class Budget:
    """Counts the points and characters of the answer to one operation."""

    __slots__ = ("_characters", "_most_characters", "_most_points", "points")

    def __init__(self, points: int = sys.maxsize, characters: int = sys.maxsize) -> None:
        self._most_points, self._most_characters = points, characters
        # What the answer costs so far.
        self.points = self._characters = 0

    def add_objects(self, count: int, weight: int, overhead: int) -> None:
        """Count objects of one selection, each of this cost and with this many characters apart from its values.

        Raises: OverBudget.
        """
        self.add_points(count * weight)
        self.add_characters(count * overhead)

    def add_points(self, points: int) -> None:
        """Count points. Raises: OverBudget."""
        self.check_room(points)
        self.points += points

    def check_room(self, points: int) -> None:
        """Check that this many more points are allowed, without counting them. Raises: OverBudget."""
        if self.points + points > self._most_points:
            raise OverBudget(POINTS, self.points + points, self._most_points)

    def add_characters(self, characters: int) -> None:
        """Count characters of the answer. Raises: OverBudget."""
        self._characters += characters
        if self._characters > self._most_characters:
            raise OverBudget(BYTES, self._characters, self._most_characters)


def object_overhead(names: tuple[str, ...]) -> int:
    """How many characters an object with these fields takes apart from their values."""
    return _OBJECT_OVERHEAD + _FIELD_OVERHEAD * len(names) + sum(map(len, names))
