"""The Tecspal client against the emulator, and against servers that answer what no vendor should."""

import asyncio
from base64 import b64encode
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import unused_port

from adapters.tecspal.client import TecspalClient
from domain.fulfilment.vendor_api import EmployeeDetails, HardwareType, OrderRequest, PlacedOrder
from domain.quotes.recipients import Destination
from domain.shared.outbound_errors import Refused, Unavailable, Uncertain
from tests.adapters.support.emulated import answering, emulated
from tests.patience import PATIENCE

TOKEN = "tecspal-secret-token"

ORDER = OrderRequest(
    external_item_id="order-1",
    company_code="ACME",
    country_code="UY",
    send_to=Destination.EMPLOYEE,
    employee_email="ana@example.com",
    hardware_type=HardwareType.MACBOOK,
    brand="APPLE",
    amount=2,
    model="MacBook Pro 14",
    processor="M4 Pro",
    ram="24GB",
    disk_size="512GB",
    display_size="14",
    po_number="PO-7",
    notes="With a charger",
)
BARE = OrderRequest("order-2", "ACME", "UY", Destination.STORAGE, None, HardwareType.PC, "DELL", 1)


@pytest_asyncio.fixture
async def vendor(tmp_path):
    async with emulated("tecspal", tmp_path) as vendor:
        yield vendor


@pytest.fixture
def session(vendor):
    return vendor.session


@pytest.fixture
def client(vendor):
    return TecspalClient(vendor.url, TOKEN, "client-9", vendor.session)


def impatient(url, session):
    return TecspalClient(url, TOKEN, "client-9", session, timeout=0.2)


@asynccontextmanager
async def speaking(talk):
    """A TCP server for what HTTP libraries do not do."""
    conversations: list[Any] = []

    async def converse(reader, writer):
        conversations.append(asyncio.current_task())
        try:
            await talk(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    try:
        yield "{}:{}".format(*server.sockets[0].getsockname())
    finally:
        server.close()
        for conversation in conversations:
            conversation.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)


async def test_an_order_is_posted_in_the_vendors_envelope_with_both_credentials(client, vendor):
    await client.place_order(ORDER)

    [post] = await vendor.received()
    assert (post["method"], post["path"], post["status"]) == ("POST", "/orders/quote", 201)
    assert post["headers"]["Authorization"] == f"Bearer {TOKEN}"
    assert post["headers"]["tenant_id"] == "client-9"
    assert post["headers"]["Content-Type"] == "application/json"
    assert post["body"] == {
        "data": {
            "countryCode": "UY",
            "sendTo": "EMPLOYEE",
            "companyCode": "ACME",
            "hardwares": [
                {
                    "hardwareType": "MACBOOK",
                    "ram": "24GB",
                    "diskSize": "512GB",
                    "displaySize": "14",
                    "model": "MacBook Pro 14",
                    "processor": "M4 Pro",
                    "amount": 2,
                    "externalItemId": "order-1",
                    "notes": "With a charger",
                }
            ],
            "employeeEmail": "ana@example.com",
            "poNumber": "PO-7",
        },
        "request": "orders/quote",
        "vendor": "tecspal",
        "verb": "POST",
    }


async def test_a_macbook_has_the_brand_apple_where_the_vendor_takes_it(vendor):
    async with vendor.session.post(f"{vendor.url}/control/apple-brand", json={"accepted": "APPLE"}):
        pass
    client = TecspalClient(vendor.url, TOKEN, "client-9", vendor.session, apple_brand="APPLE")
    for order in (ORDER, BARE):
        await client.place_order(order)

    assert [it["body"]["data"]["hardwares"][0]["brand"] for it in (await vendor.received())] == ["APPLE", "DELL"]


async def test_what_an_order_does_not_have_is_left_out(client, vendor):
    await client.place_order(BARE)

    [post] = await vendor.received()
    line = {"hardwareType": "PC", "brand": "DELL", "amount": 1, "externalItemId": "order-2"}
    assert post["body"]["data"] == {
        "countryCode": "UY",
        "sendTo": "STORAGE",
        "companyCode": "ACME",
        "hardwares": [line],
    }


async def test_the_vendors_id_number_and_status_come_back(client):
    placed = await client.place_order(ORDER)

    assert placed.vendor_id
    assert (placed.order_number, placed.status) == ("10001010", "PENDING")


async def test_orders_are_listed_by_a_get_with_a_body(client, vendor):
    assert await client.find_order("ACME", "UY", ["order-1"]) is None

    [get] = await vendor.received()
    assert (get["method"], get["path"], get["query"]) == ("GET", "/orders", {})
    assert get["body"] == {
        "filters": {"companyCode": "ACME", "countryCode": "UY"},
        "request": "orders",
        "vendor": "tecspal",
        "verb": "GET",
    }


