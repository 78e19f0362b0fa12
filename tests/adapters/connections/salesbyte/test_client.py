"""SalesByte is read, written and heard over real HTTP."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.connections.systems import Systems
from app.emulators.salesbyte import SalesByteEmulator
from domain.connections.records import ForeignItem, ForeignPerson, Unread
from domain.connections.systems import Collection, Credentials, System
from domain.ports.connections import ForeignDecision, ForeignEdit, NewForeignQuote
from domain.quotes.statuses import DecisionStatus, QuoteOfferStatus, Verdict
from domain.shared.outbound_errors import Busy, NotConfigured, Refused, Unavailable, Uncertain
from tests.adapters.support.systems import CREDENTIALS, UUID, emulated_system, ids_of, only, read_all, reasons

ANNA = ForeignPerson(
    name="Anna Lind", email="anna@fjall.example", phone_number="+46 70 123 45 67", company_name="Fjäll"
)
LAPTOPS = ForeignItem("1", title="Laptop", sku="LAT-5450", quantity=2)


def new_quote(**fields):
    return NewForeignQuote(**{"reference": "QG-17", "requester": ANNA, "items": (LAPTOPS,), **fields})


@pytest_asyncio.fixture
async def salesbyte(tmp_path):
    async with emulated_system(System.SALESBYTE, SalesByteEmulator, tmp_path) as salesbyte:
        yield salesbyte


@pytest.fixture
def client(salesbyte):
    return salesbyte.client()


@pytest.mark.parametrize("says_pages", [True, False])
async def test_all_pages_of_ten_are_read(salesbyte, client, says_pages):
    keys = await salesbyte.add_many(45)
    if not says_pages:
        await salesbyte.control("drift", [{"path": "meta", "value": None}])

    found = await read_all(client)

    assert set(ids_of(found)) == set(keys)
    assert reasons(found[0]) == {}


async def test_a_list_that_shifts_between_pages_loses_nothing(salesbyte, client):
    keys = await salesbyte.add_many(45)
    shifts = [{"change": "touch", "id": keys[0]}, {"change": "delete", "id": keys[12]}, {"change": "insert"}]
    await salesbyte.control("shift", shifts * 1)

    found = ids_of(await read_all(client))

    assert set(keys) - {keys[12]} <= set(found)


async def test_only_the_days_since_then_are_asked_for(salesbyte, client):
    await salesbyte.add({"updated_at": "2026-01-01T10:00:00.000000Z"})
    [recent] = await salesbyte.add({"updated_at": "2026-03-02T10:00:00.000000Z"})

    found = await read_all(client, datetime(2026, 3, 2, 9, tzinfo=UTC))

    assert ids_of(found) == [recent]
    # The time zone of the days is not documented: it is asked from half a day before.
    assert (await salesbyte.received())[0]["query"]["updated_from"] == "2026-03-01"


async def test_what_the_list_leaves_out_is_read_by_the_key(salesbyte, client):
    [key] = await salesbyte.add({})
    await salesbyte.control(f"quotes/{key}/sign", {})

    [listed] = await read_all(client)

    assert listed == await client.quote(key)
    assert len(only(listed).items) == 3
    assert only(listed).metadata["Cost centre"] == "4711"


async def test_a_quote_that_is_deleted_before_it_is_read_by_its_key_is_left_out(salesbyte, client):
    await salesbyte.add_many(3)
    await salesbyte.go_wrong(mode="status", status=404, path="/api/quotes/")

    assert len(await read_all(client)) == 2


async def test_a_page_fails_as_a_whole_if_one_of_its_quotes_cannot_be_read(salesbyte, client):
    await salesbyte.add_many(3)
    await salesbyte.go_wrong(mode="status", status=500, path="/api/quotes/")

    with pytest.raises(Unavailable):
        await client.page(Collection.QUOTES, None, None)

    assert len(await read_all(client)) == 3


async def test_one_quote_is_read_by_its_key_or_its_id(salesbyte, client):
    keys = await salesbyte.add_many(12)
    by_key = only(await client.quote(keys[0]))

    assert only(await client.quote(f"id:{by_key.number}")).external_id == keys[0]
    assert await client.quote("unknown") is None
    assert await client.quote("id:999") is None


async def test_a_quote_is_created_without_being_sent_and_found_by_our_reference(salesbyte, client):
    began = datetime.now(UTC)
    created = await client.create_quote(new_quote(public_notes="Hello"))

    body = next(it["body"] for it in await salesbyte.received() if it["method"] == "POST")
    assert (body["uuid"], body["quote_profile_id"], body["send_type"]) == (UUID, 12, "none")
    assert (body["customer_phone"], body["message"]) == ("+46701234567", "Hello")
    assert body["alternatives"] == [{"skus": ["LAT-5450", "LAT-5450"], "sort_order": 1, "title": None}]
    assert (created.customer.name, created.offer_status) == ("Anna Lind", QuoteOfferStatus.DRAFT)
    assert (created.reference, created.metadata.get("quotegraph_reference")) == ("QG-17", None)
    assert await client.find_quote("QG-17", began) == created
    assert await client.find_quote("QG-18", began) is None


async def test_a_quote_is_created_by_a_template_whose_answer_is_a_sentence(salesbyte, client):
    created = await client.create_quote(new_quote(items=(), template="7"))

    sent = next(it for it in await salesbyte.received() if it["method"] == "POST")
    assert (sent["path"], sent["body"]["quote_template_id"]) == ("/integrations/create_quote/template", 7)
    assert created.customer.email == "anna@fjall.example"


async def test_a_quote_that_was_created_before_the_answer_was_lost_is_found(salesbyte, client):
    await salesbyte.go_wrong(mode="accept_then_drop", verb="POST")
    began = datetime.now(UTC) - timedelta(minutes=10)

    with pytest.raises(Uncertain) as lost:
        await client.create_quote(new_quote())

    assert UUID not in str(lost.value)
    found = only(await client.find_quote("QG-17", began))
    assert found.customer is not None
    assert found.customer.name == "Anna Lind"


async def test_a_failure_after_the_creation_is_uncertain(salesbyte, client):
    await salesbyte.go_wrong(mode="status", status=500, verb="GET", times=3)

    with pytest.raises(Uncertain):
        await client.create_quote(new_quote())


@pytest.mark.parametrize(
    ("credentials", "quote", "error", "reason"),
    [
        (Credentials("t", uuid=UUID), new_quote(), NotConfigured, "profile"),
        (Credentials("t", profile_id=1), new_quote(), NotConfigured, "uuid"),
        (CREDENTIALS, new_quote(items=(ForeignItem("1", title="A chair"),)), Refused, "line 1"),
        (CREDENTIALS, new_quote(template="7", requester=ForeignPerson(name="Anna")), Refused, "e-mail address"),
    ],
)
async def test_what_cannot_be_created_is_refused_before_a_call(salesbyte, credentials, quote, error, reason):
    with pytest.raises(error, match=reason):
        await salesbyte.client(credentials=credentials).create_quote(quote)

    assert await salesbyte.received() == []


async def test_an_unknown_uuid_is_refused_without_being_shown(salesbyte):
    client = salesbyte.client(credentials=Credentials("t", uuid="no-uuid-of-anything", profile_id=1))

    with pytest.raises(Refused, match="Integration not found") as refused:
        await client.create_quote(new_quote())

    assert "no-uuid" not in str(refused.value)


async def test_a_signature_arrives_as_a_notice_after_which_the_quote_is_read(salesbyte, client):
    bodies = []

    async def take(request):
        bodies.append(await request.read())
        return web.Response(status=202)

    app = web.Application()
    app.router.add_post("/hooks/secret", take)
    [key, other] = await salesbyte.add({}, {})
    async with TestServer(app) as ours:
        webhook = {"url": str(ours.make_url("/hooks/secret")), "copies": 2, "swapped": True}
        await salesbyte.control("webhook", webhook)
        await salesbyte.control(f"quotes/{key}/sign", {"partly": True})
        answers = (await salesbyte.control(f"quotes/{other}/sign", {}))["answers"]
    systems = Systems(salesbyte.calls)
    read = (systems.notice(System.SALESBYTE, {}, body, CREDENTIALS) for body in bodies)
    notices = [it for it in read if it is not None]

    assert answers == [202] * 4
    assert "key" not in json.loads(bodies[0])
    assert [it.external_id for it in notices] == [other, other, key, key]
    assert len({it.delivery_id for it in notices}) == 2
    assert only(await client.quote(key)).decision_status is DecisionStatus.PENDING
    signed = only(await client.quote(other))
    assert (signed.decision_status, signed.total) == (DecisionStatus.APPROVED, Decimal(55523))
    assert [it.name for it in signed.files] == ["Offer.pdf", "Terms.pdf"]


async def test_drift_is_a_flaw_of_each_record_and_ends_no_pull(salesbyte, client):
    await salesbyte.add({"links": None, "id": 77, "key": "lost"})
    await salesbyte.add_many(2)
    drift = [
        {"path": "statuses", "value": ["teleported"]},
        {"path": "quote_value", "value": "much"},
        {"path": "rating", "value": 5},
        {"path": "data.*.key", "isMissing": True},
    ]
    await salesbyte.control("drift", drift)

    unread, *quotes = await read_all(client)

    assert isinstance(unread, Unread)
    assert unread.external_id == "77"
    for quote in map(only, quotes):
        assert reasons(quote) == {
            "statuses": "This value is not known: teleported.",
            "quote_value": "This is not an amount.",
        }
        assert quote.metadata["rating"] == "5"


async def test_too_many_requests_make_the_client_wait(salesbyte, client):
    await salesbyte.go_wrong(mode="status", status=429)

    with pytest.raises(Busy) as busy:
        await client.check()

    assert 4 < busy.value.seconds <= 5


@pytest.mark.parametrize("fault", [{"mode": "status", "status": 500}, {"mode": "slow", "seconds": 5}])
async def test_a_read_that_fails_may_be_repeated(salesbyte, client, fault):
    await salesbyte.add_many(1)
    await salesbyte.go_wrong(**fault)

    with pytest.raises(Unavailable):
        await client.page(Collection.QUOTES, None, None)

    assert len(await read_all(client)) == 1


async def test_what_salesbyte_cannot_do_is_refused_without_a_call(salesbyte, client):
    calls = [
        client.decide(ForeignDecision("1", Verdict.ACCEPT)),
        client.edit_quote(ForeignEdit("1")),
        client.send_quote("1", with_pdf=False),
        client.cancel_quote("1"),
    ]
    for call in calls:
        with pytest.raises(Refused, match="has no call that"):
            await call
    assert await salesbyte.received() == []
