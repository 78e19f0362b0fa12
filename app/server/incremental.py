"""Incremental delivery: results of which the parts marked with `@defer` and `@stream` come later."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from graphql import ExecutionResult, GraphQLError
from graphql.execution import ExperimentalIncrementalExecutionResults

from app.server.replays import REPLAY, with_replay
from resolvers.context import Context

Shown = Callable[[GraphQLError], GraphQLError]


class Incremental:
    """The result of an operation, of which parts may come later."""

    def __init__(
        self,
        result: ExecutionResult | ExperimentalIncrementalExecutionResults,
        shown: Shown,
        context: Context,
        extensions: Callable[[], dict[str, Any]],
    ) -> None:
        self._result = result
        self._shown = shown
        self._context = context
        # What the operation cost is known at its end.
        self._extensions = extensions

    @property
    def whole(self) -> ExecutionResult | None:
        """The result, if no part of it comes later."""
        if not isinstance(self._result, ExecutionResult):
            return None
        errors = [self._shown(it) for it in self._result.errors or ()]
        return with_replay(ExecutionResult(self._result.data, errors or None, self._extensions()), self._context)

    async def payloads(self) -> AsyncIterator[dict[str, Any]]:
        """The first payload and those that come later, in the form of the draft."""
        assert not isinstance(self._result, ExecutionResult)
        first, later = self._result
        try:
            replay = REPLAY if self._context.has_replay else {}
            yield self._payload(first, replay)
            async for it in later:
                yield self._payload(it)
        finally:
            await later.aclose()
            self.settle()

    def settle(self) -> None:
        """Charges what was used until now, of parts that are not read any further."""
        self._extensions()

    def _payload(self, result: Any, extensions: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
        """Returns a payload with the errors in it as clients may see them."""
        payload: dict[str, Any] = dict(result.formatted)
        if getattr(result, "errors", None):
            payload["errors"] = self._formatted(result.errors)
        if not payload.get("hasNext"):
            extensions = {**self._extensions(), **extensions}
        if extensions:
            payload["extensions"] = extensions
        for name in ("incremental", "completed"):
            for entry, source in zip(payload.get(name, ()), getattr(result, name, None) or (), strict=True):
                if source.errors:
                    entry["errors"] = self._formatted(source.errors)
        return payload

    def _formatted(self, errors: Sequence[GraphQLError]) -> list[Any]:
        return [dict(self._shown(it).formatted) for it in errors]
