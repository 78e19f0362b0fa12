"""What a platform key, which sees all companies, means by a number that is unique within one company only."""

import pytest
from sqlalchemy import update

from adapters.database.quotes.tables import quotes
from domain.shared.access import Scope
from tests.api.support.inventory_inputs import an_action, an_asset
from tests.api.support.makers import a_quote
from tests.api.support.running import Running, on_both_databases

NAMED = {
    "quote": "orderId",
    "asset": "serialNumber",
    "employee": "email",
    "customer": "externalId",
    "deviceAction": "actionId",
}


async def both_companies(api: Running) -> dict[str, list[tuple[str, str]]]:
    """Of each kind, what both companies call alike: the ids and the number."""
    nordlicht = await api.key(*Scope, company="NORDLICHT")
    made: dict[str, list[tuple[str, str]]] = {kind: [] for kind in NAMED}
    for key in (None, nordlicht):
        quote = await a_quote(api, prices=None, key=key)
        made["quote"].append((quote.id, "1700000000001"))
        payload = await api.act("addAssets", {"assets": [an_asset("c02" if key else "C02")]}, "assets { id }", key=key)
        made["asset"].append((payload["assets"][0]["id"], "C02"))
        payload = await api.act("createCustomer", {"name": "Ana", "externalId": "7"}, "customer { id }", key=key)
        made["customer"].append((payload["customer"]["id"], "7"))
        payload = await api.act("createDeviceAction", an_action("C02"), "deviceAction { id actionId }", key=key)
        made["deviceAction"].append((payload["deviceAction"]["id"], payload["deviceAction"]["actionId"]))
    async with api.parts.database.write.begin() as connection:
        await connection.execute(update(quotes).values(order_id="1700000000001"))
    people = '{ employees(filter: {search: "ana@people.example"}) { nodes { id } } }'
    found = (await api.data(people, key=api.operator))["employees"]["nodes"]
    made["employee"] = [(it["id"], "ANA@people.example") for it in found]
    return made


@on_both_databases
@pytest.mark.parametrize("kind", NAMED)
async def test_a_number_that_several_companies_have_is_not_answered_with_any_one_of_them(api, kind):
    made = (await both_companies(api))[kind]
    numbers = {number for _, number in made}
    assert len(made) == 2
    assert len(numbers) == 1, "both companies call it alike"
    query = f"query($number: String!) {{ {kind}(by: {{{NAMED[kind]}: $number}}) {{ id }} }}"
    query = query.replace("String!", "EmailAddress!") if kind == "employee" else query

    answer = await api.run(query, {"number": numbers.pop()}, key=api.operator)

    [error] = answer.errors
    assert error["extensions"]["code"] == "VALIDATION_ERROR"
    [problem] = error["extensions"]["problems"]
    assert (problem["code"], problem["path"]) == ("AMBIGUOUS", ["by", NAMED[kind]])
    assert all(id_ in problem["message"] for id_, _ in made)
    for id_, _ in made:
        by_id = f"query($id: ID!) {{ {kind}(by: {{id: $id}}) {{ id }} }}"
        assert (await api.data(by_id, {"id": id_}, key=api.operator))[kind]["id"] == id_


@on_both_databases
@pytest.mark.parametrize("kind", NAMED)
async def test_a_companys_own_key_has_its_own(api, kind):
    own, number = (await both_companies(api))[kind][0]
    query = f"query($number: String!) {{ {kind}(by: {{{NAMED[kind]}: $number}}) {{ id }} }}"
    query = query.replace("String!", "EmailAddress!") if kind == "employee" else query
    assert (await api.data(query, {"number": number}))[kind]["id"] == own
