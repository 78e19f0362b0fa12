"""How an answer says that a mutation was not executed again: `extensions.idempotentReplay`."""

from graphql import ExecutionResult

from resolvers.context import Context

REPLAY = {"idempotentReplay": True}


def with_replay(result: ExecutionResult, context: Context) -> ExecutionResult:
    """Returns the result of an operation, which says so if one of its mutations was executed before."""
    if not context.has_replay:
        return result
    return ExecutionResult(result.data, result.errors, {**(result.extensions or {}), **REPLAY})
