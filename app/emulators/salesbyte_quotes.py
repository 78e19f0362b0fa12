"""The quotes of the emulated SalesByte: new, created through the Integration API, and signed."""

from datetime import UTC, datetime
from typing import Any

Quote = dict[str, Any]

SITE = "https://app.salesbyte.example"
# The sample of the webhook has no key.
KEYLESS = frozenset({"key"})
# The sample of the list leaves these fields of a quote out.
ONLY_BY_KEY = frozenset(
    {
        *("address_firstline", "address_secondline", "address_postcode", "address_city", "custom_fields"),
        *("signed_offer", "signed_products", "additional_documents_signed"),
        "additional_documents_requiring_signature",
    }
)
PRODUCTS = (("LAT-5450", 4, 11240.5), ("DOCK-1", 4, 2190.25), ("SETUP", 1, 1800.0))


def written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def ordinary_quote(number: int, key: str, now: datetime) -> Quote:
    """A quote that was sent and not signed."""
    return {
        "id": number,
        "key": key,
        "quote_profile_name": "Hardware",
        "customer_name": "Anna Lindqvist",
        "customer_first_name": "Anna",
        "customer_last_name": "Lindqvist",
        "customer_company": "Fjäll AB",
        "customer_phone": "+46701234567",
        "customer_email": "anna@fjall.example",
        "address_firstline": "Storgatan 1",
        "address_secondline": None,
        "address_postcode": "111 22",
        "address_city": "Stockholm",
        "custom_fields": {"Cost centre": "4711"},
        "quote_value": value_of(PRODUCTS),
        "created_at": written(now),
        "updated_at": written(now),
        "salesperson": {"name": "Erik Holm", "email": "erik@reseller.example"},
        "is_signed": False,
        "is_fully_signed": False,
        "requires_more_signatures": False,
        "is_project_approval_pending": False,
        "is_project_approval_signed": False,
        "signed_offer": None,
        "signed_products": None,
        "additional_documents_signed": [],
        "additional_documents_requiring_signature": [],
        "statuses": ["delivered"],
        "links": links_of(number, key),
    }


def created_quote(body: Quote) -> Quote:
    """The fields of a quote that was created through the Integration API."""
    first, _, last = str(body["customer_name"]).partition(" ")
    custom = body.get("custom_fields") or {}
    return {
        "customer_name": body["customer_name"],
        "customer_first_name": first,
        "customer_last_name": last or None,
        "customer_company": body.get("customer_company"),
        "customer_phone": body.get("customer_phone"),
        "customer_email": body.get("customer_email"),
        "address_firstline": None,
        "address_postcode": None,
        "address_city": None,
        "custom_fields": {name: it["value"] for name, it in custom.items()},
        "quote_value": None,
        "statuses": [] if body.get("send_type", "none") == "none" else ["delivered"],
        "_skus": [sku for it in body.get("alternatives") or [] for sku in it.get("skus") or []],
    }


def signed_quote(quote: Quote, partly: bool = False) -> Quote:
    """A quote after a signature: its last one, or with `partly` one that others have to follow."""
    statuses = [*(it for it in quote["statuses"] if it != "signed"), "signed"]
    signed = {**quote, "is_signed": True, "is_fully_signed": not partly, "requires_more_signatures": partly}
    return {
        **signed,
        "statuses": statuses,
        "signed_offer": {
            "main_document_name": "Offer.pdf",
            "main_document_url": f"{SITE}/documents/{quote['key']}/offer.pdf",
            "extra_documents": [{"name": "Terms.pdf", "pdf_url": f"{SITE}/documents/{quote['key']}/terms.pdf"}],
        },
        "signed_products": _signed_products(),
    }


def links_of(number: int, key: str) -> dict[str, str]:
    return {
        "edit": f"{SITE}/offerter/{number}/redigera",
        "customer_view": f"{SITE}/view/{key}",
        "customer_verificate": f"{SITE}/signed/{key}",
        "customer_project_approval": f"{SITE}/view/{key}?project_approval=1",
    }


def value_of(products: tuple[tuple[str, int, float], ...]) -> float:
    return round(sum(amount * price for _, amount, price in products), 2)


def _signed_products() -> Quote:
    value = value_of(PRODUCTS)
    return {
        "original_price_including_vat": round(value + 500.5, 2),
        "price_including_vat": value,
        "discount_including_vat": 500.5,
        "currency": "SEK",
        "products": [_product(*it) for it in PRODUCTS],
    }


def _product(sku: str, amount: int, price: float) -> Quote:
    return {
        "sku": sku,
        "amount": amount,
        "url": None,
        "name": f"Article {sku}",
        "original_price_including_vat": price,
        "price_including_vat": price,
        "original_sum_including_vat": round(amount * price, 2),
        "sum_including_vat": round(amount * price, 2),
        "currency": "SEK",
        "price_unit": "st",
    }
