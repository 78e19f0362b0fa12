"""Every field that docs/concepts.md names can be asked for, of a quote that has been through a good deal."""

from collections import deque

import pytest
from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from tests.api.support.makers import ARTICLE, a_quote, an_item
from tests.api.support.running import on_both_databases
from tests.api.support.situations import CUSTOMER
from tests.exported import SCHEMA
from tests.test_concepts import TABLES

Composite = GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType


def targets() -> dict[str, set[str]]:
    """The fields of objects that the tables name, by their type."""
    found: dict[str, set[str]] = {}
    for rows in TABLES.values():
        for here, _ in rows.values():
            type_name, dot, field = here.strip("`").partition(".")
            type_ = SCHEMA.type_map.get(type_name)
            if dot and isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
                found.setdefault(type_name, set()).add(field)
    return found


def free(field: GraphQLField) -> bool:
    return not any(is_required_argument(argument) for argument in field.args.values())


def ways() -> dict[str, list[str]]:
    """The shortest way from the root to each type that needs no arguments, as selections within each other."""
    assert SCHEMA.query_type is not None
    found: dict[str, list[str]] = {"Query": []}
    ahead: deque[Composite] = deque([SCHEMA.query_type])
    while ahead:
        here = ahead.popleft()
        steps: list[tuple[str, object]] = []
        if isinstance(here, GraphQLInterfaceType | GraphQLUnionType):
            steps += [(f"... on {it.name}", it) for it in SCHEMA.get_possible_types(here)]
        if isinstance(here, GraphQLObjectType | GraphQLInterfaceType):
            # A platform key names the company whose connections it asks for.
            fields = [it for it in here.fields.items() if it[0] != "connections"]
            steps += [(name, get_named_type(it.type)) for name, it in fields if free(it)]
        for step, type_ in steps:
            if isinstance(type_, Composite) and type_.name not in found:
                found[type_.name] = [*found[here.name], step]
                ahead.append(type_)
    return found


WAYS = ways()
# What mutations answer with, and what a public key opens; their own tests ask for it.
APART = {"DecideItemPayload", "PublicSignature"}


def question(type_name: str, fields: set[str]) -> str:
    type_ = SCHEMA.type_map[type_name]
    assert isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
    selected = [
        name if is_leaf_type(get_named_type(type_.fields[name].type)) else f"{name} {{ __typename }}"
        for name in sorted(fields)
    ]
    inner = " ".join(selected)
    for step in reversed(WAYS[type_name]):
        inner = f"{step} {{ {inner} }}"
    return f"{{ {inner} }}"


@pytest.fixture
def named() -> dict[str, set[str]]:
    found = {name: fields for name, fields in targets().items() if name not in APART}
    assert sum(len(it) for it in found.values()) > 120
    return found


@on_both_databases
async def test_every_field_that_the_tables_name_is_answered(api, named):
    customer = (await api.act("createCustomer", CUSTOMER, "customer { id }"))["customer"]["id"]
    field = (await api.act("createCustomField", {"name": "Team", "type": "TEXT"}, "customField { id }"))["customField"]
    values = [{"customFieldId": field["id"], "value": {"text": "Field"}}]
    quote = await a_quote(
        api, an_item(article=ARTICLE), an_item(), alternatives=1, customerId=customer, customFields=values
    )
    await api.act("acceptItem", {"itemId": quote.items[0]})
    await api.act("acceptAlternative", {"alternativeId": quote.alternatives[1][0]})
    for type_name, fields in named.items():
        answer = await api.run(question(type_name, fields), key=api.operator)
        assert answer.errors == [], (type_name, answer.errors)
        assert answer.data
