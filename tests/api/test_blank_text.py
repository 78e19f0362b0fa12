"""An optional text with nothing in it is null, whatever it is the text of: one rule, over every input of a mutation."""

from collections.abc import Iterator
from typing import Any

import pytest
import pytest_asyncio
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLScalarType,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_non_null_type,
    is_scalar_type,
)

from schema.arguments import _Converters
from schema.build import build_schema, core_schema
from schema.shared.scalars import SCALARS
from tests.api.support.makers import a_draft, a_quote, an_item, codes
from tests.api.support.makers import a_recipient as a_person
from tests.api.support.running import running
from tests.api.support.world import MACBOOK

SCHEMA = build_schema()
CORE = core_schema(SCHEMA)
MUTATIONS = CORE.mutation_type.fields if CORE.mutation_type else {}
BLANKS = ["", "  ", "\n", "\u200b", "\u200e \ufeff"]
TEXTS = {"String", "ID", *(it.name for it in SCALARS.values())}


def inputs() -> Iterator[GraphQLInputObjectType]:
    """Every input that a mutation can be given, at any depth."""
    ahead = [get_named_type(it.type) for field in MUTATIONS.values() for it in field.args.values()]
    seen = set()
    while ahead:
        type_ = ahead.pop()
        if isinstance(type_, GraphQLInputObjectType) and type_.name not in seen:
            seen.add(type_.name)
            yield type_
            ahead += [get_named_type(it.type) for it in type_.fields.values()]


def is_text(type_: Any) -> bool:
    return is_scalar_type(get_nullable_type(type_)) and get_named_type(type_).name in TEXTS


OPTIONAL = [
    (type_, name)
    for type_ in inputs()
    for name, field in type_.fields.items()
    if not type_.is_one_of and is_text(field.type) and not is_non_null_type(field.type)
]
REQUIRED = [
    (type_, name)
    for type_ in inputs()
    for name, field in type_.fields.items()
    if is_text(field.type) and (type_.is_one_of or is_non_null_type(field.type))
]


def something(type_: Any) -> Any:
    """A value for what is required."""
    bare = get_nullable_type(type_)
    if is_list_type(bare):
        return []
    if isinstance(bare, GraphQLInputObjectType):
        return filled(bare)
    if isinstance(bare, GraphQLEnumType):
        return next(iter(bare.values.values())).value
    assert isinstance(bare, GraphQLScalarType)
    return {"Boolean": False, "Int": 1, "Float": 1.0}.get(bare.name, "x")


def filled(type_: GraphQLInputObjectType, **given: Any) -> dict[str, Any]:
    required = {name: something(it.type) for name, it in type_.fields.items() if is_non_null_type(it.type)}
    return {**required, **given}


def converted(field: tuple[GraphQLInputObjectType, str], value: Any) -> Any:
    """What a resolver is handed for one field of an input."""
    type_, name = field
    definition = type_.extensions["strawberry-definition"]
    names = SCHEMA.config.name_converter
    made = _Converters(names, SCALARS, blank_is_null=True).of(definition.origin)(filled(type_, **{name: value}))
    [attribute] = [it.python_name for it in definition.fields if names.from_field(it) == name]
    return getattr(made, attribute)


def named(pair: Any) -> str:
    return f"{pair[0].name}.{pair[1]}"


@pytest.mark.parametrize("field", OPTIONAL, ids=named)
def test_an_optional_text_with_nothing_to_see_is_null(field):
    assert [converted(field, it) for it in BLANKS] == [None] * len(BLANKS)
    assert converted(field, None) is None
    assert converted(field, " x ") == " x "


@pytest.mark.parametrize("field", REQUIRED, ids=named)
def test_a_text_that_is_required_is_judged_as_it_is(field):
    assert [converted(field, it) for it in BLANKS] == BLANKS


def test_the_rule_holds_for_every_mutation():
    assert len(OPTIONAL) > 100
    assert {field.resolve.__module__ for field in MUTATIONS.values()} == {"schema.arguments"}


