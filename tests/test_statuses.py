"""One enum has the values of every status, and every node with a status shows it as one of them."""

from graphql import GraphQLEnumType, GraphQLObjectType, get_named_type

from schema.shared.statuses import STATUSES, Status
from tests.exported import SCHEMA

STATUS = SCHEMA.type_map["Status"]
# The customer's side has no ids, a movement is a part of its device action, a source one side of its connection.
WITHOUT_ID = {
    "PublicQuote",
    "PublicItem",
    "PublicAlternative",
    "PublicPriceOption",
    "DeviceActionChange",
    "Movement",
    "OriginSource",
}


def enums_of_statuses() -> dict[str, GraphQLEnumType]:
    """The enums of the fields that are called a status."""
    return {
        given.name: given
        for type_ in SCHEMA.type_map.values()
        if isinstance(type_, GraphQLObjectType)
        for name, field in type_.fields.items()
        if isinstance(given := get_named_type(field.type), GraphQLEnumType)
        if name.lower().endswith("status")
    }


def test_every_enum_of_a_status_is_part_of_the_one_of_all():
    assert isinstance(STATUS, GraphQLEnumType)
    names = {it.__strawberry_definition__.name for it in STATUSES}  # type: ignore[attr-defined]
    assert enums_of_statuses().keys() == names | {"Status"}
    for enum in enums_of_statuses().values():
        assert enum.values.keys() <= STATUS.values.keys()
    assert set(Status) == set(STATUS.values)


def test_a_value_says_what_it_means_for_every_object_that_has_it():
    assert isinstance(STATUS, GraphQLEnumType)
    for enum, owner in STATUSES.items():
        for value in enum:
            assert f"Of {owner}: " in (STATUS.values[value].description or "")


def test_every_node_with_a_status_has_the_one_that_all_share():
    for type_ in SCHEMA.type_map.values():
        if isinstance(type_, GraphQLObjectType) and "status" in type_.fields and type_.name != "StatusTimestamp":
            interfaces = {it.name for it in type_.interfaces}
            assert ("HasStatus" in interfaces) == ("Node" in interfaces) == (type_.name not in WITHOUT_ID), type_.name
