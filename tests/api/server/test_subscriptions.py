"""Subscriptions over real WebSockets: what happens reaches whoever may know of it, once and in order."""

import asyncio
import random

import pytest

from domain.shared.access import CUSTOMER_SCOPES, Environment
from domain.shared.ids import global_id
from tests.api.support.makers import Made, a_draft, a_price, a_quote, an_item
from tests.api.support.running import CHANGES, Running, company_id, on_both_databases, running
from tests.api.support.sockets import Socket, connected
from tests.api.support.world import NOBODY
from tests.patience import PATIENCE

# A socket that goes away mid-answer leaves graphql-core with a coroutine that it never comes to await.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <coroutine object Executor:pytest.PytestUnraisableExceptionWarning"
)

EVENT = "id cursor type occurredAt actor { type name } node { id __typename ... on Quote { status } }" + CHANGES
QUOTE_CHANGED = f"""subscription($id: ID!, $after: String, $current: Boolean! = false) {{
    quoteChanged(id: $id, after: $after, includeCurrent: $current) {{ {EVENT} }}
}}"""
EVENTS = f"""subscription($companyId: ID, $after: String, $types: [EventType!]) {{
    events(companyId: $companyId, after: $after, types: $types) {{ {EVENT} }}
}}"""


async def start_of_log(api: Running, socket: Socket, quote: Made) -> str:
    """A cursor from which everything that happens next is told."""
    started = await socket.start(QUOTE_CHANGED, {"id": quote.id, "current": True})
    current = await socket.event(started)
    await socket.say(type="complete", id=started)
    cursor: str = current["cursor"]
    return cursor


# ---- what a subscriber is told


@on_both_databases
async def test_an_accept_reaches_its_subscribers_as_an_event_with_the_changes_of_the_mutation(api):
    quote = await a_quote(api, alternatives=1)
    other = await a_quote(api)
    async with connected(api) as socket:
        of_quote = await socket.start(QUOTE_CHANGED, {"id": quote.id})
        of_company = await socket.start(EVENTS)
        of_other = await socket.start(QUOTE_CHANGED, {"id": other.id})
        await socket.subscribed(api, listeners=3)
        payload = await api.act("acceptItem", {"itemId": quote.item})

        event = await socket.event(of_quote)
        assert event["type"] == "QUOTE_ITEM_ACCEPTED"
        assert event["changes"] == payload["changes"]
        assert len(event["changes"]) == 5
        assert event["actor"] == {"type": "API_KEY", "name": "Austral's own"}
        assert event["node"] == {"id": quote.id, "__typename": "Quote", "status": "APPROVED"}
        assert event["occurredAt"].endswith("Z")
        assert event["cursor"]
        assert await socket.event(of_company) == event

        milestone = await socket.event(of_quote)
        assert milestone["type"] == "QUOTE_APPROVED"
        assert milestone["changes"] == [], "each move is reported once"
        moved = [(it["field"], it["from"], it["to"]) for it in event["changes"]]
        assert moved[-2:] == [("DECISION_STATUS", "PENDING", "APPROVED"), ("STATUS", "PENDING", "APPROVED")]
        assert milestone["cursor"] != event["cursor"]
        assert await socket.event(of_company) == milestone
        await socket.settled()
        assert socket.silent(of_other)


async def test_every_step_of_a_quote_is_an_event(api):
    async with connected(api) as socket:
        subscription = await socket.start(EVENTS)
        await socket.subscribed(api)
        quote = await a_quote(api, alternatives=1)
        await api.act("priceAlternative", {"alternativeId": quote.alternative, "price": a_price()}, key=api.operator)
        await api.act("rejectItem", {"itemId": quote.item})
        await api.act("rejectAlternative", {"alternativeId": quote.alternative})
        assert [(await socket.event(subscription))["type"] for _ in range(8)] == [
            "QUOTE_CREATED",
            "QUOTE_ITEM_PRICED",
            "QUOTE_PENDING",
            "QUOTE_ALTERNATIVE_PROPOSED",
            "QUOTE_ALTERNATIVE_PRICED",
            "QUOTE_ITEM_REJECTED",
            "QUOTE_ALTERNATIVE_REJECTED",
            "QUOTE_REJECTED",
        ]


