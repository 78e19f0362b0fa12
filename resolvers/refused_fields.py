"""Which fields of an operation a caller may not select, for callers that take an answer without them: each is null,
with an error at its path, and is not run (ADR 7)."""

from collections.abc import Callable
from dataclasses import dataclass, field

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLField,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
)

from domain.shared.access import Caller, Scope
from resolvers.errors import forbidden
from resolvers.scopes import has_receipt, is_beyond_receipt, scope_of_type
from resolvers.selection_walk import SelectedField, SelectionWalk


@dataclass(slots=True)
class RefusedFields:
    """The error of each field that is refused, by the identity of its node; `roots` are the names of root fields."""

    errors: dict[int, GraphQLError] = field(default_factory=dict)
    roots: list[str] = field(default_factory=list)


def refused_fields(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    scope_of: Callable[[GraphQLField], Scope | None],
    caller: Caller,
) -> RefusedFields:
    """The fields of a valid operation that a caller may not select. What is below a refused field is not looked at. A
    fragment that may be read in one place and not in another is refused in both."""
    walk = _Walk(schema, document, scope_of, caller, operation.operation is OperationType.MUTATION)
    walk.walk(operation)
    return walk.found


class _Walk(SelectionWalk):
    """Below the `query` of a payload a mutation's receipt does not apply."""

    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        scope_of: Callable[[GraphQLField], Scope | None],
        caller: Caller,
        mutation: bool,
    ) -> None:
        super().__init__(schema, document)
        self._scope_of = scope_of
        self._caller = caller
        self._mutation = mutation
        self.found = RefusedFields()

    def visit_field(self, selected: SelectedField) -> bool:
        lacking = self._lacking(selected)
        if lacking:
            here = selected.path
            message = f"This key lacks {', '.join(lacking)}, which {here} requires."
            error = forbidden(message, scopes=[str(scope) for scope in lacking], fields=[here])
            self.found.errors.setdefault(id(selected.node), error)
            if "." not in here:
                self.found.roots.append(here)
        return not lacking

    def _lacking(self, selected: SelectedField) -> list[Scope]:
        """The scopes that selecting a field takes and the caller lacks: its own, that of the type it gives, and that of
        the type it belongs to."""
        given = scope_of_type(self.schema, selected.given)
        owner = scope_of_type(self.schema, selected.owner)
        queried = selected.queried
        beyond = queried or is_beyond_receipt(selected.node.name.value, given, owner)
        taken = ((self._scope_of(selected.field), True), (given, queried), (owner, beyond))
        return sorted({scope for scope, beyond in taken if scope is not None and self._lacks(scope, beyond)})

    def _lacks(self, scope: Scope, beyond_receipt: bool) -> bool:
        covered = self._mutation and not beyond_receipt and has_receipt(self._caller, scope)
        return scope not in self._caller.scopes and not covered
