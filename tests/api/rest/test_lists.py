"""Pages, filters and orders of the lists of the REST API."""

from typing import Any

import pytest

from tests.api.support.inventory_inputs import an_action, an_asset
from tests.api.support.makers import a_quote, a_recipient, an_item
from tests.api.support.rest import Rest
from tests.api.support.running import on_both_databases, running, uuid_of
from tests.api.support.world import MACBOOK


async def through(rest: Rest, path: str, **parameters):
    """All rows of a list, page by page."""
    rows: list[Any] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await rest.get(path, **parameters, **cursor)
        assert answer.status == 200, answer.body
        rows += answer.body["data"]
        meta = answer.body["meta"]
        assert meta["has_more"] == (meta["next_cursor"] is not None)
        if not meta["has_more"]:
            return rows
        assert len(answer.body["data"]) == int(parameters["limit"])
        cursor = {"cursor": meta["next_cursor"]}


@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_a_list_is_read_page_by_page_to_the_end(api, limit):
    made = [(await a_quote(api, prices=None)).order_id for _ in range(5)]
    rest = Rest(api)
    for sort, expected in (("created_at", made), ("-created_at", made[::-1]), ("-updated_at", made[::-1])):
        assert [it["order_id"] for it in await through(rest, "quotes", limit=limit, sort=sort)] == expected
    assert [it["order_id"] for it in (await rest.data("quotes"))] == made[::-1]


async def test_a_long_page_takes_as_many_runs_as_the_caller_can_pay_for(new_database):
    """One quote may cost some 250 points, and ten of them more than an operation may have."""
    async with running(await new_database("sqlite"), max_cost=600, rate_limit="600/600") as api:
        made = [(await a_quote(api, prices=None, key=await api.key("quotes:write", "quotes:read", "quotes:decide")))
                for _ in range(7)]  # fmt: skip
        rest = Rest(api, await api.key("quotes:read"))
        before = api.parts.engine.operations["query"]
        answer = await rest.get("quotes", limit=6, sort="created_at")
        assert [it["order_id"] for it in answer.body["data"]] == [it.order_id for it in made[:6]]
        assert answer.body["meta"]["has_more"]
        assert api.parts.engine.operations["query"] - before == 3


@pytest.mark.parametrize(
    ("parameters", "count"),
    [
        ({"status": "pending"}, 2),
        ({"status": "Pending"}, 2),
        ({"status": "in_progress"}, 0),
        ({"status": "In Progress"}, 0),
        ({"country": "bra"}, 1),
        ({"country": "Brazil"}, 1),
        ({"created_after": "2020-01-01T00:00:00Z"}, 2),
        ({"created_before": "2020-01-01T00:00:00Z"}, 0),
        ({"created_after": "2020-01-01", "created_before": "2099-01-01", "status": "pending"}, 2),
    ],
)
async def test_quotes_are_filtered(api, parameters, count):
    await a_quote(api, prices=None)
    await a_quote(api, an_item(recipients=[a_recipient(country="BR")]), prices=None)
    assert len(await Rest(api).data("quotes", **parameters)) == count


async def test_assets_are_those_in_storage_unless_others_are_asked_for(company):
    async def serials(**parameters):
        return sorted(it["serial_number"] for it in await company.rest.data("assets", **parameters))

    every = ["C02XK1", "C02XK2", "MON-1"]
    assert await serials() == await serials(status="in_storage") == ["C02XK1", "MON-1"]
    assert await serials(status="in_use") == await serials(status="In Use") == ["C02XK2"]
    assert await serials(status="all") == every
    assert await serials(serial_number="c02xk1") == ["C02XK1"]
    assert await serials(serial_number="C02XK") == []
    assert await serials(status="all", search="bruno") == ["C02XK2"]
    assert await serials(status="all", country="brazil") == ["C02XK2"]
    assert await serials(device_type="monitor") == await serials(device_type="Monitor") == ["MON-1"]
    [first, *_] = await company.rest.data("assets", sort="created_at")
    assert await serials(item_id=first["id"]) == [first["serial_number"]]
    assert await serials(status="in_use", item_id=first["id"]) == []
    for sort in ("created_at", "-created_at", "updated_at", "-updated_at"):
        assert len(await through(company.rest, "assets", status="all", sort=sort, limit=1)) == 3


async def test_device_actions_are_filtered(company):
    async def serials(**parameters):
        return [it["device"]["serial_number"] for it in await company.rest.data("device-actions", **parameters)]

    assert await serials() == await serials(sort="-created_at") == ["EXT-1", "C02XK1"]
    assert await serials(sort="created_at") == ["C02XK1", "EXT-1"]
    assert await serials(action_type="Dispose") == await serials(action_type="dispose") == ["C02XK1"]
    assert await serials(serial_number="xt-") == ["EXT-1"]
    assert await serials(status="completed") == []
    shown = {it["status"] for it in await company.rest.data("device-actions")}
    assert sorted([it for status in shown for it in await serials(status=status)]) == ["C02XK1", "EXT-1"]
    assert await serials(created_after="2099-01-01") == []
    assert len(await serials(created_before="2099-01-01")) == 2
    assert len(await through(company.rest, "device-actions", limit=1, include_asset="true")) == 2


async def test_kits_and_employees_are_filtered(company):
    names = {name: name for name in ("Desk", "Chair")}
    await company.api.act(
        "createKit", {"name": "Chair", "devices": [{"device": {"catalogue": {"productId": MACBOOK}}}]}
    )

    async def kits(**parameters):
        return [it["name"] for it in await company.rest.data("kits", **parameters)]

    assert await kits() == await kits(sort="-created_at") == await kits(sort="name") == ["Chair", "Desk"]
    assert await kits(sort="-name") == await kits(sort="created_at") == ["Desk", "Chair"]
    for parameters in ({"search": "desk"}, {"tag": "new"}, {"region": "LATAM"}):
        assert await kits(**parameters) == [names["Desk"]]
    assert len(await through(company.rest, "kits", limit=1, sort="updated_at")) == 2

    async def people(**parameters):
        return [it["name"] for it in await company.rest.data("employees", **parameters)]

    assert await people() == ["Ana Rodríguez", "Bruno Silva", "Çağla Yılmaz"]
    assert await people(status="inactive") == ["Çağla Yılmaz"]
    assert await people(search="bruno") == await people(search="bruno@people.example") == ["Bruno Silva"]
    assert len(await through(company.rest, "employees", limit=2)) == 3


async def test_a_cursor_belongs_to_its_order(api):
    for _ in range(2):
        await a_quote(api, prices=None)
    rest = Rest(api)
    cursor = (await rest.get("quotes", limit=1)).body["meta"]["next_cursor"]
    assert await rest.refused("GET", "quotes", cursor=cursor, sort="updated_at") == (
        400,
        "VALIDATION_ERROR",
        ["cursor"],
    )


@on_both_databases
async def test_a_device_is_found_by_its_asset_in_the_graph_too(api):
    await api.act("addAssets", {"assets": [an_asset("A-1"), an_asset("A-2")]})
    await api.act("createDeviceAction", an_action("A-1"))
    query = "query($id: ID!) { assets(filter: {assetId: $id}) { nodes { serialNumber } } }"
    found = await api.data("{ assets { nodes { id serialNumber } } }")
    for it in found["assets"]["nodes"]:
        for given in (it["id"], uuid_of(it["id"])):
            assert (await api.data(query, {"id": given}))["assets"]["nodes"] == [{"serialNumber": it["serialNumber"]}]
