"""The errors of one run, with the response path of each. A failed entry of a column is `FAILED` until it has made its
nearest nullable ancestor null, as in graphql-core."""

from collections.abc import Callable, Sequence
from typing import Any

from graphql import GraphQLError, located_error
from graphql.pyutils import Path

from resolvers.execution.budget import OverBudget
from resolvers.execution.column_paths import ColumnPaths
from resolvers.execution.shapes import Field

ResponsePath = tuple[str | int, ...]


class Failed:
    """An entry whose error is recorded."""


FAILED = Failed()


class FieldErrors:
    """Collects errors. `found` are those recorded so far, each with its response path."""

    __slots__ = ("_nulled", "found")

    def __init__(self) -> None:
        self.found: list[tuple[list[str | int], GraphQLError]] = []
        # The paths at which failures became null and were not propagated further.
        self._nulled: set[ResponsePath] = set()

    def attempt(
        self, field: Field, paths: ColumnPaths, index: int, function: Callable[..., Any], *arguments: Any
    ) -> Any:
        """What a function returns, or FAILED with its exception recorded. Raises: OverBudget."""
        try:
            return function(*arguments)
        except Exception as error:  # noqa: BLE001 - recorded with its path
            return self.record(error, field, paths, index)

    def record(self, error: Exception, field: Field, paths: ColumnPaths, index: int) -> Failed:
        """Record the error of an entry. Raises: OverBudget, which stops the whole operation."""
        if isinstance(error, OverBudget):
            raise error
        path = list(response_path(paths.path(index)))
        self.found.append((path, located_error(error, list(field.nodes), path)))
        return FAILED

    def to_null(self, values: Sequence[Any], paths: ColumnPaths) -> list[Any]:
        """The values of a nullable field, with null for those that failed."""
        self._nulled.update(response_path(paths.path(index)) for index, value in enumerate(values) if value is FAILED)
        return [None if value is FAILED else value for value in values]

    def one_for_each_null(self, data: Any) -> list[GraphQLError]:
        """The first of several errors that made the same path null, and none of those below it that stopped there."""
        first: dict[ResponsePath, GraphQLError] = {}
        for path, error in self.found:
            value, depth = data, 0
            while value is not None and depth < len(path):
                value = value[path[depth]]
                depth += 1
            if not any(tuple(path[:length]) in self._nulled for length in range(depth + 1, len(path) + 1)):
                first.setdefault(tuple(path[:depth]), error)
        return list(first.values())


def response_path(path: Path | None) -> ResponsePath:
    return tuple(path.as_list()) if path else ()
