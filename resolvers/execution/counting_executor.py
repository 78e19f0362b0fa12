"""graphql-core's executor with a budget: for operations that no plan covers, introspection above all."""

from typing import Any

from graphql.execution.executor_throwing_on_incremental import ExecutorThrowingOnIncremental

from resolvers.execution.budget import Budget, OverBudget, width


class CountingExecutor(ExecutorThrowingOnIncremental):
    """Counts what it answers with, and stops as a whole where that is more than the budget."""

    def __init__(self, *given: Any, budget: Budget, **named: Any) -> None:
        super().__init__(*given, **named)
        self._budget = budget

    def execute_fields(self, parent_type: Any, source: Any, path: Any, fields: Any, *more: Any) -> Any:
        self._budget.answer(1, len(fields), width(tuple(fields)))
        return super().execute_fields(parent_type, source, path, fields, *more)

    def complete_iterable_value(self, item_type: Any, nodes: Any, info: Any, path: Any, items: Any, *more: Any) -> Any:
        if isinstance(items, list | tuple):
            self._budget.make_room(len(items))
        return super().complete_iterable_value(item_type, nodes, info, path, items, *more)

    def complete_leaf_value(self, return_type: Any, result: Any) -> Any:  # type: ignore[override]
        value = super().complete_leaf_value(return_type, result)
        if isinstance(value, str):
            self._budget.write(len(value))
        return value

    def handle_field_error(self, raw_error: Exception, *where: Any) -> None:
        # What stops the whole is no error of a field, whose siblings would go on.
        if isinstance(raw_error, OverBudget):
            raise raw_error
        super().handle_field_error(raw_error, *where)
