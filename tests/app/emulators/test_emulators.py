"""The emulated Asana is as strict as its reference, and all emulators show what they received, go wrong on demand and
remember across restarts. Tecspal's own rules are tested in test_tecspal.py.
"""

import socket

import pytest
import pytest_asyncio

from app.emulators import start_emulators
from app.emulators.running import NAMES
from app.emulators.store import Store
from tests.adapters.support.emulated import emulated

TOKEN = {"Authorization": "Bearer x"}
CREDENTIALS = {**TOKEN, "tenant_id": "client-9"}
ORDER = {
    "countryCode": "UY",
    "sendTo": "STORAGE",
    "companyCode": "ACME",
    "hardwares": [{"hardwareType": "PC", "brand": "DELL", "amount": 1}],
}


@pytest_asyncio.fixture
async def vendor(tmp_path):
    async with emulated("tecspal", tmp_path) as vendor:
        yield vendor


@pytest_asyncio.fixture
async def asana(tmp_path):
    async with emulated("asana", tmp_path) as board:
        yield board


async def place_order(vendor):
    body = {"data": ORDER, "request": "orders/quote", "vendor": "tecspal", "verb": "POST"}
    return await vendor.call("POST", "/orders/quote", body, headers=CREDENTIALS)


async def list_orders(vendor):
    return await vendor.call("GET", "/orders", params={"companyCode": "ACME"}, headers=CREDENTIALS)


async def test_asana_wants_a_bearer_token(asana):
    status, answer = await asana.call("GET", "/tasks", headers={"Authorization": "Basic x"})

    assert (status, answer["errors"][0]["message"]) == (401, "Not Authorized")
    assert "help" in answer["errors"][0]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([], "Could not parse request data, invalid JSON"),
        ({"name": "x"}, "data: Missing input"),
        ({"data": {"projects": ["1"]}}, "name: Missing input"),
        ({"data": {"name": "x"}}, "You should specify one of workspace, parent, projects"),
        ({"data": {"name": "x", "projects": []}}, "You should specify one of workspace, parent, projects"),
        ({"data": {"name": "x", "projects": ["quotes"]}}, "projects: Not a recognized ID: quotes"),
        ({"data": {"name": "x", "projects": 12}}, "projects: Not a recognized ID: 12"),
    ],
)
async def test_asana_refuses_a_task_without_a_name_or_a_place(asana, body, message):
    status, answer = await asana.call("POST", "/tasks", body, headers=TOKEN)

    assert (status, answer["errors"][0]["message"]) == (400, message)


async def test_asana_answers_a_new_task_with_its_record(asana):
    status, answer = await asana.call("POST", "/tasks", {"data": {"name": "x", "workspace": "9"}}, headers=TOKEN)

    assert status == 201
    assert answer["data"]["gid"].isdecimal()
    assert (answer["data"]["name"], answer["data"]["notes"], answer["data"]["completed"]) == ("x", "", False)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({}, "You should specify one of workspace, project, tag, section, user_task_list"),
        ({"project": "1", "modified_since": "yesterday"}, "modified_since: Not a valid date: yesterday"),
        ({"project": "1", "limit": "101"}, "limit: Must be between 1 and 100"),
        ({"project": "1", "limit": "1", "offset": "?"}, "offset: Your pagination token is invalid."),
    ],
)
async def test_asana_refuses_a_list_it_cannot_make(asana, query, message):
    status, answer = await asana.call("GET", "/tasks", headers=TOKEN, params=query)

    assert (status, answer["errors"][0]["message"]) == (400, message)


async def test_asana_shows_compact_records_page_by_page_when_a_limit_is_given(asana):
    for name in "abc":
        await asana.call("POST", "/tasks", {"data": {"name": name, "projects": ["1"]}}, headers=TOKEN)

    _, whole = await asana.call("GET", "/tasks", headers=TOKEN, params={"project": "1"})
    _, first = await asana.call("GET", "/tasks", headers=TOKEN, params={"project": "1", "limit": "2"})
    rest = {"project": "1", "limit": "2", "offset": first["next_page"]["offset"]}
    _, second = await asana.call("GET", "/api/1.0/tasks", headers=TOKEN, params=rest)

    assert [task["name"] for task in whole["data"]] == ["a", "b", "c"]
    assert "notes" not in whole["data"][0]
    assert "next_page" not in whole
    assert [task["name"] for task in first["data"] + second["data"]] == ["a", "b", "c"]
    assert second["next_page"] is None


