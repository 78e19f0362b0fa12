"""Whatever happens on the way to the vendor, an accepted item is ordered once (ADR 4)."""

import aiohttp
import pytest

from adapters.tecspal.client import TecspalClient
from domain.fulfilment.vendor_api import HardwareType, OrderRequest
from domain.quotes.recipients import Destination
from domain.shared.outbound_errors import Uncertain
from tests.adapters.support.emulated import emulated
from tests.api.support import world
from tests.databases import Templates
from tests.e2e.processes import eventually
from tests.faults.proxy import FAULTS, Side, fault_proxy
from tests.faults.vendor_proxy import ordered

ORDER = OrderRequest("order-1", "ACME", "UY", Destination.STORAGE, None, HardwareType.PC, "DELL", 1)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
async def test_no_fault_on_the_way_proves_that_no_order_was_made(tmp_path, fault):
    async with (
        emulated("tecspal", tmp_path) as vendor,
        fault_proxy(int(vendor.url.rpartition(":")[2])) as proxy,
        aiohttp.ClientSession() as session,
    ):
        proxy.choose = lambda request: fault
        client = TecspalClient(proxy.url, "a-token", "a-tenant", session, timeout=0.2)
        with pytest.raises(Uncertain):
            await client.place_order(ORDER)
        if fault.side == Side.ANSWER:
            [received] = await eventually(vendor.received)
            assert received["status"] == 201


async def test_an_accepted_item_is_ordered_once_whatever_a_proxy_does(tmp_path):
    url = await Templates(tmp_path, world.fill).new("sqlite", tmp_path / "quotegraph.db")
    figures = await ordered(url, tmp_path / "emulators", accepts=len(FAULTS))
    assert (figures.at_vendor, figures.twice, figures.known) == (len(FAULTS), 0, len(FAULTS))
    assert figures.struck.keys() >= set(FAULTS)
