"""The history of a quote: the event log, seen from the quote."""

from tests.api.support.makers import a_price, a_quote, two_lines
from tests.api.support.running import on_both_databases

HISTORY = """query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) {
    quote(by: {id: $id}) { history(first: $first, after: $after, last: $last, before: $before) {
        totalCount pageInfo { hasNextPage endCursor }
        edges { cursor node {
            id cursor type occurredAt actor { type name } node { id } changes { node { id __typename } from to field }
        } }
    } }
}"""


async def history(api, quote, **page):
    found = await api.data(HISTORY, {"id": quote.id, **page})
    return found["quote"]["history"]


def types_of(page):
    return [edge["node"]["type"] for edge in page["edges"]]


@on_both_databases
async def test_a_history_tells_who_did_what_and_which_statuses_moved_the_latest_first(api):
    quote, other = await a_quote(api, alternatives=1), await a_quote(api)
    payload = await api.act("acceptItem", {"itemId": quote.item})
    await api.act("cancelQuote", {"quoteId": other.id})
    found = await history(api, quote)
    assert types_of(found) == [
        "QUOTE_APPROVED",
        "QUOTE_ITEM_ACCEPTED",
        "QUOTE_ALTERNATIVE_PROPOSED",
        "QUOTE_PENDING",
        "QUOTE_ITEM_PRICED",
        "QUOTE_CREATED",
    ]
    accepted, created = found["edges"][1]["node"], found["edges"][-1]["node"]
    assert accepted["changes"] == payload["changes"]
    assert accepted["actor"] == {"type": "API_KEY", "name": "Austral's own"}
    assert accepted["node"] == {"id": quote.id}
    assert found["edges"][-2]["node"]["actor"]["name"] == "An operator"
    assert created["changes"] == []
    assert created["occurredAt"] <= accepted["occurredAt"]
    assert found["totalCount"] == 6


@on_both_databases
async def test_a_history_is_paged_both_ways_without_a_gap(api):
    quote = await a_quote(api)
    for amount in ("1.00", "2.00", "3.00"):
        await api.act("priceItem", {"itemId": quote.item, "price": a_price(amount)}, key=api.operator)
    whole = await history(api, quote)
    pages, after = [], None
    while True:
        page = await history(api, quote, first=2, after=after)
        pages += page["edges"]
        if not page["pageInfo"]["hasNextPage"]:
            break
        after = page["pageInfo"]["endCursor"]
    assert pages == whole["edges"]
    oldest = await history(api, quote, last=1)
    assert types_of(oldest) == ["QUOTE_CREATED"]
    assert types_of(await history(api, quote, last=1, before=oldest["edges"][0]["cursor"])) == ["QUOTE_ITEM_PRICED"]


async def test_what_the_history_says_moved_ends_where_the_quote_is(api):
    quote = await a_quote(api)
    await api.act("declineQuote", {"quoteId": quote.id, "reason": "Too dear"})
    states = await api.data(
        "query($id: ID!) { quote(by: {id: $id}) { offerStatus decisionStatus status } }", {"id": quote.id}
    )
    found = await history(api, quote)
    moved = {
        change["field"]: change["to"]
        for edge in reversed(found["edges"])
        for change in edge["node"]["changes"]
        if change["node"]["id"] == quote.id
    }
    assert moved == {"DECISION_STATUS": "DECLINED", "STATUS": "REJECTED"}
    assert states["quote"] == {"offerStatus": "DRAFT", "decisionStatus": "DECLINED", "status": "REJECTED"}


async def test_another_companys_cursor_or_a_made_up_one_is_refused(api):
    quote = await a_quote(api)
    events = await history(api, quote)
    for cursor in ("x", events["edges"][0]["node"]["cursor"]):
        answer = await api.run(HISTORY, {"id": quote.id, "first": 1, "after": cursor})
        assert answer.codes == ["VALIDATION_ERROR"]


CAUSES = """query($id: ID!) { quote(by: {id: $id}) { history(first: 50) { nodes {
    id type nodeId nodeType cause { id type } changes { nodeId nodeType field from to } } } } }"""


def moves(events):
    return [(it["nodeId"], it["field"], it["from"], it["to"]) for event in events for it in event["changes"]]


@on_both_databases
async def test_each_move_is_told_by_one_event_and_a_milestone_names_its_cause(api):
    one, several, declined = await a_quote(api), await a_quote(api, *two_lines()), await a_quote(api)
    await api.act("acceptItem", {"itemId": one.item})
    await api.act("acceptQuote", {"quoteId": several.id})
    await api.act("declineQuote", {"quoteId": declined.id})
    await api.act("deliverRecipient", {"recipientId": one.recipient}, key=api.operator)
    causes = [
        (one, {"QUOTE_APPROVED": "QUOTE_ITEM_ACCEPTED", "QUOTE_DELIVERED": "QUOTE_RECIPIENT_DELIVERED"}),
        (several, {"QUOTE_APPROVED": "QUOTE_ITEM_ACCEPTED"}),
        (declined, {"QUOTE_REJECTED": "QUOTE_DECLINED"}),
    ]
    for quote, expected in causes:
        events = (await api.data(CAUSES, {"id": quote.id}))["quote"]["history"]["nodes"]
        assert len(moves(events)) == len(set(moves(events)))
        assert {(it["nodeId"], it["nodeType"]) for it in events} == {(quote.id, "Quote")}
        found = {it["type"]: it["cause"]["type"] for it in events if it["cause"]}
        assert {key: found[key] for key in expected} == expected
        assert found.get("QUOTE_PENDING") == "QUOTE_ITEM_PRICED"
        for milestone in (it for it in events if it["type"] in expected):
            [cause] = [it for it in events if it["id"] == milestone["cause"]["id"]]
            assert milestone["changes"] == []
            assert (quote.id, "STATUS") in {(it["nodeId"], it["field"]) for it in cause["changes"]}
