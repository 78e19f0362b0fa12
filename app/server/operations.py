"""The operation of a document: which one runs, how many mutations it has, and what of it may come later."""

from typing import Any

import orjson
from graphql import (
    REMOVE,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLDeferDirective,
    GraphQLStreamDirective,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    Visitor,
    visit,
)

from app.server.document_cache import Prepared
from app.server.refusals import Refusal
from resolvers.errors import Reason, api_error, over_limit

MUTATIONS_SETTING = "QUOTEGRAPH_MAX_MUTATIONS"
LEVELS_SETTING = "QUOTEGRAPH_MAX_LEVELS"
DEFER, STREAM = GraphQLDeferDirective.name, GraphQLStreamDirective.name


def without_directives(document: DocumentNode, *names: str) -> DocumentNode:
    """Returns the document without these directives: the same one, if it has none of them."""

    class Without(Visitor):
        def enter_directive(self, node: Any, *_: Any) -> Any:
            return REMOVE if node.name.value in names else None

    return visit(document, Without())  # type: ignore[no-any-return]


def check_levels(levels: int, most: int) -> None:
    """Raises: Refusal, if an operation with its fragments selects too many objects within each other."""
    if levels > most:
        message = f"This operation selects objects {levels} levels deep; the limit is {most} ({LEVELS_SETTING})."
        raise Refusal(over_limit("levels", levels, most, LEVELS_SETTING, message))


def named_operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """Returns the operation that is to run. Raises: Refusal."""
    operations = [it for it in document.definitions if isinstance(it, OperationDefinitionNode)]
    named = [it for it in operations if name is None or (it.name is not None and it.name.value == name)]
    if len(named) == 1:
        return named[0]
    if name is None:
        message = "Name one of the document's operations in `operationName`."
    else:
        message = f"The document has no operation {orjson.dumps(name[:100]).decode()}."
    raise Refusal(api_error("VALIDATION_ERROR", message, Reason.OPERATION_RESOLUTION_FAILURE))


def count_mutations(document: DocumentNode, operation: OperationDefinitionNode, most: int) -> int:
    """Returns the number of mutations. It is limited, because each is a transaction, which the estimated cost does not
    count. Raises: Refusal."""
    if operation.operation is not OperationType.MUTATION:
        return 0
    fragments = {it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)}
    pending, names = [operation.selection_set], set[str]()
    while pending:
        for it in pending.pop().selections:
            if isinstance(it, FieldNode) and it.name.value != "__typename":
                names.add((it.alias or it.name).value)
            elif isinstance(it, InlineFragmentNode):
                pending.append(it.selection_set)
            elif isinstance(it, FragmentSpreadNode) and (spread := fragments.pop(it.name.value, None)):
                pending.append(spread.selection_set)
    if len(names) > most:
        message = (
            f"This operation has {len(names):,} mutations; the limit is {most:,} ({MUTATIONS_SETTING}). "
            "Send several operations."
        )
        raise Refusal(over_limit("mutations", len(names), most, MUTATIONS_SETTING, message))
    return len(names)


def check_idempotency_key(key: str | None, prepared: Prepared) -> None:
    """The header does not say which mutation it is for, so that there must be exactly one. Raises: Refusal."""
    if key is None or prepared.mutations == 1:
        return
    if prepared.mutations:
        message = f"`Idempotency-Key` is for one mutation, not {prepared.mutations}. Use `@idempotent(key:)` on each."
    else:
        message = f"`Idempotency-Key` is for a mutation, not a {prepared.kind.value}. Omit the header."
    raise Refusal(api_error("VALIDATION_ERROR", message))
