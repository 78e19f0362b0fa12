"""The shape of an endpoint's own selection: one subscription of `events`, without anything that a delivery could not
give it (docs/domain.md#webhook-queries)."""

from collections.abc import Iterator

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    Node,
    OperationDefinitionNode,
    OperationType,
)

ROOT_FIELD = "events"


def shape_errors(document: DocumentNode) -> list[GraphQLError]:
    """What a parsed document has that a selection cannot have."""
    operations = [it for it in document.definitions if isinstance(it, OperationDefinitionNode)]
    others = [it for it in document.definitions if not isinstance(it, OperationDefinitionNode | FragmentDefinitionNode)]
    if not operations:
        return [_error("The document has no operation. Write `subscription { events { … } }`.", document)]
    errors = [
        _error("Only one subscription and its fragments are allowed. Remove this definition.", it) for it in others
    ]
    errors += [_error("The document has more than one operation. Keep one.", it) for it in operations[1:]]
    return errors + list(_of_operation(operations[0]))


def _of_operation(operation: OperationDefinitionNode) -> Iterator[GraphQLError]:
    if operation.operation is not OperationType.SUBSCRIPTION:
        yield _error(f"This is a {operation.operation.value}. Write `subscription {{ events {{ … }} }}`.", operation)
        return
    for variable in operation.variable_definitions or ():
        yield _error("A delivery has no variables. Write the value where it is used.", variable)
    for directive in operation.directives or ():
        yield _error("Directives are not allowed on the subscription. Remove it.", directive)
    first, *more = operation.selection_set.selections
    for it in more:
        yield _error("Select `events` only, and only once. Remove this selection.", it)
    if not isinstance(first, FieldNode):
        yield _error("Select `events` at the root itself, not in a fragment.", first)
    else:
        yield from _of_root(first)


def _of_root(field: FieldNode) -> Iterator[GraphQLError]:
    if field.name.value != ROOT_FIELD:
        yield _error(f"The root field is `events`, not `{field.name.value}`.", field)
        return
    if field.alias is not None:
        yield _error("`events` takes no other name here. Remove the alias.", field.alias)
    for argument in field.arguments or ():
        name = argument.name.value
        yield _error(f"The endpoint itself says which events it wants. Remove the argument `{name}`.", argument)
    for directive in field.directives or ():
        yield _error("Directives are not allowed on `events`. Remove it.", directive)


def _error(message: str, node: Node) -> GraphQLError:
    return GraphQLError(message, node)
