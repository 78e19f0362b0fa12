"""What one operation may answer with, counted while it runs and stopped where that is passed.

An estimate made before (`resolvers/costs.py`) knows of pages how long they may be, and of other lists nothing. Objects
are counted level by level, before anything is loaded for them; characters as the answer comes to hold them.
"""

import sys

# So many values count as one object.
VALUES = 10
NAME = len('"":,')
BRACES = len("{},")


class OverBudget(Exception):
    """The answer would have more of something than is allowed. Nothing more of the operation is to be done."""

    def __init__(self, what: str, found: int, limit: int) -> None:
        super().__init__(f"{found:,} {what}, and {limit:,} are allowed")
        self.what, self.found, self.limit = what, found, limit
        # Where in the answer, as far as that is known.
        self.path: tuple[str | int, ...] = ()


class Budget:
    """The objects and characters that one operation may answer with."""

    __slots__ = ("_characters", "_most_characters", "_most_values", "_values")

    def __init__(self, objects: int = sys.maxsize // VALUES, characters: int = sys.maxsize) -> None:
        self._most_values, self._most_characters = objects * VALUES, characters
        self._values = self._characters = 0

    @property
    def objects(self) -> int:
        """How many objects there are so far; ten values count as one."""
        return self._values // VALUES

    def answer(self, objects: int, values: int, characters: int) -> None:
        """Objects of one selection are to be answered, each with so many values under names of so many characters.

        Raises: OverBudget.
        """
        self._values += objects * (VALUES + values)
        if self._values > self._most_values:
            raise OverBudget("objects", self.objects, self._most_values // VALUES)
        self.write(objects * characters)

    def make_room(self, objects: int) -> None:
        """Raises: OverBudget, when so many more objects would be too many."""
        wanted = self._values + objects * VALUES
        if wanted > self._most_values:
            raise OverBudget("objects", wanted // VALUES, self._most_values // VALUES)

    def write(self, characters: int) -> None:
        """The answer comes to hold so many more characters. Raises: OverBudget."""
        self._characters += characters
        if self._characters > self._most_characters:
            raise OverBudget("bytes", self._characters, self._most_characters)


def width(names: tuple[str, ...]) -> int:
    """How many characters an object takes whose values are empty."""
    return BRACES + NAME * len(names) + sum(map(len, names))
