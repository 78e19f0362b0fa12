"""Executing operations: by a plan where one can be made, by graphql-core where not, and both counted."""

from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

from graphql import DocumentNode, ExecutionResult, GraphQLSchema, OperationDefinitionNode, execute

from resolvers.execution.arguments import Variables
from resolvers.execution.budget import Budget
from resolvers.execution.counting_executor import CountingExecutor
from resolvers.execution.plan import Compiler, NotCovered, Plan, condition_variables
from resolvers.execution.run import run

UNKNOWN_LENGTH = 1_000
# A plan takes some 200 bytes for each character of its document.
MOST_CHARACTERS = 500_000


class Plans:
    """The plans of many operations: for each, one for each combination of the conditions in its `@skip` and `@include`
    that has come up, None where no plan covers it.

    The least recently used are dropped: of all documents together, as many characters as there are plans of them, there
    are `most` at most. The latest is kept whatever its length.
    """

    def __init__(self, most: int = MOST_CHARACTERS) -> None:
        self._most = most
        self._characters = 0
        self._made: OrderedDict[tuple[Operation, tuple[bool, ...]], Plan | None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._made)

    def find(self, operation: "Operation", truths: tuple[bool, ...], make: Callable[[], Plan | None]) -> Plan | None:
        """The plan there is, or the one that is made now."""
        key = (operation, truths)
        if key in self._made:
            self._made.move_to_end(key)
            return self._made[key]
        plan = self._made[key] = make()
        self._characters += operation.characters
        while self._characters > self._most and len(self._made) > 1:
            (dropped, _), _ = self._made.popitem(last=False)
            self._characters -= dropped.characters
        return plan


@dataclass(slots=True, eq=False)
class Operation:
    """An operation of a valid document. Its plans are among `plans`."""

    document: DocumentNode
    node: OperationDefinitionNode
    conditions: tuple[str, ...]
    variables: Variables
    plans: Plans
    characters: int


class Executor:
    """Runs operations of one schema. `counts` tells how often a plan was there (`hit`), had to be made (`miss`), or
    could not be made (`fallback`); with `planned` off, everything goes to graphql-core."""

    def __init__(self, schema: GraphQLSchema, planned: bool = True) -> None:
        self._schema = schema
        self._planned = planned
        self.counts: Counter[str] = Counter()
        self.plans = Plans()

    def operation(self, document: DocumentNode, node: OperationDefinitionNode, plans: Plans | None = None) -> Operation:
        """An operation of a valid document, to be executed as often as it comes. Its plans are kept among `plans`, by
        default among all that have no others."""
        variables = Variables(self._schema, node.variable_definitions or ())
        characters = document.loc.end if document.loc is not None else UNKNOWN_LENGTH
        kept = self.plans if plans is None else plans
        return Operation(document, node, condition_variables(document, node), variables, kept, characters)

    async def execute(
        self,
        operation: Operation,
        context: Any,
        variables: dict[str, Any] | None = None,
        root: Any = None,
        budget: Budget | None = None,
    ) -> ExecutionResult:
        """The answer. Whatever fails is in its errors. Raises: OverBudget."""
        if self._planned:
            values = operation.variables.coerced(variables or {})
            if isinstance(values, list):
                return ExecutionResult(None, values)
            plan = self._plan(operation, values.coerced)
            if plan is not None:
                return await run(plan, root, context, values, budget)
        name = operation.node.name.value if operation.node.name else None
        counting = {"executor_class": CountingExecutor, "budget": budget or Budget()}
        result = execute(self._schema, operation.document, root, context, variables, name, **counting)  # type: ignore[arg-type]
        return await result if isawaitable(result) else result

    def _plan(self, operation: Operation, variables: dict[str, Any]) -> Plan | None:
        truths: dict[str, bool] = {name: variables[name] for name in operation.conditions if name in variables}
        if None in truths.values():
            # A condition that is null is an error, and where it is one graphql-core knows.
            self.counts["fallback"] += 1
            return None
        made = False

        def make() -> Plan | None:
            nonlocal made
            try:
                plan = Compiler(self._schema, operation.document, operation.node, truths).compile()
                made = True
                return plan
            except (NotCovered, RecursionError):
                return None

        plan = operation.plans.find(operation, tuple(truths.values()), make)
        self.counts["fallback" if plan is None else "miss" if made else "hit"] += 1
        return plan