async def test_an_order_is_found_by_our_id_among_others(client):
    await client.place_order(BARE)
    placed = await client.place_order(ORDER)
    await client.place_order(replace(ORDER, external_item_id="order-10"))

    assert await client.find_order("ACME", "UY", ["order-1"]) == placed
    assert await client.find_order("OTHER", "UY", ["order-1"]) is None
    assert await client.find_order("ACME", "BR", ["order-1"]) is None


async def test_a_cancelled_order_is_found_too(client, vendor):
    placed = await client.place_order(ORDER)
    data = {"id": placed.vendor_id, "companyCode": "ACME"}
    body = {"data": data, "request": "orders/cancel", "vendor": "tecspal", "verb": "POST"}
    headers = {"Authorization": "Bearer x", "tenant_id": "client-9"}
    status, _ = await vendor.call("POST", "/orders/cancel", body, headers=headers)
    assert status == 200

    found = await client.find_order("ACME", "UY", ["order-1"])

    assert found == replace(placed, status="CANCELLED")


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (400, Refused),
        (404, Refused),
        (422, Refused),
        (401, Uncertain),
        (403, Uncertain),
        (409, Uncertain),
        (429, Uncertain),
        (500, Uncertain),
        (408, Uncertain),
        (502, Uncertain),
        (503, Uncertain),
        (504, Uncertain),
    ],
)
async def test_each_status_says_whether_the_order_may_have_been_placed(client, vendor, status, failure):
    await vendor.go_wrong(mode="status", status=status)

    with pytest.raises(failure, match=f"Tecspal POST /orders/quote: {status} ") as caught:
        await client.place_order(ORDER)

    assert type(caught.value) is failure


async def test_a_refusal_carries_the_vendors_own_words(client):
    with pytest.raises(Refused) as caught:
        await client.place_order(replace(ORDER, brand="COMMODORE"))

    assert str(caught.value) == "Tecspal POST /orders/quote: 400 Invalid field: brand"
    assert caught.value.final


async def test_a_message_that_is_no_text_is_told_as_it_was_sent(session):
    async with answering({"message": ["no brand", {"amount": None}]}, status=422) as url:
        with pytest.raises(Refused, match=r'422 no brand; \{"amount": null\}$'):
            await TecspalClient(url, TOKEN, "t", session).place_order(ORDER)


async def test_the_token_is_never_repeated_and_long_messages_are_cut(session):
    error = {"message": f"Unknown token {TOKEN}\x00\n" + "x" * 9000}
    async with answering(error, status=401) as url:
        with pytest.raises(Uncertain) as caught:
            await TecspalClient(url, TOKEN, "t", session).place_order(ORDER)

    message = str(caught.value)
    assert "Unknown token *** xxx" in message
    assert len(message) < 560


async def test_no_error_repeats_who_we_are_or_a_persons_identity_however_it_is_written(session):
    person = EmployeeDetails("Ana", "Paz", "ana@x.example", "+598", "1.234.567-8", "Main St 1", "MVD", "11000", "UY")
    tenant, coded = "client 9/secret", b64encode(TOKEN.encode()).decode()
    message = f"client%209%2Fsecret ({tenant}) sent {coded} for governmentDNI 1.234.567-8; application/json"
    async with answering({"message": message}, status=403) as url:
        with pytest.raises(Uncertain) as caught:
            await TecspalClient(url, TOKEN, tenant, session).place_order(replace(ORDER, employee=person))
    expected = "Tecspal POST /orders/quote: 403 *** (***) sent *** for governmentDNI ***; application/json"
    assert str(caught.value) == expected


async def test_no_error_repeats_what_an_address_names_before_its_host(session):
    client = TecspalClient(f"http://someone:pass-word@127.0.0.1:{unused_port()}", TOKEN, "t", session)
    with pytest.raises((Unavailable, ValueError)) as caught:
        await client.place_order(ORDER)
    assert "pass-word" not in str(caught.value)


async def test_a_connection_refused_means_nothing_was_ordered(session):
    with pytest.raises(Unavailable, match="no connection"):
        await TecspalClient(f"http://127.0.0.1:{unused_port()}", TOKEN, "t", session).place_order(ORDER)


async def test_a_server_without_tls_means_nothing_was_ordered(vendor):
    with pytest.raises(Unavailable, match="no connection"):
        await TecspalClient(vendor.url.replace("http:", "https:"), TOKEN, "t", vendor.session).place_order(ORDER)


async def test_a_handshake_without_end_means_nothing_was_ordered(session):
    async def say_nothing(reader, writer):
        await reader.read()

    async with speaking(say_nothing) as address:
        with pytest.raises(Unavailable, match="no connection"):
            await impatient(f"https://{address}", session).place_order(ORDER)


async def test_an_order_answered_too_late_is_uncertain_and_found_afterwards(client, vendor):
    await vendor.go_wrong(mode="slow_after", verb="POST", path="/orders/quote")

    with pytest.raises(Uncertain, match=r"no answer within 0\.2 seconds"):
        await impatient(vendor.url, vendor.session).place_order(ORDER)

    assert await client.find_order("ACME", "UY", ["order-1"]) is not None


