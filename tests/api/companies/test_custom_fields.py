"""Custom fields over the API: defined by a company, filled in on quotes, checked, changed and archived."""

from typing import Any

import pytest

from tests.api.support.customers import a_signature, acted, seen
from tests.api.support.makers import a_draft, a_quote, codes
from tests.api.support.running import Running, company_id, on_both_databases
from tests.api.support.world import NOBODY

COLOURS = ["Red", "Green", "Blue"]
VALUES = """customFields { __typename display field { name type }
    ... on TextFieldValue { text } ... on NumberFieldValue { number } ... on DateFieldValue { date }
    ... on OptionFieldValue { option } ... on ChecklistFieldValue { options }
    ... on AddressFieldValue { address { line1 countryName } } }"""

ALL = "customFields(filter: { includeArchived: true }) { totalCount }"


async def a_field(api: Running, name: str = "Team", kind: str = "TEXT", key: str | None = None, **given: Any) -> str:
    payload = await api.act("createCustomField", {"name": name, "type": kind, **given}, "customField { id }", key=key)
    assert payload["userErrors"] == []
    found: str = payload["customField"]["id"]
    return found


def to(field: str, **value: Any) -> dict[str, Any]:
    return {"customFieldId": field, "value": value}


@on_both_databases
async def test_a_quote_keeps_a_value_of_each_kind_and_shows_it_typed(api):
    given = [
        to(await a_field(api, "A"), text="Soon"),
        to(await a_field(api, "B", "NUMBER"), number="12.50"),
        to(await a_field(api, "C", "DATE"), date="12-31-2027"),
        to(await a_field(api, "D", "RADIO", options=COLOURS), option="Red"),
        to(await a_field(api, "E", "DROP_DOWN", options=COLOURS), option="Blue"),
        to(await a_field(api, "F", "CHECKLIST", options=COLOURS), options=["Blue", "Red"]),
        to(await a_field(api, "G", "ADDRESS"), address={"line1": "Calle 1", "country": "Uruguay"}),
    ]
    made = await api.act("createQuote", a_draft(customFields=given), f"quote {{ id {VALUES} }}")
    assert made["userErrors"] == []
    found = made["quote"]["customFields"]
    typed = [{name: it[name] for name in it if name not in ("__typename", "display", "field")} for it in found]
    assert typed == [
        {"text": "Soon"},
        {"number": "12.50"},
        {"date": "2027-12-31"},
        {"option": "Red"},
        {"option": "Blue"},
        {"options": ["Red", "Blue"]},
        {"address": {"line1": "Calle 1", "countryName": "Uruguay"}},
    ]
    assert [it["field"]["name"] for it in found] == list("ABCDEFG")
    assert found[5]["display"] == "Red, Blue"
    again = await api.data(f"query($id: ID!) {{ quote(by: {{id: $id}}) {{ {VALUES} }} }}", {"id": made["quote"]["id"]})
    assert again["quote"]["customFields"] == found


@on_both_databases
async def test_values_are_changed_one_by_one_and_cleared(api):
    team, colour = await a_field(api), await a_field(api, "Colour", "RADIO", options=COLOURS)
    quote = await a_quote(api, customFields=[to(team, text="Field"), to(colour, option="Red")])

    async def update(*values: Any) -> list[str]:
        given = {"quoteId": quote.id, "customFields": list(values)}
        payload = await api.act("updateQuote", given, "quote { customFields { display } }")
        assert payload["userErrors"] == []
        return [it["display"] for it in payload["quote"]["customFields"]]

    assert await update(to(team, text="Research")) == ["Red", "Research"]
    assert await update() == ["Red", "Research"]
    assert await update({"customFieldId": team, "value": None}) == ["Red"]
    assert await update(to(colour, option="")) == []


async def test_a_bad_value_is_refused_and_nothing_is_changed(api):
    colour = await a_field(api, "Colour", "RADIO", options=COLOURS)
    quote = await a_quote(api, customFields=[to(colour, option="Red")])
    before = await api.contents()
    for mutation, given in (("updateQuote", {"quoteId": quote.id}), ("createQuote", a_draft())):
        payload = await api.act(mutation, {**given, "customFields": [to(colour, option="Mauve")]})
        assert codes(payload) == ["UNKNOWN_OPTION"]
        assert payload["userErrors"][0]["path"] == ["customFields", "0", "value", "option"]
        assert "Red, Green, Blue" in payload["userErrors"][0]["message"]
    assert await api.contents() == before


async def test_a_required_field_is_missed_in_a_new_quote(api):
    team = await a_field(api, isRequired=True)
    payload = await api.act("createQuote", a_draft())
    assert (codes(payload), payload["userErrors"][0]["path"]) == (["REQUIRED"], ["customFields"])
    assert codes(await api.act("createQuote", a_draft(customFields=[to(team, text="Field")]))) == []