async def test_received_shows_every_request_oldest_first_and_not_itself(vendor):
    await list_orders(vendor)
    async with vendor.session.put(f"{vendor.url}/x", data=b"not json") as answer:
        assert answer.status == 401

    await vendor.received()
    entries = await vendor.received()

    shown = [(it["method"], it["path"], it["query"], it["body"], it["status"]) for it in entries]
    assert shown == [
        ("GET", "/orders", {"companyCode": "ACME"}, None, 200),
        ("PUT", "/x", {}, "not json", 401),
    ]
    assert all(it["at"].endswith("Z") for it in entries)


async def test_a_fault_is_used_up_by_the_requests_it_names(vendor):
    await vendor.go_wrong(mode="status", status=503, times=2, verb="GET", path="/orders")

    statuses = [(await place_order(vendor))[0]]
    statuses += [(await list_orders(vendor))[0] for _ in range(3)]

    assert statuses == [201, 503, 503, 200]


async def test_faults_can_be_cleared(vendor):
    await vendor.go_wrong(mode="drop", times=9)
    async with vendor.session.delete(f"{vendor.url}/faults") as answer:
        assert answer.status == 204

    assert (await place_order(vendor))[0] == 201


@pytest.mark.parametrize("faults", [{}, [{}], [{"mode": "x"}], [{"mode": "drop", "time": 1}], [[]], [{"mode": []}]])
async def test_a_fault_that_is_not_understood_is_refused(vendor, faults):
    status, _ = await vendor.call("POST", "/faults", faults)

    assert status == 400


async def test_a_restart_keeps_orders_requests_and_addresses(tmp_path):
    async with emulated("tecspal", tmp_path) as before:
        await place_order(before)
        received = await before.received()

    async with emulated("tecspal", tmp_path) as after:
        assert after.urls == before.urls
        assert await after.received() == received
        _, second = await place_order(after)
        _, listed = await list_orders(after)

    assert second["envelop"][0]["orderNumber"] == 10001011
    assert len(listed["envelop"]) == 2


async def test_a_port_taken_meanwhile_is_replaced_by_a_free_one(tmp_path):
    async with emulated("asana", tmp_path) as before:
        port = int(before.url.rpartition(":")[2])

    with socket.create_server(("127.0.0.1", port)):
        async with emulated("asana", tmp_path) as after:
            assert after.url != before.url


async def test_a_port_that_was_asked_for_is_taken_or_missed(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            await start_emulators(tmp_path, {"mail": port})

    async with await start_emulators(tmp_path, {"mail": port}) as emulators:
        assert emulators.urls["mail"] == f"http://127.0.0.1:{port}"
        assert emulators.urls.keys() == set(NAMES)


async def test_ports_that_cannot_be_read_are_forgotten(tmp_path):
    (tmp_path / "ports.json").write_text('{"tecspal": 1')

    async with await start_emulators(tmp_path) as emulators:
        assert emulators.urls["tecspal"].startswith("http://127.0.0.1:")


def test_what_was_written_is_there_although_the_store_was_never_closed(tmp_path):
    killed = Store(tmp_path / "a.sqlite3")
    with killed.transaction():
        killed.set_status(killed.receive({"path": "/x"}), 201)
        killed.put("order", "1", {"id": "1"})

    revived = Store(tmp_path / "a.sqlite3")

    assert revived.received() == [{"path": "/x", "status": 201}]
    assert revived.all("order") == [{"id": "1"}]
    for store in (revived, killed):
        store.close()


def test_what_was_interrupted_half_way_never_happened(tmp_path):
    store = Store(tmp_path / "a.sqlite3")

    def interrupted():
        with store.transaction():
            store.put("order", "1", {"id": "1"})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert store.count("order") == 0
    store.close()