async def test_an_order_may_be_made_after_we_stopped_waiting(client, vendor):
    await vendor.go_wrong(mode="slow_before", verb="POST", seconds=0.4)

    with pytest.raises(Uncertain):
        await impatient(vendor.url, vendor.session).place_order(ORDER)

    assert await client.find_order("ACME", "UY", ["order-1"]) is None
    async with asyncio.timeout(PATIENCE):
        while await client.find_order("ACME", "UY", ["order-1"]) is None:
            await asyncio.sleep(0.02)


async def test_a_connection_lost_before_anything_was_done_is_uncertain(client, vendor):
    await vendor.go_wrong(mode="drop", verb="POST")

    with pytest.raises(Uncertain, match="connection lost"):
        await client.place_order(ORDER)

    assert await client.find_order("ACME", "UY", ["order-1"]) is None


async def test_an_order_whose_answer_was_lost_is_uncertain_and_found_afterwards(client, vendor):
    await vendor.go_wrong(mode="accept_then_drop", verb="POST")

    with pytest.raises(Uncertain, match="connection lost"):
        await client.place_order(ORDER)

    found = await client.find_order("ACME", "UY", ["order-1"])
    assert found is not None
    assert found.status == "PENDING"
    assert [it["method"] for it in await vendor.received()] == ["POST", "GET"]


async def test_an_answer_that_is_not_json_leaves_open_whether_the_order_was_placed(client, vendor):
    await vendor.go_wrong(mode="garbage")

    with pytest.raises(Uncertain, match="not JSON"):
        await client.place_order(ORDER)


@pytest.mark.parametrize(
    "answer",
    [
        "[" * 100_000,
        "",
        [],
        {"envelop": None},
        {"envelope": [{"id": "1"}]},
        {"envelop": []},
        {"envelop": [{"orderNumber": 1}]},
        {"envelop": ["1"]},
    ],
)
async def test_an_answer_without_an_order_leaves_open_whether_it_was_placed(session, answer):
    async with answering(answer, status=201) as url:
        with pytest.raises(Uncertain):
            await TecspalClient(url, TOKEN, "t", session).place_order(ORDER)


@pytest.mark.parametrize(
    ("answer", "placed"),
    [
        ({"envelop": {"id": "u1", "orderNumber": "7", "status": "QUOTED"}}, PlacedOrder("u1", "7", "QUOTED")),
        ({"envelop": [{"id": 12}]}, PlacedOrder("12", None, "UNKNOWN")),
    ],
)
async def test_older_and_odder_shapes_of_an_order_are_understood(session, answer, placed):
    async with answering(answer, status=200) as url:
        assert await TecspalClient(url, TOKEN, "t", session).place_order(ORDER) == placed


async def test_a_list_with_odd_entries_is_searched_all_the_same(session):
    orders: list[object] = [None, {"id": "a"}, {"id": "b", "hardwares": [None, {}]}, {"id": "c", "hardwares": {"x": 1}}]
    ours = {"id": "d", "orderNumber": 4, "status": "DELIVERED", "hardwares": [{"externalItemId": "order-1"}]}
    async with answering({"envelop": [*orders, ours]}) as url:
        found = await TecspalClient(url, TOKEN, "t", session).find_order("ACME", "UY", ["order-1"])

    assert found == PlacedOrder("d", "4", "DELIVERED")


async def test_a_list_without_an_envelope_is_not_taken_for_an_empty_one(session):
    async with answering({"statusCode": 200}) as url:
        with pytest.raises(Uncertain, match="no envelop"):
            await TecspalClient(url, TOKEN, "t", session).find_order("ACME", "UY", ["order-1"])


async def test_redirects_are_not_followed(vendor):
    async with answering("", status=307, headers={"Location": f"{vendor.url}/orders/quote"}) as elsewhere:
        with pytest.raises(Uncertain, match="307"):
            await TecspalClient(elsewhere, TOKEN, "t", vendor.session).place_order(ORDER)

    assert await vendor.received() == []


async def test_only_the_list_may_be_longer_than_a_mebibyte(session):
    padding = {"id": "a", "notes": "x" * 1024 * 1024}
    async with answering({"envelop": [padding]}) as url:
        client = TecspalClient(url, TOKEN, "t", session)
        assert await client.find_order("ACME", "UY", ["order-1"]) is None
        with pytest.raises(Uncertain, match="more than 1048576 bytes"):
            await client.place_order(ORDER)


async def test_an_answer_that_drips_is_bounded_by_the_whole_timeout(session):
    async def drip(reader, writer):
        writer.write(b"HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1000):
            writer.write(b" ")
            await asyncio.sleep(0.02)

    async with speaking(drip) as address:
        # Were it bounded byte by byte only, the answer would come in the end, and be told as one without sense.
        with pytest.raises(Uncertain, match="no answer within"):
            await impatient(f"http://{address}", session).place_order(ORDER)
