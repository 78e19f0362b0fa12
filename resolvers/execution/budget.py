"""Limits on the size of an answer, checked while the operation runs.

The estimate made beforehand (`resolvers/costs.py`) knows the size of pages, and not that of other lists. Objects are
counted level by level, before anything is loaded for them; characters when they are added to the answer.
"""

import sys

# This many values count as one object.
VALUES_PER_OBJECT = 10
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
    """Counts the objects and characters of the answer to one operation."""

    __slots__ = ("_characters", "_most_characters", "_most_values", "_values")

    def __init__(self, objects: int = sys.maxsize // VALUES_PER_OBJECT, characters: int = sys.maxsize) -> None:
        self._most_values, self._most_characters = objects * VALUES_PER_OBJECT, characters
        self._values = self._characters = 0

    @property
    def objects(self) -> int:
        """The number of objects so far; ten values count as one."""
        return self._values // VALUES_PER_OBJECT

    def add_objects(self, count: int, values: int, overhead: int) -> None:
        """Count objects of one selection, each with this many values and this many characters apart from the values.

        Raises: OverBudget.
        """
        self._values += count * (VALUES_PER_OBJECT + values)
        if self._values > self._most_values:
            raise OverBudget("objects", self.objects, self._most_values // VALUES_PER_OBJECT)
        self.add_characters(count * overhead)

    def check_room(self, objects: int) -> None:
        """Check that this many more objects are allowed, without counting them. Raises: OverBudget."""
        wanted = self._values + objects * VALUES_PER_OBJECT
        if wanted > self._most_values:
            raise OverBudget("objects", wanted // VALUES_PER_OBJECT, self._most_values // VALUES_PER_OBJECT)

    def add_characters(self, characters: int) -> None:
        """Count characters of the answer. Raises: OverBudget."""
        self._characters += characters
        if self._characters > self._most_characters:
            raise OverBudget("bytes", self._characters, self._most_characters)


def object_overhead(names: tuple[str, ...]) -> int:
    """How many characters an object with these fields takes apart from their values."""
    return _OBJECT_OVERHEAD + _FIELD_OVERHEAD * len(names) + sum(map(len, names))
