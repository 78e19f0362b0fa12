"""The lines and totals of the emulated Quick Quote (docs/concepts.md#w3trends-quick-quote).

A line without its required fields is left out without an error. The total is that of the lines, less the discount, with
shipping and tax.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

Line = dict[str, Any]
NewId = Callable[[], int]

CENT = Decimal("0.01")
# The products of the shop, by the ids of their variants.
SHOP: dict[int, Line] = {
    4001: {"product_id": 401, "title": "Magic Mouse", "sku": "MOUSE-1", "price": 79.0},
    4002: {"product_id": 402, "title": "Studio Display", "sku": "DISPLAY-1", "price": 1599.99},
}
TEXTS = ("title", "sku", "barcode", "image_url")
# Of a product of the shop only this can be changed.
QUANTITY = "quantity"


class Refused(Exception):
    """An answer with status 400 and this message."""


def new_lines(given: Iterable[Line], new_id: NewId) -> list[Line]:
    """The lines that are added."""
    return [line for it in given if (line := _new_line(it, new_id)) is not None]


def new_properties(given: Any, new_id: NewId) -> list[Line]:
    """Properties of a line, given as a list of keys and values, as a single one, or as an object."""
    if isinstance(given, dict) and "key" in given:
        given = [given]
    if isinstance(given, dict):
        given = [{"key": key, "value": value} for key, value in given.items()]
    return [{"id": new_id(), "key": it["key"], "value": it.get("value")} for it in given or [] if it.get("key")]


def changed_line(line: Line, given: Line) -> Line:
    """Raises: Refused."""
    forbidden = [name for name in given if name != QUANTITY and not line["custom_product"]]
    if forbidden:
        raise Refused(f"{forbidden[0]} of a Shopify product cannot be changed")
    price = given.get("price", line["original_line_price"])
    changed = {**line, **{name: given[name] for name in TEXTS if name in given}, "original_line_price": price}
    return _priced({**changed, "quantity": _quantity(given.get("quantity", line["quantity"]))})


def with_totals(quote: Line) -> Line:
    """The quote with its sums."""
    lines = sum((_exact(it.get("total")) for it in quote["line_items"] or []), Decimal())
    discount = _discount(lines, quote.get("discount_amount"), quote.get("discount_type"))
    shipping = _exact((quote.get("shipping") or {}).get("shipping_total"))
    total = lines - discount + shipping + _exact(quote.get("total_tax"))
    sums = {"subtotal": lines, "discount_total": discount, "total": total}
    return {**quote, **{name: float(value) for name, value in sums.items()}}


def _new_line(given: Line, new_id: NewId) -> Line | None:
    product = SHOP.get(given.get("variant_id") or 0)
    is_custom = bool(given.get("custom_product"))
    if is_custom and (given.get("price") is None or not given.get("title")):
        return None
    if not is_custom and product is None:
        return None
    source = given if is_custom else product or {}
    discount = given.get("discount") or {}
    properties = given.get("item_properties") or given.get("properties")
    return _priced(
        {
            "id": new_id(),
            "product_id": None if is_custom else source.get("product_id"),
            "variant_id": None if is_custom else given["variant_id"],
            "variant_title": None,
            "title": source["title"],
            "sku": source.get("sku"),
            "barcode": source.get("barcode"),
            "quantity": _quantity(given.get("quantity", 1)),
            "original_line_price": source["price"],
            "discount_amount": discount.get("discount_amount", 0.0),
            "discount_reason": discount.get("reason"),
            "discount_type": _discount_type(discount.get("discount_type")),
            "grams": 0,
            "image": None,
            "custom_image_path": source.get("image_url"),
            "url": None,
            "requires_shipping": bool(given.get("requires_shipping", True)),
            "taxable": bool(given.get("taxable", True)),
            "custom_product": is_custom,
            "item_properties": new_properties(properties, new_id),
        }
    )


def _priced(line: Line) -> Line:
    price = _exact(line["original_line_price"])
    discount = _discount(price, line["discount_amount"], line["discount_type"])
    unit = price - discount
    sums = {"line_price": unit, "total": unit * line["quantity"], "discount_total": discount * line["quantity"]}
    return {**line, "original_line_price": float(price), **{name: float(value) for name, value in sums.items()}}


def _discount(price: Decimal, amount: Any, discount_type: Any) -> Decimal:
    value = _exact(amount)
    return (price * value / 100).quantize(CENT) if discount_type == "percentage" else min(value, price)


def _discount_type(given: Any) -> Any:
    return "fixed_amount" if given == "fixed" else given


def _quantity(given: Any) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        raise Refused("quantity must be a positive integer")
    return given


def _exact(value: Any) -> Decimal:
    if value is None:
        return Decimal()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Refused("A price must be a number")
    return Decimal(str(value))
