"""The playground in a real browser, here against a small server of its own: `playground_url`."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import graphql
import pytest
import pytest_asyncio
from aiohttp import ClientSession, WSMsgType, test_utils, web
from playwright.async_api import Page, expect
from yarl import URL

from app import playground
from tests.patience import PATIENCE

# One browser and one loop for the module: starting Chromium takes longer than any test here.
pytestmark = pytest.mark.asyncio(loop_scope="module")

KEY = "qk_test_1234567890abcdef"
OTHER_KEY = "qk_live_fedcba0987654321"

# ---- the page


async def test_the_page_shows_graphiql_with_the_explorer(page, playground_url):
    await page.goto(playground_url)
    await expect(page.locator(".graphiql-query-editor")).to_contain_text("query FirstQuotes")
    await expect(page.get_by_role("button", name="GraphiQL Explorer")).to_be_visible()
    assert await page.title() == "quotegraph playground"


async def test_the_first_query_runs_as_it_stands(page, playground_url):
    await page.goto(f"{playground_url}#key={KEY}")
    await page.get_by_role("button", name="Execute query").click()
    await expect(answer(page)).to_contain_text("Q-1001")


async def test_a_query_and_a_subscription_stay_on_the_pages_own_origin(page, playground_url):
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("websocket", lambda socket: requested.append(socket.url.replace("ws://", "http://")))
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    await page.goto(f"{playground_url}#key={KEY}")
    await run(page, "{ quotes { nodes { orderId } } }")
    await expect(answer(page)).to_contain_text("Q-1001")
    await run(page, "subscription { ticks }")
    await expect(answer(page)).to_contain_text('"ticks": 2')

    origins = {str(URL(url).origin()) for url in requested if not url.startswith("data:")}
    assert origins == {str(URL(playground_url).origin())}
    assert any("/graphql" in url for url in requested)
    # Chromium reports what the Content-Security-Policy stopped as console errors.
    assert complaints == []


async def test_without_a_key_the_page_says_what_to_do_and_asks_the_server_nothing(page, playground_url, api):
    await page.goto(playground_url)
    await expect(page.locator("#note")).to_contain_text("Enter an API key in the field")
    await run(page, "{ quotes { nodes { orderId } } }")
    await expect(answer(page)).to_contain_text("No API key: enter one")
    assert api.authorizations == []


# ---- the key


async def test_the_key_box_sends_the_key_with_every_http_request(page, playground_url, api):
    await page.goto(playground_url)
    await enter_key(page, KEY)
    await run(page, "{ quotes { nodes { orderId } } }")
    await expect(answer(page)).to_contain_text("Q-1001")
    await expect(page.locator("#key-state")).to_have_text("test data")
    await expect(page.locator("#note")).to_be_hidden()
    assert set(api.authorizations) == {f"Bearer {KEY}"}


async def test_a_websocket_carries_the_key_in_connection_init(page, playground_url, api):
    await page.goto(playground_url)
    await enter_key(page, KEY)
    await run(page, "subscription { ticks }")
    await expect(answer(page)).to_contain_text('"ticks": 2')
    assert api.connection_inits == [{"Authorization": f"Bearer {KEY}"}]


async def test_another_key_fetches_the_schema_again_and_closes_the_old_socket(page, playground_url, api):
    await page.goto(playground_url)
    await enter_key(page, KEY)
    await run(page, "subscription { ticks(forever: true) }")
    await expect(answer(page)).to_contain_text('"ticks": 2')

    api.authorizations.clear()
    await enter_key(page, OTHER_KEY)
    await expect(page.locator("#key-state")).to_have_text("live data")
    await eventually(lambda: api.authorizations == [f"Bearer {OTHER_KEY}"])
    await eventually(lambda: api.open_sockets == 0)


async def test_a_key_in_the_address_is_taken_and_removed_from_it(page, playground_url, api):
    await page.goto(f"{playground_url}#key={KEY}")
    await expect(page.locator("#key")).to_have_value(KEY)
    assert page.url == playground_url
    await eventually(lambda: api.authorizations == [f"Bearer {KEY}"])

    await page.reload()
    await expect(page.locator("#key")).to_have_value(KEY)
    # Gone with the tab: nothing of it in the storage that stays.
    assert KEY not in await page.evaluate("JSON.stringify(localStorage)")


async def test_the_key_is_hidden_until_asked_for(page, playground_url):
    await page.goto(f"{playground_url}#key={KEY}")
    await expect(page.locator("#key")).to_have_attribute("type", "password")
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page.locator("#key")).to_have_attribute("type", "text")


async def test_a_refused_key_is_called_refused(page, playground_url):
    await page.goto(f"{playground_url}#key=qk_test_revoked")
    await expect(page.locator("#key-state")).to_have_text("key rejected")
    await expect(page.locator("#note")).to_contain_text("rejected this key")


# ---- the files


async def test_a_file_is_cached_for_good_only_at_the_address_of_its_content(playground_url):
    html = await text_of(playground_url)
    named = next(part for part in html.split('"') if "graphiql.js?v=" in part)
    async with ClientSession() as client:
        async with client.get(URL(playground_url).join(URL(named))) as answered:
            assert answered.content_type == "text/javascript"
            assert "immutable" in answered.headers["Cache-Control"]
            etag = answered.headers["ETag"]
        bare = URL(playground_url).join(URL(named)).with_query(None)
        async with client.get(bare, headers={"If-None-Match": etag}) as answered:
            assert answered.status == 304
            assert answered.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["..%2f__init__.py", "%2e%2e/collect.py", "page.html", "..%5c..%5cpyproject.toml"])
async def test_no_other_file_can_be_had(playground_url, name):
    async with ClientSession() as client:
        address = URL(str(URL(playground_url).origin()) + playground.ASSET_PATH + name, encoded=True)
        async with client.get(address) as answered:
            assert answered.status == 404


async def test_an_unbuilt_playground_says_how_to_build_it(playground_url, monkeypatch):
    monkeypatch.setattr(playground, "built", lambda: False)
    assert "make setup" in await text_of(playground_url)


async def test_the_path_of_the_api_is_escaped_in_the_page():
    assert '"><script>' not in playground.page('/a"><script>')


# ---- what the tests share


@dataclass
class FakeApi:
    """What the page asked of the server."""

    authorizations: list[str | None] = field(default_factory=list)
    connection_inits: list[Any] = field(default_factory=list)
    open_sockets: int = 0


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


@pytest_asyncio.fixture(loop_scope="module")
async def playground_url(api: FakeApi) -> AsyncIterator[str]:
    server = test_utils.TestServer(fake_server(api))
    await server.start_server()
    yield str(server.make_url("/graphql"))
    await server.close()


async def enter_key(page: Page, key: str) -> None:
    await page.get_by_label("API key").fill(key)
    await page.get_by_label("API key").press("Enter")
    # GraphiQL starts over with another key; typing into the old one would be lost.
    await page.wait_for_load_state("networkidle")


async def run(page: Page, document: str) -> None:
    editor = page.locator(".graphiql-query-editor .CodeMirror")
    await editor.wait_for()
    await editor.evaluate("(node, text) => node.CodeMirror.setValue(text)", document)
    await page.get_by_role("button", name="Execute query").click()


def answer(page: Page) -> Any:
    return page.locator(".graphiql-response")


async def eventually(condition: Any, seconds: float = PATIENCE) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


async def text_of(url: str) -> str:
    async with ClientSession() as client, client.get(url) as answered:
        return await answered.text()


# ---- the small server

SCHEMA = graphql.build_schema(
    """
    type Query { quotes(first: Int, after: String): QuoteConnection! }
    type QuoteConnection { nodes: [Quote!]! pageInfo: PageInfo! }
    type PageInfo { hasNextPage: Boolean! endCursor: String }
    "A request for hardware."
    type Quote { id: ID! orderId: String! status: String! items: [QuoteItem!]! }
    "One line of a quote."
    type QuoteItem { id: ID! status: String! quantity: Int! price: Money recipients: [Recipient!]! }
    type Money { amount: String! currencyCode: String! }
    type Recipient { name: String! country: String! status: String! }
    type Subscription { ticks(forever: Boolean): Int! }
    """
)
ROOT = {
    "quotes": {
        "nodes": [
            {
                "id": "1",
                "orderId": "Q-1001",
                "status": "SOURCED",
                "items": [
                    {
                        "id": "2",
                        "status": "SOURCED",
                        "quantity": 1,
                        "price": {"amount": "1499.00", "currencyCode": "EUR"},
                        "recipients": [{"name": "Ada Lovelace", "country": "GB", "status": "PENDING"}],
                    }
                ],
            }
        ],
        "pageInfo": {"hasNextPage": False, "endCursor": None},
    }
}


def fake_server(api: FakeApi) -> web.Application:
    async def get(request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await subscribe(request)
        html = playground.page("/graphql")
        return web.Response(text=html, content_type="text/html", headers={"Content-Security-Policy": playground.CSP})

    async def post(request: web.Request) -> web.Response:
        api.authorizations.append(request.headers.get("Authorization"))
        if "revoked" in request.headers.get("Authorization", ""):
            refusal = {"message": "This key is revoked.", "extensions": {"code": "UNAUTHORIZED"}}
            return web.json_response({"errors": [refusal]}, status=401)
        body = await request.json()
        result = graphql.graphql_sync(SCHEMA, body["query"], ROOT, operation_name=body.get("operationName"))
        return web.json_response(result.formatted)

    async def subscribe(request: web.Request) -> web.WebSocketResponse:
        """As much of graphql-transport-ws as one subscription needs."""
        socket = web.WebSocketResponse(protocols=["graphql-transport-ws"])
        await socket.prepare(request)
        api.open_sockets += 1
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    continue
                received = message.json()
                if received["type"] == "connection_init":
                    api.connection_inits.append(received.get("payload"))
                    await socket.send_json({"type": "connection_ack"})
                elif received["type"] == "subscribe":
                    for number in (1, 2):
                        payload = {"data": {"ticks": number}}
                        await socket.send_json({"type": "next", "id": received["id"], "payload": payload})
                    if "forever" not in received["payload"]["query"]:
                        await socket.send_json({"type": "complete", "id": received["id"]})
        finally:
            api.open_sockets -= 1
        return socket

    app = web.Application()
    app.add_routes([web.get("/graphql", get), web.post("/graphql", post), *playground.routes()])
    return app