async def test_dry_runs_repetitions_and_refusals_are_no_events(api):
    quote = await a_quote(api)
    async with connected(api) as socket:
        subscription = await socket.start(EVENTS)
        await socket.subscribed(api)
        await api.act("acceptItem", {"itemId": quote.item, "dryRun": True})
        await api.act("acceptItem", {"itemId": quote.item, "expectedPrice": a_price("1")})
        await api.act("acceptItem", {"itemId": quote.item})
        await api.act("acceptItem", {"itemId": quote.item})
        await api.act("rejectItem", {"itemId": quote.item})
        await api.act("createQuote", a_draft())
        types = [(await socket.event(subscription))["type"] for _ in range(3)]
        assert types == ["QUOTE_ITEM_ACCEPTED", "QUOTE_APPROVED", "QUOTE_CREATED"]


async def test_include_current_sends_the_present_state_first_and_a_cursor_to_go_on_from(api):
    quote = await a_quote(api, an_item(), an_item())
    async with connected(api) as socket:
        subscription = await socket.start(QUOTE_CHANGED, {"id": quote.id, "current": True})
        current = await socket.event(subscription)
        assert (current["type"], current["changes"]) == ("CURRENT_STATE", [])
        assert current["node"] == {"id": quote.id, "__typename": "Quote", "status": "PENDING"}
        assert current["actor"]["type"] == "SYSTEM"
        await api.act("acceptItem", {"itemId": quote.items[0]})
        live = await socket.event(subscription)
        resumed = await socket.start(QUOTE_CHANGED, {"id": quote.id, "after": current["cursor"]})
        assert await socket.event(resumed) == live


async def test_include_current_gives_a_company_a_cursor_to_go_on_from_before_anything_happens(api):
    query = """subscription($id: ID, $after: String) {
        events(companyId: $id, after: $after, types: [QUOTE_CREATED], includeCurrent: true) {
            type cursor node { id } nodeType
        }
    }"""
    async with connected(api) as own, connected(api, api.operator) as platform:
        for socket, variables in ((own, {}), (platform, {"id": company_id("AUSTRAL")})):
            current = await socket.event(await socket.start(query, variables))
            assert current["node"] == {"id": company_id("AUSTRAL")}
            assert (current["type"], current["nodeType"]) == ("CURRENT_STATE", "Company")
        await a_quote(api)
        resumed = await own.start(query, {"after": current["cursor"]})
        assert (await own.event(resumed))["type"] == "QUOTE_CREATED", "a client that resumes has the state already"


async def test_the_node_of_each_event_is_the_present_state(api):
    quote = await a_quote(api, an_item(), an_item(), an_item())
    query = (
        "subscription($id: ID!) { quoteChanged(id: $id) { type node { ... on Quote { status items { status } } } } }"
    )
    async with connected(api) as socket:
        subscription = await socket.start(query, {"id": quote.id})
        await socket.subscribed(api)
        for decided, item in enumerate(quote.items, 1):
            await api.act("acceptItem", {"itemId": item})
            event = await socket.event(subscription)
            assert [it["status"] for it in event["node"]["items"]].count("ACCEPTED") == decided
        assert event["node"]["status"] == "APPROVED"


async def test_events_may_be_narrowed_to_types(api):
    quote = await a_quote(api, alternatives=1)
    async with connected(api) as socket:
        subscription = await socket.start(EVENTS, {"types": ["QUOTE_APPROVED", "QUOTE_CREATED"]})
        await socket.subscribed(api)
        await api.act("acceptItem", {"itemId": quote.item})
        await api.act("createQuote", a_draft())
        assert [(await socket.event(subscription))["type"] for _ in range(2)] == ["QUOTE_APPROVED", "QUOTE_CREATED"]


