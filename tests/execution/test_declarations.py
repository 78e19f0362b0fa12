"""Declarations that do not fit the schema, its rows or its loaders are refused when it is built."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import pytest
from graphql import GraphQLNamedType, GraphQLSchema, build_schema

from resolvers.execution.checks import LoaderKind, attributes, check_declarations
from resolvers.execution.declarations import (
    Column,
    Declaration,
    Edge,
    Identity,
    IdentityOf,
    PagedEdge,
    ReferenceEdge,
    SameRow,
    bind,
)

TYPES = [("[House!]!", True), ("[House]", True), ("House", False), ("House!", False)]
SDL = """
type Query { house: House }
type House {
    id: ID, street: String, next: House, rooms: [Room!]!, visits: Visits, owner: House, owners: [House], self: House
}
type Room { id: ID }
type Visits { total: Int }
"""


class HouseRow(NamedTuple):
    id: str
    street: str
    next_id: str | None
    owner: Any

    @property
    def post_code(self) -> str:
        return self.street[-4:]

    def sell(self) -> None:
        """No field can be read from a method."""


class ShedRow(NamedTuple):
    id: str


class Visits:
    """What a page of visits is read from."""

    def __init__(self, loader: str, key: Any, page: Any) -> None:
        self.total = len(page)


def by_id(_context: Any) -> Callable[[Any], Any]:
    return lambda key: key


ROWS: dict[str, tuple[type, ...]] = {"House": (HouseRow,), "Room": (ShedRow,), "Visits": (Visits,)}
LOADERS = {"houses": LoaderKind.ONE, "rooms_by_house": LoaderKind.MANY, "visits": LoaderKind.PAGE}
RIGHT: dict[str, Declaration] = {
    "id": Identity("House:"),
    "street": Column("post_code"),
    "next": Edge("houses", "next_id", many=False),
    "rooms": Edge("rooms_by_house", "id", many=True),
    "visits": PagedEdge("visits", "id", by_id, Visits),
    "owner": ReferenceEdge("owner", {"House": "houses"}),
    "self": SameRow(),
}
WRONG: list[tuple[str, Declaration, str]] = [
    ("street", Column("stret"), "HouseRow has no attribute 'stret'. Did you mean 'street'?"),
    ("street", Column("count"), "HouseRow has no attribute 'count'."),
    ("street", Column("sell"), "HouseRow has no attribute 'sell'."),
    ("id", IdentityOf("House:", "nextid"), "HouseRow has no attribute 'nextid'. Did you mean 'next_id'?"),
    ("next", Edge("house", "next_id", many=False), "there is no loader 'house'. Did you mean 'houses'?"),
    ("next", Edge("houses", "nextid", many=False), "HouseRow has no key 'nextid'. Did you mean 'next_id'?"),
    (
        "next",
        Edge("rooms_by_house", "id", many=False),
        "the loader 'rooms_by_house' gives a list of all rows for a key, the field takes at most one row",
    ),
    (
        "rooms",
        Edge("houses", "id", many=True),
        "the loader 'houses' gives at most one row for a key, the field takes a list of all rows",
    ),
    (
        "rooms",
        Edge("visits", "id", many=True),
        "the loader 'visits' gives a page of rows for a key, the field takes a list of all rows",
    ),
    ("visits", PagedEdge("visitz", "id", by_id, Visits), "there is no loader 'visitz'. Did you mean 'visits'?"),
    ("visits", PagedEdge("visits", "ids", by_id, Visits), "HouseRow has no key 'ids'. Did you mean 'id'?"),
    (
        "visits",
        PagedEdge("rooms_by_house", "id", by_id, Visits),
        "the loader 'rooms_by_house' gives a list of all rows for a key, the field takes a page of rows",
    ),
    ("rooms", PagedEdge("visits", "id", by_id, Visits), "a paged edge leads to a connection, its type is [Room!]!"),
    ("next", PagedEdge("visits", "id", by_id, Visits), "a paged edge leads to a connection, its type is House"),
    ("owner", ReferenceEdge("ownr", {}), "HouseRow has no attribute 'ownr'. Did you mean 'owner'?"),
    ("owner", ReferenceEdge("owner", {"House": "huoses"}), "there is no loader 'huoses'. Did you mean 'houses'?"),
    (
        "owner",
        ReferenceEdge("owner", {"Room": "rooms_by_house"}),
        "the loader 'rooms_by_house' gives a list of all rows for a key, the field takes at most one row",
    ),
    ("owners", ReferenceEdge("owner", {}), "a reference leads to one node, its type is [House]"),
]


def rows_of(type_: GraphQLNamedType) -> tuple[type, ...]:
    return ROWS.get(type_.name, ())


def bound(declared: dict[str, Declaration]) -> GraphQLSchema:
    """A schema whose houses have these declarations."""
    schema = build_schema(SDL)
    house: Any = schema.type_map["House"]
    fields = {id(field): declared.get(name) for name, field in house.fields.items()}
    bind(schema, lambda field: fields.get(id(field)))
    return schema


@pytest.mark.parametrize(("type_", "many"), TYPES)
def test_an_edge_to_many_is_a_list_and_no_other_is(type_, many):
    schema = build_schema(f"type Query {{ house: House }} type House {{ next: {type_} }}")
    house: Any = schema.type_map["House"]
    bind(schema, lambda field: Edge("houses", "next_id", many) if field is house.fields["next"] else None)
    with pytest.raises(TypeError, match=r"House\.next"):
        bind(schema, lambda field: Edge("houses", "next_id", not many) if field is house.fields["next"] else None)


def test_declarations_that_fit_are_accepted():
    check_declarations(bound(RIGHT), rows_of, LOADERS)


@pytest.mark.parametrize(("name", "wrong", "fault"), WRONG, ids=lambda it: it if isinstance(it, str) else "")
def test_a_declaration_that_does_not_fit_is_refused_by_type_and_field(name, wrong, fault):
    with pytest.raises(TypeError, match=rf"^.*:\nHouse\.{name}: {re.escape(fault)}$"):
        check_declarations(bound({**RIGHT, name: wrong}), rows_of, LOADERS)


def test_all_faults_are_told_at_once():
    wrong = bound({**RIGHT, "street": Column("a"), "next": Edge("b", "c", many=False)})
    with pytest.raises(TypeError, match=r"House\.street: .*\nHouse\.next: .* key 'c'.*\nHouse\.next: .* loader 'b'"):
        check_declarations(wrong, rows_of, LOADERS)


def test_an_attribute_is_there_in_every_row_that_a_type_is_read_from():
    with pytest.raises(TypeError, match=r"House\.street: ShedRow has no attribute 'post_code'"):
        check_declarations(bound({"street": Column("post_code")}), lambda _type: (HouseRow, ShedRow), LOADERS)


def test_a_type_with_declarations_says_of_which_rows_it_is():
    with pytest.raises(TypeError, match=r"House\.street: .* does not say of which class"):
        check_declarations(bound({"street": Column("post_code")}), lambda _type: (), LOADERS)


def test_fields_and_properties_of_any_class_of_rows_are_attributes():
    @dataclass(frozen=True)
    class Base:
        plain: int

        @cached_property
        def derived(self) -> int:
            return self.plain + 1

    @dataclass(frozen=True, slots=True)
    class Row(Base):
        slotted: int

        def method(self) -> None: ...

    assert sorted(attributes(Row)) == ["derived", "plain", "slotted"]
    assert sorted(attributes(HouseRow)) == ["id", "next_id", "owner", "post_code", "street"]
