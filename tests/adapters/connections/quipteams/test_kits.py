"""Kits of quipteams: read one by one, as no list has their devices, and only if they have changed."""

from datetime import UTC, datetime
from typing import Any

import pytest
import pytest_asyncio

from adapters.connections.quipteams.inventory import kit_of
from domain.catalogue.products import ProductType
from domain.connections.records import Unread
from domain.connections.systems import Collection
from domain.shared.outbound_errors import Unavailable
from tests.adapters.connections.quipteams import samples
from tests.adapters.connections.quipteams.there import all_pages, ids_of, quipteams


@pytest_asyncio.fixture
async def there(tmp_path):
    async with quipteams(tmp_path) as there:
        yield there


async def test_kits_are_read_with_their_devices_if_they_have_changed(there):
    await there.add("kit", samples.KIT, {**samples.KIT, "id": "new", "updated_at": "2026-03-01T00:00:00.000Z"})
    [page] = await all_pages(there.system, Collection.KITS, datetime(2026, 2, 1, tzinfo=UTC))
    [kit] = page.records
    assert (kit.external_id, kit.name, kit.region, kit.tags) == ("new", "Engineer", "LATAM", ("engineering",))
    assert [(it.product_type, it.specification.model, it.quantity) for it in kit.devices] == [
        (ProductType.LAPTOP, "Air", 1),
        (ProductType.MOUSE, "MX", 2),
    ]
    assert len(await kit_calls(there)) == 1


async def test_all_kits_are_read_page_by_page(there):
    kits = [
        {**samples.KIT, "id": f"k{place:02}", "created_at": f"2026-01-01T00:{place:02}:00.000Z"} for place in range(45)
    ]
    await there.add("kit", *kits)
    pages = await all_pages(there.system, Collection.KITS)
    assert ids_of(pages) == [it["id"] for it in kits]


async def test_a_key_that_may_not_read_kits_reads_all_else(there):
    await there.go_wrong(mode="status", status=403, path="/api/v1/kits")
    page = await there.system.page(Collection.KITS, None, None)
    assert [(isinstance(it, Unread), "kits:read" in it.reason) for it in page.records] == [(True, True)]
    assert page.is_unreadable
    await there.go_wrong(mode="status", status=500, path="/api/v1/kits")
    with pytest.raises(Unavailable):
        await there.system.page(Collection.KITS, None, None)


def test_what_a_kit_says_beyond_our_fields_is_kept_and_what_is_wrong_is_a_flaw():
    kit: Any = kit_of(
        {**samples.KIT, "name": None, "owner": "IT", "devices": [{"product_type": "Drone", "quantity": 0}, 7]}
    )
    assert (kit.name, dict(kit.metadata)) == (samples.KIT["id"], {"owner": "IT"})
    assert {it.path for it in kit.flaws} == {"name", "devices.0.product_type", "devices.0.quantity", "devices.1"}
    assert isinstance(kit_of({"name": "Engineer"}), Unread)


async def kit_calls(there):
    return [it for it in await there.received() if it["path"].startswith("/api/v1/kits/")]
