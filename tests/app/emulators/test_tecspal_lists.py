"""The emulated Tecspal's catalogue and devices are as strict as the documents they follow
(docs/domain.md#tecspal-catalogue)."""

import pytest
import pytest_asyncio

from tests.adapters.support.emulated import emulated
from tests.app.emulators.test_tecspal import COMPANY, EMPLOYEE, MISSING, Caller, an_order, present, refused

MODEL_FIELDS = (
    "id countryCode price stock brand name ram diskSpace displaySize processor image deprecated manufacturerPartNumber "
    "hardwareType"
)
DEVICE_FIELDS = (
    "id description serialNumber brand name ram diskSpace displaySize processor image dateBought countryCode status "
    "newHardware externalReference factoryReset damaged cost costCurrency employeeProfile companyName storage"
)


@pytest_asyncio.fixture
async def tecspal(tmp_path):
    async with emulated("tecspal", tmp_path) as vendor:
        yield Caller(vendor)


def a_device(**fields):
    return present({"companyCode": "ACME", "countryCode": "UY", "hardwareType": "PC", **fields})


async def registered(tecspal, **fields):
    status, answer = await tecspal.write("/hardwares", a_device(**fields))
    assert status == 201, answer
    [device] = answer["envelop"]
    return device


async def listed(tecspal, path="/hardwares", **filters):
    status, answer = await tecspal.read(path, {"companyCode": "ACME", **filters})
    assert status == 200, answer
    return answer["envelop"]


# ---- the catalogue


async def test_the_catalogue_has_the_models_of_each_country_by_its_code(tecspal):
    models = [{"id": "1", "name": "XPS"}, {"id": "2", "countryCode": "BR"}, {"id": "1", "name": "XPS 13"}]
    await tecspal.call("POST", "/control/catalog", models)

    [everywhere] = (await tecspal.read("/catalog", {}))[1]["envelop"]
    assert {country: [it["id"] for it in found] for country, found in everywhere.items()} == {"UY": ["1"], "BR": ["2"]}
    [model] = everywhere["UY"]
    assert " ".join(model) == MODEL_FIELDS
    assert (model["name"], model["price"], model["stock"]) == ("XPS 13", "1200.00", "5")
    [brazil] = (await tecspal.read("/catalog", {"countryCode": "BR"}))[1]["envelop"]
    assert list(brazil) == ["BR"]
    assert (await tecspal.read("/catalog", {"countryCode": "AR"}))[1]["envelop"] == [{"AR": []}]


async def test_the_catalogue_knows_countries_by_their_codes_only(tecspal):
    assert await tecspal.read("/catalog", {"countryCode": "Uruguay"}) == refused("Invalid field: countryCode")


# ---- devices


async def test_a_device_is_answered_as_documented(tecspal):
    device = await registered(tecspal, serialNumber="S1", brand="DELL", model="XPS", newHardware=True)
    assert " ".join(device) == DEVICE_FIELDS
    assert (device["name"], device["status"], device["newHardware"]) == ("XPS", "STORAGE", True)
    assert (device["companyName"], device["storage"]["countryCode"]) == ("ACME", "UY")
    assert await listed(tecspal) == [device]
    assert (await tecspal.read(f"/hardwares/{device['id']}", {"companyCode": "ACME"}))[1]["envelop"] == [device]


@pytest.mark.parametrize(
    ("device", "message"),
    [
        (a_device(companyCode=MISSING), "Missing required field: companyCode"),
        (a_device(countryCode=MISSING), "Missing required field: countryCode"),
        (a_device(countryCode="uy"), "Invalid field: countryCode"),
        (a_device(hardwareType=MISSING), "Missing required field: hardwareType"),
        (a_device(hardwareType="TABLET"), "Invalid field: hardwareType"),
        (a_device(serialNumber=7), "Invalid field: serialNumber"),
        (a_device(newHardware="yes"), "Invalid field: newHardware"),
        (a_device(dateBought="yesterday"), "Invalid field: dateBought"),
        (
            a_device(employeeEmail="ana@example.com", employeeProfileId="7"),
            "Only one of employeeProfileId and employeeEmail is allowed",
        ),
    ],
)
async def test_a_device_that_breaks_a_rule_is_refused(tecspal, device, message):
    assert await tecspal.write("/hardwares", device) == refused(message)


async def test_a_common_model_stands_for_a_type_and_a_serial_number_is_unique(tecspal):
    await registered(
        tecspal, hardwareType=MISSING, commonModelId="m", serialNumber="S1", dateBought="2026-01-02T10:00Z"
    )
    assert await tecspal.write("/hardwares", a_device(serialNumber="S1")) == refused("serialNumber already exists")


