"""What the executor asks of the context of an operation."""

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, Protocol

from resolvers.execution.json_subtrees import EdgeNode


class ExecutionContext(Protocol):
    """Loads what declared fields refer to. Resolvers written by hand find the same context as `info.context`."""

    def expect(self, attributes_by_type: Mapping[str, frozenset[str]]) -> None:
        """Called before a plan runs, with every attribute that the operation reads of the objects of each type.

        Types of which anything may be read are left out.
        """

    def load(self, loader: str, key: Any) -> Awaitable[Any]:
        """The value that a loader gives for one key."""

    async def load_bulk(
        self, loader: str, keys: Sequence[Any], attributes: frozenset[str] | None = None
    ) -> Sequence[Any]:
        """A value or an exception for each key, in order. Rows need only have `attributes`; None stands for all."""

    async def load_json_subtrees(self, edge: EdgeNode, keys: Sequence[Any]) -> Mapping[Any, str] | None:
        """Finished JSON for each key that has something; None where the edge is to be loaded as rows.

        The JSON becomes part of the data as `orjson.Fragment`: give it only where orjson encodes the answer.
        """
