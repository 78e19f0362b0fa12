"""How a subscription begins: its root field is resolved once, and says what is followed."""

from collections.abc import Callable
from contextlib import aclosing
from inspect import isawaitable
from typing import Any

from graphql import ExecutionResult, Executor, GraphQLError, GraphQLSchema
from graphql.execution import create_source_event_stream

from app.server.document_cache import Prepared
from app.server.refusals import Refusal, error_of
from app.server.requests import Request
from resolvers.context import Context
from resolvers.events import Watch, WatchOfAll


async def begin_watch(
    schema: GraphQLSchema,
    prepared: Prepared,
    request: Request,
    context: Context,
    shown: Callable[[GraphQLError], GraphQLError],
) -> Watch | WatchOfAll:
    """Returns what a subscription follows. Raises: Refusal, with its errors as they are `shown`."""
    executor = Executor.build(
        schema,
        prepared.operation.document,
        context_value=context,
        raw_variable_values=request.variables,
        operation_name=request.operation_name,
    )
    if isinstance(executor, list):
        raise Refusal(*map(shown, executor))
    stream = create_source_event_stream(executor)
    source: Any = await stream if isawaitable(stream) else stream
    if isinstance(source, ExecutionResult):
        raise Refusal(*map(shown, source.errors or []))
    try:
        async with aclosing(source):
            watch: Watch | WatchOfAll = await anext(source)
            return watch
    except Exception as failure:  # noqa: BLE001 - `shown` logs it and hides its text
        raise Refusal(shown(error_of(failure))) from None
