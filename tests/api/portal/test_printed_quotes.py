"""The customer's papers over the API: for whom they are, that their sums can be added up, and what was signed."""

import hashlib
from decimal import Decimal
from io import BytesIO

import pypdfium2
import pytest

from tests.api.support.customers import a_signature, acted, seen
from tests.api.support.makers import a_price, a_quote, a_recipient, an_item
from tests.api.support.running import on_both_databases

ADA = {
    "name": "Ada Lovelace",
    "companyName": "Engines Ltd",
    "email": "ada@engines.example",
    "address": {"line1": "Mitte 1", "postalCode": "10115", "city": "Berlin", "country": "DE"},
}
SUMS = "subtotal { amount } discountTotal { amount } shippingTotal { amount } taxTotal { amount } total { amount }"
TAXES = "taxLines { rate base { amount } amount { amount } }"
COMPANY_SUMS = f"""query($id: ID!) {{ quote(by: {{id: $id}}) {{
    {SUMS} amountDue {{ amount }} {TAXES}
    items {{ {SUMS.replace("shippingTotal { amount }", "")} discount {{ amount {{ amount }} }} taxRate }}
}} }}"""
PUBLIC_SUMS = f"amounts {{ label amount isAmountDue }} {SUMS} amountDue {{ amount }} {TAXES}"
SIGNED = "orderId documentHash signatures { name documentUrl }"


def a_few(number):
    return [a_recipient(f"Person{it}") for it in range(number)]


async def read(api, url, key=None):
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    async with api.http.get(api.server.make_url(url) if url.startswith("/") else url, headers=headers) as response:
        return response.status, await response.read()


async def printed(api, quote):
    """The text of the customer's PDF."""
    status, content = await read(api, f"/q/{quote.key}/quote.pdf")
    assert status == 200
    document = pypdfium2.PdfDocument(BytesIO(content))
    try:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


# ---- for whom


async def test_a_quote_for_a_customer_names_them_and_their_address_on_page_and_paper(api):
    ada = (await api.act("createCustomer", ADA, "customer { id }"))["customer"]["id"]
    quote = await a_quote(api, customerId=ada, title="Laptops for Berlin")

    found = await seen(api, quote.key, "title companyName preparedFor")
    assert found == {
        "title": "Laptops for Berlin",
        "companyName": "Austral",
        "preparedFor": ["Ada Lovelace", "Engines Ltd", "Mitte 1", "10115 Berlin", "Germany"],
    }
    paper = await printed(api, quote)
    for words in ("Laptops for Berlin", "Austral", *found["preparedFor"]):
        assert words in paper
    assert "ada@engines.example" not in paper


async def test_a_quote_for_nobody_in_particular_is_for_its_company(api):
    quote = await a_quote(api)
    assert (await seen(api, quote.key, "preparedFor"))["preparedFor"] == ["Austral"]


# ---- sums


def amount(text):
    """The number in a printed amount such as `−USD 1,450.00`."""
    sign = -1 if text.startswith("−") else 1
    return sign * Decimal(text.removeprefix("−").split()[1].replace(",", ""))


def number(money):
    return Decimal(money["amount"])


