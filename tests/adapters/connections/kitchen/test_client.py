"""kitchen.co is read over real HTTP, at both of its addresses, and loses nothing when the list shifts meanwhile."""

from datetime import UTC, datetime

import pytest
import pytest_asyncio

from app.emulators.kitchen import KitchenEmulator
from domain.connections.records import ForeignPerson, Unread
from domain.connections.systems import Collection, Credentials, System
from domain.ports.connections import ForeignDecision, ForeignEdit, NewForeignQuote
from domain.quotes.statuses import QuoteOfferStatus, Verdict
from domain.shared.outbound_errors import Busy, Refused, Unavailable
from tests.adapters.support.systems import emulated_system, ids_of, only, read_all, reasons

OLD, NEW = "/api/v1", "/api"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest_asyncio.fixture
async def kitchen(tmp_path):
    async with emulated_system(System.KITCHEN, KitchenEmulator, tmp_path) as kitchen:
        yield kitchen


@pytest.mark.parametrize("address", [OLD, NEW])
async def test_both_addresses_are_read_to_the_end(kitchen, address):
    ids = await kitchen.add_many(230)

    found = await read_all(kitchen.client(address))

    assert set(ids_of(found)) == set(ids)
    assert len(found) - len(ids) <= 3
    assert reasons(found[0]) == {}
    headers = [it["headers"] for it in await kitchen.received()]
    assert {it.get("X-Requested-With") for it in headers} == {"XMLHttpRequest" if address == NEW else None}
    assert {it["Authorization"] for it in headers} == {"Bearer a token of the system"}


async def test_the_newer_address_wants_its_header_and_the_older_does_not(kitchen):
    async with kitchen.session.get(f"{kitchen.url}/api/quotes", headers={"Authorization": "Bearer x"}) as answer:
        assert answer.status == 400
    async with kitchen.session.get(f"{kitchen.url}/api/v1/quotes", headers={"Authorization": "Bearer x"}) as answer:
        body = await answer.json()
        assert (answer.status, sorted(body)) == (200, ["data", "meta"])


async def test_one_quote_is_read_and_a_missing_one_is_none(kitchen):
    [quote_id] = await kitchen.add({"name": "Ten laptops"})

    quote = only(await kitchen.client(OLD).quote(quote_id))

    assert (quote.title, quote.external_id) == ("Ten laptops", quote_id)
    assert await kitchen.client(OLD).quote("nothing/../here") is None


async def test_an_address_of_a_project_reads_its_quotes_only(kitchen):
    await kitchen.add_many(3)
    wanted = await kitchen.add({"project_id": "78"}, {"project_id": "78"})
    client = kitchen.client(f"{NEW}/projects/78/")
    assert only(await client.quote(wanted[0])).project_reference == "78"
    await kitchen.control("drift", [{"path": "meta", "isMissing": True}, {"path": "links", "isMissing": True}])

    found = await read_all(client)

    assert sorted(ids_of(found)) == sorted(wanted)


async def test_the_number_of_quotes_is_told_with_each_page(kitchen):
    await kitchen.add_many(120)

    page = await kitchen.client(OLD).page(Collection.QUOTES, NOW, None)

    assert (len(page.records), page.total) == (100, 120)


@pytest.mark.parametrize(
    "shift", [{"change": "insert"}, {"change": "delete", "id": "249"}, {"change": "touch", "id": "5"}]
)
async def test_a_list_that_shifts_between_pages_loses_nothing(kitchen, shift):
    ids = await kitchen.add_many(250)
    await kitchen.control("shift", [shift, {"change": "delete", "id": "250"}, {"change": "insert"}])

    found = ids_of(await read_all(kitchen.client(OLD)))

    assert set(ids) - {"249", "250"} <= set(found)


async def test_a_deleted_quote_is_not_in_the_next_pull(kitchen):
    first, second = await kitchen.add({}, {})
    await kitchen.delete(first)

    assert ids_of(await read_all(kitchen.client(OLD))) == [second]


async def test_drift_is_a_flaw_of_each_record_and_ends_no_pull(kitchen):
    await kitchen.add_many(3)
    await kitchen.add({"id": "without time", "created_at": None, "sent_at": None, "updated_at": None})
    drift = [
        {"path": "data.*.status", "value": "paused"},
        {"path": "data.*.priority", "value": 3},
        {"path": "data.*.currency", "isMissing": True},
    ]
    await kitchen.control("drift", drift)

    unread, *quotes = await read_all(kitchen.client(OLD))

    assert isinstance(unread, Unread)
    assert (unread.external_id, unread.reason) == ("without time", "created_at is missing.")
    assert len(quotes) == 3
    for quote in map(only, quotes):
        assert (quote.offer_status, quote.currency) == (QuoteOfferStatus.SENT, "USD" if quote.currency else None)
        assert quote.metadata["priority"] == "3"
        assert reasons(quote) == {"status": "This value is not known."}


async def test_too_many_requests_make_the_client_wait_without_sending(kitchen):
    await kitchen.go_wrong(mode="status", status=429)
    with pytest.raises(Busy) as busy:
        await kitchen.client(OLD).check()
    assert 4 < busy.value.seconds <= 5

    with pytest.raises(Busy):
        await kitchen.client(OLD).check()

    assert len(await kitchen.received()) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"mode": "status", "status": 500},
        {"mode": "garbage"},
        {"mode": "drop", "times": 2},
        {"mode": "slow", "seconds": 5},
    ],
)
async def test_a_read_that_fails_may_be_repeated(kitchen, fault):
    await kitchen.add_many(1)
    await kitchen.go_wrong(**fault)
    client = kitchen.client(OLD)

    with pytest.raises(Unavailable):
        await client.page(Collection.QUOTES, None, None)

    assert len(await read_all(client)) == 1


async def test_an_answer_without_data_is_a_failure_and_not_an_empty_list(kitchen):
    await kitchen.control("drift", [{"path": "data", "isMissing": True}])

    with pytest.raises(Unavailable, match="the answer has no data"):
        await kitchen.client(OLD).check()


async def test_a_wrong_token_is_refused(kitchen):
    with pytest.raises(Refused, match="Unauthenticated") as refused:
        await kitchen.client(OLD, Credentials(" ")).check()
    assert refused.value.status == 401


async def test_what_kitchen_cannot_do_is_refused_without_a_call(kitchen):
    client = kitchen.client(OLD)
    calls = [
        client.create_quote(NewForeignQuote("r", ForeignPerson())),
        client.find_quote("r", NOW),
        client.decide(ForeignDecision("1", Verdict.ACCEPT)),
        client.edit_quote(ForeignEdit("1")),
        client.send_quote("1", with_pdf=False),
        client.cancel_quote("1"),
    ]
    for call in calls:
        with pytest.raises(Refused, match="has no call that"):
            await call
    assert await kitchen.received() == []
