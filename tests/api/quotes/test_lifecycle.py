"""The life of a quote over the API: changed while it is on offer, ended, deleted, too late."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from adapters.database.fulfilment.tables import vendor_orders
from adapters.database.jobs.tables import jobs as jobs_table
from adapters.database.quotes.tables import quotes
from domain.shared.access import Environment
from domain.use_cases.quotes.closings import expire_quotes
from tests.api.support.makers import a_price, a_quote, a_recipient, an_item, codes
from tests.api.support.running import on_both_databases, uuid_of

EXAMPLES = Path(__file__).parents[3] / "examples" / "mutations"
STATES = "quote { status offerStatus decisionStatus fulfilmentStatus closingReason }"
NOTED = """quote {
    poNumber projectReference tags notes publicNotes body expiresAt notificationEmails
    requester { email name } assignee { email name } items { id quantity comments price { amount } status }
}"""


def at(status, offer="DRAFT", decision="PENDING", fulfilment="NONE", reason=None):
    return {
        "status": status,
        "offerStatus": offer,
        "decisionStatus": decision,
        "fulfilmentStatus": fulfilment,
        "closingReason": reason,
    }


def refusal(payload):
    """The two states that a conflict names, and its code."""
    [error] = payload["userErrors"]
    assert error["__typename"] == "ConflictError"
    return error["code"], error["currentStatus"], error["attemptedStatus"]


async def over(api, quote):
    """Let a quote's time be over, the worker not having noticed yet."""
    of = quotes
    past = update(of).where(of.c.id == uuid_of(quote.id)).values(expires_at=datetime.now(UTC) - timedelta(seconds=1))
    async with api.parts.database.write.begin() as connection:
        await connection.execute(past)


@on_both_databases
async def test_what_is_noted_of_a_quote_is_given_at_first_and_changed_later(api):
    quote = await a_quote(
        api, poNumber="PO-7", tags=["Starters"], notes="Ask twice", expiresAt="2099-01-01T00:00:00Z", body="Dear all"
    )
    given = {
        "quoteId": quote.id,
        "poNumber": "PO-8",
        "projectReference": "Montevideo",
        "assigneeEmail": "ida@austral.example",
        "assigneeName": "Ida",
        "tags": None,
        "publicNotes": "Ships in May",
        "requesterName": "Ana",
        "notificationEmails": ["boss@austral.example"],
    }
    payload = await api.act("updateQuote", given, NOTED)
    noted = payload["quote"]
    noted.pop("items")
    assert payload["userErrors"] == []
    assert noted == {
        "poNumber": "PO-8",
        "projectReference": "Montevideo",
        "tags": [],
        "notes": "Ask twice",
        "publicNotes": "Ships in May",
        "body": "Dear all",
        "expiresAt": "2099-01-01T00:00:00Z",
        "notificationEmails": ["boss@austral.example"],
        "requester": {"email": "it@austral.example", "name": "Ana"},
        "assignee": {"email": "ida@austral.example", "name": "Ida"},
    }


@on_both_databases
async def test_lines_come_change_and_go_while_a_quote_is_on_offer(api):
    quote = await a_quote(api)
    added = await api.act("addItems", {"quoteId": quote.id, "items": [an_item(), an_item(quantity=3)]}, NOTED)
    first, second, third = added["quote"]["items"]
    assert [it["quantity"] for it in added["quote"]["items"]] == [1, 1, 3]
    change = {"itemId": first["id"], "specification": {"ram": "64 GB"}, "comments": "Soon"}
    changed = await api.act("updateItem", change, "item { comments status price { amount } specification { ram } }")
    assert changed["item"] == {
        "comments": "Soon",
        "status": "PENDING",
        "price": None,
        "specification": {"ram": "64 GB"},
    }
    removed = await api.act("removeItem", {"itemId": second["id"]}, NOTED)
    assert [it["id"] for it in removed["quote"]["items"]] == [first["id"], third["id"]]
    people = [a_recipient(), a_recipient("Bruno Silva")]
    more = await api.act(
        "updateItem", {"itemId": third["id"], "quantity": 2, "recipients": people}, "item { quantity }"
    )
    assert more["item"] == {"quantity": 2}


