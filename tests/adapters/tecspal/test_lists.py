"""Tecspal's catalogue and devices: the client against the emulator, and against answers of other shapes."""

import json

import pytest
import pytest_asyncio

from adapters.tecspal.client import TecspalClient
from adapters.tecspal.lists import TecspalLists
from domain.catalogue.products import ProductType
from domain.catalogue.vendor_models import VendorModel
from domain.inventory.vendor_devices import VendorDevice
from domain.shared.money import Money
from domain.shared.outbound_errors import Refused, Uncertain
from tests.adapters.support.emulated import answering, emulated


@pytest_asyncio.fixture
async def vendor(tmp_path):
    async with emulated("tecspal", tmp_path) as vendor:
        yield vendor


def lists_at(url, vendor):
    return TecspalLists(TecspalClient(url, "token", "client-9", vendor.session))


async def models_of(vendor, *envelope):
    async with answering(json.dumps({"statusCode": 200, "envelop": list(envelope)})) as url:
        return await lists_at(url, vendor).models(None)


async def device_of(vendor, **fields):
    whole = {"id": "h", "serialNumber": "S1", "status": "STORAGE", "countryCode": "UY", **fields}
    async with answering(json.dumps({"statusCode": 200, "envelop": [whole]})) as url:
        [device] = await lists_at(url, vendor).devices("ACME")
        return device


async def test_models_are_read_from_all_countries_or_one(vendor):
    macbook = {
        "id": "1",
        "brand": "APPLE",
        "name": "MacBook Pro 14",
        "hardwareType": "MACBOOK",
        "processor": "M4",
        "ram": "16GB",
        "diskSpace": "512GB",
        "displaySize": "14",
        "manufacturerPartNumber": "MX2",
        "image": "https://img.example/1.png",
    }
    await vendor.call("POST", "/control/catalog", [macbook, {"id": "2", "countryCode": "BR", "brand": "HP"}])
    lists = lists_at(vendor.url, vendor)

    first, second = await lists.models(None)
    named = ("1", "UY", "Apple", "MacBook Pro 14", ProductType.LAPTOP, "MACBOOK", "MX2")
    assert first == VendorModel(*named, "M4", "16GB", "512GB", "14", "https://img.example/1.png")
    assert (second.model_id, second.country, second.brand) == ("2", "BR", "HP")
    assert [it.model_id for it in await lists.models("BR")] == ["2"]
    assert (await vendor.received())[-1]["body"] == {
        "filters": {"countryCode": "BR"},
        "request": "catalog",
        "vendor": "tecspal",
        "verb": "GET",
    }


async def test_devices_are_read_with_person_place_and_price(vendor):
    device = await device_of(
        vendor,
        brand="DELL",
        name="XPS",
        status="EMPLOYEE",
        cost=1450.5,
        costCurrency="USD",
        damaged=True,
        newHardware=False,
        employeeProfile={"firstName": "Ana", "lastName": "Paz", "email": "ana@example.com"},
        storage=None,
    )
    assert device == VendorDevice(
        "h",
        "S1",
        "EMPLOYEE",
        "UY",
        "Dell",
        "XPS",
        employee_email="ana@example.com",
        employee_name="Ana Paz",
        price=Money(145050, "USD"),
        is_damaged=True,
    )


async def test_what_the_emulator_lists_has_no_flaws(vendor):
    data = {"companyCode": "ACME", "countryCode": "UY", "hardwareType": "PC", "serialNumber": "S1", "model": "XPS"}
    body = {"data": data, "request": "hardwares", "vendor": "tecspal", "verb": "POST"}
    await vendor.call("POST", "/hardwares", body, headers={"Authorization": "Bearer token", "tenant_id": "client-9"})

    [device] = await lists_at(vendor.url, vendor).devices("ACME")
    assert (device.title, device.serial_number, device.storage_name, device.flaws) == ("XPS", "S1", "Storage UY", ())


@pytest.mark.parametrize(
    ("fields", "flaw"),
    [
        ({"ram": ["16GB"]}, "ram = ['16GB']: It is no text."),
        ({"name": True}, "name = True: It is no text."),
        ({"deprecated": "no"}, "deprecated = no: It is neither true nor false."),
        ({"image": "javascript:alert(1)"}, "image = javascript:alert(1): Send a full http or https address."),
    ],
)
async def test_what_cannot_be_read_of_a_model_is_missing_and_noted(vendor, fields, flaw):
    [model] = await models_of(vendor, {"UY": [{"id": "1", "brand": "HP", **fields}]})
    assert (model.brand, model.flaws) == ("HP", (flaw,))


@pytest.mark.parametrize(
    ("fields", "flaw"),
    [
        ({"employeeProfile": "Ana"}, "employeeProfile = Ana: It is no object."),
        ({"employeeProfile": {"email": 7.5, "lastName": {}}}, "lastName = {}: It is no text."),
        ({"cost": "a lot", "costCurrency": "USD"}, "cost = a lot: Send an amount"),
        ({"cost": 1.005, "costCurrency": "USD"}, "cost = 1.005: USD has 2 decimal places."),
        ({"cost": 1, "costCurrency": "XXX"}, "costCurrency = XXX: "),
        ({"damaged": 1}, "damaged = 1: It is neither true nor false."),
    ],
)
async def test_what_cannot_be_read_of_a_device_is_missing_and_noted(vendor, fields, flaw):
    device = await device_of(vendor, **fields)
    [found] = device.flaws
    assert found.startswith(flaw)
    assert (device.price, device.is_damaged) == (None, False)


@pytest.mark.parametrize(
    ("envelope", "read"),
    [
        ([], 0),
        ([{}], 0),
        ([{"UY": []}, {"BR": [{"id": "1"}]}], 1),
        ([{"UY": [None, 7, {"id": "1"}]}], 3),
        ([{"UY": "none"}], 1),
    ],
)
async def test_no_record_of_the_catalogue_is_left_out(vendor, envelope, read):
    assert len(await models_of(vendor, *envelope)) == read


@pytest.mark.parametrize("answer", ["<html>", {"statusCode": 200}, {"statusCode": 200, "envelop": "none"}])
async def test_an_answer_that_is_no_list_is_not_an_empty_one(vendor, answer):
    async with answering(answer) as url:
        for ask in (lists_at(url, vendor).models(None), lists_at(url, vendor).devices("ACME")):
            with pytest.raises(Uncertain):
                await ask


async def test_a_company_that_the_vendor_does_not_know_is_refused(vendor):
    async with answering({"statusCode": 400, "message": "Company not found"}, status=400) as url:
        with pytest.raises(Refused, match="Company not found"):
            await lists_at(url, vendor).devices("ACME")
