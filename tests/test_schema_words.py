"""One word for a thing: what names of the schema say of ids, types, flags and lookups (CONTRIBUTING.md#names)."""

from collections.abc import Iterator
from typing import cast

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_list_type,
)

from resolvers.nodes import NODE_LOADERS
from tests.exported import SCHEMA

NODE = cast(GraphQLInterfaceType, SCHEMA.type_map["Node"])
# What a caller asks of one request, and what nothing keeps.
REQUESTED = {"dryRun", "override", "emailAssignee", "wait", "full", "keepQuotes"}
# Words for which there is another one.
OTHER_WORDS = {
    "phone": "phoneNumber",
    "telephone": "phoneNumber",
    "postCode": "postalCode",
    "zip": "postalCode",
    "zipCode": "postalCode",
    "currency": "currencyCode",
    "cost": "price",
    "trackingUrl": "trackingLink",
    "active": "isActive",
}
# What has another type has the same name everywhere.
TYPES_OF = {
    "trackingLink": {"URL"},
    "currencyCode": {"CurrencyCode"},
    "phoneNumber": {"String"},
    "postalCode": {"String"},
    "price": {"Money", "MoneyInput"},
}
# Lookups of what is no object of its own, or of the caller.
NO_LOOKUPS = {"viewer", "publicQuote", "node"}


def members() -> Iterator[tuple[str, str, str]]:
    """The fields and arguments of all types: where, the name, and the name of the type."""
    for type_ in SCHEMA.type_map.values():
        if type_.name.startswith("__"):
            continue
        for name, field in getattr(type_, "fields", {}).items():
            yield f"{type_.name}.{name}", name, get_named_type(field.type).name
            for argument, given in getattr(field, "args", {}).items():
                yield f"{type_.name}.{name}({argument}:)", argument, get_named_type(given.type).name


def test_there_is_one_word_for_a_thing():
    assert {where: OTHER_WORDS[name] for where, name, _ in members() if name in OTHER_WORDS} == {}


@pytest.mark.parametrize(("word", "types"), TYPES_OF.items(), ids=TYPES_OF)
def test_a_word_has_one_type(word, types):
    assert [where for where, name, type_ in members() if name == word and type_ not in types] == []


def test_what_a_thing_is_is_its_type_and_no_kind():
    names = [where for where, _, _ in members()] + [
        f"{it.name}.{value}" if value else it.name
        for it in SCHEMA.type_map.values()
        if not it.name.startswith("__")
        for value in ("", *(it.values if isinstance(it, GraphQLEnumType) else ()))
    ]
    assert [it for it in names if "kind" in it.lower()] == []


def test_what_a_thing_is_is_not_named_twice():
    """A type's own type is `type`: `Product.type`, not `Product.productType`."""
    own = [
        f"{type_.name}.{name}"
        for type_ in SCHEMA.type_map.values()
        for name in getattr(type_, "fields", ())
        if name.endswith("Type") and type_.name.lower().endswith(name.removesuffix("Type").lower())
    ]
    assert own == []


def test_flags_are_is_or_has_and_what_one_request_asks_is_a_verb():
    wrong = [
        where
        for where, name, type_ in members()
        if type_ == "Boolean"
        and not name.startswith(("is", "has"))
        and name not in REQUESTED
        and not name.startswith("include")
    ]
    assert wrong == []


def test_no_object_keeps_what_is_asked_of_one_request():
    kept = [
        where
        for where, name, type_ in members()
        if type_ == "Boolean"
        and (name in REQUESTED or name.startswith("include"))
        and isinstance(SCHEMA.type_map[where.partition(".")[0]], GraphQLObjectType)
        and "(" not in where
    ]
    assert kept == []


def test_countries_are_codes_and_filters_take_parts_of_names():
    texts = [where for where, name, type_ in members() if name in ("country", "countries") and type_ != "CountryCode"]
    assert [it for it in texts if not it.endswith("Filter.country")] == []


def test_whatever_has_an_id_is_a_node():
    values = [
        type_.name
        for type_ in SCHEMA.type_map.values()
        if isinstance(type_, GraphQLObjectType) and "id" in type_.fields and NODE not in type_.interfaces
    ]
    assert values == []


def test_every_node_is_found_by_its_id():
    assert {it.name for it in SCHEMA.get_possible_types(NODE)} == NODE_LOADERS.keys()


def test_an_input_says_of_what_its_ids_are():
    """Only what narrows or looks up says `id` alone."""
    bare = [where for where, name, _ in members() if name == "id" and where.partition(".")[0].endswith("Input")]
    assert bare == []


def test_every_lookup_takes_one_argument_by_which_is_a_one_of():
    assert SCHEMA.query_type is not None
    lookups = {
        name: field
        for name, field in SCHEMA.query_type.fields.items()
        if not isinstance(field.type, GraphQLNonNull)
        and not is_list_type(field.type)
        and name not in NO_LOOKUPS
        and not get_named_type(field.type).name.endswith("Connection")
    }
    assert len(lookups) > 8
    for name, field in lookups.items():
        assert list(field.args) == ["by"], name
        given = get_named_type(field.args["by"].type)
        assert isinstance(given, GraphQLInputObjectType)
        assert (given.name, given.is_one_of) == (f"{get_named_type(field.type).name}By", True)
        assert "id" in given.fields, name