@on_both_databases
async def test_a_quote_is_accepted_in_one_word_and_ordered_line_by_line(api):
    quote = await a_quote(api, an_item(), an_item(), alternatives=1)
    dry = await api.act("acceptQuote", {"quoteId": quote.id, "dryRun": True}, STATES)
    assert dry["quote"] == at("PENDING")
    payload = await api.act("acceptQuote", {"quoteId": quote.id}, STATES)
    assert payload["changes"] == dry["changes"]
    assert payload["quote"] == at("APPROVED", decision="APPROVED")
    orders = await api.data("query($id: ID!) { quote(by: {id: $id}) { vendorOrders { status } } }", {"id": quote.id})
    assert [it["status"] for it in orders["quote"]["vendorOrders"]] == ["QUEUED", "QUEUED"]
    again = await api.act("acceptQuote", {"quoteId": quote.id}, STATES)
    assert (again["userErrors"], again["changes"]) == ([], [])


async def test_a_quote_is_accepted_in_one_word_only_for_the_total_that_was_seen(api):
    quote = await a_quote(api, an_item(), an_item())
    total = await api.data("query($id: ID!) { quote(by: {id: $id}) { total { amount } } }", {"id": quote.id})
    seen = a_price(total["quote"]["total"]["amount"])
    for wrong, code in (
        (a_price("1.00"), "PRICE_CHANGED"),
        (a_price(seen["amount"], "EUR"), "PRICE_CHANGED"),
        (a_price("1.001"), "INVALID_AMOUNT"),
    ):
        before = await api.contents()
        payload = await api.act("acceptQuote", {"quoteId": quote.id, "expectedTotal": wrong})
        [refused] = payload["userErrors"]
        assert (refused["code"], refused["path"][0]) == (code, "expectedTotal")
        assert await api.contents() == before
    accepted = await api.act("acceptQuote", {"quoteId": quote.id, "expectedTotal": seen}, STATES)
    assert (accepted["userErrors"], accepted["quote"]) == ([], at("APPROVED", decision="APPROVED"))


@on_both_databases
async def test_an_expired_quote_is_renewed_by_a_later_end(api):
    quote = await a_quote(api)
    await over(api, quote)
    assert codes(await api.act("acceptQuote", {"quoteId": quote.id})) == ["EXPIRED"]
    assert codes(await api.act("updateQuote", {"quoteId": quote.id, "notes": "Late"})) == ["NOT_EDITABLE"]
    renewed = await api.act("updateQuote", {"quoteId": quote.id, "expiresAt": "2999-01-01T00:00:00Z"}, STATES)
    assert (renewed["userErrors"], renewed["quote"]) == ([], at("PENDING"))
    assert codes(await api.act("acceptQuote", {"quoteId": quote.id})) == []


async def test_of_several_decisions_all_are_made_or_none_and_each_error_has_its_place(api):
    quote = await a_quote(api, an_item(), an_item(), prices=["1450.00", None], alternatives=1)
    decisions = [
        {"offerId": quote.items[0], "decision": "ACCEPT", "expectedPrice": a_price()},
        {"offerId": quote.items[1], "decision": "ACCEPT"},
        {"offerId": "nothing", "decision": "REJECT"},
    ]
    before = await api.contents()
    payload = await api.act("decideItems", {"quoteId": quote.id, "decisions": decisions}, STATES)
    assert {(it["code"], *it["path"]) for it in payload["userErrors"]} == {
        ("NOT_PRICED", "decisions", "1"),
        ("INVALID_ID", "decisions", "2", "offerId"),
    }
    assert await api.contents() == before
    decisions = [decisions[0], {"offerId": quote.alternatives[1][0], "decision": "ACCEPT"}]
    payload = await api.act("decideItems", {"quoteId": quote.id, "decisions": decisions}, STATES)
    assert payload["quote"] == at("APPROVED", decision="APPROVED")


