"""Every list of the schema, at the root or inside an object, is narrowed, ordered and paged in the same way."""

from collections.abc import Iterator

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
    is_non_null_type,
)

from tests.exported import SCHEMA

# The names of these lists say which status their jobs have.
NAMED_AFTER_A_STATUS = {"JobFilter"}
# What is switched on and off, and not archived.
NOT_ARCHIVED = {"WebhookEndpoint"}


def lists() -> Iterator[tuple[str, GraphQLField]]:
    """Every field with a page of a list, by its type and name."""
    for type_ in SCHEMA.type_map.values():
        if isinstance(type_, GraphQLObjectType):
            for name, field in type_.fields.items():
                # A `Connection` is a connected system, and no list.
                if (
                    get_named_type(field.type).name.endswith("Connection")
                    and get_named_type(field.type).name != "Connection"
                ):
                    yield f"{type_.name}.{name}", field


LISTS = dict(lists())


def node_of(field: GraphQLField) -> GraphQLObjectType:
    connection = get_named_type(field.type)
    assert isinstance(connection, GraphQLObjectType)
    node = get_named_type(connection.fields["nodes"].type)
    assert isinstance(node, GraphQLObjectType)
    return node


def filter_of(field: GraphQLField) -> GraphQLInputObjectType:
    filter_ = get_named_type(field.args["filter"].type)
    assert isinstance(filter_, GraphQLInputObjectType)
    return filter_


@pytest.mark.parametrize("name", LISTS)
def test_a_list_takes_a_filter_an_order_and_a_page(name):
    field, node = LISTS[name], node_of(LISTS[name]).name
    assert list(field.args) == ["filter", "orderBy", "first", "after", "last", "before"]
    given = {argument: str(it.type) for argument, it in field.args.items()}
    assert (given["filter"], given["orderBy"]) == (f"{node}Filter", f"{node}Order")


@pytest.mark.parametrize("name", LISTS)
def test_a_list_at_the_root_may_be_null_so_that_its_error_leaves_the_rest(name):
    assert is_non_null_type(LISTS[name].type) == (not name.startswith("Query."))


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_ordered_by_an_enum_of_its_own_with_defaults(name):
    order = get_named_type(LISTS[name].args["orderBy"].type)
    assert isinstance(order, GraphQLInputObjectType)
    assert all(it.default is not None for it in order.fields.values())
    assert isinstance(get_named_type(order.fields["field"].type), GraphQLEnumType)


@pytest.mark.parametrize("name", LISTS)
def test_what_has_a_status_is_filtered_by_a_list_of_statuses(name):
    node, filter_ = node_of(LISTS[name]), filter_of(LISTS[name])
    if "status" in node.fields and filter_.name not in NAMED_AFTER_A_STATUS:
        status = get_named_type(node.fields["status"].type)
        assert str(filter_.fields["status"].type) == f"[{status}!]"


@pytest.mark.parametrize("name", LISTS)
def test_what_can_be_archived_is_left_out_unless_the_filter_includes_it(name):
    node, filter_ = node_of(LISTS[name]), filter_of(LISTS[name])
    if {"archivedAt", "active", "isActive", "isArchived"} & node.fields.keys() and node.name not in NOT_ARCHIVED:
        assert filter_.fields["includeArchived"].default is not None


NODES = [it.name for it in SCHEMA.get_possible_types(SCHEMA.type_map["Node"])]  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NODES)
def test_a_node_says_when_it_was_created_and_last_updated(name):
    node = SCHEMA.type_map[name]
    assert isinstance(node, GraphQLObjectType)
    # An event happens once, and never changes.
    times = ["occurredAt"] if "occurredAt" in node.fields else ["createdAt", "updatedAt"]
    assert [str(node.fields[it].type) for it in times] == ["DateTime!"] * len(times)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_nodes_is_filtered_by_both_times(name):
    node, filter_ = node_of(LISTS[name]), filter_of(LISTS[name])
    assert {"createdAt", "updatedAt"} & filter_.fields.keys() == {"createdAt", "updatedAt"} & node.fields.keys()