# ---- resuming


@on_both_databases
@pytest.mark.parametrize("seed", [1, 2])
async def test_a_subscriber_that_drops_and_resumes_misses_nothing_and_hears_nothing_twice(api, seed):
    chance = random.Random(seed)
    quotes = [await a_quote(api, *[an_item()] * 5) for _ in range(6)]
    async with connected(api) as socket:
        cursor = await start_of_log(api, socket, quotes[-1])
    before = len(await api.rows("events"))

    async def decide(quote: Made) -> None:
        for item in quote.items:
            await api.act(chance.choice(["acceptItem", "rejectItem"]), {"itemId": item})

    deciding = asyncio.gather(*(decide(quote) for quote in quotes))
    received: list[str] = []
    # Thirty decisions, and the word on each of six quotes as a whole.
    while len(received) < 36:
        async with connected(api) as socket:
            subscription = await socket.start(EVENTS, {"after": cursor})
            for _ in range(min(chance.randint(1, 7), 36 - len(received))):
                event = await socket.event(subscription)
                cursor = event["cursor"]
                received.append(event["id"])
    await deciding
    log = sorted(await api.rows("events"), key=lambda it: int(it.number))[before:]
    assert received == [global_id("Event", it.id) for it in log]


async def test_resuming_from_the_last_event_tells_only_what_comes_next(api):
    quote = await a_quote(api, an_item(), an_item())
    async with connected(api) as socket:
        subscription = await socket.start(EVENTS)
        await socket.subscribed(api)
        await api.act("acceptItem", {"itemId": quote.items[0]})
        last = await socket.event(subscription)
        resumed = await socket.start(EVENTS, {"after": last["cursor"]})
        await socket.subscribed(api, listeners=2)
        await api.act("rejectItem", {"itemId": quote.items[1]})
        assert (await socket.event(resumed))["type"] == "QUOTE_ITEM_REJECTED"


@on_both_databases
async def test_a_cursor_that_is_none_of_these_events_is_refused(api):
    quote = await a_quote(api)
    neighbour = await api.key(*CUSTOMER_SCOPES, company="NORDLICHT")
    foreign = await a_quote(api, key=neighbour)
    page = await api.data("{ quotes(first: 1) { pageInfo { endCursor } } }")
    async with connected(api, neighbour) as socket:
        others = await start_of_log(api, socket, foreign)
    far_off = "WyJldmVudCIsIDEsIDk5OTk5OTk5OTk5OTk5OTk5OTk5OTldCg=="  # Number 9,999,999,999,999,999,999,999.
    async with connected(api) as socket:
        bad = ["", "nonsense", "é", "W10=", "a\0b", "[" * 200, "W1tb" * 50, "x" * 200_000, others, far_off]
        for cursor in [*bad, page["quotes"]["pageInfo"]["endCursor"]]:
            for query, more in ((EVENTS, {}), (QUOTE_CHANGED, {"id": quote.id})):
                error = await socket.refusal(await socket.start(query, {"after": cursor, **more}))
                assert error["extensions"]["code"] == "VALIDATION_ERROR", (cursor[:20], error)
                assert error["extensions"]["problems"][0]["path"] == ["after"]


# ---- who may be told


async def test_a_quote_that_is_not_there_or_another_companys_is_not_found(api):
    neighbour = await api.key(*CUSTOMER_SCOPES, company="NORDLICHT")
    foreign = await a_quote(api, key=neighbour)
    async with connected(api) as socket:
        refusals = [await socket.refusal(await socket.start(QUOTE_CHANGED, {"id": it})) for it in (NOBODY, foreign.id)]
        assert refusals[0] == refusals[1]
        assert refusals[0]["extensions"]["code"] == "NOT_FOUND"
        error = await socket.refusal(await socket.start(QUOTE_CHANGED, {"id": "nonsense"}))
        assert error["extensions"]["code"] == "VALIDATION_ERROR"


