"""A record whose id has changed, and an object that comes from several connections, on both databases."""

import pytest

from domain.catalogue.products import ProductType
from domain.connections.records import ForeignEmployee, ForeignProduct
from domain.connections.systems import Collection, System
from domain.people.employees import EmployeeStatus
from tests.adapters.database.connections.reading import SECRETS, Reading
from tests.builders import a_connection, a_product
from tests.databases import LIVE, write_product

ORIGINS = "SELECT external_id, is_stale FROM origins WHERE node_type = '{}' ORDER BY connection_id, external_id"
PROBLEMS = "SELECT external_id, reason FROM connection_problems WHERE resolved_at IS NULL ORDER BY external_id"


def an_employee(record_id: str, name: str = "Leo") -> ForeignEmployee:
    return ForeignEmployee(record_id, name, "leo@acme.example", EmployeeStatus.ACTIVE, "UY")


def a_laptop(record_id: str) -> ForeignProduct:
    return ForeignProduct(record_id, "Apple", "MacBook Pro 14", ProductType.LAPTOP)


@pytest.fixture
async def catalogue(whole: Reading) -> Reading:
    await write_product(whole.database, a_product())
    return whole


async def another(reading: Reading) -> Reading:
    """A second connection of the company to such a system."""
    connection = a_connection(reading.connection.tenant_id, system=System.QUIPTEAMS, name="Second")
    async with reading.deps.unit_of_work(LIVE) as work:
        await work.connections.add(connection, SECRETS._replace(hook_token_hash="1" * 64))
        await work.commit()
    return Reading(reading.database, connection, clock=reading.clock)


def gives(reading: Reading, collection: Collection, *records) -> None:
    reading.system.records[collection] = list(records)


async def changes(reading: Reading) -> list[str]:
    return [it for it in await reading.events() if not it.startswith("CONNECTION")]


async def test_an_employee_with_a_new_id_is_the_same_one_and_the_old_id_is_forgotten(whole):
    gives(whole, Collection.EMPLOYEES, an_employee("e1"))
    await whole.read()
    gives(whole, Collection.EMPLOYEES, an_employee("e2", "Leo Paz"))
    await whole.full()
    # Until everything was read, nothing shows that the record with the old id is gone.
    assert await whole.rows(ORIGINS.format("Employee")) == [("e1", 1)]
    assert [it for it, _ in await whole.rows(PROBLEMS)] == ["e2"]
    await whole.full()
    assert await whole.rows("SELECT name FROM employees") == [("Leo Paz",)]
    assert await whole.rows(ORIGINS.format("Employee")) == [("e2", 0)]
    assert await whole.rows(PROBLEMS) == []


@pytest.mark.parametrize("ids", [("e1", "e2"), ("e2", "e1"), ("e1", "x", "e2"), ("e2", "x", "e1")])
async def test_of_two_records_with_one_address_the_known_one_is_the_employee_and_stays_so(whole, ids):
    gives(whole, Collection.EMPLOYEES, an_employee("e1"))
    await whole.read()
    other = ForeignEmployee("x", "Ana", "ana@acme.example", EmployeeStatus.ACTIVE, "UY")
    gives(whole, Collection.EMPLOYEES, *(other if it == "x" else an_employee(it) for it in ids))
    await whole.full()
    before = await whole.rows(ORIGINS.format("Employee")), await changes(whole)
    await whole.full()
    assert (await whole.rows(ORIGINS.format("Employee")), await changes(whole)) == before
    assert ("e1", 0) in before[0]
    [(record_id, reason)] = await whole.rows(PROBLEMS)
    assert record_id == "e2"
    assert reason == "Another employee of the company has this e-mail address."
    assert len(await whole.rows("SELECT id FROM employees")) == len(ids) - 1


async def test_a_product_with_a_new_id_is_the_same_one(catalogue):
    gives(catalogue, Collection.PRODUCTS, a_laptop("p1"))
    await catalogue.read()
    gives(catalogue, Collection.PRODUCTS, a_laptop("p2"))
    await catalogue.full()
    await catalogue.full()
    assert await catalogue.rows(ORIGINS.format("Product")) == [("p2", 0)]
    assert await catalogue.rows(PROBLEMS) == []


async def test_of_two_records_of_one_product_the_one_that_was_there_first_is_it(catalogue):
    gives(catalogue, Collection.PRODUCTS, a_laptop("p1"))
    await catalogue.read()
    gives(catalogue, Collection.PRODUCTS, a_laptop("p2"), a_laptop("p1"))
    await catalogue.read()
    assert await catalogue.rows(ORIGINS.format("Product")) == [("p1", 0)]
    assert await catalogue.rows(PROBLEMS) == [("p2", "Another record is this product.")]


async def test_an_employee_and_a_product_may_come_from_two_connections(catalogue):
    second = await another(catalogue)
    for reading, number in ((catalogue, 1), (second, 2)):
        gives(reading, Collection.EMPLOYEES, an_employee(f"e{number}"))
        gives(reading, Collection.PRODUCTS, a_laptop(f"p{number}"))
        await reading.read()
    assert await catalogue.rows(ORIGINS.format("Employee")) == [("e1", 0), ("e2", 0)]
    assert await catalogue.rows(ORIGINS.format("Product")) == [("p1", 0), ("p2", 0)]
    assert await catalogue.rows(PROBLEMS) == []
    [(employee,)] = await catalogue.rows("SELECT id FROM employees")
    async with catalogue.deps.unit_of_work(LIVE) as work:
        shown = await work.origins.of_node(employee)
        by_node = await work.origins.of_nodes(catalogue.connection.tenant_id, [employee])
        there = await work.origins.there(second.connection.id, [employee])
    assert (shown.external_id, by_node[employee].external_id, there[employee].external_id) == ("e1", "e1", "e2")
    assert len(await catalogue.rows("SELECT id FROM employees")) == 1