@pytest.mark.parametrize(
    ("mutation", "after"),
    [
        ("declineQuote", at("REJECTED", decision="DECLINED", reason="Too dear")),
        ("cancelQuote", at("CANCELLED", offer="CANCELLED", reason="Too dear")),
        ("voidQuote", at("CANCELLED", offer="VOIDED", reason="Too dear")),
    ],
)
async def test_a_quote_ends_for_a_reason_and_then_nothing_can_be_done_to_it(api, mutation, after):
    quote = await a_quote(api, alternatives=1)
    ended = await api.act(mutation, {"quoteId": quote.id, "reason": "Too dear"}, STATES, key=api.operator)
    assert ended["quote"] == after
    for late, given in (
        ("updateQuote", {"quoteId": quote.id, "notes": "Late"}),
        ("addItems", {"quoteId": quote.id, "items": [an_item()]}),
        ("updateItem", {"itemId": quote.item, "quantity": 2}),
        ("acceptQuote", {"quoteId": quote.id}),
        ("acceptItem", {"itemId": quote.item}),
        ("acceptAlternative", {"alternativeId": quote.alternative}),
        ("priceItem", {"itemId": quote.item, "price": a_price()}),
    ):
        payload = await api.act(late, given, key=api.operator)
        assert [it["__typename"] for it in payload["userErrors"]] == ["ConflictError"], late


async def test_a_conflict_names_the_state_there_is_and_the_one_that_was_meant(api):
    quote = await a_quote(api)
    await api.act("cancelQuote", {"quoteId": quote.id})
    void = await api.act("voidQuote", {"quoteId": quote.id}, key=api.operator)
    assert refusal(void) == ("WRONG_STATUS", "CANCELLED", "VOIDED")
    assert refusal(await api.act("declineQuote", {"quoteId": quote.id})) == ("WRONG_STATUS", "CANCELLED", "DECLINED")
    assert refusal(await api.act("acceptItem", {"itemId": quote.item})) == ("WRONG_STATUS", "CANCELLED", "ACCEPTED")
    update = await api.act("updateQuote", {"quoteId": quote.id, "notes": "Late"})
    assert refusal(update) == ("NOT_EDITABLE", "CANCELLED", "PENDING")


@on_both_databases
async def test_a_deleted_quote_is_as_one_that_never_was_from_wherever_one_looks(api):
    quote = await a_quote(api, alternatives=1)
    other = await a_quote(api)
    await api.act("acceptItem", {"itemId": quote.item})
    ids = [quote.id, quote.item, quote.alternative, quote.recipients[0][0]]
    order = await api.data("query($id: ID!) { quote(by: {id: $id}) { vendorOrders { id } } }", {"id": quote.id})
    ids.append(order["quote"]["vendorOrders"][0]["id"])
    query = """query($ids: [ID!]!, $id: ID!, $number: String!) {
        nodes(ids: $ids) { id } a: quote(by: {id: $id}) { id } b: quote(by: {orderId: $number}) { id }
        quotes { totalCount nodes { id } }
        employee(by: {email: "ana@people.example"}) { recipients { totalCount nodes { item { quote { id } } } } }
    }"""
    variables = {"ids": ids, "id": quote.id, "number": quote.order_id}
    there = await api.data(query, variables)
    assert [node["id"] for node in there["nodes"]] == ids

    payload = await api.act("deleteQuote", {"quoteId": quote.id}, "deletedQuoteId")
    assert (payload["deletedQuoteId"], payload["userErrors"]) == (quote.id, [])
    gone = await api.data(query, variables)
    assert gone == {
        "nodes": [None] * 5,
        "a": None,
        "b": None,
        "quotes": {"totalCount": 1, "nodes": [{"id": other.id}]},
        "employee": {"recipients": {"totalCount": 1, "nodes": [{"item": {"quote": {"id": other.id}}}]}},
    }
    for mutation, given in (
        ("deleteQuote", {"quoteId": quote.id}),
        ("acceptItem", {"itemId": quote.item}),
        ("rejectAlternative", {"alternativeId": quote.alternative}),
    ):
        assert codes(await api.act(mutation, given)) == ["NOT_FOUND"]


@on_both_databases
async def test_accepting_after_the_time_is_a_conflict_and_the_worker_moves_the_quote_on(api):
    quote = await a_quote(api, expiresAt="2099-01-01T00:00:00Z")
    assert await expire_quotes(api.parts.deps, Environment.LIVE) == 0
    await over(api, quote)
    assert refusal(await api.act("acceptItem", {"itemId": quote.item})) == ("EXPIRED", "EXPIRED", "ACCEPTED")
    assert refusal(await api.act("acceptQuote", {"quoteId": quote.id})) == ("EXPIRED", "EXPIRED", "APPROVED")
    assert await expire_quotes(api.parts.deps, Environment.LIVE) == 1
    assert refusal(await api.act("acceptItem", {"itemId": quote.item})) == ("EXPIRED", "EXPIRED", "ACCEPTED")
    void = await api.act("voidQuote", {"quoteId": quote.id}, STATES, key=api.operator)
    assert void["quote"] == at("CANCELLED", offer="VOIDED")


