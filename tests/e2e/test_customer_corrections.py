"""On the customer's page in a real browser: an address is corrected part by part, alternatives have pictures, and what
people typed is set in its own direction."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from domain.shared.access import CUSTOMER_SCOPES
from tests.api.support import world
from tests.api.support.customers import acted, seen
from tests.api.support.makers import a_price, a_proposal, a_quote, a_recipient, an_item
from tests.api.support.running import Running, running

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOTED = {
    "line1": "Calle 1",
    "line2": "Piso 3",
    "postalCode": "11000",
    "city": "Montevideo",
    "provinceCode": "MO",
    "province": "Montevideo Department",
    "country": "UY",
}
# What browsers know the parts by.
KNOWN = {
    "line1": "address-line1",
    "line2": "address-line2",
    "postalCode": "postal-code",
    "city": "address-level2",
    "province": "address-level1",
    "country": "country",
}
PARTS = " ".join(NOTED)
# A picture of one pixel.
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000 1f15c4890000000d49444154789c63f8cfc0f01f0005"
    "0001ff8b3ad0690000000049454e44ae426082".replace(" ", "")
)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def api(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    path: Path = tmp_path_factory.mktemp("corrections") / "quotegraph.db"
    url = f"sqlite+aiosqlite:///{path}"
    await world.make(url)
    async with running(url) as found:
        yield found


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def place(api):
    """A field for an address, which customers fill in."""
    field = {"name": "Deliver to", "type": "ADDRESS", "isEditableByCustomer": True}
    made = await api.act("createCustomField", field, "customField { id }", key=await nordlicht(api))
    return made["customField"]["id"]


async def nordlicht(api):
    return await api.key(*CUSTOMER_SCOPES, company="NORDLICHT")


async def noted(api, place, address=NOTED, **more):
    return await a_quote(
        api, key=await nordlicht(api), customFields=[{"customFieldId": place, "value": {"address": address}}], **more
    )


async def kept(api, quote):
    [field] = (await seen(api, quote.key, f"customFields {{ address {{ {PARTS} }} }}"))["customFields"]
    return field["address"]


def link(api, quote):
    return f"{api.server.make_url('/q')}/{quote.key}"


async def test_an_address_is_prefilled_part_by_part_and_what_is_not_corrected_stays(api, page, place):
    quote = await noted(api, place)
    await page.goto(link(api, quote))
    form = page.locator("#fill")
    for part, known in KNOWN.items():
        await expect(form.locator(f"[autocomplete={known}]")).to_have_value(NOTED[part])
    await expect(form.get_by_label("Province code, such as CA")).to_have_value("MO")
    await form.locator("[autocomplete=address-level2]").fill("Canelones")
    # Meanwhile the company corrects another part, which nobody undoes.
    other = [{"customFieldId": place, "value": {"address": {"line2": "Piso 4"}}}]
    await api.act("updateQuote", {"quoteId": quote.id, "customFields": other}, key=await nordlicht(api))
    await form.get_by_role("button", name="Save").click()

    await expect(form.get_by_label("Address line 2 (floor, door)")).to_have_value("Piso 4")
    await expect(form.locator("[autocomplete=address-level2]")).to_have_value("Canelones")
    assert await kept(api, quote) == {**NOTED, "city": "Canelones", "line2": "Piso 4"}


async def test_a_part_that_is_emptied_is_taken_off_and_a_country_is_chosen_by_its_name(api, page, place):
    quote = await noted(api, place)
    await page.goto(link(api, quote))
    form = page.locator("#fill")
    await form.get_by_label("Address line 2 (floor, door)").fill("")
    await form.get_by_label("Province code, such as CA").fill("")
    await form.get_by_label("Province or state").fill("Ostrobothnia")
    await form.get_by_label("Country").select_option(label="Finland")
    async with page.expect_response("**/graphql"):
        await form.get_by_role("button", name="Save").click()

    await expect(form.get_by_label("Country")).to_have_value("FI")
    changed = {"line2": None, "provinceCode": None, "province": "Ostrobothnia", "country": "FI"}
    assert await kept(api, quote) == NOTED | changed


async def test_every_country_can_be_chosen_by_its_name(api, page, place):
    await page.goto(link(api, await noted(api, place)))
    await expect(page.locator("#fill select")).to_be_visible()
    names = await page.locator("#fill select option").all_inner_texts()
    assert len(names) > 249
    assert {"Uruguay", "Türkiye", "Kosovo", "Côte d’Ivoire", "South Korea"} <= set(names)


async def test_saving_what_is_as_it_was_changes_nothing(api, page, place):
    quote = await noted(api, place)
    await page.goto(link(api, quote))
    async with page.expect_response("**/graphql"):
        await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("button", name="Save")).to_be_enabled()
    await expect(page.get_by_role("alert")).to_have_count(0)

    assert await kept(api, quote) == NOTED
    assert [it.type for it in await api.rows("events") if str(it.node_id) in quote.id].count("QUOTE_UPDATED") == 0


async def test_a_mutation_that_names_one_part_leaves_the_others(api, place):
    quote = await noted(api, place)
    fields = [{"customFieldId": place, "value": {"address": {"postalCode": "12000", "line2": None, "province": ""}}}]
    done = await acted(api, "fillInQuote", {"key": quote.key, "customFields": fields})
    assert done["userErrors"] == []
    assert await kept(api, quote) == {**NOTED, "postalCode": "12000", "line2": None, "province": None}


async def test_alternatives_show_their_pictures_and_the_place_they_come_from_is_told_nothing(api, page):
    quote = await a_quote(api)
    for model, url in (
        ("Secure", "https://pictures.example/laptop.png"),
        ("Gone", "https://pictures.example/gone.png"),
        ("Plain", "http://pictures.example/plain.png"),
    ):
        proposal = a_proposal(
            quote.item, specification={"brand": "Dell", "model": model}, imageUrl=url, price=a_price("9")
        )
        assert (await api.act("proposeAlternative", proposal, key=api.operator))["userErrors"] == []
    asked, complaints = [], []
    page.on("pageerror", lambda error: complaints.append(str(error)))

    async def answer(route):
        asked.append((route.request.url, await route.request.all_headers()))
        if "gone" in route.request.url:
            await route.abort()
        else:
            await route.fulfill(body=PIXEL, content_type="image/png")

    await page.route("**://pictures.example/**", answer)
    await page.goto(link(api, quote))
    picture = page.get_by_role("img", name="Picture of Dell Secure")
    await picture.scroll_into_view_if_needed()

    await expect(picture).to_have_js_property("naturalWidth", 1)
    await expect(page.get_by_role("img")).to_have_count(1)
    # What is not encrypted is not loaded; it can be followed.
    await expect(page.get_by_role("link", name="Picture")).to_have_attribute(
        "href", "http://pictures.example/plain.png"
    )
    assert {url for url, _ in asked} == {"https://pictures.example/laptop.png", "https://pictures.example/gone.png"}
    assert [headers for _, headers in asked if "referer" in headers or "cookie" in headers] == []
    assert complaints == []


async def test_what_people_typed_is_set_in_its_own_direction(api, page):
    hebrew, arabic = "שלום (2)!", "هذا عرض (3)."
    people = [a_recipient("דוד (4)")]
    quote = await a_quote(
        api,
        an_item(comments=f"{hebrew}\nEnglish (5).", recipients=people),
        title=hebrew,
        body=arabic,
        publicNotes=arabic,
    )
    await page.goto(link(api, quote))

    for words in (hebrew, arabic):
        found = page.get_by_text(words, exact=False).first
        assert await found.evaluate("it => getComputedStyle(it).direction") == "rtl"
    await expect(page.locator("bdi", has_text="דוד (4)")).to_have_attribute("dir", "auto")
    undirected = """() => [...document.querySelectorAll('main *')].filter((it) => /[֐-ࣿ]/.test(
        [...it.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join(''))
        && !it.closest('[dir=auto]')).map((it) => it.outerHTML)"""
    assert await page.evaluate(undirected) == []
    sides = """() => {
        const it = document.querySelector('p.lines'), range = document.createRange();
        range.selectNodeContents(it);
        return [it.getBoundingClientRect().right, range.getBoundingClientRect().right];
    }"""
    right, text_right = await page.evaluate(sides)
    assert abs(right - text_right) < 2


@pytest.mark.parametrize("width", [1400, 800, 360])
async def test_the_page_fits_every_screen(api, page, place, width):
    quote = await noted(api, place)
    picture = {"imageUrl": "https://pictures.example/laptop.png", "description": "W" * 300}
    await api.act("proposeAlternative", a_proposal(quote.item, **picture), key=api.operator)
    await page.route("**://pictures.example/**", lambda route: route.fulfill(body=PIXEL, content_type="image/png"))
    await page.set_viewport_size({"width": width, "height": 900})
    await page.goto(link(api, quote))
    await expect(page.locator("#fill")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == width
