"""graphql-core's executors with a budget and refused fields, for what no plan covers, such as introspection, and
answers of which parts come later."""

from collections.abc import Mapping
from typing import Any

from graphql import GraphQLError, GraphQLObjectType, get_named_type, is_leaf_type
from graphql.execution import Executor
from graphql.execution.executor_throwing_on_incremental import ExecutorThrowingOnIncremental
from graphql.execution.incremental.incremental_executor import IncrementalExecutor
from graphql.pyutils import Path

from resolvers.execution.budget import Budget, OverBudget, object_overhead
from resolvers.execution.refusals import refusal
from resolvers.weights import weight_of


class _Counting(Executor[Any]):
    """Counts the objects and characters of the answer, and stops the operation when the budget is exceeded. `refused`
    fields are null with their error."""

    def __init__(self, *given: Any, budget: Budget, refused: Mapping[int, GraphQLError], **named: Any) -> None:
        super().__init__(*given, **named)
        self._budget = budget
        self._refused = refused

    def execute_fields(self, parent_type: Any, source: Any, path: Any, fields: Any, *more: Any) -> Any:
        self._budget.add_objects(1, self._weight(parent_type, path), object_overhead(tuple(fields)))
        return super().execute_fields(parent_type, source, path, fields, *more)

    def execute_field(self, parent_type: Any, source: Any, fields: Any, path: Any, *more: Any) -> Any:
        if (error := refusal(self._refused, (it.node for it in fields))) is not None:
            definition = self.schema.get_field(parent_type, fields[0].node.name.value)
            assert definition is not None
            self.handle_field_error(error, definition.type, fields, path)
            return None
        return super().execute_field(parent_type, source, fields, path, *more)

    def _weight(self, type_: GraphQLObjectType, path: Path | None) -> int:
        while path is not None and path.typename is None:
            # The index in a list.
            path = path.prev
        if path is None:
            return 0
        assert path.typename is not None
        return weight_of(self.schema, self.schema.type_map[path.typename], type_)

    def complete_iterable_value(self, item_type: Any, nodes: Any, info: Any, path: Any, items: Any, *more: Any) -> Any:
        if isinstance(items, list | tuple) and not is_leaf_type(get_named_type(item_type)):
            self._budget.check_room(len(items))
        return super().complete_iterable_value(item_type, nodes, info, path, items, *more)

    def complete_leaf_value(self, return_type: Any, result: Any) -> Any:  # type: ignore[override]
        value = super().complete_leaf_value(return_type, result)
        if isinstance(value, str):
            self._budget.add_characters(len(value))
        return value

    def handle_field_error(self, raw_error: Exception, *where: Any) -> None:
        # It stops the operation; as an error of its field, the siblings would go on.
        if isinstance(raw_error, OverBudget):
            raise raw_error
        super().handle_field_error(raw_error, *where)


class CountingExecutor(_Counting, ExecutorThrowingOnIncremental):
    """Answers an operation at once."""


class CountingIncrementalExecutor(_Counting, IncrementalExecutor):
    """Answers the parts with `@defer` and `@stream` later."""
