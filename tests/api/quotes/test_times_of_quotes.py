"""When a quote was sent, viewed, signed, accepted, expired and voided, as fields and among the timestamps; and by whom
it was made."""

from datetime import UTC, datetime, timedelta

from domain.shared.access import Environment
from domain.use_cases.quotes.closings import expire_quotes
from tests.api.quotes.test_lifecycle import over
from tests.api.support.customers import a_signature, acted, seen
from tests.api.support.makers import a_quote
from tests.api.support.running import on_both_databases

TIMES = "sentAt viewedAt acceptedAt expiredAt voidedAt statusTimestamps { status at }"


async def times_of(api, quote):
    query = f"query($id: ID!) {{ quote(by: {{id: $id}}) {{ {TIMES} }} }}"
    found = (await api.data(query, {"id": quote.id}, key=api.operator))["quote"]
    timestamps = {it["status"]: it["at"] for it in found.pop("statusTimestamps")}
    return found, timestamps


@on_both_databases
async def test_a_new_quote_has_none_of_these_times(api):
    fields, timestamps = await times_of(api, await a_quote(api))
    assert set(fields.values()) == {None}
    assert timestamps.keys() == {"PENDING"}


@on_both_databases
async def test_a_quote_that_is_sent_viewed_and_signed_says_when(api):
    quote = await a_quote(api)
    sent = await api.act("sendQuote", {"quoteId": quote.id, "to": ["carla@customer.example"]})
    assert sent["userErrors"] == []
    await seen(api, quote.key)
    await acted(api, "signQuote", a_signature(quote.key))
    fields, timestamps = await times_of(api, quote)
    assert [fields[it] for it in ("sentAt", "viewedAt", "acceptedAt")] == [
        timestamps[it] for it in ("SENT", "VIEWED", "APPROVED")
    ]
    assert (fields["expiredAt"], fields["voidedAt"]) == (None, None)
    assert timestamps["VIEWED"] <= timestamps["SIGNED"] <= timestamps["APPROVED"]


@on_both_databases
async def test_the_first_signature_counts(api):
    quote = await a_quote(api)
    await api.act("requireSignatures", {"quoteId": quote.id, "count": 2})
    await acted(api, "signQuote", a_signature(quote.key))
    _, first = await times_of(api, quote)
    await acted(api, "signQuote", a_signature(quote.key, "Dan Ruiz"))
    _, second = await times_of(api, quote)
    assert ("APPROVED" in first, second["SIGNED"]) == (False, first["SIGNED"])


@on_both_databases
async def test_a_renewed_quote_still_says_when_it_expired(api):
    quote = await a_quote(api)
    await over(api, quote)
    await expire_quotes(api.parts.deps, Environment.LIVE)
    fields, timestamps = await times_of(api, quote)
    assert fields["expiredAt"] == timestamps["EXPIRED"]
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    renewed = await api.act("updateQuote", {"quoteId": quote.id, "expiresAt": later}, "quote { offerStatus expiredAt }")
    assert renewed["quote"] == {"offerStatus": "DRAFT", "expiredAt": fields["expiredAt"]}


@on_both_databases
async def test_a_withdrawn_quote_says_when(api):
    quote = await a_quote(api)
    await api.act("voidQuote", {"quoteId": quote.id}, key=api.operator)
    fields, timestamps = await times_of(api, quote)
    assert fields["voidedAt"] == timestamps["VOIDED"]


@on_both_databases
async def test_a_quote_says_who_made_it(api):
    quote = await a_quote(api)
    query = """query($id: ID!) { quote(by: {id: $id}) {
        author { type name apiKeyId }
        history(first: 1, filter: {type: [QUOTE_CREATED]}) { nodes { type actor { type name apiKeyId } } }
    } }"""
    found = (await api.data(query, {"id": quote.id}))["quote"]
    [created] = found["history"]["nodes"]
    assert (created["type"], found["author"]) == ("QUOTE_CREATED", created["actor"])
    assert found["author"]["type"] == "API_KEY"