@on_both_databases
async def test_an_archived_field_shows_what_was_noted_and_takes_no_more(api):
    team = await a_field(api)
    quote = await a_quote(api, customFields=[to(team, text="Field")])
    gone = await api.act("deleteCustomField", {"customFieldId": team}, "deletedCustomFieldId")
    assert (gone["deletedCustomFieldId"], gone["userErrors"]) == (team, [])
    query = "query($id: ID!) { quote(by: {id: $id}) { customFields { display field { archivedAt } } } }"
    shown = await api.data(query, {"id": quote.id})
    [value] = shown["quote"]["customFields"]
    assert value["display"] == "Field"
    assert value["field"]["archivedAt"] is not None
    assert codes(await api.act("createQuote", a_draft(customFields=[to(team, text="Field")]))) == ["UNKNOWN_REFERENCE"]
    assert codes(await api.act("deleteCustomField", {"customFieldId": team})) == ["NOT_FOUND"]
    again = await a_field(api, " TEAM ")
    listed = await api.data(
        "{ customFields { nodes { id } } all: customFields(filter: { includeArchived: true }) { totalCount } }"
    )
    assert (listed["customFields"]["nodes"], listed["all"]["totalCount"]) == ([{"id": again}], 2)


@on_both_databases
async def test_a_fields_name_is_taken_once_in_a_company(api):
    other = await api.key("custom_fields:manage", "quotes:read", company="NORDLICHT")
    await a_field(api)
    colour = await a_field(api, "Colour")
    assert await a_field(api, key=other)
    for payload in (
        await api.act("createCustomField", {"name": "team", "type": "DATE"}),
        await api.act("updateCustomField", {"customFieldId": colour, "name": "TEAM"}),
    ):
        assert (codes(payload), payload["userErrors"][0]["path"]) == (["ALREADY_EXISTS"], ["name"])


@on_both_databases
async def test_another_companys_field_is_as_one_that_does_not_exist(api):
    other = await api.key("custom_fields:manage", "quotes:read", company="NORDLICHT")
    foreign = await a_field(api, key=other)
    assert (await api.data(f"{{ {ALL} }}"))["customFields"]["totalCount"] == 0
    for given in (foreign, NOBODY):
        assert codes(await api.act("updateCustomField", {"customFieldId": given, "name": "Mine"})) == ["NOT_FOUND"]
        assert codes(await api.act("deleteCustomField", {"customFieldId": given})) == ["NOT_FOUND"]
        draft = a_draft(customFields=[to(given, text="a")], companyId=company_id("AUSTRAL"))
        assert codes(await api.act("createQuote", draft, key=api.operator)) == ["UNKNOWN_REFERENCE"]


@on_both_databases
async def test_a_definition_is_changed_and_kept(api):
    colour = await a_field(api, "Colour", "CHECKLIST", options=COLOURS)
    given = {"customFieldId": colour, "options": ["Black"], "isVisibleToCustomer": False}
    selection = "customField { name type options isRequired isVisibleToCustomer company { code } }"
    changed = (await api.act("updateCustomField", given, selection))["customField"]
    assert (changed["options"], changed["isVisibleToCustomer"], changed["name"]) == (["Black"], False, "Colour")
    await api.act("updateCustomField", given)
    kinds = ["CUSTOM_FIELD_CREATED", "CUSTOM_FIELD_UPDATED"]
    assert [it.type for it in await api.rows("events")] == kinds


@on_both_databases
async def test_a_quote_is_attached_to_a_customer_later_and_detached_by_null(api):
    ana = (await api.act("createCustomer", {"name": "Ana"}, "customer { id }"))["customer"]["id"]
    quote = await a_quote(api)
    seen = []
    for given in ({"customerId": ana}, {"notes": "Ask twice"}, {"customerId": None}):
        payload = await api.act("updateQuote", {"quoteId": quote.id, **given}, "quote { customer { id } }")
        seen.append(payload["quote"]["customer"])
    assert seen == [{"id": ana}, {"id": ana}, None]
    for wrong in (NOBODY, "Ana"):
        payload = await api.act("updateQuote", {"quoteId": quote.id, "customerId": wrong})
        assert payload["userErrors"][0]["path"] == ["customerId"]


@pytest.mark.parametrize(
    "found_by", [{"tag": "VIP"}, {"projectReference": "APOLLO"}, {"assigneeEmail": "Ida@x.example"}]
)
async def test_quotes_are_found_by_what_was_noted_of_them(api, found_by):
    marked = await a_quote(api, tags=["vip"], projectReference="Apollo")
    await api.act("updateQuote", {"quoteId": marked.id, "assigneeEmail": "ida@x.example"})
    await a_quote(api, tags=["other"])
    query = "query($filter: QuoteFilter) { quotes(filter: $filter) { totalCount nodes { id } } }"
    found = (await api.data(query, {"filter": found_by}))["quotes"]
    assert (found["nodes"], found["totalCount"]) == ([{"id": marked.id}], 1)


