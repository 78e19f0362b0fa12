"""What is deprecated says so in the schema, with what to use instead and how long it stays."""

import re
from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Any

import pytest
import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    print_schema,
)

from schema.declare import column, edge, public_root, reference, root
from tests.exported import SCHEMA

REASON = re.compile(r"Use `([A-Za-z.]+)`[^.]* instead\. Will be removed in \d+\.\d+\.")


def deprecated(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    for type_ in schema.type_map.values():
        parts: list[tuple[str, Any]] = []
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            parts = [(f"{type_.name}.{name}", it) for name, it in type_.fields.items()]
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            fields = type_.fields.items()
            parts += [(f"{type_.name}.{name}({given})", it) for name, f in fields for given, it in f.args.items()]
        if isinstance(type_, GraphQLEnumType):
            parts = [(f"{type_.name}.{name}", it) for name, it in type_.values.items()]
        yield from ((where, it.deprecation_reason) for where, it in parts if it.deprecation_reason is not None)


def has(schema: GraphQLSchema, name: str) -> bool:
    type_name, dot, part = name.partition(".")
    if not dot:
        roots = (schema.query_type, schema.mutation_type, schema.subscription_type)
        return any(it is not None and name in it.fields for it in roots)
    type_ = schema.type_map.get(type_name)
    return part in (type_.values if isinstance(type_, GraphQLEnumType) else getattr(type_, "fields", ()))


def unclear(schema: GraphQLSchema) -> list[str]:
    """The deprecations that do not name something of the schema to use instead, and a version."""
    reasons = ((where, REASON.fullmatch(reason)) for where, reason in deprecated(schema))
    return [where for where, said in reasons if said is None or not has(schema, said[1])]


def test_every_deprecation_names_the_replacement_and_the_version_of_its_removal():
    assert unclear(SCHEMA) == []


@pytest.mark.parametrize(
    "reason",
    [
        "No longer supported",
        "Use `Query.new` instead.",
        "Use `Query.gone` instead. Will be removed in 0.3.",
        "Will be removed in 0.3.",
    ],
)
def test_a_deprecation_without_replacement_or_version_is_found(reason):
    sample = f'type Query {{ new: Int old: Int @deprecated(reason: "{reason}") }}'
    assert unclear(build_schema(sample)) == ["Query.old"]


def test_a_deprecation_of_each_kind_is_looked_at():
    sample = build_schema(
        """
        type Query { new(a: Int, b: Int @deprecated(reason: "?")): Kind old: Int @deprecated(reason: "?") }
        enum Kind { NEW OLD @deprecated(reason: "?") }
        input Filter { new: Int old: Int @deprecated(reason: "?") }
        """
    )
    assert sorted(unclear(sample)) == ["Filter.old", "Kind.OLD", "Query.new(b)", "Query.old"]


SAID = "Use `Query.new` instead. Will be removed in 0.3."


def answer() -> str:
    return ""


DECLARED = {
    "column": column("Described.", deprecated=SAID),
    "edge": edge("Described.", loader="item", deprecated=SAID),
    "reference": reference("Described.", deprecated=SAID),
    "root": root("Described.", deprecated=SAID)(answer),
    "public_root": public_root("Described.", deprecated=SAID)(answer),
}


@pytest.mark.parametrize("field", DECLARED.values(), ids=DECLARED)
def test_what_is_declared_as_deprecated_is_so_in_the_schema(field):
    query = strawberry.type(type("Query", (), {"__annotations__": {"old": str}, "old": field}))
    assert dict(deprecated(strawberry.Schema(query=query)._schema)) == {"Query.old": SAID}


def test_arguments_inputs_and_enum_values_are_deprecated_by_strawberry_itself():
    @strawberry.enum
    class Kind(Enum):
        OLD = strawberry.enum_value("old", deprecation_reason="?")

    @strawberry.input
    class Filter:
        kind: Kind | None = strawberry.field(default=None, deprecation_reason="?")

    def things(old: Annotated[Filter | None, strawberry.argument(deprecation_reason="?")] = None) -> str:
        return ""

    query = strawberry.type(type("Query", (), {"things": strawberry.field(resolver=things)}))
    printed = print_schema(strawberry.Schema(query=query)._schema)
    assert printed.count('@deprecated(reason: "?")') == 3
