"""Quick Quote is read and written over real HTTP."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import pytest_asyncio

from adapters.connections.quick_quote.client import QuickQuoteClient
from app.emulators.quick_quote import QuickQuoteEmulator
from domain.connections.records import ForeignItem, ForeignPerson, Unread
from domain.connections.systems import Collection, Credentials, System
from domain.ports.connections import ForeignDecision, ForeignEdit, NewForeignQuote
from domain.quotes.statuses import DecisionStatus, QuoteOfferStatus, Verdict
from domain.shared.outbound_errors import Busy, Refused, Unavailable, Uncertain
from tests.adapters.support.systems import emulated_system, ids_of, only, read_all, reasons

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ROSA = ForeignPerson(name="Rosa Méndez Silva", email="rosa@shop.example", phone_number="+59899123456")
DESK = ForeignItem("1", title="Desk", price=Decimal("249.90"), quantity=3, sku="D-1", properties={"Colour": "Oak"})


def new_quote(**fields):
    return NewForeignQuote(**{"reference": "QG-17", "requester": ROSA, "items": (DESK,), **fields})


@pytest_asyncio.fixture
async def quick_quote(tmp_path):
    async with emulated_system(System.QUICK_QUOTE, QuickQuoteEmulator, tmp_path) as quick_quote:
        yield quick_quote


@pytest.fixture
def client(quick_quote) -> QuickQuoteClient:
    client = quick_quote.client("/api/v1")
    assert isinstance(client, QuickQuoteClient)
    return client


async def test_all_pages_are_read(quick_quote, client):
    ids = await quick_quote.add_many(230)

    found = await read_all(client)

    assert ids_of(found) == ids
    assert reasons(found[0]) == {}
    assert (await client.page(Collection.QUOTES, NOW, None)).total == 230
    assert {it["headers"]["x-api-key"] for it in await quick_quote.received()} == {"a token of the system"}


async def test_a_list_that_shifts_between_pages_loses_and_doubles_nothing(quick_quote, client):
    ids = await quick_quote.add_many(230)
    shifts = [{"change": "delete", "id": ids[0]}, {"change": "delete", "id": ids[200]}, {"change": "insert"}]
    await quick_quote.control("shift", shifts)

    found = ids_of(await read_all(client))

    assert set(ids) - {ids[200]} <= set(found)
    assert len(found) == len(set(found))


async def test_the_page_of_a_deleted_quote_is_read_from_the_next_one_on(quick_quote, client):
    ids = await quick_quote.add_many(120)
    first = await client.page(Collection.QUOTES, None, None)
    await quick_quote.delete(ids[100])

    second = await client.page(Collection.QUOTES, None, first.cursor)

    assert ids_of(second.records) == ids[101:]


async def test_a_next_page_that_leads_back_is_the_last_one(quick_quote, client):
    ids = await quick_quote.add_many(150)
    await quick_quote.control("drift", [{"path": "next_page", "value": 5101}])

    assert len(await read_all(client, most_pages=3)) == len(ids)


async def test_the_quotes_of_a_customer_are_read(quick_quote, client):
    await quick_quote.add_many(3)
    [mine] = await quick_quote.add({"customer_id": 77})

    assert ids_of((await client.customer_page("77", None)).records) == [mine]


async def test_a_missing_quote_is_none(quick_quote, client):
    assert await client.quote("1") is None
    assert await client.quote("../quotes") is None


async def test_a_quote_is_created_with_its_lines_and_found_by_our_reference(quick_quote, client):
    given = {"message": "Soon, please", "po_number": "PO-9", "public_notes": "For you", "tags": ("vip", "desk")}
    created = await client.create_quote(new_quote(**given))

    [item] = created.items
    assert (item.title, item.price, item.quantity, item.sku) == ("Desk", Decimal("249.9"), 3, "D-1")
    assert (item.properties, created.total) == ({"Colour": "Oak"}, Decimal("749.7"))
    assert (created.requester.first_name, created.requester.last_name) == ("Rosa", "Méndez Silva")
    assert (created.remarks, created.notes) == ("Soon, please", "PO number: PO-9\nReference: QG-17")
    assert (created.public_notes, created.tags, created.reference) == ("For you", ("vip", "desk"), "QG-17")
    assert await client.find_quote("QG-17", NOW) == created
    assert await client.find_quote("QG-1", NOW) is None


async def test_an_amount_is_sent_as_an_exact_number(quick_quote, client):
    await client.create_quote(new_quote())

    [received] = await quick_quote.received()
    assert received["body"]["line_items"][0]["price"] == 249.9
    assert received["headers"]["Content-Type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("item", [ForeignItem("1", title="Desk"), ForeignItem("1", price=Decimal(5))])
async def test_a_line_that_would_be_left_out_silently_is_refused_before_a_call(quick_quote, client, item):
    with pytest.raises(Refused, match="as line 2"):
        await client.create_quote(new_quote(items=(DESK, item)))

    assert await quick_quote.received() == []


async def test_a_quote_that_was_created_before_the_answer_was_lost_is_found(quick_quote, client):
    await quick_quote.go_wrong(mode="accept_then_drop", verb="POST")

    with pytest.raises(Uncertain):
        await client.create_quote(new_quote())

    assert only(await client.find_quote("QG-17", NOW)).items[0].title == "Desk"


@pytest.mark.parametrize(
    ("verdict", "decision"), [(Verdict.ACCEPT, DecisionStatus.APPROVED), (Verdict.REJECT, DecisionStatus.DECLINED)]
)
async def test_a_quote_is_decided_as_a_whole_and_once(quick_quote, client, verdict, decision):
    [quote_id] = await quick_quote.add({"status": "Viewed"})

    assert (await client.decide(ForeignDecision(quote_id, verdict))).decision_status is decision

    with pytest.raises(Refused, match="already accepted or declined") as refused:
        await client.decide(ForeignDecision(quote_id, verdict))
    assert refused.value.status == 400


async def test_a_decision_on_a_line_is_refused_without_a_call(quick_quote, client):
    with pytest.raises(Refused, match="the whole quote"):
        await client.decide(ForeignDecision("1", Verdict.ACCEPT, item_id="2"))

    assert await quick_quote.received() == []


async def test_a_quote_and_its_lines_are_edited(quick_quote, client):
    [quote_id] = await quick_quote.add({})
    line_id = only(await client.quote(quote_id)).items[0].external_id
    edit = ForeignEdit(
        quote_id,
        notes="Ours",
        public_notes="Theirs",
        tags=("b2b", "office"),
        prices={line_id: Decimal("99.95")},
        quantities={line_id: 4},
    )

    edited = await client.edit_quote(edit)

    assert (edited.notes, edited.public_notes, edited.tags) == ("Ours", "Theirs", ("b2b", "office"))
    assert (edited.items[0].price, edited.items[0].quantity, edited.total) == (Decimal("99.95"), 4, Decimal("399.8"))


async def test_new_notes_keep_our_reference_once(quick_quote, client):
    created = await client.create_quote(new_quote())
    edited = await client.edit_quote(ForeignEdit(created.external_id, notes="Ours"))
    assert (edited.notes, edited.reference) == ("Ours\nReference: QG-17", "QG-17")
    again = await client.edit_quote(ForeignEdit(created.external_id, notes=f"More\n{edited.notes}"))
    assert (again.notes, again.reference) == ("More\nOurs\nReference: QG-17", "QG-17")
    emptied = await client.edit_quote(ForeignEdit(created.external_id, notes=""))
    assert emptied.reference == "QG-17"


async def test_the_price_of_a_product_of_the_shop_cannot_be_changed(quick_quote, client):
    created = await client.create_quote(new_quote(items=()))
    lines = [{"variant_id": 4001, "quantity": 2}]
    path = f"{quick_quote.url}/api/v1/quotes/{created.external_id}/line_items"
    headers = {"x-api-key": "k", "Content-Type": "application/json; charset=utf-8"}
    async with quick_quote.session.post(path, json=lines, headers=headers) as answer:
        line_id = str((await answer.json())[0]["id"])

    with pytest.raises(Refused, match="cannot be changed"):
        await client.edit_quote(ForeignEdit(created.external_id, prices={line_id: Decimal(1)}))

    edited = await client.edit_quote(ForeignEdit(created.external_id, quantities={line_id: 5}))
    assert edited.items[0].quantity == 5


async def test_a_failure_after_the_first_of_several_calls_is_uncertain(quick_quote, client):
    [quote_id] = await quick_quote.add({})
    with pytest.raises(Uncertain):
        await client.edit_quote(ForeignEdit(quote_id, notes="Ours", quantities={"no line": 1}))

    assert only(await client.quote(quote_id)).notes == "Ours"


async def test_lines_and_properties_are_added_changed_and_deleted(quick_quote, client):
    [quote_id] = await quick_quote.add({"line_items": []})
    added = await client.add_lines(quote_id, [DESK, DESK])
    first, second = (it.external_id for it in added.items)

    await client.set_properties(quote_id, first, {"Colour": "Ash", "Size": "L"})
    await client.delete_line(quote_id, second)

    [item] = only(await client.quote(quote_id)).items
    assert item.properties == {"Colour": "Ash", "Size": "L"}


async def test_a_quote_is_sent_by_email(quick_quote, client):
    [quote_id] = await quick_quote.add({})

    sent = await client.send_quote(quote_id, with_pdf=True)

    assert sent.offer_status is QuoteOfferStatus.SENT
    body = (await quick_quote.received())[0]["body"]
    assert body == {"quote_id": int(quote_id), "include_link": True, "include_pdf": True}


async def test_a_quote_is_cancelled_and_another_deleted(quick_quote, client):
    cancelled, deleted = await quick_quote.add({}, {})

    await client.cancel_quote(cancelled)
    await client.delete_quote(deleted)

    assert only(await client.quote(cancelled)).offer_status is QuoteOfferStatus.CANCELLED
    assert await client.quote(deleted) is None


async def test_another_content_type_is_answered_415(quick_quote):
    async with quick_quote.session.post(
        f"{quick_quote.url}/api/v1/quotes", json={}, headers={"x-api-key": "k"}
    ) as answer:
        assert answer.status == 415


async def test_custom_fields_that_do_not_fit_are_removed_silently(quick_quote, client):
    [quote_id] = await quick_quote.add({})
    given = [
        {"id": 1, "value": "Express"}, {"id": 1, "value": "Never"}, {"id": 2, "value": "03-20-2026"},
        {"id": 2, "value": "soon"}, {"id": 3, "value": {"city": "Montevideo"}}, {"id": 9, "value": "x"},
    ]  # fmt: skip
    headers = {"x-api-key": "k", "Content-Type": "application/json; charset=utf-8"}
    path = f"{quick_quote.url}/api/v1/quotes/{quote_id}"
    async with quick_quote.session.put(path, json={"custom_fields": given}, headers=headers) as answer:
        assert answer.status == 200

    assert only(await client.quote(quote_id)).metadata["Needed by"] == "03-20-2026"


async def test_drift_is_a_flaw_of_each_record_and_ends_no_pull(quick_quote, client):
    await quick_quote.add_many(2)
    drift = [
        {"path": "data.*.status", "value": "Paused"},
        {"path": "data.*.rating", "value": 5},
        {"path": "data.*.line_items.0.quantity", "value": "many"},
        {"path": "data.1.created_on", "value": 7},
    ]
    await quick_quote.control("drift", drift)

    first, unread, *_ = await read_all(client)

    assert isinstance(unread, Unread)
    assert reasons(first)["status"] == "This value is not known."
    assert "line_items.0.quantity" in reasons(first)


async def test_too_many_requests_make_the_client_wait(quick_quote, client):
    await quick_quote.go_wrong(mode="status", status=429)

    with pytest.raises(Busy) as busy:
        await client.check()

    assert 4 < busy.value.seconds <= 5


@pytest.mark.parametrize("fault", [{"mode": "status", "status": 500}, {"mode": "slow", "seconds": 5}])
async def test_a_read_that_fails_may_be_repeated_and_a_write_is_uncertain(quick_quote, client, fault):
    [quote_id] = await quick_quote.add({})
    await quick_quote.go_wrong(**fault, times=2)

    with pytest.raises(Unavailable):
        await client.page(Collection.QUOTES, None, None)
    with pytest.raises(Uncertain):
        await client.decide(ForeignDecision(quote_id, Verdict.ACCEPT))


async def test_a_wrong_token_is_refused(quick_quote):
    with pytest.raises(Refused) as refused:
        await quick_quote.client("/api/v1", Credentials(" ")).check()
    assert refused.value.status == 401
