"""Kits that are read from a connected system are kits here, on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from domain.catalogue.products import ProductType, Specification
from domain.connections.records import ForeignKit, ForeignKitDevice, ForeignProduct
from domain.connections.systems import Collection
from domain.use_cases.connections.reading import Watcher, preview
from tests.adapters.database.connections.reading import CHANGED
from tests.builders import a_product
from tests.databases import LIVE, write_product

LAPTOP = ForeignKitDevice(ProductType.LAPTOP, Specification("Apple", "MacBook Air"), 1, "p1")
MOUSE = ForeignKitDevice(ProductType.MOUSE, Specification("Logitech", "MX"), 2)
KIT = ForeignKit("k1", "Engineer", "LATAM", ("New", "new", "IT"), (LAPTOP, MOUSE), CHANGED, CHANGED, {"owner": "IT"})
KITS_THERE = "SELECT external_id, is_stale FROM origins WHERE node_type = 'Kit'"
PROBLEMS = "SELECT external_id, reason FROM connection_problems WHERE resolved_at IS NULL ORDER BY external_id"


async def read(whole, *kits):
    whole.system.records[Collection.KITS] = list(kits)
    await whole.full()


async def kits(whole):
    return await whole.rows("SELECT name, region FROM kits ORDER BY name")


async def devices(whole):
    return await whole.rows("SELECT id, model, quantity FROM kit_devices ORDER BY position")


async def test_a_kit_is_here_as_it_is_there_and_changes_with_it(whole):
    await read(whole, KIT)
    assert await kits(whole) == [("Engineer", "LATAM")]
    first = await devices(whole)
    assert [(model, quantity) for _, model, quantity in first] == [("MacBook Air", 1), ("MX", 2)]
    assert await whole.rows("SELECT tag FROM tags ORDER BY tag") == [("it",), ("new",)]
    later = CHANGED + timedelta(days=1)
    await read(whole, replace(KIT, name="Developer", devices=(LAPTOP, replace(MOUSE, quantity=3)), updated_at=later))
    assert await kits(whole) == [("Developer", "LATAM")]
    second = await devices(whole)
    assert [it[0] for it in second] == [it[0] for it in first]
    assert second[1][2] == 3
    assert [it for it in await whole.events() if it.startswith("KIT")] == ["KIT_CREATED", "KIT_UPDATED"]


async def test_a_kit_that_is_as_it_was_changes_nothing(whole):
    await read(whole, KIT)
    before = await whole.rows("SELECT * FROM kits")
    await read(whole, KIT)
    assert await whole.rows("SELECT * FROM kits") == before
    assert (await whole.now).sync_changed == 0


async def test_its_products_are_those_of_the_catalogue_that_were_read(whole):
    product = a_product(brand="Apple", model="MacBook Air")
    await write_product(whole.database, product)
    whole.system.records[Collection.PRODUCTS] = [ForeignProduct("p1", "Apple", "MacBook Air", ProductType.LAPTOP)]
    await read(whole, KIT)
    found = await whole.rows("SELECT product_id FROM kit_devices ORDER BY position")
    assert found == [(product.id,), (None,)]


async def test_a_product_that_is_known_later_is_that_of_the_kit_from_then_on(whole):
    await read(whole, KIT)
    product = a_product(brand="Apple", model="MacBook Air")
    await write_product(whole.database, product)
    whole.system.records[Collection.PRODUCTS] = [ForeignProduct("p1", "Apple", "MacBook Air", ProductType.LAPTOP)]
    await whole.full()
    found = await whole.rows("SELECT product_id FROM kit_devices ORDER BY position")
    assert found == [(product.id,), (None,)]


async def test_kits_that_the_key_may_not_read_any_more_stay_as_they_are_and_the_problem_ends_when_it_may(whole):
    await read(whole, KIT)
    whole.system.unreadable = {Collection.KITS}
    await whole.full()
    assert await whole.rows(KITS_THERE) == [("k1", 0)]
    assert await whole.rows(PROBLEMS) == [("", "The key lacks a scope.")]
    [*_, found] = await preview(whole.deps, LIVE, whole.connection.id, True, Watcher(lambda _: None, asyncio.sleep))
    assert (found.collection, found.stale) == (Collection.KITS, None)
    whole.system.unreadable = set()
    await whole.full()
    assert await whole.rows(PROBLEMS) == []


async def test_a_kit_whose_devices_are_gone_stays_as_it_was_and_is_not_stale(whole):
    await read(whole, KIT)
    before = await devices(whole)
    await read(whole, replace(KIT, devices=()))
    assert (await whole.rows(KITS_THERE), await devices(whole)) == ([("k1", 0)], before)
    assert await whole.rows(PROBLEMS) == [("k1", "The kit has no devices.")]
    await read(whole, KIT)
    assert await whole.rows(PROBLEMS) == []


async def test_a_kit_without_devices_is_a_problem_and_one_that_disappears_is_stale(whole):
    await read(whole, KIT, replace(KIT, external_id="k2", devices=()))
    problems = await whole.rows("SELECT external_id, path FROM connection_problems")
    assert (problems, len(await kits(whole))) == ([("k2", "devices")], 1)
    await read(whole)
    stale = await whole.rows("SELECT external_id FROM origins WHERE node_type = 'Kit' AND is_stale")
    assert (stale, len(await kits(whole))) == ([("k1",)], 1)