@pytest_asyncio.fixture(params=["plan", "graphql-core"])
async def api(request, new_database):
    async with running(await new_database("sqlite"), executor=request.param) as found:
        yield found


async def test_a_quote_is_asked_for_with_blanks_as_without_what_they_stand_for(api):
    blank = dict.fromkeys(
        ("currencyCode", "expiresAt", "customerId", "companyId", "assigneeEmail", "projectReference"), ""
    )
    person = a_person(hireDate="", phoneNumber=" ", city="\u200b")
    device = {"catalogue": {"productId": MACBOOK, "configurationId": ""}}
    article = {"weight": "", "url": "", "sku": ""}
    item = an_item(device=device, recipients=[person], article=article)
    lines = "items { article { weight url } recipients { hireDate } }"
    asked = f"quote {{ currencyCode expiresAt customer {{ id }} {lines} }}"
    found = await api.act("createQuote", a_draft(item, **blank), asked)
    assert found["userErrors"] == []
    [line] = found["quote"]["items"]
    assert (found["quote"]["currencyCode"], found["quote"]["expiresAt"], found["quote"]["customer"]) == (
        None,
        None,
        None,
    )
    assert (line["recipients"], line["article"]) == ([{"hireDate": None}], None)


async def test_a_blank_takes_off_what_null_takes_off(api):
    customer = (await api.act("createCustomer", {"name": "Ana", "externalId": ""}, "customer { id externalId }"))[
        "customer"
    ]
    quote = await a_quote(api, expiresAt="2099-12-31", customerId=customer["id"])
    given = {"quoteId": quote.id, "expiresAt": "", "customerId": " ", "poNumber": "\n"}
    found = await api.act("updateQuote", given, "quote { expiresAt validUntil poNumber customer { id } }")
    assert (found["userErrors"], customer["externalId"]) == ([], None)
    assert found["quote"] == {"expiresAt": None, "validUntil": None, "poNumber": None, "customer": None}
    priced = {"quoteId": quote.id, "currencyCode": "", "items": [{"itemId": quote.item, "taxRate": ""}]}
    again = await api.act("priceQuote", priced, "quote { currencyCode items { taxRate } }", key=api.operator)
    assert again["quote"] == {"currencyCode": "USD", "items": [{"taxRate": "0"}]}


async def test_what_is_required_stays_so(api):
    quote = await a_quote(api)
    cleared = await api.act("updateQuote", {"quoteId": quote.id, "requesterEmail": ""})
    nobody = await api.act("updateQuote", {"quoteId": "", "notes": "x"})
    no_price = {"itemId": quote.item, "price": {"amount": "", "currencyCode": ""}}
    refused = await api.act("priceItem", no_price, key=api.operator)
    assert [codes(it) for it in (cleared, nobody, refused)] == [["REQUIRED"], ["INVALID_ID"], ["INVALID_CURRENCY"]]


async def test_every_mutation_answers_a_blank_as_null(api):
    different = []
    for mutation, field in MUTATIONS.items():
        type_ = get_named_type(field.args["input"].type)
        assert isinstance(type_, GraphQLInputObjectType)
        for name in (name for of, name in OPTIONAL if of is type_):
            given = [written(type_, **{name: it}) for it in (None, "", " ")]
            null, *blank = [(await api.attempt(mutation, it, key=api.operator)).body for it in given]
            # What was done once may be refused the second time, blank or not.
            # An input of which one of several is required is refused before there are data.
            payload = null.get("data", {}).get(mutation)
            done = payload is not None and not payload["userErrors"]
            different += [(mutation, name)] if blank != [null, null] and not done else []
    assert different == []


def written(type_: GraphQLInputObjectType, **given: Any) -> dict[str, Any]:
    """An input as it is sent: enums by their names."""
    sent = filled(type_, **given)
    for name, value in sent.items():
        of = get_named_type(type_.fields[name].type)
        if isinstance(of, GraphQLEnumType) and not is_list_type(get_nullable_type(type_.fields[name].type)):
            sent[name] = next(it for it, known in of.values.items() if known.value == value)
    return sent
