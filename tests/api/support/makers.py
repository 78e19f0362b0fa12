"""Quotes made through the API itself, with only what matters to a test said."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.api.support.running import Running
from tests.api.support.world import LATITUDE, MACBOOK

QUOTE = """
    quote {
        id orderId status publicKey { key }
        items { id status decision recipients { id name email status } alternatives { id status } }
    }
"""


@dataclass(frozen=True)
class Made:
    """A quote as it was made: the ids of its parts."""

    id: str
    order_id: str
    items: list[str]
    alternatives: list[list[str]]
    recipients: list[list[str]]
    vendor_order: str = ""
    price_option: str = ""
    key: str = ""

    @property
    def item(self) -> str:
        return self.items[0]

    @property
    def recipient(self) -> str:
        return self.recipients[0][0]

    @property
    def alternative(self) -> str:
        return self.alternatives[0][0]


def a_recipient(name: str = "Ana Rodríguez", **given: Any) -> dict[str, Any]:
    return {"name": name, "country": "UY", "email": f"{name.split()[0].lower()}@people.example", **given}


def an_item(**given: Any) -> dict[str, Any]:
    return {"device": {"catalogue": {"productId": MACBOOK}}, "recipients": [a_recipient()], **given}


def a_draft(*items: dict[str, Any], **given: Any) -> dict[str, Any]:
    return {"requesterEmail": "it@austral.example", "items": list(items) or [an_item()], **given}


def a_price(amount: str = "1450.00", currency: str = "USD") -> dict[str, str]:
    return {"amount": amount, "currencyCode": currency}


def a_proposal(item: str, **given: Any) -> dict[str, Any]:
    return {"itemId": item, "specification": {"brand": "Lenovo", "model": "ThinkPad T14"}, **given}


FULL_RECIPIENT = a_recipient(
    phoneNumber="+598 2 123",
    address="10 Main Street",
    isForStorage=False,
    hireDate="2026-12-01",
    destination="EMPLOYEE",
    city="Montevideo",
    postalCode="11000",
    addressExtra="Floor 2",
    governmentId="1.2",
)
ARTICLE = {
    "sku": "MBP-14",
    "barcode": "0195949",
    "url": "https://shop.example/mbp",
    "imageUrl": "https://shop.example/mbp.png",
    "weight": "1.55",
    "weightUnit": "KG",
    "isShippingRequired": True,
    "priceUnit": "each",
    "properties": [{"key": "Engraving", "value": "A. R."}],
}
DISCOUNT = {"type": "PERCENTAGE", "value": "10", "reason": "Volume"}
SHIPPING = {"name": "Express", "price": a_price("25.00")}
PRICE_OPTION = {"name": "Lease", "price": a_price("1500.00"), "upfront": a_price("100.00")}


async def a_quote(
    api: Running,
    *items: dict[str, Any],
    prices: Sequence[str | None] | str | None = "1450.00",
    alternatives: int = 0,
    key: str | None = None,
    operator: str | None = None,
    **given: Any,
) -> Made:
    """A quote with these items, by default one. `prices`: one for all items, one each, or None for unpriced ones;
    `alternatives`: how many priced ones each item gets."""
    operator = operator or api.operator
    made = (await api.act("createQuote", a_draft(*items, **given), QUOTE, key=key))["quote"]
    ids = [item["id"] for item in made["items"]]
    each = [prices] * len(ids) if prices is None or isinstance(prices, str) else prices
    for item, price in zip(ids, each, strict=True):
        if price is not None:
            payload = await api.act("priceItem", {"itemId": item, "price": a_price(price)}, key=operator)
            assert payload["userErrors"] == []
    proposed = [[await an_alternative(api, item, key=operator) for _ in range(alternatives)] for item in ids]
    recipients = [[it["id"] for it in item["recipients"]] for item in made["items"]]
    return Made(made["id"], made["orderId"], ids, proposed, recipients, key=made["publicKey"]["key"])


async def an_alternative(api: Running, item: str, key: str | None = None, **given: Any) -> str:
    proposal = a_proposal(item, **{"price": a_price("1190.00"), **given})
    payload = await api.act("proposeAlternative", proposal, "alternative { id }", key=key or api.operator)
    assert payload["userErrors"] == []
    found: str = payload["alternative"]["id"]
    return found


async def a_price_option(api: Running, quote: Made, key: str | None = None, price: str = "1450.00") -> str:
    """The only option of a quote."""
    given = {"quoteId": quote.id, "options": [{"name": "Purchase", "price": a_price(price)}]}
    payload = await api.act("setPriceOptions", given, "quote { priceOptions { id } }", key=key or api.operator)
    assert payload["userErrors"] == []
    found: str = payload["quote"]["priceOptions"][0]["id"]
    return found


def two_lines() -> tuple[dict[str, Any], dict[str, Any]]:
    """A MacBook for Ana, and two Latitudes for Bruno and a store."""
    store = a_recipient("Store", country="BR", email=None, isForStorage=True)
    latitudes = an_item(device={"catalogue": {"productId": LATITUDE}}, recipients=[a_recipient("Bruno Silva"), store])
    return an_item(), latitudes


async def statuses(api: Running, quote: Made) -> Any:
    """The quote as it stands: its own status, and of each line the decision and the statuses of its parts."""
    found = await api.data(
        """query($id: ID!) { quote(by: {id: $id}) { status items {
            status decision alternatives { status } recipients { status }
        } } }""",
        {"id": quote.id},
        key=api.operator,
    )
    return found["quote"]


def codes(payload: Any) -> list[str]:
    """The codes of a payload's user errors."""
    return [error["code"] for error in payload["userErrors"]]
