"""Signing in on the playground, in a real browser, with the emulated identity provider."""

import json
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from yarl import URL

from app.emulators.oidc import AUDIENCE, CLIENT
from tests.adapters.support.emulated import Emulated, emulated
from tests.api.support import world
from tests.api.support.makers import a_quote
from tests.api.support.running import Running, running
from tests.e2e.accessibility import accessibility_problems
from tests.e2e.playground import answered, opened, ready, restarted, run

pytestmark = pytest.mark.asyncio(loop_scope="module")

VIEWER = "{ viewer { company { code } scopes } }"


class Provided(NamedTuple):
    """The application with an identity provider."""

    api: Running
    provider: Emulated


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Provided]:
    folder = tmp_path_factory.mktemp("sign_in")
    url = f"sqlite+aiosqlite:///{folder / 'quotegraph.db'}"
    await world.make(url)
    async with emulated("oidc", folder) as provider:
        settings = {
            "oidc_issuer": provider.url,
            "oidc_audience": AUDIENCE,
            "oidc_client_id": CLIENT,
            "oidc_company_claim": "company",
            "oidc_role_claim": "role",
        }
        async with running(url, with_keys=True, **settings) as api:
            yield Provided(api, provider)


async def sign_in(site: Provided, page: Page, name: str) -> None:
    """Opens the playground, chooses a person at the provider, and waits until the playground is back."""
    await opened(page, site.api.url)
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("button", name=name).click()
    await page.wait_for_url(f"{site.api.url}**")
    await ready(page)


async def test_a_person_signs_in_and_runs_operations_in_their_own_name(site, page):
    complaints: list[str] = []
    page.on("console", lambda it: complaints.append(it.text) if "Content Security Policy" in it.text else None)
    await sign_in(site, page, "Arturo Approver")
    await expect(page.locator("#key-state")).to_have_text("Arturo Approver")
    await run(page, VIEWER)
    await answered(page, "quotes:decide")
    quote = await a_quote(site.api)
    subscription = "subscription($id: ID!) { quoteChanged(id: $id, includeCurrent: true) { type } }"
    await run(page, subscription, {"id": quote.id})
    await answered(page, "CURRENT_STATE")
    assert complaints == []
    assert await accessibility_problems(page, ".bar") == []


async def test_neither_the_token_nor_the_code_stays_anywhere_but_in_memory(site, page):
    await sign_in(site, page, "Ada Admin")
    assert URL(page.url).query_string == ""
    stored = await page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "eyJ" not in stored
    assert "verifier" not in stored
    assert await page.context.cookies() == []
    await page.reload()
    await ready(page)
    await expect(page.locator("#key-state")).to_have_text("no key")


async def test_who_signs_out_has_no_token_any_more(site, page):
    await sign_in(site, page, "Ada Admin")
    async with restarted(page):
        await page.get_by_role("button", name="Sign out").click()
    await expect(page.locator("#key-state")).to_have_text("no key")
    await run(page, VIEWER)
    await answered(page, "There is no API key")
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()


async def test_who_cancels_is_told_that_they_have_not_signed_in(site, page):
    await sign_in(site, page, "Cancel")
    await expect(page.locator("#note")).to_have_text("You have not signed in.")


async def test_an_answer_that_this_tab_has_not_asked_for_is_not_used(site, page):
    asked = len(await site.provider.received())
    await opened(page, site.api.url, query="?code=stolen&state=other")
    await expect(page.locator("#note")).to_contain_text("not begun in this tab")
    assert [it["path"] for it in (await site.provider.received())[asked:]] == []


async def test_who_has_no_access_is_told_why(site, page):
    await site.api.switch_api(False)
    try:
        await sign_in(site, page, "Rita Requester")
        await expect(page.locator("#note")).to_contain_text("API access is switched off")
    finally:
        await site.api.switch_api(True)


async def test_the_page_may_send_requests_to_the_provider_only_where_there_is_one(site):
    async with site.api.http.get(site.api.url, headers={"Accept": "text/html"}) as answer:
        policy, html = answer.headers["Content-Security-Policy"], await answer.text()
    assert f"connect-src 'self' {site.provider.url};" in policy
    assert json.dumps(f"{site.provider.url}/authorize")[1:-1] in html