async def test_events_of_another_company_or_environment_stay_away(api):
    neighbour = await api.key(*CUSTOMER_SCOPES, company="NORDLICHT")
    tester = await api.key(*CUSTOMER_SCOPES, environment=Environment.TEST)
    tests_operator = await api.key(*CUSTOMER_SCOPES, "quotes:manage", company=None, environment=Environment.TEST)
    async with connected(api) as socket:
        subscription = await socket.start(EVENTS)
        await socket.subscribed(api)
        await a_quote(api, key=neighbour)
        await a_quote(api, key=tester, operator=tests_operator)
        mine = await a_quote(api)
        assert (await socket.event(subscription))["node"]["id"] == mine.id
        error = await socket.refusal(await socket.start(EVENTS, {"companyId": company_id("NORDLICHT")}))
        assert error["extensions"]["problems"][0] | {"message": ""} == {
            "path": ["companyId"],
            "code": "UNKNOWN_REFERENCE",
            "message": "",
        }


async def test_a_platform_key_may_name_the_company_whose_events_it_wants(api):
    async with connected(api, api.operator) as socket:
        subscription = await socket.start(EVENTS, {"companyId": company_id("NORDLICHT")})
        await socket.subscribed(api, tenant_id=3)
        await a_quote(api)
        quote = await a_quote(api, companyId=company_id("NORDLICHT"), key=api.operator)
        assert (await socket.event(subscription))["node"]["id"] == quote.id


async def test_events_a_key_may_not_read_are_left_out(api):
    reader = await api.key("products:read")
    query = "subscription { events { type cursor } }"
    async with connected(api, reader) as blind, connected(api) as seeing:
        nothing = await blind.start(query)
        everything = await seeing.start(query)
        await seeing.subscribed(api, listeners=2)
        await api.act("createQuote", a_draft())
        assert (await seeing.event(everything))["type"] == "QUOTE_CREATED"
        await blind.settled()
        assert blind.silent(nothing)


async def test_without_the_scope_a_subscription_is_forbidden_and_the_socket_stays_open(api):
    quote = await a_quote(api)
    reader = await api.key("products:read")
    async with connected(api, reader) as socket:
        error = await socket.refusal(await socket.start(QUOTE_CHANGED, {"id": quote.id}))
        assert error["extensions"]["code"] == "FORBIDDEN"
        assert error["extensions"]["scopes"] == ["quotes:read"]
        answered = await socket.start("{ viewer { scopes } }")
        assert (await socket.event(answered))["scopes"] == ["products:read"]


# ---- several processes


async def test_what_one_process_accepts_reaches_a_subscriber_of_another(new_database):
    url = await new_database("postgresql")
    async with running(url) as here, running(url) as there:
        quote = await a_quote(here)
        async with connected(there) as socket:
            subscription = await socket.start(QUOTE_CHANGED, {"id": quote.id})
            await socket.subscribed(there)
            payload = await here.act("acceptItem", {"itemId": quote.item})
            async with asyncio.timeout(PATIENCE):
                assert (await socket.event(subscription))["changes"] == payload["changes"]


@on_both_databases
async def test_different_documents_read_the_node_of_an_event_once(api):
    quote = await a_quote(api)
    selected = "subscription { events(types: [QUOTE_ITEM_ACCEPTED]) { %s: id node { ... on Quote { status } } } }"
    async with connected(api) as socket:
        started = [await socket.start(selected % name) for name in ("a", "b", "c")]
        await socket.subscribed(api, listeners=3)
        api.statements.seen.clear()
        accept = "mutation($input: AcceptItemInput!) { acceptItem(input: $input) { changes { to } } }"
        await api.run(accept, {"input": {"itemId": quote.item}})
        events = [await socket.event(it) for it in started]
        assert api.parts.engine.feed.counts.answers == 3
    assert [it["node"]["status"] for it in events] == ["APPROVED"] * 3
    # Each document selects other fields; the node of an event is read whole.
    assert sum("quotes.project_reference" in it for it in api.statements.seen) == 1
