"""Every list of the product is narrowed and ordered as it says, at the root and inside objects, by both executors."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from graphql import GraphQLInputObjectType, GraphQLList, get_named_type, get_nullable_type

from adapters.database.core.engine import open_database
from app.server.engine import Engine
from app.server.requests import Request
from tests.databases import DIALECTS
from tests.execution.conftest import Seeded
from tests.execution.product import OPERATOR, services_over
from tests.test_schema_lists import LISTS, filter_of, node_of

DIRECTIONS = ("ASC", "DESC")
# Where the objects are that have lists inside them.
ROOTS = {
    node_of(field).name: f"{name.removeprefix('Query.')} {{ nodes {{ %s }} }}"
    for name, field in LISTS.items()
    if name.startswith("Query.")
} | {
    "Company": "quotes(first: 3) { nodes { company { %s } } }",
    # The demo data has none, so that both executors say null.
    "Connection": 'connection(id: "Connection_00000000-0000-4000-8000-000000000000") { %s }',
    "Query": "%s",
}
SAMPLES = {
    "Boolean": True,
    "DateTimeRange": {"after": "2020-01-01", "before": "2100-01-01"},
    "EmailAddress": "ana@people.example",
    "ID": "00000000-0000-4000-8000-000000000000",
    "OriginFilter": {"system": "KITCHEN", "connectionId": "00000000-0000-4000-8000-000000000000"},
    "MetadataFilter": {"key": "costCentre", "value": "7"},
    "QuotePartFilter": {"externalId": "17", "metadata": {"key": "costCentre"}},
    "AssetLocationFilter": {"name": "Montevideo", "type": ["OFFICE"]},
}


class Asking:
    """Both executors over the demo data of one database."""

    def __init__(self, services: Any) -> None:
        self._engines = [Engine(services, planned=True), Engine(services, planned=False)]

    async def data(self, query: str, variables: dict[str, Any] | None = None) -> Any:
        """What both answer alike."""
        by_plan, by_core = [await it.execute(Request(query, variables or {}), OPERATOR) for it in self._engines]
        assert (by_plan.errors, by_core.errors) == (None, None)
        assert by_plan.data == by_core.data
        return by_plan.data

    async def lists(self, name: str, **given: Any) -> list[list[dict[str, Any]]]:
        """The nodes of the list of each parent."""
        type_, field = name.split(".")
        node, kinds = node_of(LISTS[name]), filter_of(LISTS[name]).name.removesuffix("Filter")
        shown = " ".join(it for it in ("id", "createdAt", "updatedAt", "occurredAt", "status") if it in node.fields)
        arguments = f"{field}(filter: $filter, orderBy: $order, first: $first) {{ nodes {{ {shown} }} }}"
        query = f"query($filter: {kinds}Filter, $order: {kinds}Order, $first: Int) {{ {ROOTS[type_] % arguments} }}"
        return list(found_in(await self.data(query, {"first": 50, **given}), field))


def found_in(value: Any, field: str) -> Any:
    """Every page of a field with this name that has no list inside."""
    if isinstance(value, list):
        for it in value:
            yield from found_in(it, field)
    elif isinstance(value, dict):
        for key, it in value.items():
            inner = list(found_in(it, field))
            yield from inner or ([it["nodes"]] if key == field and it is not None else [])


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=DIALECTS)
async def asking(request: pytest.FixtureRequest, seeded: Seeded) -> AsyncIterator[Asking]:
    database = open_database(await seeded(request.param))
    async with services_over(database) as services:
        yield Asking(services)
    await database.close()


# Of the texts that are not any text.
TEXTS = {"country": "UY", "eventType": "quote.created"}


def orders(name: str) -> list[str]:
    order: Any = get_named_type(LISTS[name].args["orderBy"].type)
    return list(get_named_type(order.fields["field"].type).values)


def samples(filter_: GraphQLInputObjectType) -> dict[str, Any]:
    """A value for each filter."""
    given = {}
    for name, field in filter_.fields.items():
        type_ = get_nullable_type(field.type)
        named: Any = get_named_type(type_)
        values = list(getattr(named, "values", ())) or [SAMPLES.get(named.name, TEXTS.get(name, "mac"))]
        given[name] = values[:2] if isinstance(type_, GraphQLList) else values[0]
    return given


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("name", "order"), [(name, order) for name in LISTS for order in orders(name)])
async def test_a_list_is_in_the_order_that_was_asked_for(asking, name, order):
    ways = [await asking.lists(name, order={"field": order, "direction": way}) for way in DIRECTIONS]

    time = {"CREATED_AT": "createdAt", "UPDATED_AT": "updatedAt", "OCCURRED_AT": "occurredAt"}.get(order, "")
    for way, lists in zip(DIRECTIONS, ways, strict=True):
        for nodes in lists:
            if nodes and time in nodes[0]:
                assert [it[time] for it in nodes] == sorted((it[time] for it in nodes), reverse=way == "DESC")
    for ascending, descending in zip(*ways, strict=True):
        if len(ascending) < 50:
            assert [it["id"] for it in ascending] == [it["id"] for it in reversed(descending)]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", LISTS)
async def test_each_filter_gives_a_part_of_the_list(asking, name):
    whole = await asking.lists(name)
    for filter_, value in samples(filter_of(LISTS[name])).items():
        part = await asking.lists(name, filter={filter_: value})
        for found, all_ in zip(part, whole, strict=True):
            if len(all_) < 50 and filter_ != "includeArchived":
                assert {it["id"] for it in found} <= {it["id"] for it in all_}, filter_
            if filter_ == "status":
                assert {it["status"] for it in found} <= set(value)
                assert [it for it in all_ if it["status"] in value] == found or len(all_) == 50


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", LISTS)
async def test_all_filters_together_are_one_question(asking, name):
    assert await asking.lists(name, filter=samples(filter_of(LISTS[name]))) is not None
