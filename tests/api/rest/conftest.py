"""One company with something of each kind, for tests of the REST API."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, NamedTuple

import pytest_asyncio

from tests.api.support.inventory_inputs import an_action, an_asset, an_external_action
from tests.api.support.makers import Made, a_price, a_quote, a_recipient, an_item
from tests.api.support.rest import Rest
from tests.api.support.running import Running, running, uuid_of
from tests.api.support.webhooks import a_webhook_endpoint, its_deliveries
from tests.api.support.world import LATITUDE, MACBOOK, SMALL_MACBOOK


class Company(NamedTuple):
    """A company, and what it has."""

    rest: Rest
    quote: Made
    kit: str
    action: str
    external: str
    endpoint: str
    employee: str

    @property
    def api(self) -> Running:
        return self.rest.api


@pytest_asyncio.fixture
async def company(api: Running) -> Company:
    return await a_company(api)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def settled(new_database: Callable[[str], Awaitable[str]]) -> AsyncIterator[Company]:
    """A company for a whole module, in which nothing changes, and of which wrong keys may ask as often as they like."""
    async with running(await new_database("sqlite"), wrong_key_rate_limit="off") as api:
        yield await a_company(api)


async def a_company(api: Running) -> Company:
    macbook = {"catalogue": {"productId": MACBOOK, "configurationId": SMALL_MACBOOK}}
    people = [a_recipient(), a_recipient("Bruno Silva", country="BR", address="Rua 1", hireDate="2026-12-01")]
    quote = await a_quote(
        api, an_item(device=macbook, quantity=2, recipients=people), alternatives=1, poNumber="PO-7", requesterName="IT"
    )
    devices = [{"device": macbook, "quantity": 2}, {"device": {"catalogue": {"productId": LATITUDE}}}]
    kit = await made(api, "createKit", {"name": "Desk", "region": "LATAM", "tags": ["new"], "devices": devices}, "kit")
    assets = [
        an_asset("C02XK1", condition="Good", price=a_price("1450.10")),
        an_asset("C02XK2", country="BR", employee="Bruno Silva"),
        an_asset("MON-1", deviceType="MONITOR", description="UltraFine 27"),
    ]
    await api.act("addAssets", {"assets": assets})
    action = await made(api, "createDeviceAction", an_action(notes="Mind the dog"), "deviceAction")
    external = await made(api, "createExternalDeviceAction", an_external_action("EXT-1", "RETRIEVAL"), "deviceAction")
    comment = {"deviceActionId": action, "message": "Called twice", "authorName": "Ana"}
    await api.act("addDeviceActionComment", comment)
    endpoint = await a_webhook_endpoint(api)
    await its_deliveries(api, endpoint)
    found = await api.data("{ employees(first: 1) { nodes { id } } }")
    employee = found["employees"]["nodes"][0]["id"]
    return Company(Rest(api), quote, *map(uuid_of, (kit, action, external, endpoint, employee)))


async def made(api: Running, mutation: str, input_: Any, root: str) -> str:
    payload = await api.act(mutation, input_, f"{root} {{ id }}")
    assert payload["userErrors"] == []
    found: str = payload[root]["id"]
    return found
