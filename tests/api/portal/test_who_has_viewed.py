"""Who counts as having viewed a quote: its customer, and neither the company nor a program."""

import pytest

from tests.api.support.customers import seen, visit
from tests.api.support.makers import a_quote
from tests.api.support.running import on_both_databases

OFFER = "query($by: QuoteBy!) { quote(by: $by) { id offerStatus } }"
LOOKED_AT = "query($key: String!) { publicQuote(key: $key) { orderId } }"


@on_both_databases
async def test_whoever_sends_an_api_key_is_not_the_customer_and_marks_nothing(api):
    quote = await a_quote(api)
    before = (await api.rows("quotes"), await api.rows("events"))
    for key in (api.customer, api.operator, await api.key("quotes:write"), await api.key(company="NORDLICHT")):
        found = await api.data(LOOKED_AT, {"key": quote.key}, key=key)
        assert found["publicQuote"]["orderId"] == quote.order_id
    assert (await api.rows("quotes"), await api.rows("events")) == before
    await seen(api, quote.key, "orderId")
    assert (await api.data(OFFER, {"by": {"id": quote.id}}))["quote"]["offerStatus"] == "VIEWED"


@on_both_databases
@pytest.mark.parametrize(
    "program", ["Slackbot-LinkExpanding 1.0", "WhatsApp/2.23", "Mozilla/5.0 (compatible; bingbot/2.0)"]
)
async def test_a_program_that_previews_links_has_seen_nothing(api, program):
    quote = await a_quote(api)
    answer = await visit(api, LOOKED_AT, {"key": quote.key}, User_Agent=program)
    assert answer.data["publicQuote"]["orderId"] == quote.order_id
    assert (await api.data(OFFER, {"by": {"id": quote.id}}))["quote"]["offerStatus"] == "DRAFT"


@on_both_databases
@pytest.mark.parametrize("path", ["", "/quote.pdf"])
@pytest.mark.parametrize("method", ["get", "head"])
async def test_what_stands_behind_a_link_marks_nothing_by_itself(api, method, path):
    quote = await a_quote(api)
    async with getattr(api.http, method)(f"{api.url.removesuffix('/graphql')}/q/{quote.key}{path}") as response:
        assert response.status == 200
    assert (await api.data(OFFER, {"by": {"id": quote.id}}))["quote"]["offerStatus"] == "DRAFT"


@on_both_databases
async def test_a_company_finds_its_quote_by_the_public_key_and_no_other_companys(api):
    quote = await a_quote(api)
    by = {"by": {"publicKey": quote.key}}
    for key in (None, api.operator):
        assert (await api.data(OFFER, by, key=key))["quote"] == {"id": quote.id, "offerStatus": "DRAFT"}
    stranger, writer = await api.key("quotes:read", company="NORDLICHT"), await api.key("quotes:write")
    assert (await api.data(OFFER, by, key=stranger))["quote"] is None
    for wrong in ("", "no such key", "x" * 10_000):
        assert (await api.data(OFFER, {"by": {"publicKey": wrong}}))["quote"] is None
    refused = await api.run(OFFER, by, key=writer)
    assert refused.body["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    await api.act("revokePublicKey", {"quoteId": quote.id})
    assert (await api.data(OFFER, by))["quote"] is None
