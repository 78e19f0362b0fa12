"""A company's settings over the API: what it adds to the vendor's prices."""

from typing import Any

import pytest

from domain.shared.access import Environment, Scope
from domain.shared.ids import global_id
from tests.api.support.makers import codes
from tests.api.support.running import Running, company_id, on_both_databases

MARGIN = "company { code vendorMargin { percentage amount { amount currencyCode } } }"
QUERY = f'{{ company(by: {{code: "AUSTRAL"}}) {{ {MARGIN.removeprefix("company { ").removesuffix(" }")} }} }}'


async def an_operator(api: Running) -> str:
    """A key of the company that sets prices."""
    return await api.key(Scope.QUOTES_MANAGE, Scope.QUOTES_READ)


async def margin_of(api: Running, key: str) -> Any:
    return (await api.data(QUERY, key=key))["company"]["vendorMargin"]


@on_both_databases
async def test_a_margin_is_a_percentage_or_an_amount_or_nothing(api):
    key = await an_operator(api)
    assert await margin_of(api, key) is None
    for given, shown in (
        ({"percentage": "12.50"}, {"percentage": "12.5", "amount": None}),
        ({"percentage": "0"}, {"percentage": "0", "amount": None}),
        (
            {"amount": {"amount": "25", "currencyCode": "usd"}},
            {"percentage": None, "amount": {"amount": "25.00", "currencyCode": "USD"}},
        ),
        (None, None),
    ):
        payload = await api.act("updateCompany", {"vendorMargin": given}, MARGIN, key=key)
        assert (payload["userErrors"], payload["company"]) == ([], {"code": "AUSTRAL", "vendorMargin": shown})
        assert await margin_of(api, key) == shown


@on_both_databases
async def test_a_change_is_an_event_for_those_who_set_prices_and_none_is_none(api):
    key = await an_operator(api)
    for given in ({"vendorMargin": {"percentage": "10"}}, {"vendorMargin": {"percentage": "10.0"}}, {}):
        assert codes(await api.act("updateCompany", given, key=key)) == []
    dry = {"vendorMargin": {"percentage": "20"}, "dryRun": True}
    assert codes(await api.act("updateCompany", dry, key=key)) == []
    assert (await margin_of(api, key))["percentage"] == "10"

    [stored] = await api.rows("events")
    query = "query($id: ID!) { node(id: $id) { ... on Event { type node { id } fieldChanges { field from to } } } }"
    event = {"id": global_id("Event", stored.id)}
    assert (await api.data(query, event, key=key))["node"] == {
        "type": "COMPANY_UPDATED",
        "node": {"id": company_id("AUSTRAL")},
        "fieldChanges": [{"field": "vendorMargin", "from": None, "to": "10 %"}],
    }
    assert (await api.run(query, event, await api.key(Scope.QUOTES_READ))).codes == ["FORBIDDEN"]


@pytest.mark.parametrize(
    ("given", "place", "code"),
    [
        ({"percentage": "100.1"}, ["vendorMargin", "percentage"], "INVALID_PERCENTAGE"),
        ({"percentage": "-1"}, ["vendorMargin", "percentage"], "INVALID_PERCENTAGE"),
        (
            {"amount": {"amount": "-1.00", "currencyCode": "USD"}},
            ["vendorMargin", "amount", "amount"],
            "INVALID_AMOUNT",
        ),
        (
            {"amount": {"amount": "1.00", "currencyCode": "XXX"}},
            ["vendorMargin", "amount", "currencyCode"],
            "INVALID_CURRENCY",
        ),
    ],
)
async def test_what_is_no_margin_is_refused_at_its_place(api, given, place, code):
    key = await an_operator(api)
    payload = await api.act("updateCompany", {"vendorMargin": given}, key=key)
    assert [(it["path"], it["code"]) for it in payload["userErrors"]] == [(place, code)]
    assert await margin_of(api, key) is None


async def test_a_key_for_test_data_and_one_of_another_company_change_nothing(api):
    margin = {"vendorMargin": {"percentage": "10"}}
    test = await api.key(Scope.QUOTES_MANAGE, environment=Environment.TEST)
    assert codes(await api.act("updateCompany", margin, key=test)) == ["NOT_SUPPORTED"]
    other = await api.key(Scope.QUOTES_MANAGE, company="NORDLICHT")
    named = margin | {"companyId": company_id("AUSTRAL")}
    assert codes(await api.act("updateCompany", named, key=other)) == ["UNKNOWN_REFERENCE"]
    assert codes(await api.act("updateCompany", margin, key=api.operator)) == ["REQUIRED"]
    assert await margin_of(api, api.operator) is None


async def test_only_those_who_set_prices_see_the_margin(api):
    answer = await api.run(QUERY, key=await api.key(Scope.QUOTES_READ))
    assert (answer.codes, answer.error["extensions"]["scopes"]) == (["FORBIDDEN"], ["quotes:manage"])