# ---- the customer's side

SEEN = "customFields { customFieldId name type options isEditable isRequired display }"


@on_both_databases
async def test_a_customer_sees_the_fields_that_are_for_customers_and_fills_in_those_for_them(api):
    colour = await a_field(api, "Colour", "RADIO", options=COLOURS, isEditableByCustomer=True)
    team = await a_field(api)
    secret = await a_field(api, "Margin", "NUMBER", isVisibleToCustomer=False)
    quote = await a_quote(api, customFields=[to(team, text="Field"), to(secret, number="7")])
    assert (await seen(api, quote.key, SEEN))["customFields"] == [
        {
            "customFieldId": colour,
            "name": "Colour",
            "type": "RADIO",
            "options": COLOURS,
            "isEditable": True,
            "isRequired": False,
            "display": None,
        },
        {
            "customFieldId": team,
            "name": "Team",
            "type": "TEXT",
            "options": [],
            "isEditable": False,
            "isRequired": False,
            "display": "Field",
        },
    ]

    filled = await acted(api, "fillInQuote", {"key": quote.key, "customFields": [to(colour, option="Red")]})
    assert filled["userErrors"] == []
    shown = (await seen(api, quote.key, SEEN))["customFields"]
    assert [it["display"] for it in shown] == ["Red", "Field"]
    events = [it for it in await api.rows("events") if it.type == "QUOTE_UPDATED"]
    assert [it.actor_kind for it in events] == ["CUSTOMER"]


async def test_a_customer_fills_in_nothing_else_and_nothing_wrong(api):
    colour = await a_field(api, "Colour", "RADIO", options=COLOURS, isEditableByCustomer=True)
    team = await a_field(api)
    quote = await a_quote(api)
    await seen(api, quote.key)
    before = await api.contents()
    for value, path, code in (
        (to(team, text="Mine"), ["customFields", "0", "customFieldId"], "UNKNOWN_REFERENCE"),
        (to(colour, option="Mauve"), ["customFields", "0", "value", "option"], "UNKNOWN_OPTION"),
    ):
        payload = await acted(api, "fillInQuote", {"key": quote.key, "customFields": [value]})
        assert [(it["path"], it["code"]) for it in payload["userErrors"]] == [(path, code)]
    assert await api.contents() == before


async def test_a_decided_quote_is_filled_in_no_more(api):
    colour = await a_field(api, "Colour", isEditableByCustomer=True)
    quote = await a_quote(api)
    await api.act("acceptItem", {"itemId": quote.item})
    payload = await acted(api, "fillInQuote", {"key": quote.key, "customFields": [to(colour, text="Red")]})
    assert codes(payload) == ["NOT_EDITABLE"]
    assert payload["userErrors"][0]["currentStatus"] == "APPROVED"


async def test_what_customers_do_not_see_they_do_not_fill_in(api):
    given = {"name": "Margin", "type": "NUMBER", "isVisibleToCustomer": False, "isEditableByCustomer": True}
    payload = await api.act("createCustomField", given)
    assert (codes(payload), payload["userErrors"][0]["path"]) == (["NOT_SUPPORTED"], ["isEditableByCustomer"])


@on_both_databases
async def test_what_customers_have_to_fill_in_is_asked_of_them_and_of_nobody_before_they_sign(api):
    vat = await a_field(api, "VAT number", isRequired=True, isEditableByCustomer=True)
    contact = await a_field(api, "Contact", isRequired=True, isEditableByCustomer=True)
    quote = await a_quote(api)
    assert codes(await api.act("updateQuote", {"quoteId": quote.id, "customFields": []})) == []
    assert [it["isRequired"] for it in (await seen(api, quote.key, SEEN))["customFields"]] == [True, True]

    [error] = (await acted(api, "signQuote", a_signature(quote.key)))["userErrors"]
    assert (error["code"], error["currentStatus"], error["attemptedStatus"]) == ("REQUIRED", "PENDING", "APPROVED")
    assert "Contact, VAT number" in error["message"]
    for field in (vat, contact):
        given = {"key": quote.key, "customFields": [to(field, text="Here")]}
        assert (await acted(api, "fillInQuote", given))["userErrors"] == []
    signed = await acted(api, "signQuote", a_signature(quote.key))
    assert (signed["userErrors"], signed["quote"]["decisionStatus"]) == ([], "APPROVED")
