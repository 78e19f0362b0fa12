"""The customer's page for those who use a keyboard, a screen reader or a phone, in a real browser."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from tests.api.support import world
from tests.api.support.makers import a_price, a_proposal, a_quote, an_alternative, two_lines
from tests.api.support.running import Running, running
from tests.e2e.accessibility import accessibility_problems

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def api(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    url = f"sqlite+aiosqlite:///{tmp_path_factory.mktemp('reading') / 'quotegraph.db'}"
    await world.make(url)
    async with running(url) as found:
        yield found


def link(api, quote):
    return f"{api.server.make_url('/q')}/{quote.key}"


async def focused(page: Page) -> Any:
    return await page.evaluate("(({ localName, type, value }) => [localName, type, value])(document.activeElement)")


async def test_a_customer_chooses_and_signs_with_the_keyboard_alone(api, page):
    quote = await a_quote(api, alternatives=1)
    await page.goto(link(api, quote))
    await expect(page.locator("#sign")).to_be_visible()
    await page.keyboard.press("Tab")
    assert await focused(page) == ["input", "radio", ""]
    await page.keyboard.press("ArrowDown")
    # The page is drawn again with the totals of the choice.
    await expect(page.locator(".totals .number.total")).to_have_text("USD 1,190.00")
    assert await focused(page) == ["input", "radio", quote.alternative]
    await expect(page.locator("#announcement")).to_have_text("Total: USD 1,190.00")
    await page.keyboard.press("ArrowUp")
    await expect(page.locator(".totals .number.total")).to_have_text("USD 1,450.00")
    assert await focused(page) == ["input", "radio", ""]
    await page.keyboard.press("ArrowDown")
    await expect(page.locator(".totals .number.total")).to_have_text("USD 1,190.00")

    for key in ("Tab", "Tab"):
        await page.keyboard.press(key)
    await page.keyboard.type("Carla Paz")
    await page.keyboard.press("Tab")
    await page.keyboard.type("carla@customer.example")
    for key in ("Tab", "Space", "Tab", "Enter"):
        await page.keyboard.press(key)

    thanks = page.get_by_role("heading", name="Thank you, Carla Paz")
    await expect(thanks).to_be_focused()
    await expect(page.get_by_role("region", name="Thank you, Carla Paz")).to_contain_text(
        "Austral orders the devices. You need to do nothing more."
    )
    await expect(page.get_by_role("region", name="Thank you, Carla Paz")).to_contain_text(
        "e-mailed to carla@customer.example"
    )
    await expect(page.get_by_role("status")).to_have_text("Approved")


async def test_what_is_typed_and_where_stays_while_the_totals_change(api, page):
    quote = await a_quote(api, alternatives=1)
    await page.goto(link(api, quote))
    name = page.locator("#sign").get_by_label("Name")
    await name.fill("Carla Paz")
    typed = asyncio.Event()

    async def answer_later(route):
        await typed.wait()
        await route.continue_()

    await page.route("**/graphql", answer_later)
    await page.get_by_role("radio").nth(1).check()
    await name.focus()
    await name.evaluate("it => it.setSelectionRange(2, 4)")
    typed.set()
    await expect(page.locator(".totals .number.total")).to_have_text("USD 1,190.00")
    await expect(name).to_be_focused()
    await expect(name).to_have_value("Carla Paz")
    assert await name.evaluate("it => [it.selectionStart, it.selectionEnd]") == [2, 4]


async def test_of_two_signatures_the_first_says_that_nothing_is_ordered_yet(api, page):
    quote = await a_quote(api)
    await api.act("requireSignatures", {"quoteId": quote.id, "count": 2})
    await page.goto(link(api, quote))
    form = page.locator("#sign")
    await form.get_by_label("Name").fill("Carla Paz")
    await form.get_by_label("E-mail").fill("carla@customer.example")
    await form.get_by_role("checkbox").check()
    await form.get_by_role("button").click()
    thanks = page.get_by_role("region", name="Thank you, Carla Paz")
    await expect(thanks).to_contain_text("needs one more signature: nothing is ordered before the last one")
    await page.reload()
    await expect(page.get_by_role("status")).to_have_text("Signed by 1 of 2")
    await expect(thanks).to_have_count(0)


async def test_a_decline_says_that_nothing_is_ordered(api, page):
    quote = await a_quote(api)
    await page.goto(link(api, quote))
    await page.get_by_text("Decline instead").click()
    await page.locator("#decline textarea").fill("Too dear")
    await page.get_by_role("button", name="Decline the quote").click()
    declined = page.get_by_role("region", name="The quote is declined")
    await expect(declined).to_contain_text("Austral is told, with your reason. Nothing is ordered.")


async def test_each_alternative_says_what_it_costs_more_or_less(api, page):
    quote = await a_quote(api)
    for price in ("1190.00", "1499.95", "1450.00"):
        await an_alternative(api, quote.item, price=a_price(price))
    await api.act("proposeAlternative", a_proposal(quote.item, price=None), key=api.operator)
    await page.goto(link(api, quote))
    rows = page.get_by_role("row")
    for place, words in enumerate(("USD 260.00 less", "USD 49.95 more", "the same price", "not priced yet")):
        await expect(rows.nth(2 + place)).to_contain_text(words)
    await expect(page.get_by_role("radio").nth(1)).to_have_accessible_description("USD 1,190.00 USD 260.00 less")


async def test_on_a_phone_every_amount_is_visible_with_its_name(api, page):
    quote = await a_quote(api, *two_lines(), alternatives=1)
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto(link(api, quote))
    await expect(page.get_by_role("cell", name="USD 2,900.00")).to_be_visible()
    await expect(page.get_by_role("cell", name="USD 1,450.00").first).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == 360
    labels = "[...document.querySelectorAll('td.number')].map(it => getComputedStyle(it, '::before').content)"
    assert {'"Quantity"', '"Price each"', '"Amount"'} <= set(await page.evaluate(labels))


@pytest.mark.parametrize("width", [1400, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_rules_of_accessibility_are_met(api, page, width, scheme):
    quote = await a_quote(api, *two_lines(), alternatives=1, isAcceptingDocuments=True)
    await page.emulate_media(color_scheme=scheme)
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto(link(api, quote))
    await expect(page.locator("#sign")).to_be_visible()
    assert await accessibility_problems(page) == []
