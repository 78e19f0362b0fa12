"""The customer's page in a real browser, against the real application: see, sign, decline, approve."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect
from yarl import URL

from domain.shared.access import CUSTOMER_SCOPES
from tests.api.support import world
from tests.api.support.customers import a_signature, acted
from tests.api.support.makers import a_price, a_price_option, a_quote, an_item, two_lines
from tests.api.support.running import Running, running

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def api(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    path: Path = tmp_path_factory.mktemp("page") / "quotegraph.db"
    url = f"sqlite+aiosqlite:///{path}"
    await world.make(url)
    async with running(url) as found:
        yield found


def link(api, quote):
    return f"{api.server.make_url('/q')}/{quote.key}"


async def sign(page, name="Carla Paz"):
    form = page.locator("#sign")
    await form.get_by_label("Name").fill(name)
    await form.get_by_label("E-mail").fill(f"{name.split()[0].lower()}@customer.example")
    for box in await form.get_by_role("checkbox").all():
        await box.check()
    await form.get_by_role("button", name="Sign the quote").click()


async def status(api, quote):
    query = "query($id: ID!) { quote(by: {id: $id}) { decisionStatus offerStatus closingReason } }"
    return (await api.data(query, {"id": quote.id}))["quote"]


async def test_a_customer_sees_and_signs_a_quote(api, page):
    until = "2090-12-31T23:59:59-03:00"
    quote = await a_quote(api, an_item(comments="<b>Soon</b>"), alternatives=1, expiresAt=until)
    terms = {"quoteId": quote.id, "name": "Terms of sale", "url": "https://shop.example/terms.pdf"}
    await api.act("attachDocument", terms)
    requested, complaints = [], []
    page.on("request", lambda request: requested.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    await page.goto(link(api, quote))
    for words in (
        quote.order_id,
        "Austral",
        "Apple MacBook Pro 14",
        "USD 1,450.00",
        "TotalUSD 1,450.00",
        "or Lenovo",
        "<b>Soon</b>",
        "31 December 2090, 23:59:59 (UTC-03:00)",
    ):
        await expect(page.locator("main")).to_contain_text(words)
    await expect(page.get_by_role("status")).to_have_text("Waiting for your decision")
    assert (await status(api, quote))["offerStatus"] == "VIEWED"
    await sign(page)

    await expect(page.get_by_role("status")).to_have_text("Approved")
    await expect(page.locator("main")).to_contain_text("Carla Paz")
    await expect(page.locator("main")).to_contain_text("(UTC): what was signed")
    await expect(page.locator("#sign")).to_have_count(0)
    assert (await status(api, quote))["decisionStatus"] == "APPROVED"
    assert {str(URL(it).origin()) for it in requested if not it.startswith("data:")} == {str(URL(api.url).origin())}
    assert complaints == []


async def test_a_customer_chooses_an_alternative_and_signs_for_it(api, page):
    quote = await a_quote(api, *two_lines(), alternatives=2)
    await api.act("requireSignatures", {"quoteId": quote.id, "count": 2})
    await page.goto(link(api, quote))
    await expect(page.locator("#sign-means")).to_contain_text("what is chosen on each line")
    whole = await page.locator(".totals .number.total").inner_text()
    await page.locator("#sign").get_by_label("Name").fill("Carla Paz")
    rows = page.locator("tbody tr")
    await expect(rows.nth(0).get_by_role("radio")).to_be_checked()
    await rows.nth(2).get_by_role("radio").check()
    await expect(page.locator(".totals .number.total")).not_to_have_text(whole)
    await expect(rows.nth(2).get_by_role("radio")).to_be_checked()
    await expect(rows.nth(0).get_by_role("radio")).not_to_be_checked()
    await expect(page.locator("#sign").get_by_label("Name")).to_have_value("Carla Paz")
    assert "alternative=" in await page.get_by_role("link", name="Download the quote as a PDF").get_attribute("href")
    await sign(page)

    await expect(page.get_by_role("status")).to_have_text("Signed by 1 of 2")
    await page.reload()
    await expect(rows.nth(2).get_by_role("radio")).to_be_checked()
    await expect(rows.nth(2).get_by_role("radio")).to_be_disabled()
    await sign(page, "Dan Ruiz")
    await expect(page.get_by_role("status")).to_have_text("Approved")
    await expect(rows.nth(2)).to_contain_text("accepted")
    await expect(rows.nth(0)).to_contain_text("not chosen")
    items = "query($id: ID!) { quote(by: {id: $id}) { items { decision } } }"
    found = (await api.data(items, {"id": quote.id}))["quote"]["items"]
    assert [it["decision"] for it in found] == ["ALTERNATIVE_ACCEPTED", "ITEM_ACCEPTED"]


async def test_a_quote_that_changed_meanwhile_is_not_signed(api, page):
    quote = await a_quote(api)
    await page.goto(link(api, quote))
    await expect(page.locator("#sign")).to_be_visible()
    await api.act("updateQuote", {"quoteId": quote.id, "publicNotes": "Only half of it"})
    await sign(page)

    await expect(page.get_by_role("alert")).to_contain_text("The quote has changed")
    assert (await status(api, quote))["decisionStatus"] == "PENDING"


async def test_the_first_of_two_signatures_says_that_another_is_needed(api, page):
    quote = await a_quote(api)
    await api.act("requireSignatures", {"quoteId": quote.id, "count": 2})
    await page.goto(link(api, quote))
    await expect(page.locator("#sign-means")).to_contain_text("needs 2 signatures")
    await sign(page)
    await expect(page.get_by_role("status")).to_have_text("Signed by 1 of 2")
    await sign(page, "Dan Ruiz")
    await expect(page.get_by_role("status")).to_have_text("Approved")


async def test_a_quote_without_lines_is_signed_for_its_text_at_one_of_its_prices(api, page):
    quote = await a_quote(api, items=None, body="# Support for a year")
    await a_price_option(api, quote, price="4800.00")
    await page.goto(link(api, quote))
    await expect(page.get_by_role("heading", name="Support for a year")).to_be_visible()
    await expect(page.get_by_role("table")).to_have_count(0)
    await expect(page.locator("#sign-means")).to_have_text("Your signature accepts this quote.")
    await sign(page)
    await expect(page.get_by_role("status")).to_have_text("Approved")
    await expect(page.locator("main")).to_contain_text("the quote is accepted")
    await expect(page.locator(".totals")).to_contain_text("Price agreed: PurchaseUSD 4,800.00")


async def test_a_customer_declines_and_says_why(api, page):
    quote = await a_quote(api)
    await page.goto(link(api, quote))
    await page.get_by_text("Decline instead").click()
    await page.locator("#decline textarea").fill("Too dear")
    await page.get_by_role("button", name="Decline the quote").click()

    await expect(page.get_by_role("status")).to_have_text("Declined")
    assert await status(api, quote) == {
        "decisionStatus": "DECLINED",
        "offerStatus": "VIEWED",
        "closingReason": "Too dear",
    }


async def test_a_customer_approves_the_project(api, page):
    quote = await a_quote(api)
    await api.act("acceptItem", {"itemId": quote.item})
    await api.act("requestProjectApproval", {"quoteId": quote.id})
    await page.goto(link(api, quote))
    form = page.locator("#approve")
    await form.get_by_label("Name").fill("Carla Paz")
    await form.get_by_label("E-mail").fill("carla@customer.example")
    await form.get_by_role("button").click()
    await expect(page.locator("dl")).to_contain_text("approved")


async def test_a_key_that_opens_nothing_says_so(api, page):
    await page.goto(f"{api.server.make_url('/q')}/wrong")
    await expect(page.get_by_role("heading")).to_have_text("This quote is not available")


async def test_what_a_quote_says_is_drawn_and_never_run(api, page):
    quote = await a_quote(api)
    body = "# Hello **Ada**\n- *one*\n- two\n\n<img src=x onerror=alert(1)> "
    body += "[terms](https://shop.example/t) [no](javascript:x)"
    await api.act("updateQuote", {"quoteId": quote.id, "body": body, "publicNotes": "**plain**"}, key=api.operator)
    await page.goto(link(api, quote))

    shown = page.locator(".body")
    await expect(shown.get_by_role("heading", name="Hello Ada")).to_be_visible()
    await expect(shown.get_by_role("listitem")).to_have_text(["one", "two"])
    await expect(shown.locator("em")).to_have_text("one")
    await expect(shown.get_by_role("link")).to_have_count(1)
    await expect(shown.get_by_role("link", name="terms")).to_have_attribute("href", "https://shop.example/t")
    await expect(shown).to_contain_text("<img src=x onerror=alert(1)>")
    await expect(shown).to_contain_text("[no](javascript:x)")
    await expect(page.locator("main")).to_contain_text("**plain**")


async def test_what_has_no_price_yet_cannot_be_signed_but_declined(api, page):
    quote = await a_quote(api, prices=None)
    await page.goto(link(api, quote))
    await expect(page.get_by_role("status")).to_have_text("Not priced yet")
    await expect(page.locator("#sign")).to_have_count(0)
    await page.get_by_text("Decline instead").click()
    await page.get_by_role("button", name="Decline the quote").click()
    await expect(page.get_by_role("status")).to_have_text("Declined")


async def test_long_words_and_many_signatures_stay_on_a_telephones_screen(api, page):
    quote = await a_quote(api, an_item(comments="x" * 300))
    shipping = {"name": "Shipping " * 20, "price": a_price("12.00")}
    await api.act("priceQuote", {"quoteId": quote.id, "shipping": shipping}, key=api.operator)
    await api.act("requireSignatures", {"quoteId": quote.id, "count": 2})
    await api.act("updateQuote", {"quoteId": quote.id, "title": "T" * 200, "body": "B" * 300})
    for name in ("Carla Paz", "Dan Ruiz"):
        assert (await acted(api, "signQuote", a_signature(quote.key, name)))["userErrors"] == []
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto(link(api, quote))

    await expect(page.get_by_role("status")).to_have_text("Approved")
    await expect(page.get_by_role("link", name="what was signed")).to_have_count(2)
    assert await page.evaluate("document.documentElement.scrollWidth") == 360


async def test_a_customer_hands_in_a_document_where_the_company_takes_some(api, page):
    quote, closed = await a_quote(api, isAcceptingDocuments=True), await a_quote(api)
    await page.goto(link(api, closed))
    await expect(page.locator("#sign")).to_be_visible()
    await expect(page.locator("#hand")).to_have_count(0)

    await page.goto(link(api, quote))
    await page.locator("#sign").get_by_label("Name").fill("Carla Paz")
    await page.locator("#sign").get_by_role("checkbox").check()
    for name, content in (("form.html", b"<html>"), ("order form.pdf", b"%PDF-1.7 signed")):
        await page.locator("#hand input").set_input_files({"name": name, "mimeType": "x/y", "buffer": content})
        await page.get_by_role("button", name="Upload").click()
        if name == "form.html":
            await expect(page.get_by_role("alert")).to_have_text("Send a PDF, PNG or JPEG file.")
    await expect(page.locator("#handed li")).to_have_count(1)
    await expect(page.locator("#handed")).to_contain_text("order form.pdf")
    # What was typed elsewhere is still there; what is agreed to is the quote as it is shown now.
    await expect(page.locator("#sign").get_by_label("Name")).to_have_value("Carla Paz")
    await expect(page.locator("#sign").get_by_role("checkbox")).not_to_be_checked()
    await expect(page.get_by_role("alert")).to_have_count(0)


FIELDS = [
    ("Cost centre", "TEXT", None),
    ("Desks", "NUMBER", None),
    ("Wanted on", "DATE", None),
    ("Floor", "RADIO", ["Ground", "First"]),
    ("Colour", "DROP_DOWN", ["Grey", "Black"]),
    ("Extras", "CHECKLIST", ["Engraving", "Gift box"]),
    ("Deliver to", "ADDRESS", None),
]


async def test_a_customer_fills_in_fields_of_every_kind_before_signing(api, page):
    nordlicht = await api.key(*CUSTOMER_SCOPES, company="NORDLICHT")
    for name, kind, options in FIELDS:
        given = {
            "name": name,
            "type": kind,
            "options": options,
            "isEditableByCustomer": True,
            "isRequired": name == "Cost centre",
        }
        made = await api.act("createCustomField", {k: v for k, v in given.items() if v is not None}, key=nordlicht)
        assert made["userErrors"] == []
    quote = await a_quote(api, key=nordlicht)
    await page.goto(link(api, quote))
    await sign(page)
    await expect(page.get_by_role("alert")).to_contain_text("Cost centre")

    form = page.locator("#fill")
    await form.get_by_label("Cost centre").fill("CC-7")
    await form.get_by_label("Desks").fill("12.5")
    await form.get_by_label("Wanted on").fill("2026-12-24")
    await form.get_by_label("First").check()
    await form.get_by_label("Colour").select_option("Black")
    for extra in ("Engraving", "Gift box"):
        await form.get_by_label(extra).check()
    await form.get_by_label("Street and number").fill("Mitte 1")
    await form.get_by_label("City").fill("Berlin")
    await form.get_by_label("Country").select_option(label="Germany")
    await form.get_by_role("button", name="Save").click()
    # The fields show the same before and after it; signing earlier would be drawn over.
    await expect(page.locator("#announcement")).to_have_text("Saved")
    await expect(page.locator("#fill").get_by_label("Street and number")).to_have_value("Mitte 1")
    await expect(page.locator("#fill").get_by_label("Country")).to_have_value("DE")
    await expect(page.locator("#fill").get_by_label("Cost centre")).to_have_value("CC-7")
    await expect(page.locator("#fill").get_by_label("Wanted on")).to_have_value("2026-12-24")
    await expect(page.locator("#fill").get_by_label("Desks")).to_have_value("12.5")
    await expect(page.locator("#fill").get_by_label("First")).to_be_checked()
    await expect(page.locator("#fill").get_by_label("Gift box")).to_be_checked()
    await sign(page)

    await expect(page.get_by_role("status")).to_have_text("Approved")
    for words in ("CC-7", "Black", "Engraving, Gift box", "First", "Mitte 1"):
        await expect(page.locator("dl")).to_contain_text(words)
