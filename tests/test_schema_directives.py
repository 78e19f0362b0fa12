"""The directives in the SDL say what is declared of types and fields, and nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    OperationDefinitionNode,
    get_named_type,
    is_specified_scalar_type,
    parse,
)

from resolvers.costs import cost_of
from resolvers.nodes import NODE_SCOPES
from schema.build import build_schema as build
from schema.build import core_schema
from schema.declare import SCOPE
from tests.exported import SCHEMA as EXPORTED
from tests.sdl_costs import applied, cost_by_sdl

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").rglob("*.graphql"))
CORE = core_schema(build())
TYPES = [
    it
    for it in EXPORTED.type_map.values()
    if isinstance(it, GraphQLObjectType | GraphQLInterfaceType) and not it.name.startswith("__")
]


def scopes(node: Any) -> list[list[str]] | None:
    found = applied(node, "requiresScopes")
    return None if found is None else found["scopes"]


def fields() -> Iterator[tuple[str, Any, Any]]:
    """Every field of the SDL by name, with its type and itself."""
    for type_ in TYPES:
        for name, field in type_.fields.items():
            yield f"{type_.name}.{name}", type_, field


def test_every_scope_that_a_field_declares_is_in_the_sdl_and_no_other():
    declared = {
        f"{type_.name}.{name}": [[str(scope)]]
        for type_ in CORE.type_map.values()
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
        for name, field in type_.fields.items()
        if (definition := field.extensions.get("strawberry-definition")) is not None
        and (scope := definition.metadata.get(SCOPE)) is not None
    }
    shown = {name: found for name, _, field in fields() if (found := scopes(field.ast_node)) is not None}
    assert shown == declared
    assert len(shown) > 80


def test_every_scope_of_a_type_is_in_the_sdl_and_no_other():
    shown = {it.name: found for it in TYPES if (found := scopes(it.ast_node)) is not None}
    objects = {name: [[str(scope)]] for name, scope in NODE_SCOPES.items()}
    assert {name: it for name, it in shown.items() if name in objects} == objects
    # All types of an offer require one scope.
    assert {name: it for name, it in shown.items() if name not in objects} == {"Offer": [["quotes:read"]]}


def test_a_description_names_the_scope_of_the_directive():
    for name, type_, field in fields():
        if type_.name in ("Query", "Mutation", "Subscription") and (required := scopes(field.ast_node)):
            assert f"Requires scope `{required[0][0]}`." in field.description, name


def test_a_mutation_costs_ten_and_what_is_for_paging_nothing():
    weighed = {name: it["weight"] for name, _, field in fields() if (it := applied(field.ast_node, "cost"))}
    assert CORE.mutation_type is not None
    mutations = {f"Mutation.{name}": 10 for name in CORE.mutation_type.fields}
    # A row of a page costs a point, through an edge or without one.
    edges = {f"{it.name}.node": 0 for it in TYPES if it.name.endswith("Edge")}
    assert weighed == mutations | edges
    free = {it.name: found["weight"] for it in TYPES if (found := applied(it.ast_node, "cost"))}
    assert free == {"PageInfo": 0, "RateLimit": 0}


def test_every_list_and_connection_says_its_size():
    for name, type_, field in fields():
        size, shown = applied(field.ast_node, "listSize"), str(field.type)
        given = get_named_type(field.type)
        if "first" in field.args:
            assert size == {
                "assumedSize": 25,
                "slicingArguments": ["first", "last"],
                "sizedFields": ["edges", "nodes"],
                "requireOneSlicingArgument": False,
            }, name
            assert {"edges", "nodes"} <= given.fields.keys(), name
        elif shown.startswith("[") and hasattr(given, "fields") and "pageInfo" not in type_.fields:
            by_ids = {"assumedSize": 100, "slicingArguments": ["ids"], "requireOneSlicingArgument": False}
            assert size == (by_ids if "ids" in field.args else {"assumedSize": 5}), name
        else:
            assert size is None, name


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda it: it.stem)
def test_the_cost_of_an_operation_follows_from_the_sdl_alone(file):
    document = parse(file.read_text())
    for operation in document.definitions:
        if isinstance(operation, OperationDefinitionNode):
            assert cost_by_sdl(EXPORTED, document, operation, {}) == cost_of(CORE, document, operation).points({})


@pytest.mark.parametrize("page", [{}, {"first": 7}, {"last": 3}, {"first": None, "last": 4}])
def test_the_size_of_a_page_follows_from_the_sdl_alone(page):
    document = parse("""query($first: Int, $last: Int, $ids: [ID!]!) {
        nodes(ids: $ids) { id ... on Quote { items { recipients { item { id } } } } }
        quotes(first: $first, last: $last) { edges { cursor node { id } } nodes { company { quotes { totalCount } } } }
    }""")
    [operation] = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    given = {**page, "ids": ["a"] * 9}
    assert cost_by_sdl(EXPORTED, document, operation, given) == cost_of(CORE, document, operation).points(given)


def test_every_scalar_says_what_specifies_it():
    own = [
        it
        for it in EXPORTED.type_map.values()
        if isinstance(it, GraphQLScalarType) and not is_specified_scalar_type(it)
    ]
    assert [it.name for it in own if not (it.specified_by_url or "").startswith("https://")] == []
    assert len(own) > 5
