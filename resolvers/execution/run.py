"""Runs a plan: what is selected of the root object, and everything below it, breadth first."""

from typing import Any

from graphql import ExecutionResult

from resolvers.execution.budget import Budget
from resolvers.execution.column_paths import ColumnPaths
from resolvers.execution.completion import Completion
from resolvers.execution.context import ExecutionContext
from resolvers.execution.field_errors import FAILED, FieldErrors
from resolvers.execution.field_values import FieldValues
from resolvers.execution.plan import Plan


async def run(
    plan: Plan, root: Any, context: ExecutionContext, variables: Any, budget: Budget | None = None
) -> ExecutionResult:
    """The answer to an operation. `variables` are coerced (graphql-core's `VariableValues`).

    Raises: OverBudget.
    """
    context.expect(plan.attributes_by_type)
    budget, errors = budget or Budget(), FieldErrors()
    fields = FieldValues(plan, root, context, variables, budget, errors)
    completion = Completion(plan.schema, fields, budget, errors)
    [answer] = await completion.select(plan.root, [root], ColumnPaths(), plan.serial)
    data = None if answer is FAILED else answer
    return ExecutionResult(data, errors.one_for_each_null(data) or None)