@on_both_databases
@pytest.mark.parametrize("decided", [False, True])
async def test_the_sums_a_customer_reads_are_those_of_the_quote_and_can_be_added_up(api, decided):
    lines = [an_item(recipients=a_few(count)) for count in (3, 1, 2)]
    quote = await a_quote(api, *lines, prices=["1450.10", "99.99", "20.00"], alternatives=1)
    items = [
        {
            "itemId": quote.items[0],
            "taxRate": "21",
            "discount": {"type": "PERCENTAGE", "value": "12.5", "reason": "volume"},
        },
        {"itemId": quote.items[1], "taxRate": "10"},
        {"itemId": quote.items[2], "isTaxable": False},
    ]
    terms = {
        "shipping": {"name": "Express", "price": a_price("12.34")},
        "discount": {"type": "PERCENTAGE", "value": "7.5", "reason": "Framework"},
    }
    priced = await api.act("priceQuote", {"quoteId": quote.id, "items": items, **terms}, key=api.operator)
    assert priced["userErrors"] == []
    if decided:
        await api.act("acceptAlternative", {"alternativeId": quote.alternative})
        await api.act("rejectItem", {"itemId": quote.items[1]})
        await api.act("rejectAlternative", {"alternativeId": quote.alternatives[1][0]})
        await api.act("acceptItem", {"itemId": quote.items[2]})

    ours = (await api.data(COMPANY_SUMS, {"id": quote.id}))["quote"]
    public = await seen(api, quote.key, PUBLIC_SUMS)
    rows = {it["label"]: amount(it["amount"]) for it in public["amounts"]}

    # The same figures on both sides.
    assert {name: public[name] for name in ("subtotal", "discountTotal", "taxTotal", "total", "amountDue")} == {
        name: ours[name] for name in ("subtotal", "discountTotal", "taxTotal", "total", "amountDue")
    }
    # Each row is what its label says, worked out from the lines.
    assert [*rows][:4] == ["Subtotal", "Discounts on lines", "Discount 7.5 % (Framework)", "Shipping (Express)"]
    counted = [it for it in ours["items"] if it["total"]]
    assert rows["Subtotal"] == sum(number(it["subtotal"]) for it in counted) == number(ours["subtotal"])
    discounts = rows["Discounts on lines"] + rows["Discount 7.5 % (Framework)"]
    assert discounts == -number(ours["discountTotal"]) == -sum(number(it["discountTotal"]) for it in counted)
    rates = {it["taxRate"] for it in counted if number(it["taxTotal"])}
    taxes = {it["rate"]: it for it in ours["taxLines"] if it["rate"] != "0"}
    assert taxes.keys() == rates
    assert len([label for label in rows if label.startswith("Tax")]) == len(rates)
    for rate, tax in taxes.items():
        assert number(tax["amount"]) == sum(number(it["taxTotal"]) for it in counted if it["taxRate"] == rate)
        assert rows[f"Tax {rate} % of USD {number(tax['base']):,}"] == number(tax["amount"])
    assert public["taxLines"] == ours["taxLines"]
    # And together they are the total.
    assert sum(it for label, it in rows.items() if label != "Total") == rows["Total"] == number(ours["total"])
    paper = " ".join((await printed(api, quote)).split())
    for row in public["amounts"]:
        assert row["label"] in paper
        assert row["amount"] in paper


async def test_the_amount_of_a_line_stands_on_the_row_of_the_offer_that_was_accepted(api):
    quote = await a_quote(api, an_item(recipients=a_few(3)), prices="999.99", alternatives=1)
    await api.act("acceptAlternative", {"alternativeId": quote.alternative})

    paper = " ".join((await printed(api, quote)).split())
    asked, _, other = paper.partition(" or Lenovo ThinkPad T14")
    assert other
    assert ("USD 999.99" in asked, "USD 2,999.97" in paper) == (True, False)
    assert "USD 1,190.00 USD 3,570.00" in other


# ---- what was signed


@on_both_databases
async def test_what_was_signed_is_read_by_the_customers_key_byte_for_byte(api):
    quote = await a_quote(api, prices="1450.00", alternatives=1)
    before = await read(api, f"/q/{quote.key}/quote.pdf")
    signed = await acted(api, "signQuote", a_signature(quote.key))
    assert signed["userErrors"] == []

    found = await seen(api, quote.key, SIGNED)
    [signature] = found["signatures"]
    status, content = await read(api, signature["documentUrl"])
    assert (status, content) == (200, before[1])
    assert signature["documentUrl"].endswith(f"/q/{quote.key}/signed/{hashlib.sha256(content).hexdigest()}.pdf")
    # The paper says by now what became of the offers; the copy does not.
    assert found["documentHash"] != hashlib.sha256(content).hexdigest()


async def test_a_signed_copy_is_read_by_its_own_key_and_hash_alone(api):
    mine, other = await a_quote(api), await a_quote(api, an_item(comments="Another"))
    hashes = []
    for quote in (mine, other):
        await acted(api, "signQuote", a_signature(quote.key))
        [signature] = (await seen(api, quote.key, SIGNED))["signatures"]
        hashes.append(signature["documentUrl"].rpartition("/")[2].removesuffix(".pdf"))
    own, foreign = hashes
    assert (await read(api, f"/q/{mine.key}/signed/{own}.pdf"))[0] == 200

    shown = (await seen(api, mine.key, SIGNED))["documentHash"]
    for key, sha256 in (
        (other.key, own),
        (mine.key, foreign),
        (mine.key, shown),
        (mine.key, own.upper()),
        (mine.key, own[:-1]),
        (mine.key, "..%2F" + own),
        (mine.key, "%00"),
        (mine.key, "'; --"),
        (mine.key, "x" * 5_000),
        ("wrong", own),
    ):
        assert (await read(api, f"/q/{key}/signed/{sha256}.pdf")) == (404, b"There is no such quote.\n")
    await api.act("revokePublicKey", {"quoteId": mine.id})
    assert (await read(api, f"/q/{mine.key}/signed/{own}.pdf"))[0] == 404
    # The company still has it.
    assert (await read(api, f"/quotes/{mine.id}/signed/{own}.pdf", api.customer))[0] == 200