@on_both_databases
async def test_cancelling_takes_back_the_orders_that_no_worker_has_begun(api):
    quote, begun = await a_quote(api), await a_quote(api)
    for it in (quote, begun):
        await api.act("acceptItem", {"itemId": it.item})
    async with api.parts.database.write.begin() as connection:
        mine = vendor_orders.c.quote_id == uuid_of(begun.id)
        job = [f"vendor-order:{it.id}" for it in await connection.execute(vendor_orders.select().where(mine))]
        claimed = update(jobs_table).where(jobs_table.c.dedupe_key.in_(job)).values(attempts=1)
        await connection.execute(claimed)
    payload = await api.act("cancelQuote", {"quoteId": quote.id}, "quote { vendorOrders { status } }")
    assert payload["quote"] == {"vendorOrders": [{"status": "CANCELLED"}]}
    late = await api.act("cancelQuote", {"quoteId": begun.id})
    assert refusal(late) == ("ALREADY_ORDERED", "QUEUED", "CANCELLED")
    jobs = {it.dedupe_key: it for it in await api.rows("jobs") if it.dedupe_key.startswith("vendor-order:")}
    assert sorted(it.status for it in jobs.values()) == ["DONE", "WAITING"]


async def test_the_examples_of_changing_and_ending_a_quote_work(api):
    one, other = await a_quote(api), await a_quote(api)
    edit, decline = ((EXAMPLES / f"{name}.graphql").read_text() for name in ("edit_and_accept", "decline"))
    done = await api.data(edit, {"quote": one.id, "until": "2099-01-01T00:00:00Z"})
    assert [done[name]["userErrors"] for name in ("updateQuote", "would", "acceptQuote")] == [[], [], []]
    assert done["acceptQuote"]["quote"] == {"status": "APPROVED", "vendorOrders": [{"status": "QUEUED"}]}
    declined = await api.data(decline, {"quote": other.id, "reason": "Too dear"})
    assert declined["declineQuote"]["quote"] == {
        "status": "REJECTED",
        "decisionStatus": "DECLINED",
        "closingReason": "Too dear",
    }


REASONS = "quote { declineReason cancelReason voidReason closingReason }"


@on_both_databases
@pytest.mark.parametrize("second", ["Gone elsewhere", None])
@pytest.mark.parametrize("end", ["cancel", "void"])
async def test_each_end_of_a_quote_keeps_its_reason_whatever_comes_after(api, end, second):
    quote = await a_quote(api)
    await api.act("declineQuote", {"quoteId": quote.id, "reason": "Too dear"}, REASONS)
    ended = {"quoteId": quote.id} | ({"reason": second} if second else {})
    payload = await api.act(f"{end}Quote", ended, REASONS, key=api.operator)
    other = "void" if end == "cancel" else "cancel"
    assert payload["quote"] == {
        "declineReason": "Too dear",
        f"{end}Reason": second,
        f"{other}Reason": None,
        "closingReason": second or "Too dear",
    }
    history = "history(first: 20) { nodes { type actor { name } fieldChanges { field from to } } }"
    found = (await api.data(f"query($id: ID!) {{ quote(by: {{id: $id}}) {{ {history} }} }}", {"id": quote.id}))["quote"]
    actual = {
        (it["type"], it["actor"]["name"], field["field"], field["from"], field["to"])
        for it in found["history"]["nodes"]
        for field in it["fieldChanges"]
        if field["field"].endswith("Reason")
    }
    expected = {("QUOTE_DECLINED", "Austral's own", "declineReason", None, "Too dear")}
    if second:
        kind = "QUOTE_CANCELLED" if end == "cancel" else "QUOTE_VOIDED"
        expected.add((kind, "An operator", f"{end}Reason", None, second))
    assert actual == expected
