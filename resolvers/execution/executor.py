"""Executes operations: by a plan where one can be made, otherwise by graphql-core, and counts both."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from inspect import isawaitable
from typing import Any

from graphql import DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema, OperationDefinitionNode
from graphql.execution import ExperimentalIncrementalExecutionResults, experimental_execute_incrementally

from resolvers.execution.arguments import Variables
from resolvers.execution.budget import Budget
from resolvers.execution.context import ExecutionContext
from resolvers.execution.counting_executor import CountingExecutor, CountingIncrementalExecutor
from resolvers.execution.plan import Compiler, NotCovered, Plan, condition_variables
from resolvers.execution.run import run

# What a parsed document and a plan take in memory, in bytes: so much, and so much for each token. Measured on the
# documents of examples/; a plan of lists takes twice that of single objects, which counts as lists here.
OF_A_DOCUMENT, OF_ITS_TOKEN = 6_000, 330
OF_A_PLAN, OF_A_PLANNED_TOKEN = 4_000, 600
PLAN_BYTES = 36 * 1024 * 1024


class Plans:
    """A cache of the plans of many operations: for each operation, one plan for each combination of the variables in
    its `@skip` and `@include` that was sent, or None where no plan covers it.

    The least recently used are dropped: all plans and their documents, which a plan keeps alive, take at most
    `most_bytes`, as estimated. The latest is kept whatever its size.
    """

    def __init__(self, most_bytes: int = PLAN_BYTES) -> None:
        self._most_bytes = most_bytes
        self._bytes = 0
        self._made: OrderedDict[tuple[Operation, tuple[bool, ...]], Plan | None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._made)

    def find(
        self, operation: "Operation", conditions: tuple[bool, ...], compile_: Callable[[], Plan | None]
    ) -> Plan | None:
        """The cached plan, or the one that `compile_` gives."""
        key = (operation, conditions)
        if key in self._made:
            self._made.move_to_end(key)
            return self._made[key]
        plan = self._made[key] = compile_()
        self._bytes += operation.plan_bytes
        while self._bytes > self._most_bytes and len(self._made) > 1:
            (dropped, _), _ = self._made.popitem(last=False)
            self._bytes -= dropped.plan_bytes
        return plan


@dataclass(slots=True, eq=False)
class Operation:
    """An operation of a valid document. Its plans are cached in `plans`. `condition_variables` are the names of the
    variables in its `@skip` and `@include`. `document_bytes` and `plan_bytes` are what the document, and a plan
    together with it, take in memory, as estimated. `refused` are fields that are null with an error instead of being
    run, by the identity of their node."""

    document: DocumentNode
    node: OperationDefinitionNode
    condition_variables: tuple[str, ...]
    variables: Variables
    plans: Plans
    document_bytes: int
    plan_bytes: int
    refused: Mapping[int, GraphQLError] = field(default_factory=dict)

    def refusing(self, refused: Mapping[int, GraphQLError]) -> "Operation":
        """The same operation with other fields refused. Its plans are its own."""
        return replace(self, refused=refused)


class Executor:
    """Runs operations of one schema. `counts` has how often a plan was cached (`hit`), was compiled (`miss`), or could
    not be compiled (`fallback`). With `planned` off, graphql-core runs everything."""

    def __init__(self, schema: GraphQLSchema, planned: bool = True, plan_bytes: int = PLAN_BYTES) -> None:
        self._schema = schema
        self._planned = planned
        self.counts: Counter[str] = Counter()
        self.plans = Plans(plan_bytes)

    def operation(self, document: DocumentNode, node: OperationDefinitionNode, plans: Plans | None = None) -> Operation:
        """An operation of a valid document, to be executed as often as it is sent. Its plans are cached in `plans`, by
        default together with those of all other operations."""
        variables = Variables(self._schema, node.variable_definitions or ())
        kept = self.plans if plans is None else plans
        conditions = condition_variables(document, node)
        return Operation(document, node, conditions, variables, kept, *_sizes(document))

    async def execute(
        self,
        operation: Operation,
        context: ExecutionContext,
        variables: dict[str, Any] | None = None,
        root: Any = None,
        budget: Budget | None = None,
    ) -> ExecutionResult:
        """The answer, with the errors of fields that failed. Raises: OverBudget."""
        if self._planned:
            values = operation.variables.coerced(variables or {})
            if isinstance(values, list):
                return ExecutionResult(None, values)
            plan = self._plan(operation, values.coerced)
            if plan is not None:
                return await run(plan, root, context, values, budget)
        name = operation.node.name.value if operation.node.name else None
        answer = await self._core(
            CountingExecutor, operation.document, name, context, variables, root, budget, operation.refused
        )
        assert isinstance(answer, ExecutionResult), "no part of it comes later"
        return answer

    async def execute_incrementally(
        self,
        document: DocumentNode,
        name: str | None,
        context: ExecutionContext,
        variables: dict[str, Any] | None,
        budget: Budget,
    ) -> ExecutionResult | ExperimentalIncrementalExecutionResults:
        """The answer of graphql-core, of which parts may come later. Raises: OverBudget."""
        self.counts["fallback"] += 1
        return await self._core(CountingIncrementalExecutor, document, name, context, variables, None, budget, {})

    async def _core(
        self,
        executor: type[CountingExecutor | CountingIncrementalExecutor],
        document: DocumentNode,
        name: str | None,
        context: ExecutionContext,
        variables: dict[str, Any] | None,
        root: Any,
        budget: Budget | None,
        refused: Mapping[int, GraphQLError],
    ) -> ExecutionResult | ExperimentalIncrementalExecutionResults:
        # graphql-core's `execute` refuses every schema that has `@defer`, also if it is not used.
        counting: Any = {"executor_class": executor, "budget": budget or Budget(), "refused": refused}
        result = experimental_execute_incrementally(self._schema, document, root, context, variables, name, **counting)
        return await result if isawaitable(result) else result

    def _plan(self, operation: Operation, variables: dict[str, Any]) -> Plan | None:
        conditions: dict[str, bool] = {
            name: variables[name] for name in operation.condition_variables if name in variables
        }
        if None in conditions.values():
            # A condition that is null is an error, and graphql-core reports it.
            self.counts["fallback"] += 1
            return None
        made = False

        def compile_() -> Plan | None:
            nonlocal made
            try:
                plan = Compiler(
                    self._schema, operation.document, operation.node, conditions, operation.refused
                ).compile()
                made = True
                return plan
            except (NotCovered, RecursionError):
                return None

        plan = operation.plans.find(operation, tuple(conditions.values()), compile_)
        self.counts["fallback" if plan is None else "miss" if made else "hit"] += 1
        return plan


def _sizes(document: DocumentNode) -> tuple[int, int]:
    """Returns what a document, and a plan together with it, take in memory."""
    tokens, text = document.token_count or 0, document.loc.end if document.loc is not None else 0
    size = OF_A_DOCUMENT + OF_ITS_TOKEN * tokens + text
    return size, size + OF_A_PLAN + OF_A_PLANNED_TOKEN * tokens
