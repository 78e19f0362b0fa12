"""Movement requests at Tecspal: the client against the emulator, and against answers of other shapes."""

from typing import Any

import pytest
import pytest_asyncio

from adapters.tecspal.client import TecspalClient
from adapters.tecspal.movements import TecspalMovements
from domain.inventory.movements import (
    Movement,
    MovementRequest,
    MovementStatus,
    MovementType,
    apply_movement_report,
    movement_status,
)
from domain.shared.outbound_errors import Refused, Uncertain
from tests.adapters.support.emulated import Emulated, answering, emulated
from tests.builders import NOW

DEVICE = {"companyCode": "ACME", "countryCode": "UY", "hardwareType": "MACBOOK", "serialNumber": "C02-1"}


@pytest_asyncio.fixture
async def vendor(tmp_path):
    async with emulated("tecspal", tmp_path) as vendor:
        yield vendor


@pytest.fixture
def client(vendor):
    return TecspalMovements(TecspalClient(vendor.url, "token", "client-9", vendor.session))


async def register(vendor: Emulated, **device: Any) -> str:
    body = {"data": {**DEVICE, **device}, "request": "hardwares", "vendor": "tecspal", "verb": "POST"}
    headers = {"Authorization": "Bearer token", "tenant_id": "client-9"}
    status, answer = await vendor.call("POST", "/hardwares", body, headers=headers)
    assert status == 201, answer
    found: str = answer["envelop"][0]["id"]
    return found


def a_request(hardware_id: str, kind: MovementType, **given: Any) -> MovementRequest:
    return MovementRequest(kind, "ACME", "UY", hardware_id, "ana@x.example", given.get("reset", False))


async def test_a_device_is_found_by_its_serial_number_in_any_case_of_its_company_only(client, vendor):
    hardware_id = await register(vendor)
    assert await client.hardware_id("ACME", " c02-1 ") == hardware_id
    assert await client.hardware_id("ACME", "C02") is None
    assert await client.hardware_id("OTHER", "C02-1") is None


@pytest.mark.parametrize("kind", MovementType)
async def test_a_movement_is_placed_found_again_and_followed(client, vendor, kind):
    hardware_id = await register(vendor)
    placed = await client.place_movement(a_request(hardware_id, kind, reset=True))
    assert (movement_status(placed), placed.employee_email) == (MovementStatus.PROCESSING, "ana@x.example")
    assert await client.find_movements("ACME", kind, "ANA@x.example") == [placed]
    [other] = set(MovementType) - {kind}
    assert await client.find_movements("ACME", other, "ana@x.example") == []

    await vendor.call("POST", f"/control/movements/{placed.vendor_id}", {"trackingLink": "https://carrier.example/1"})
    assert (await client.movement("ACME", placed.vendor_id)).tracking_link == "https://carrier.example/1"
    await vendor.call("POST", f"/control/movements/{placed.vendor_id}", {"dateCompleted": "2026-11-23"})
    assert movement_status(await client.movement("ACME", placed.vendor_id)) == MovementStatus.COMPLETED


async def test_what_is_fetched_from_a_person_is_named_so_that_nothing_else_is(client, vendor):
    hardware_id = await register(vendor)
    await client.place_movement(a_request(hardware_id, MovementType.OFFBOARDING, reset=True))
    data = [it["body"]["data"] for it in await vendor.received() if it["path"].startswith("/movement_requests")][-1]
    assert data == {
        "companyCode": "ACME",
        "employeeEmail": "ana@x.example",
        "handledBy": "TECSPAL",
        "hardwares": {"hardwareIds": [hardware_id]},
        "factoryReset": True,
    }


async def test_a_device_or_movement_the_vendor_does_not_have_is_refused(client):
    with pytest.raises(Refused, match="Hardware not found"):
        await client.place_movement(a_request("H-1", MovementType.ONBOARDING))
    with pytest.raises(Refused, match="Movement request not found"):
        await client.movement("ACME", "M-1")


@pytest.mark.parametrize("body", ["<html>", {"statusCode": 200}, {"envelop": []}, {"envelop": [{"status": "?"}]}])
async def test_an_answer_that_cannot_be_understood_may_have_been_carried_out(client, vendor, body):
    async with answering(body) as url:
        garbled = TecspalMovements(TecspalClient(url, "token", "client-9", vendor.session))
        with pytest.raises(Uncertain):
            await garbled.place_movement(a_request("H-1", MovementType.ONBOARDING))


async def test_odd_values_of_an_answer_are_left_out(vendor):
    odd = {
        "id": "M-1",
        "status": None,
        "createdAt": "yesterday",
        "trackingLink": "javascript:alert(1)",
        "toEmployee": 3,
    }
    async with answering({"envelop": [odd]}) as url:
        client = TecspalMovements(TecspalClient(url, "token", "client-9", vendor.session))
        said = await client.movement("ACME", "M-1")
    assert (said.created_at, said.tracking_link, said.employee_email) == (None, None, None)
    assert movement_status(said) == MovementStatus.PROCESSING


def a_movement(**given: Any) -> Movement:
    return Movement(
        id="",
        tenant_id=1,
        device_action_id="",
        kind=MovementType.ONBOARDING,
        status=MovementStatus.PROCESSING,
        serial_number="C02-1",
        country="UY",
        employee_email="ana@x.example",
        employee_key="1:ana@x.example",
        factory_reset=False,
        vendor_movement_id=None,
        movement_number=None,
        tracking_link=None,
        problem=None,
        created_at=NOW,
        updated_at=NOW,
    )._replace(**given)


MINE = {"id": "M-1", "status": "PROCESSING", "toEmployee": {"email": "ana@x.example"}}
OTHERS: tuple[dict[str, Any], ...] = (
    {"status": "?", "toEmployee": {"email": "bruno@x.example"}},
    {"id": 7, "fromEmployee": {"email": "b@x.example"}},
)


async def found(vendor: Emulated, *told: dict[str, Any]) -> list[str]:
    async with answering({"envelop": list(told)}) as url:
        client = TecspalMovements(TecspalClient(url, "token", "client-9", vendor.session))
        return [it.vendor_id for it in await client.find_movements("ACME", MovementType.ONBOARDING, "ana@x.example")]


async def test_a_record_of_someone_else_that_cannot_be_read_hides_no_movement(vendor):
    assert await found(vendor, *OTHERS, MINE) == ["M-1"]


@pytest.mark.parametrize("record", [{**MINE, "id": None}, {"status": "PROCESSING"}])
async def test_a_record_that_may_be_ours_and_cannot_be_read_is_not_taken_for_none(vendor, record):
    with pytest.raises(Uncertain):
        await found(vendor, record, MINE)


@pytest.mark.parametrize(
    ("told", "after"),
    [
        ({}, ("N-1", "https://carrier.example/1")),
        ({"trackingLink": "javascript:alert(1)"}, ("N-1", "https://carrier.example/1")),
        ({"trackingLink": None, "movementRequestNumber": None}, (None, None)),
        ({"trackingLink": "https://carrier.example/2"}, ("N-1", "https://carrier.example/2")),
    ],
)
async def test_what_the_vendor_leaves_out_of_a_movement_is_as_it_was(vendor, told, after):
    async with answering({"envelop": [{**MINE, **told}]}) as url:
        said = await TecspalMovements(TecspalClient(url, "token", "client-9", vendor.session)).movement("ACME", "M-1")
    before = a_movement(vendor_movement_id="M-1", movement_number="N-1", tracking_link="https://carrier.example/1")
    told_now = apply_movement_report(before, said)
    assert (told_now.movement_number, told_now.tracking_link) == after
