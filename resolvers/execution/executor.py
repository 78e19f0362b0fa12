"""Executing operations: by a plan where one can be made, by graphql-core where not, and both counted."""

from collections import Counter
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any

from graphql import DocumentNode, ExecutionResult, GraphQLSchema, OperationDefinitionNode, execute

from resolvers.execution.arguments import Variables
from resolvers.execution.plan import Compiler, NotCovered, Plan, condition_variables
from resolvers.execution.run import run

MOST_PLANS = 32


@dataclass(slots=True)
class Operation:
    """An operation of a valid document, with the plans made for it: one for each combination of the conditions in its
    `@skip` and `@include` that has come up, None where no plan covers it. Whoever keeps it keeps them."""

    document: DocumentNode
    node: OperationDefinitionNode
    conditions: tuple[str, ...]
    variables: Variables
    plans: dict[tuple[bool, ...], Plan | None] = field(default_factory=dict)


class Executor:
    """Runs operations of one schema. `counts` tells how often a plan was there (`hit`), had to be made (`miss`), or
    could not be made (`fallback`); with `planned` off, everything goes to graphql-core."""

    def __init__(self, schema: GraphQLSchema, planned: bool = True) -> None:
        self._schema = schema
        self._planned = planned
        self.counts: Counter[str] = Counter()

    def operation(self, document: DocumentNode, node: OperationDefinitionNode) -> Operation:
        """An operation of a valid document, to be executed as often as it comes."""
        variables = Variables(self._schema, node.variable_definitions or ())
        return Operation(document, node, condition_variables(document, node), variables)

    async def execute(
        self, operation: Operation, context: Any, variables: dict[str, Any] | None = None, root: Any = None
    ) -> ExecutionResult:
        """The answer. Whatever fails is in its errors."""
        if self._planned:
            values = operation.variables.coerced(variables or {})
            if isinstance(values, list):
                return ExecutionResult(None, values)
            plan = self._plan(operation, values.coerced)
            if plan is not None:
                return await run(plan, root, context, values)
        name = operation.node.name.value if operation.node.name else None
        result = execute(self._schema, operation.document, root, context, variables, name)
        return await result if isawaitable(result) else result

    def _plan(self, operation: Operation, variables: dict[str, Any]) -> Plan | None:
        truths: dict[str, bool] = {name: variables[name] for name in operation.conditions if name in variables}
        if None in truths.values():
            # A condition that is null is an error, and where it is one graphql-core knows.
            self.counts["fallback"] += 1
            return None
        key = tuple(truths.values())
        if key in operation.plans:
            plan = operation.plans[key]
            self.counts["hit" if plan else "fallback"] += 1
            return plan
        try:
            plan = Compiler(self._schema, operation.document, operation.node, truths).compile()
            self.counts["miss"] += 1
        except (NotCovered, RecursionError):
            plan = None
            self.counts["fallback"] += 1
        if len(operation.plans) >= MOST_PLANS:
            operation.plans.clear()
        operation.plans[key] = plan
        return plan
