"""The scopes that an operation requires are those that the SDL says, for every field: read from the exported directives
alone, and compared with what is refused when a key lacks them (docs/domain.md#scopes)."""

import re
from typing import Any

import pytest
from graphql import (
    FieldNode,
    OperationType,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    parse,
    visit,
)
from graphql import build_schema as schema_of
from graphql.utilities import value_from_ast_untyped

from app.server.preparation import Preparation
from app.server.refusals import Refusal
from app.server.requests import Request
from domain.shared.access import Caller, Environment, Scope
from resolvers.execution.executor import Executor
from schema.build import build_schema, core_schema, sdl
from schema.declare import is_public
from tests.api.support.schema_operations import Operation, node_operations, root_operations, walks

SCHEMA = core_schema(build_schema())
EXPORTED = schema_of(sdl())
PREPARATION = Preparation(SCHEMA, Executor(SCHEMA))
ALL = (*root_operations(SCHEMA), *node_operations(SCHEMA), *walks(SCHEMA))
OPERATIONS = [it for it in ALL if not is_public(it.field)]
DEEPEST = 2

# How a root field without a scope of its own says what it requires.
STATED = re.compile(r"Requires no scope\.|Requires the scope of |Does not require an API key\.")


def a_caller(*scopes: Scope) -> Caller:
    return Caller("k", "A key", Environment.LIVE, None, None, frozenset(scopes))


def declared(node: Any) -> set[str]:
    """The scopes of a type or a field in the SDL."""
    directives = getattr(node.ast_node, "directives", None) or ()
    applied = [it for it in directives if it.name.value == "requiresScopes"]
    return {scope for it in applied for names in value_from_ast_untyped(it.arguments[0].value) for scope in names}


def required(document: str) -> set[str]:
    """What a document requires by the SDL: of each field its own scopes, and those of the types around it."""
    types, found = TypeInfo(EXPORTED), set[str]()

    class Required(Visitor):
        def enter_field(self, _node: FieldNode, *_: Any) -> None:
            field, parent = types.get_field_def(), types.get_parent_type()
            if field is not None and parent is not None:
                found.update(declared(field), declared(parent), declared(get_named_type(field.type)))

    visit(parse(document), TypeInfoVisitor(types, Required()))
    return found


def refused(document: str, caller: Caller) -> list[str]:
    """The scopes for want of which an operation is refused; none if it is not."""
    try:
        PREPARATION.allowed(Request(document, {}), caller)
    except Refusal as refusal:
        [error] = refusal.errors
        assert error.extensions is not None
        assert error.extensions["code"] == "FORBIDDEN", error
        return list(error.extensions["scopes"])
    return []


def document_of(operation: Operation) -> str:
    """The document that reads deepest within the limits."""
    for depth in range(DEEPEST, 0, -1):
        document = operation.document(depth, lambda _field: True)
        try:
            PREPARATION.allowed(Request(document, {}), a_caller(*Scope))
        except Refusal:
            if depth == 1:
                raise
        else:
            break
    return document


@pytest.mark.parametrize("kind", [*OperationType, None], ids=lambda it: it.value if it else "node")
def test_an_operation_is_refused_for_want_of_each_scope_that_the_sdl_names_and_of_no_other(kind):
    for operation in OPERATIONS:
        if kind is not (operation.type if operation.of is None else None):
            continue
        document = document_of(operation)
        needed = required(document)
        assert set(refused(document, a_caller())) == needed, str(operation)
        for scope in Scope:
            without = a_caller(*(set(Scope) - {scope}))
            assert refused(document, without) == ([scope] if scope in needed else []), f"{operation} without {scope}"


def test_every_root_field_has_a_scope_or_states_that_it_needs_none():
    """What is below a field inherits its scope, so that every field of the schema has one or the statement."""
    for type_ in OperationType:
        root = EXPORTED.get_root_type(type_)
        assert root is not None
        for name, field in root.fields.items():
            is_declared = declared(field) or declared(get_named_type(field.type))
            assert is_declared or STATED.search(field.description or ""), f"{root.name}.{name} states no scope"


def test_a_field_states_that_it_needs_no_key_if_it_is_public():
    for it in root_operations(SCHEMA):
        stated = "Does not require an API key." in (it.field.description or "")
        assert stated == is_public(it.field), str(it)


def test_every_node_has_a_scope_but_companies_and_events():
    nodes = {it.name for it in EXPORTED.get_possible_types(EXPORTED.type_map["Node"]) if not declared(it)}  # type: ignore[arg-type]
    # A company is its key's own, and each event requires the scope of its type.
    assert nodes == {"Company", "Event"}
