"""What each fault of a proxy is for the client of tenants: an answer or a sentence, in time, and no more than one
request."""

from datetime import UTC, datetime

import pytest

from adapters.tenant_http.client import TenantHttpClient
from adapters.tenant_http.sessions import Times
from tests.adapters.support.raw_servers import eventually, raw_server, saying
from tests.faults.proxy import FAULTS, NONE, PAGE, Fault, Kind, Side, fault_proxy

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" + b"a" * 20
NOT_COMPLETE = "There is no complete answer within 0.3 seconds."
ENDED = "The connection ended before the answer was complete."
WHAT = {
    Kind.PASS: (200, None),
    Kind.DELAY: (None, NOT_COMPLETE),
    Kind.CUT: (None, ENDED),
    Kind.RESET: (None, ENDED),
    Kind.BLACKHOLE: (None, NOT_COMPLETE),
    Kind.GARBAGE: (None, "The answer is not valid HTTP."),
    Kind.ANOTHER: (200, None),
    Kind.STREAM: (200, "The answer has more than 64 KiB."),
}


def a_client() -> TenantHttpClient:
    return TenantHttpClient(lambda: datetime.now(UTC), loopback=True, times=Times(connect=0.2, total=0.3))


@pytest.mark.parametrize("fault", [NONE, *FAULTS], ids=str)
async def test_a_fault_on_the_way_is_told_in_time_and_the_next_request_is_answered(fault):
    async with raw_server(saying(OK)) as server, fault_proxy(server.port) as proxy:
        proxy.choose = lambda request: fault
        async with a_client() as client:
            got = await client.post(f"{proxy.url}/", {}, b"{}")
            proxy.choose = lambda request: NONE
            after = await client.post(f"{proxy.url}/", {}, b"{}")
    assert (got.status, got.error) == WHAT[fault.kind]
    assert (after.status, after.error) == (200, None)
    assert proxy.struck.total() == 2


@pytest.mark.parametrize("fault", FAULTS, ids=str)
async def test_the_server_sees_a_request_unless_it_is_lost_on_the_way(fault):
    async with raw_server(saying(OK)) as server, fault_proxy(server.port) as proxy:
        proxy.choose = lambda request: fault
        async with a_client() as client:
            await client.post(f"{proxy.url}/", {}, b"{}")
        seen = fault.side == Side.ANSWER or fault.kind == Kind.DELAY
        # What is delayed arrives when the client has given up.
        await eventually(lambda: len(server.requests) >= seen)
    assert (proxy.passed, len(server.requests)) == (seen, seen)


async def test_a_page_of_a_network_in_between_is_taken_for_an_answer():
    async with raw_server(saying(OK)) as server, fault_proxy(server.port) as proxy, a_client() as client:
        proxy.choose = lambda request: Fault(Kind.ANOTHER, Side.REQUEST)
        got = await client.post(f"{proxy.url}/", {}, b"{}")
    assert (got.status, got.body) == (200, PAGE.decode())
