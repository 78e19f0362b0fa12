"""The quotes of SalesByte in our words (docs/concepts.md#salesbyte). Prices include tax.

A quote is known by its key, by which it is read; some answers have the key in a link only.
"""

from urllib.parse import urlsplit

from adapters.connections.fields import Fields, Unusable, quantity_of, read_record, record
from adapters.connections.salesbyte.words import DECLINED, FULLY_SIGNED, KNOWN, OFFERS, SIGNED
from domain.catalogue.products import ProductType
from domain.connections.records import ForeignFile, ForeignItem, ForeignPerson, ForeignQuote, Unread
from domain.quotes.statuses import DecisionStatus, OfferStatus, QuoteOfferStatus

# The currency of amounts without one.
CURRENCY = "SEK"
# Our reference among the custom fields of a quote that we created.
REFERENCE = "quotegraph_reference"
# The links in which the key of a quote is the last part of the path.
LINKS_WITH_KEY = ("customer_view", "customer_verificate", "customer_project_approval")
DOCUMENTS = ("additional_documents_signed", "additional_documents_requiring_signature")


def quote_of(raw: object) -> ForeignQuote | Unread:
    """Reads a quote."""
    return read_record(lambda fields: _quote(fields, key_of(raw)), raw, "key", "id")


def key_of(raw: object) -> str:
    """The key of a quote: its own field, or else that of its links. Empty if it has neither."""
    fields = record(raw if isinstance(raw, dict) else {})
    links = fields.part("links")
    return fields.text("key") or next((key for name in LINKS_WITH_KEY if (key := _last_part(links.value(name)))), "")


def _quote(fields: Fields, key: str) -> ForeignQuote:
    if not key:
        raise Unusable("The quote has no key, by which it could be read.")
    fields.skip("key")
    created_at, updated_at = fields.time("created_at"), fields.time("updated_at")
    first_known = created_at or updated_at
    if first_known is None:
        raise Unusable("created_at is missing.")
    offer, decision, is_known, is_signed = _standing(fields)
    products = fields.part("signed_products")
    items = _items(products, decision, is_known)
    seller = _salesperson(fields)
    value, total = fields.amount("quote_value"), products.amount("price_including_vat")
    custom = fields.part("custom_fields")
    reference = custom.text(REFERENCE)
    return ForeignQuote(
        external_id=key,
        number=fields.text("id") or key,
        created_at=first_known,
        updated_at=updated_at,
        url=fields.part("links").link("customer_view"),
        status_word=", ".join(fields.texts("statuses")),
        offer_status=offer,
        decision_status=decision,
        is_status_known=is_known,
        customer=_customer(fields),
        author=seller,
        assignee=seller,
        currency=(products.text("currency") or CURRENCY).upper(),
        total=value if total is None else total,
        subtotal=products.amount("original_price_including_vat"),
        discount_total=products.amount("discount_including_vat"),
        prices_include_tax=True,
        items=items,
        # It shows none before it is signed.
        are_items_known=bool(items) or (is_signed and products.value("products") is not None),
        files=_files(fields),
        metadata=custom.taken_rest() | fields.all_rest(),
        flaws=tuple(fields.flaws),
        reference=reference,
    )


def _standing(fields: Fields) -> tuple[QuoteOfferStatus, DecisionStatus, bool, bool]:
    """The statuses and the flags of signatures, which say the same in two ways: with whether the statuses are known,
    which they are not if no word is, and whether there is a signature. A quote is accepted with its last one."""
    if fields.value("statuses") is None:
        fields.flaw("statuses", "This field is missing.")
    words = {it.lower() for it in fields.texts("statuses")}
    if unknown := sorted(words - KNOWN):
        fields.flaw("statuses", f"This value is not known: {', '.join(unknown)}.")
    signed, all_signed = fields.flag("is_signed"), fields.flag("is_fully_signed")
    more = fields.flag("requires_more_signatures")
    is_signed = (SIGNED in words or FULLY_SIGNED in words) if signed is None else signed
    is_accepted = (FULLY_SIGNED in words or (is_signed and more is False)) if all_signed is None else all_signed
    if is_accepted and signed is False:
        fields.flaw("is_fully_signed", "The quote is fully signed, but not signed.")
    reached = [offer for word, offer in OFFERS.items() if word in words]
    offer = next(iter(reached), QuoteOfferStatus.SENT if is_signed or is_accepted else QuoteOfferStatus.DRAFT)
    if is_accepted:
        sent = QuoteOfferStatus.SENT if offer is QuoteOfferStatus.DRAFT else offer
        return sent, DecisionStatus.APPROVED, True, True
    decision = DecisionStatus.DECLINED if DECLINED in words else DecisionStatus.PENDING
    is_said = isinstance(fields.value("statuses"), str | list) and (bool(words & KNOWN) or not unknown)
    return offer, decision, is_said, is_signed


def _customer(fields: Fields) -> ForeignPerson:
    line1, line2 = fields.text("address_firstline"), fields.text("address_secondline")
    postal_code, city = fields.text("address_postcode"), fields.text("address_city")
    place = " ".join(it for it in (postal_code, city) if it)
    return ForeignPerson(
        name=fields.text("customer_name"),
        email=fields.text("customer_email"),
        phone_number=fields.text("customer_phone"),
        company_name=fields.text("customer_company"),
        address=", ".join(it for it in (line1, line2, place) if it) or None,
        first_name=fields.text("customer_first_name"),
        last_name=fields.text("customer_last_name"),
        line1=line1,
        line2=line2,
        postal_code=postal_code,
        city=city,
    )


def _salesperson(quote: Fields) -> ForeignPerson | None:
    fields = quote.part("salesperson")
    name, email = fields.text("name"), fields.text("email")
    return ForeignPerson(name=name, email=email) if name or email else None


def _items(products: Fields, decision: DecisionStatus, is_known: bool) -> tuple[ForeignItem, ...]:
    """Reads the products that were signed. They have no ids: their position stands for it."""
    status = OfferStatus.ACCEPTED if decision is DecisionStatus.APPROVED else OfferStatus.SOURCED
    rows = enumerate(products.parts("products"), start=1)
    return tuple(_item(row, str(position), status, is_known) for position, row in rows)


def _item(fields: Fields, position: str, status: OfferStatus, is_known: bool) -> ForeignItem:
    return ForeignItem(
        external_id=position,
        title=fields.text("name"),
        product_type=ProductType.OTHER,
        quantity=quantity_of(fields, "amount") or 1,
        price=fields.amount("price_including_vat"),
        status=status,
        is_status_known=is_known,
        sku=fields.text("sku"),
        metadata=fields.taken_rest(),
    )


def _files(fields: Fields) -> tuple[ForeignFile, ...]:
    """Reads the documents, signed and to be signed."""
    offer = fields.part("signed_offer")
    name, url = offer.text("main_document_name"), offer.link("main_document_url")
    main = [ForeignFile(name or url, url)] if url else []
    further = [*offer.parts("extra_documents"), *(it for name in DOCUMENTS for it in fields.parts(name))]
    found = ((it.text("name"), it.link("pdf_url") or it.needed_link("url")) for it in further)
    return (*main, *(ForeignFile(title or url, url) for title, url in found if url is not None))


def _last_part(link: object) -> str:
    try:
        path = urlsplit(link).path if isinstance(link, str) else ""
    except ValueError:
        return ""
    return path.rstrip("/").rpartition("/")[2]