async def test_devices_are_listed_by_company_country_tenant_and_storage(tecspal):
    await registered(tecspal, serialNumber="S1")
    await registered(tecspal, serialNumber="S2", countryCode="BR", employeeEmail="ana@example.com")
    await registered(tecspal, serialNumber="S3", companyCode="OTHER")

    assert [it["serialNumber"] for it in await listed(tecspal)] == ["S1", "S2"]
    assert [it["serialNumber"] for it in await listed(tecspal, countryCode="BR")] == ["S2"]
    [stored] = await listed(tecspal, "/hardwares/storages")
    assert stored["serialNumber"] == "S1"
    [held] = await listed(tecspal, countryCode="BR")
    assert (held["status"], held["employeeProfile"]["email"], held["storage"]) == ("EMPLOYEE", "ana@example.com", None)
    other = await tecspal.read("/hardwares", {"companyCode": "ACME"}, tenant_id="client-10")
    assert other[1]["envelop"] == []


async def test_lists_of_devices_require_a_company_and_a_device_of_another_one_is_not_found(tecspal):
    device = await registered(tecspal)
    for path in ("/hardwares", "/hardwares/storages", f"/hardwares/{device['id']}"):
        assert await tecspal.read(path, {}) == refused("Missing required field: companyCode")
    assert await tecspal.read("/hardwares", {"companyCode": "ACME", "countryCode": "XX"}) == refused(
        "Invalid field: countryCode"
    )
    other = await tecspal.read(f"/hardwares/{device['id']}", {"companyCode": "OTHER"})
    assert other == refused("Hardware not found")


async def test_a_delivered_device_is_listed_whole_with_its_price_and_person(tecspal):
    order = an_order(sendTo="EMPLOYEE", employee=EMPLOYEE, company=COMPANY, companyCode=MISSING, autoQuote=True)
    _, made = await tecspal.write("/orders/quote", order)
    await tecspal.vendor.control(made["envelop"][0]["id"], serials=["S1"], date="2026-11-27")

    [device] = await listed(tecspal)
    assert sorted(device) == sorted(DEVICE_FIELDS.split())
    assert (device["cost"], device["costCurrency"], device["dateBought"]) == (980.0, "USD", "2026-11-27")
    assert (device["employeeProfile"]["email"], device["companyName"]) == ("ana@example.com", "Acme Inc.")


# ---- movements


def a_movement(**fields):
    movement = {"companyCode": "ACME", "countryCode": "UY", "employeeEmail": "ana@example.com"}
    return present({**movement, **fields})


@pytest.mark.parametrize(
    ("path", "movement", "message"),
    [
        ("onboarding", a_movement(), "Missing required field: hardwareIds"),
        ("onboarding", a_movement(hardwareIds="7"), "Invalid field: hardwareIds"),
        ("onboarding", a_movement(hardwareIds=["7"], countryCode="XX"), "Invalid field: countryCode"),
        (
            "onboarding",
            a_movement(hardwareIds=["7"], employee=EMPLOYEE),
            "Only one of employeeEmail and employee is allowed",
        ),
        ("offboarding", a_movement(hardwares={}, handledBy="US"), "Invalid field: handledBy"),
        ("offboarding", a_movement(hardwares=[], handledBy="COMPANY"), "Missing required field: hardwares"),
        (
            "offboarding",
            a_movement(hardwares={}, handledBy="COMPANY", expectedDate="soon"),
            "Invalid field: expectedDate",
        ),
        (
            "offboarding",
            a_movement(hardwares={}, handledBy="COMPANY", factoryReset="no"),
            "Invalid field: factoryReset",
        ),
        ("offboarding", a_movement(hardwares={}, company={}), "Missing required field: name"),
    ],
)
async def test_a_movement_that_breaks_a_rule_is_refused(tecspal, path, movement, message):
    assert await tecspal.write(f"/movement_requests/{path}", movement) == refused(message)


async def test_movements_are_filtered_by_the_documented_types_only(tecspal):
    filters = {"companyCode": "ACME", "type": "MOVING"}
    assert await tecspal.read("/movement_requests", filters) == refused("Invalid field: type")


async def test_a_completed_movement_changes_where_its_devices_are(tecspal):
    device = await registered(tecspal, serialNumber="S1")
    _, made = await tecspal.write("/movement_requests/onboarding", a_movement(hardwareIds=[device["id"]]))
    assert (await listed(tecspal))[0]["status"] == "STORAGE"

    async def complete(answer):
        path = f"/control/movements/{answer['envelop'][0]['id']}"
        await tecspal.call("POST", path, {"dateCompleted": "2026-11-27"})
        [found] = await listed(tecspal)
        return found

    held = await complete(made)
    assert (held["status"], held["employeeProfile"]) == ("EMPLOYEE", {"email": "ana@example.com"})

    # Nothing is named, so that everything is fetched which the person has.
    fetched = a_movement(hardwares={}, handledBy="TECSPAL", factoryReset=True)
    _, made = await tecspal.write("/movement_requests/offboarding", fetched)
    stored = await complete(made)
    assert (stored["status"], stored["employeeProfile"], stored["factoryReset"]) == ("STORAGE", None, True)
