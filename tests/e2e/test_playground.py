"""The playground in a real browser, against the real application: the page, the key, and its files."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from yarl import URL

from app import playground
from domain.shared.access import Environment
from tests.api.support import world
from tests.api.support.makers import a_quote
from tests.api.support.running import Running, running
from tests.e2e.accessibility import accessibility_problems
from tests.e2e.playground import QUERY, answered, enter_key, opened, restarted, run, write
from tests.e2e.processes import eventually

# One browser and one loop for the module: starting Chromium takes longer than any test here.
pytestmark = pytest.mark.asyncio(loop_scope="module")

VIEWER = "{ viewer { environment } }"
BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def api(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('playground') / 'quotegraph.db'}"
    await world.make(url)
    async with running(url) as found:
        yield found


# ---- the page


async def test_the_page_shows_graphiql_with_examples_documentation_and_explorer(api, page):
    await opened(page, api.url)
    assert await page.title() == "quotegraph playground"
    tabs = page.locator(".graphiql-tab-button")
    names = ["Quotes", "DryRun", "AcceptItem", "FollowQuote", "PriceItem", "Webhooks", "AllSystems"]
    await expect(tabs).to_have_text(names)
    for name in ("Show Documentation Explorer", "Show History", "Show GraphiQL Explorer"):
        await expect(page.get_by_role("button", name=name)).to_be_visible()


async def test_everything_stays_on_the_pages_own_origin_and_within_its_policy(api, page):
    quote = await a_quote(api)
    requested, complaints = watched(page)
    await opened(page, api.url, api.customer)
    await run(page, VIEWER)
    await answered(page, "LIVE")
    subscription = "subscription($id: ID!) { quoteChanged(id: $id, includeCurrent: true) { type } }"
    await run(page, subscription, {"id": quote.id})
    await answered(page, "CURRENT_STATE")
    await page.get_by_role("button", name="Show Documentation Explorer").click()
    await page.get_by_role("button", name="Prettify query").click()

    origins = {str(URL(url).origin()) for url in requested if not url.startswith(("data:", "blob:"))}
    assert origins == {str(URL(api.url).origin())}
    assert any("worker" in url for url in requested)
    # Chromium reports what the Content-Security-Policy stopped as console errors.
    assert complaints == []


async def test_mistakes_are_underlined_while_one_types(api, page):
    await opened(page, api.url, api.customer)
    await page.get_by_role("button", name="Show Documentation Explorer").click()
    await expect(page.locator(".graphiql-doc-explorer-content")).to_contain_text("Root Types")
    await write(page, "{ quoets { nodes { id } } }")
    await expect(page.locator(f"{QUERY} .squiggly-error")).to_be_visible()


async def test_the_documentation_is_sorted_by_name(api, page):
    await opened(page, api.url, api.customer)
    await page.get_by_role("button", name="Show Documentation Explorer").click()
    documentation = page.locator(".graphiql-doc-explorer")
    await documentation.get_by_role("link", name="Query", exact=True).click()
    fields = documentation.locator(".graphiql-doc-explorer-field-name")
    await expect(fields.first).to_be_visible()
    names = await fields.all_inner_texts()
    assert len(names) > 20
    assert names == sorted(names, key=str.casefold)


async def test_on_a_phone_the_panes_stand_on_each_other_and_nothing_is_cut_off(api, page):
    await page.set_viewport_size({"width": 360, "height": 740})
    await opened(page, api.url, api.customer)
    await run(page, VIEWER)
    await answered(page, "LIVE")
    await expect(page.locator(".graphiql-response")).to_be_in_viewport()
    editor, response = [await page.locator(it).bounding_box() for it in (".graphiql-editors", ".graphiql-response")]
    assert editor
    assert response
    assert response["y"] >= editor["y"] + editor["height"]
    assert min(editor["width"], response["width"]) > 340
    assert await page.evaluate("document.documentElement.scrollWidth") == 360


async def test_what_we_add_to_graphiql_meets_the_rules_of_accessibility(api, page):
    api.parts.api.offer_keys({"live": api.customer})
    try:
        await opened(page, api.url, api.customer)
        await run(page, VIEWER)
        await answered(page, "LIVE")
        for width in (1280, 360):
            await page.set_viewport_size({"width": width, "height": 800})
            ours = (".bar", ".graphiql-toolbar", ".graphiql-footer")
            assert await accessibility_problems(page, *ours) == []
    finally:
        api.parts.api.offer_keys({})


# ---- the key


async def test_without_a_key_the_page_says_what_to_do_and_asks_only_for_what_it_shows(api, page):
    await opened(page, api.url)
    await expect(page.locator("#note")).to_contain_text("Enter a key in the field")
    await run(page, VIEWER)
    await answered(page, "There is no API key: enter one")
    await expect(page.get_by_label("Keys of the demo")).to_be_hidden()


async def test_the_key_is_sent_with_every_request_and_in_connection_init(api, page):
    quote = await a_quote(api)
    await opened(page, api.url)
    sent: list[str | None] = []
    page.on("request", lambda it: sent.append(it.headers.get("authorization")) if it.method == "POST" else None)
    frames: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda it: frames.append(str(it))))
    await enter_key(page, api.customer)
    await run(page, VIEWER)
    await answered(page, "LIVE")
    subscription = "subscription($id: ID!) { quoteChanged(id: $id, includeCurrent: true) { type } }"
    await run(page, subscription, {"id": quote.id})
    await answered(page, "CURRENT_STATE")
    await expect(page.locator("#key-state")).to_have_text("live data")
    await expect(page.locator("#note")).to_be_hidden()
    assert set(sent) == {f"Bearer {api.customer}"}
    assert api.customer in frames[0]
    assert "connection_init" in frames[0]


async def test_another_key_loads_the_schema_again_and_closes_the_old_socket(api, page):
    quote = await a_quote(api)
    closed: list[bool] = []
    page.on("websocket", lambda socket: socket.on("close", lambda _: closed.append(True)))
    await opened(page, api.url, api.customer)
    subscription = "subscription($id: ID!) { quoteChanged(id: $id, includeCurrent: true) { type } }"
    await run(page, subscription, {"id": quote.id})
    await answered(page, "CURRENT_STATE")

    sent: list[str] = []
    page.on("request", lambda it: sent.append(it.post_data or "") if it.method == "POST" else None)
    await enter_key(page, api.operator)
    await eventually(lambda: any("IntrospectionQuery" in it for it in sent))
    await eventually(lambda: closed)
    await expect(page.locator("#key-state")).to_have_text("live data")


async def test_a_key_in_the_address_is_taken_and_removed_from_it(api, page):
    await opened(page, api.url, api.customer)
    await expect(page.locator("#key")).to_have_value(api.customer)
    assert page.url == api.url

    await page.reload()
    await expect(page.locator("#key")).to_have_value(api.customer)
    # Gone with the tab: nothing of it is in the storage that stays.
    assert api.customer not in await page.evaluate("JSON.stringify(localStorage)")


async def test_the_key_is_hidden_until_asked_for(api, page):
    await opened(page, api.url, api.customer)
    await expect(page.locator("#key")).to_have_attribute("type", "password")
    await page.get_by_role("button", name="Show", exact=True).click()
    await expect(page.locator("#key")).to_have_attribute("type", "text")


async def test_a_wrong_key_is_explained(api, page):
    await opened(page, api.url, "qk_test_revoked0000000000000000000000000000000")
    await expect(page.locator("#key-state")).to_have_text("key rejected")
    await expect(page.locator("#note")).to_contain_text("does not accept this key: it is mistyped, expired")
    await enter_key(page, "secret")
    await expect(page.locator("#note")).to_contain_text("A key begins with qk_live_ or qk_test_")


async def test_where_only_trusted_documents_may_be_run_the_page_says_so(page, tmp_path):
    url = f"sqlite+aiosqlite:///{tmp_path}/quotegraph.db"
    await world.make(url)
    async with running(url, only_trusted="live") as api:
        await opened(page, api.url, api.customer)
        await expect(page.locator("#note")).to_contain_text("Only trusted documents may be run with live keys")
        await enter_key(page, await api.key("quotes:read", environment=Environment.TEST))
        await expect(page.locator("#note")).to_be_hidden()


async def test_the_keys_of_a_demo_are_offered(api, page):
    api.parts.api.offer_keys({"live": api.customer, "operator": api.operator})
    try:
        await opened(page, api.url)
        await expect(page.locator("#note")).to_contain_text("Choose one of the demo's keys")
        async with restarted(page):
            await page.get_by_label("Keys of the demo").select_option("operator")
        await expect(page.locator("#key")).to_have_value(api.operator)
        await expect(page.locator("#key-state")).to_have_text("live data")
        await run(page, VIEWER)
        await answered(page, "LIVE")
    finally:
        api.parts.api.offer_keys({})


# ---- the documentation


async def test_a_page_of_the_documentation_has_its_style_within_its_policy(api, page):
    _, complaints = watched(page)
    await page.goto(str(URL(api.url).with_path("/docs/performance")))
    styled = "it => getComputedStyle(it).maxWidth"
    assert await page.locator("body").evaluate(styled) == "800px"
    aligned = page.locator("td.right").first
    assert await aligned.evaluate("it => getComputedStyle(it).textAlign") == "right"
    assert complaints == []


# ---- the files


async def test_the_files_are_cached_for_good_as_their_names_change_with_their_content(api):
    html = await page_of(api)
    named = [part for part in html.split('"') if part.startswith(playground.ASSET_PATH)]
    assert {URL(it).suffix for it in named} == {".js", ".css", ".svg"}
    for name in named:
        async with api.http.get(URL(api.url).join(URL(name))) as answer:
            assert answer.status == 200
            assert "immutable" in answer.headers["Cache-Control"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("name", ["..%2f__init__.py", "%2e%2e/index.html", "index.html", "..%5c..%5cpyproject.toml"])
async def test_no_other_file_can_be_had(api, name):
    address = URL(str(URL(api.url).origin()) + playground.ASSET_PATH + name, encoded=True)
    async with api.http.get(address) as answer:
        assert answer.status == 404


async def test_an_unbuilt_playground_says_how_to_build_it(monkeypatch):
    monkeypatch.setattr(playground, "built", lambda: False)
    assert "make setup" in playground.page("/graphql")


async def test_what_the_server_fills_in_is_escaped():
    html = playground.page('/a"><script>', {'"><script>': "x"})
    assert '"><script>' not in html
    assert "{{" not in html


# ---- what the tests share


def watched(page: Page) -> tuple[list[str], list[str]]:
    """The addresses that a page requests, and what the browser complains about."""
    requested: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("websocket", lambda socket: requested.append(socket.url.replace("ws://", "http://")))
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return requested, complaints


async def page_of(api: Running) -> str:
    async with api.http.get(api.url, headers=BROWSER) as answer:
        found: str = await answer.text()
        return found
