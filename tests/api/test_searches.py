"""Searches of every list: accents, apostrophes and the order of words make no difference, on both databases."""

from typing import Any

from tests.api.support.inventory_inputs import an_asset
from tests.api.support.running import Running, on_both_databases

NAME = "Müller-Łukasz O’Neil Straße"
TYPED = (
    "muller",
    "MULLER lukasz",
    "o'neil müller",
    "oneil strasse",
    "straße",
    "ＭＵＬＬＥＲ",
    "Mu\u0308ller",
    "ler uka",
)
NOT_FOUND = ("mueller", "muller schmidt", "%", "_", "'")


async def found(api: Running, field: str, of: str, search: str) -> list[Any]:
    query = f"query($s: String) {{ {field}(filter: {{search: $s}}) {{ totalCount nodes {{ {of} }} }} }}"
    page = (await api.data(query, {"s": search}))[field]
    assert page["totalCount"] == len(page["nodes"])
    return [it[of] for it in page["nodes"]]


async def every(api: Running, field: str, of: str, expected: str) -> None:
    assert {it: await found(api, field, of, it) for it in TYPED} == {it: [expected] for it in TYPED}
    assert {it: await found(api, field, of, it) for it in NOT_FOUND} == {it: [] for it in NOT_FOUND}


@on_both_databases
async def test_customers_are_found_without_their_accents(api):
    await api.act("createCustomer", {"name": NAME})
    await api.act("createCustomer", {"name": "Ana"})
    await every(api, "customers", "name", NAME)


@on_both_databases
async def test_kits_are_found_without_their_accents(api):
    device = {"custom": {"productType": "ACCESSORY", "specification": {"brand": "Kensington"}}}
    for name in (NAME, "Desk"):
        await api.act("createKit", {"name": name, "devices": [{"device": device}]})
    await every(api, "kits", "name", NAME)


@on_both_databases
async def test_assets_are_found_without_the_accents_of_their_holders(api):
    assets = [an_asset("C02-1", employee=NAME), an_asset("C02-2", employee="Ana")]
    await api.act("addAssets", {"assets": assets}, "rejected { index }")
    await every(api, "assets", "serialNumber", "C02-1")
    assert await found(api, "assets", "serialNumber", "c02-1 lukasz") == ["C02-1"]
    assert await found(api, "assets", "serialNumber", "Ｃ０２－２") == ["C02-2"]
