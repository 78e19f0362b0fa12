"""What one does with the playground, in a real browser: examples, share links, code to copy, subscriptions, costs."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from yarl import URL

from tests.api.support import world
from tests.api.support.makers import a_quote
from tests.api.support.running import Running, running
from tests.e2e.playground import (
    EDITOR,
    QUERY,
    VARIABLES,
    answer,
    answered,
    choose,
    copied_code,
    copied_link,
    enter_key,
    execute_button,
    opened,
    run,
    text_in,
    until,
    write,
)
from tests.e2e.processes import eventually
from tests.patience import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")

BIN = Path(sys.executable).parent
LONG = "{ viewer { environment } }\n" + "# a comment\n" * 600
TWO = "query One { viewer { environment } }\n\nquery Two { viewer { scopes } }"


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def api(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('playground') / 'quotegraph.db'}"
    await world.make(url)
    async with running(url) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module")
async def page(page: Page) -> Page:
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    return page


# ---- examples


async def test_every_example_runs_as_it_stands(api, page):
    await a_quote(api, prices=None)
    quote = await a_quote(api)
    await opened(page, api.url, api.customer)
    await run(page)
    assert (await answer(page))["data"]["quotes"]["nodes"][0]["id"] == quote.id

    for name, root in (("DryRun", "acceptItem"), ("AcceptItem", "acceptItem")):
        await tab(page, name)
        await run(page)
        payload = (await answer(page))["data"][root]
        assert payload["userErrors"] == []
        assert payload["changes"]
    await run(page)
    await answered(page, '"changes": []')

    await tab(page, "FollowQuote")
    await run(page)
    await answered(page, quote.order_id)
    await page.get_by_role("button", name="Stop query").click()

    await tab(page, "Webhooks")
    await run(page)
    await answered(page, "webhookEndpoints")

    await tab(page, "AllSystems")
    await run(page)
    await answered(page, '"origin": null')

    await tab(page, "PriceItem")
    await run(page)
    await answered(page, "FORBIDDEN")
    await stored_tab(page, 4)
    await enter_key(page, api.operator)
    await run(page)
    assert (await answer(page))["data"]["priceQuote"]["userErrors"] == []


async def test_an_example_can_be_opened_again_from_the_menu(api, page):
    quote = await a_quote(api)
    await opened(page, api.url, api.customer)
    await choose(page, "Examples", "Dry run")
    await expect(page.locator(".graphiql-tab-button")).to_have_count(8)
    assert json.loads(await text_in(page, VARIABLES)) == {"item": quote.item}
    assert "DryRun" in await text_in(page, QUERY)


async def test_ids_in_unchanged_examples_are_those_of_the_present_key(api, page):
    await a_quote(api)
    await opened(page, api.url)
    await tab(page, "DryRun")
    assert json.loads(await text_in(page, VARIABLES)) == {"item": "the id of an item"}
    await stored_tab(page, 1)
    await enter_key(page, api.customer)
    assert json.loads(await text_in(page, VARIABLES))["item"].startswith("QuoteItem_")


# ---- share links and code


async def test_a_share_link_opens_the_same_operation_without_the_key(api, page):
    await opened(page, api.url, api.customer)
    await write(page, TWO)
    await write(page, '{"any": "thing"}', VARIABLES)
    await choose(page, "Execute query", "Two")
    await answered(page, "scopes")
    link = await copied_link(page)
    assert URL(link).query == {"query": TWO, "variables": '{"any": "thing"}', "operationName": "Two"}
    assert api.customer not in link

    other = await another_browser(page)
    await opened(other, link)
    assert await text_in(other, QUERY) == TWO
    assert await text_in(other, VARIABLES) == '{"any": "thing"}'
    await expect(other.locator(".graphiql-tab-button")).to_have_count(8)
    # The chosen operation is chosen again.
    await eventually(lambda: chosen_again(other, link))
    await other.context.close()


async def test_a_long_operation_is_shared_in_the_fragment_which_no_server_limits(api, page):
    await opened(page, api.url, api.customer)
    await write(page, LONG)
    link = await copied_link(page)
    assert URL(link).query_string == ""

    other = await another_browser(page)
    await opened(other, link)
    assert await text_in(other, QUERY) == LONG
    await other.context.close()


async def test_a_link_with_a_fragment_is_followed_in_a_page_that_is_open(api, page):
    await opened(page, api.url, api.customer)
    await page.goto(f"{api.url}#{URL.build(query={'query': LONG}).raw_query_string}")
    await until(page, f"text => window.__MONACO && ({EDITOR})('{QUERY}')?.getValue() === text", LONG)


@pytest.mark.parametrize("language", ["curl", "TypeScript", "Python"])
async def test_copied_code_gives_the_same_answer(api, page, language, tmp_path):
    query = """query Quotes($first: Int!) {
        quotes(first: $first) { nodes { id title } }
        odd: node(id: "'`${1}\\\\") { id }
    }"""
    await a_quote(api, title="It's `ours` ${here}")
    await opened(page, api.url, api.customer)
    await run(page, query, {"first": 1})
    shown = await answer(page)
    code = await copied_code(page, language)
    assert api.customer not in code
    output = await output_of(code, language, tmp_path, api.customer)
    assert shown["data"]["quotes"]["nodes"][0]["title"] in output


@pytest.mark.parametrize("language", ["curl", "TypeScript", "Python"])
async def test_copied_code_of_a_subscription_prints_its_events(api, page, language, tmp_path):
    quote = await a_quote(api)
    await opened(page, api.url, api.customer)
    await write(page, "subscription($id: ID!) { quoteChanged(id: $id, includeCurrent: true) { type } }")
    await write(page, json.dumps({"id": quote.id}), VARIABLES)
    code = await copied_code(page, language)
    await output_of(code, language, tmp_path, api.customer, until="CURRENT_STATE")


# ---- answers


async def test_the_cost_and_the_statements_of_the_last_answer_are_shown_under_it(api, page):
    await a_quote(api)
    await opened(page, api.url, api.customer)
    await run(page, "{ quotes(first: 3) { nodes { id items { id } } } }")
    shown = await answer(page)
    await expect(page.locator(".answer")).to_contain_text(r"HTTP 200")
    await expect(page.locator(".answer")).to_contain_text("SQL statements")
    await expect(page.locator(".answer")).to_contain_text("requested")
    assert shown.keys() == {"data"}


async def test_a_subscription_shows_all_its_events_and_resumes_after_the_last(api, page):
    quote = await a_quote(api)
    await opened(page, api.url, api.customer)
    document = """subscription Follow($id: ID!, $after: String) {
        quoteChanged(id: $id, after: $after, includeCurrent: true) { type cursor }
    }"""
    await run(page, document, {"id": quote.id})
    await answered(page, "CURRENT_STATE")
    for notes in ("one", "two"):
        await api.act("updateQuote", {"quoteId": quote.id, "publicNotes": notes})
    events = (await eventually(lambda: with_events(page, 3)))["events"]
    assert [it["data"]["quoteChanged"]["type"] for it in events] == ["QUOTE_UPDATED", "QUOTE_UPDATED", "CURRENT_STATE"]
    await expect(page.locator(".answer")).to_contain_text("3 events, the newest first")

    await page.get_by_role("button", name="Stop query").click()
    await api.act("updateQuote", {"quoteId": quote.id, "publicNotes": "three"})
    await page.get_by_role("button", name="Resume after the last event").click()
    [missed] = (await eventually(lambda: with_events(page, 1)))["events"]
    assert missed["data"]["quoteChanged"]["type"] == "QUOTE_UPDATED"
    cursors = {it["data"]["quoteChanged"]["cursor"] for it in events}
    assert missed["data"]["quoteChanged"]["cursor"] not in cursors


async def test_a_subscription_that_is_refused_says_why(api, page):
    await opened(page, api.url, api.customer)
    await run(page, 'subscription { quoteChanged(id: "Quote_no") { type } }')
    await answered(page, "errors")
    await expect(page.locator(".answer")).to_contain_text("interrupted")
    await expect(execute_button(page)).to_be_visible()


async def test_what_is_deferred_is_put_into_the_answer(api, page):
    quote = await a_quote(api)
    await opened(page, api.url, api.customer)
    await run(page, "{ quotes(first: 1) { nodes { id ... @defer { items { id } } } } }")
    await answered(page, quote.item)
    assert (await answer(page))["data"]["quotes"]["nodes"] == [{"id": quote.id, "items": [{"id": quote.item}]}]
    await expect(page.locator(".answer")).to_contain_text(" ms · ")


async def test_what_was_pasted_is_run_and_not_what_was_there_before(api, page):
    await opened(page, api.url, api.customer)
    await run(page, "query Before { viewer { environment } }")
    await answered(page, "LIVE")
    await run(page, "query After { viewer { scopes } }")
    await answered(page, "quotes:read")


# ---- what the tests share


async def tab(page: Page, name: str) -> None:
    await page.locator(".graphiql-tab-button", has_text=name).click()
    await expect(page.locator(".graphiql-tab-active .graphiql-tab-button")).to_have_text(name)


async def another_browser(page: Page) -> Page:
    """A page of somebody who has stored nothing yet."""
    browser = page.context.browser
    assert browser is not None
    context = await browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    context.set_default_timeout(PATIENCE * 1000)
    return await context.new_page()


async def stored_tab(page: Page, index: int) -> None:
    """Waits until GraphiQL has stored which tab is open, as it does after a moment."""
    stored = "index => JSON.parse(localStorage['graphiql:tabState']).activeTabIndex === index"
    await eventually(lambda: page.evaluate(stored, index))


async def with_events(page: Page, count: int) -> Any:
    found = await answer(page)
    return found if len(found["events"]) == count else None


async def chosen_again(page: Page, link: str) -> bool:
    return await copied_link(page) == link


async def output_of(code: str, language: str, folder: Path, key: str, until: str | None = None) -> str:
    """What copied code prints, run as it stands: to its end, or until it prints this."""
    name, program = {
        "curl": ("code.sh", ["bash"]),
        "TypeScript": ("code.ts", [str(BIN / "node")]),
        "Python": ("code.py", [sys.executable]),
    }[language]
    file = folder / name
    file.write_text(code)
    environment = {**os.environ, "QUOTEGRAPH_KEY": key}
    pipe = asyncio.subprocess.PIPE
    # A session of its own, so that what the shell has started ends with it.
    process = await asyncio.create_subprocess_exec(
        *program, file, env=environment, stdout=pipe, stderr=pipe, start_new_session=True
    )
    try:
        async with asyncio.timeout(PATIENCE):
            assert process.stdout is not None
            if until is None:
                output, errors = await process.communicate()
                assert process.returncode == 0, errors.decode()
                return output.decode()
            printed = ""
            while until not in printed:
                part = await process.stdout.read(1000)
                assert part, printed
                printed += part.decode()
            return printed
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
