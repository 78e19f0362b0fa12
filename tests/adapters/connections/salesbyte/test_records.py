"""A quote of SalesByte is read without loss, whatever has changed of its fields."""

from decimal import Decimal

import pytest

from adapters.connections.exact_json import read_json, write_json
from adapters.connections.salesbyte.bodies import notice_of
from adapters.connections.salesbyte.records import quote_of
from domain.connections.records import ForeignQuote, Unread
from domain.connections.systems import Collection
from domain.quotes.statuses import DecisionStatus, OfferStatus, QuoteOfferStatus
from domain.shared.errors import Invalid
from tests.adapters.support.systems import only, reasons

SAMPLE = """{
  "id": 4711, "key": "f3c1d2e4b5a6", "quote_profile_name": "Hardware", "customer_name": "Anna Lindqvist",
  "customer_first_name": "Anna", "customer_last_name": "Lindqvist", "customer_company": "Fjäll AB",
  "customer_phone": "+46701234567", "customer_email": "anna@fjall.example", "address_firstline": "Storgatan 1",
  "address_secondline": "c/o Holm", "address_postcode": "111 22", "address_city": "Stockholm",
  "custom_fields": {"Cost centre": "4711", "Floor": 3}, "quote_value": 26885.05,
  "created_at": "2026-03-02T09:15:00.123456Z", "updated_at": "2026-03-04T17:40:00.000001Z",
  "salesperson": {"name": "Erik Holm", "email": "erik@reseller.example"},
  "is_signed": true, "is_fully_signed": true, "requires_more_signatures": false,
  "is_project_approval_pending": false, "is_project_approval_signed": true,
  "signed_offer": {"main_document_name": "Offer.pdf", "main_document_url": "https://files.example/offer.pdf",
    "extra_documents": [{"name": "Terms.pdf", "pdf_url": "https://files.example/terms.pdf"}]},
  "signed_products": {"original_price_including_vat": 27385.55, "price_including_vat": 26885.05,
    "discount_including_vat": 500.5, "currency": "SEK", "products": [
      {"sku": "LAT-5450", "amount": 2, "url": "https://shop.example/lat", "name": "Latitude 5450",
       "original_price_including_vat": 11490.75, "price_including_vat": 11240.5,
       "original_sum_including_vat": 22981.5, "sum_including_vat": 22481.0, "currency": "SEK", "price_unit": "st"},
      {"sku": null, "amount": 1, "url": null, "name": "Set-up", "original_price_including_vat": 4404.05,
       "price_including_vat": 4404.05, "original_sum_including_vat": 4404.05, "sum_including_vat": 4404.05,
       "currency": "SEK", "price_unit": null}]},
  "additional_documents_signed": [{"name": "NDA.pdf", "url": "https://files.example/nda.pdf"}],
  "additional_documents_requiring_signature": [], "statuses": ["delivered", "signed"],
  "links": {"edit": "https://app.example/4711/edit", "customer_view": "https://quotes.example/f3c1d2e4b5a6"}}"""


def changed(**fields):
    return {**read_json(SAMPLE.encode()), **fields}


def without(*names):
    return {name: value for name, value in changed().items() if name not in names}


def as_salesbyte(quote: ForeignQuote):
    """The quote in the words of SalesByte again, apart from what is said twice: flags of signatures, sums of lines."""
    customer, seller, metadata = quote.customer, quote.author, dict(quote.metadata)
    assert customer is not None
    assert seller is not None
    main, *further = quote.files
    flags = {name: metadata[name] == "true" for name in metadata if name.startswith("is_")}
    return {
        "id": int(quote.number),
        "key": quote.external_id,
        "quote_profile_name": metadata["quote_profile_name"],
        "customer_name": customer.name,
        "customer_first_name": customer.first_name,
        "customer_last_name": customer.last_name,
        "customer_company": customer.company_name,
        "customer_phone": customer.phone_number,
        "customer_email": customer.email,
        "address_firstline": customer.line1,
        "address_secondline": customer.line2,
        "address_postcode": customer.postal_code,
        "address_city": customer.city,
        "custom_fields": {"Cost centre": metadata["Cost centre"], "Floor": int(metadata["Floor"])},
        "quote_value": quote.total,
        "created_at": quote.created_at.isoformat().replace("+00:00", "Z"),
        "updated_at": quote.updated_at.isoformat().replace("+00:00", "Z") if quote.updated_at else None,
        "salesperson": {"name": seller.name, "email": seller.email},
        **flags,
        "signed_offer": {
            "main_document_name": main.name,
            "main_document_url": main.url,
            "extra_documents": [{"name": further[0].name, "pdf_url": further[0].url}],
        },
        "additional_documents_signed": [{"name": further[1].name, "url": further[1].url}],
        "additional_documents_requiring_signature": [],
        "signed_products": {
            "original_price_including_vat": quote.subtotal,
            "price_including_vat": quote.total,
            "discount_including_vat": quote.discount_total,
            "currency": quote.currency,
            "products": [as_product(it) for it in quote.items],
        },
        "statuses": quote.status_word.split(", "),
        "links": {"edit": metadata["links.edit"], "customer_view": quote.url},
    }


def as_product(item):
    numbers = ("original_price_including_vat", "original_sum_including_vat", "sum_including_vat")
    return {
        "sku": item.sku,
        "amount": item.quantity,
        "name": item.title,
        "price_including_vat": item.price,
        **{name: item.metadata.get(name) for name in ("url", "currency", "price_unit")},
        **{name: Decimal(item.metadata[name]) for name in numbers},
    }


def test_the_sample_of_a_quote_round_trips_without_loss():
    quote = only(quote_of(read_json(SAMPLE.encode())))

    derived = ("is_signed", "is_fully_signed", "requires_more_signatures")
    assert as_salesbyte(quote) == without(*derived)
    assert quote.flaws == ()


def test_a_signed_quote_is_accepted_with_tax_in_its_prices():
    quote = only(quote_of(changed()))

    assert (quote.offer_status, quote.decision_status) == (QuoteOfferStatus.SENT, DecisionStatus.APPROVED)
    assert [(it.external_id, it.status) for it in quote.items] == [
        ("1", OfferStatus.ACCEPTED),
        ("2", OfferStatus.ACCEPTED),
    ]
    assert quote.prices_include_tax
    assert quote.customer is not None
    assert quote.customer.address == "Storgatan 1, c/o Holm, 111 22 Stockholm"


@pytest.mark.parametrize(
    ("fields", "offer", "decision"),
    [
        ({"statuses": []}, QuoteOfferStatus.DRAFT, DecisionStatus.PENDING),
        ({"statuses": ["delivered"]}, QuoteOfferStatus.SENT, DecisionStatus.PENDING),
        ({"statuses": ["Delivered", "opened"]}, QuoteOfferStatus.VIEWED, DecisionStatus.PENDING),
        ({"statuses": ["delivered", "declined"]}, QuoteOfferStatus.SENT, DecisionStatus.DECLINED),
        (
            {"statuses": ["signed"], "is_signed": True, "requires_more_signatures": True},
            QuoteOfferStatus.SENT,
            DecisionStatus.PENDING,
        ),
        (
            {"statuses": ["signed"], "is_signed": True, "is_fully_signed": None, "requires_more_signatures": False},
            QuoteOfferStatus.SENT,
            DecisionStatus.APPROVED,
        ),
    ],
)
def test_statuses_that_are_there_at_once_are_one_of_ours(fields, offer, decision):
    unsigned = {"is_signed": False, "is_fully_signed": False, "requires_more_signatures": False}

    quote = only(quote_of(changed(**{**unsigned, **fields})))

    assert (quote.offer_status, quote.decision_status, quote.flaws) == (offer, decision, ())


@pytest.mark.parametrize(
    ("statuses", "is_known"),
    [([], True), (["delivered", "teleported"], True), (["teleported"], False), (7, False), (None, False)],
)
def test_a_status_of_which_no_word_is_known_is_not_known(statuses, is_known):
    record = changed(statuses=statuses, is_signed=None, is_fully_signed=None)
    assert only(quote_of(record)).is_status_known is is_known


@pytest.mark.parametrize(("is_signed", "are_known"), [(False, False), (True, True)])
def test_that_there_are_no_lines_is_known_once_a_quote_is_signed(is_signed, are_known):
    flags = {"is_signed": is_signed, "is_fully_signed": is_signed}
    quote = only(quote_of(changed(statuses=[], signed_products={"products": []}, **flags)))
    assert (quote.items, quote.are_items_known) == ((), are_known)


PRODUCT = "signed_products.products.0"


def product(**fields):
    signed = changed()["signed_products"]
    return changed(signed_products={**signed, "products": [{**signed["products"][0], **fields}]})


@pytest.mark.parametrize(
    ("record", "flaws"),
    [
        (changed(statuses=["signed", "teleported"]), {"statuses": "This value is not known: teleported."}),
        (without("statuses"), {"statuses": "This field is missing."}),
        (changed(statuses=7), {"statuses": "This is not a list."}),
        (changed(is_signed=False), {"is_fully_signed": "The quote is fully signed, but not signed."}),
        (changed(is_signed="maybe"), {"is_signed": "This is neither true nor false."}),
        (product(amount=Decimal("1.5")), {f"{PRODUCT}.amount": "This is not a whole number."}),
        (product(amount=0), {f"{PRODUCT}.amount": "This is not a quantity."}),
        (changed(signed_products="none"), {"signed_products": "This is not an object."}),
        (changed(quote_value="much"), {"quote_value": "This is not an amount."}),
        (changed(updated_at="today"), {"updated_at": "This is not a time in ISO 8601."}),
        (changed(salesperson=9), {"salesperson": "This is not an object."}),
        (changed(custom_fields=["a"]), {"custom_fields": "This is not an object."}),
    ],
)
def test_what_cannot_be_read_is_a_flaw_and_the_rest_is_read(record, flaws):
    quote = only(quote_of(record))

    assert reasons(quote) == flaws
    assert quote.external_id == "f3c1d2e4b5a6"


def test_empty_objects_of_php_are_no_flaw():
    quote = only(quote_of(changed(custom_fields=[], signed_offer=[], signed_products=[], links=[])))

    assert quote.flaws == ()
    assert (quote.total, quote.currency) == (Decimal("26885.05"), "SEK")


def test_the_key_is_that_of_the_links_where_a_record_has_none():
    assert only(quote_of(without("key"))).external_id == "f3c1d2e4b5a6"


def test_additional_fields_are_kept_as_metadata():
    metadata = only(quote_of(changed(rating=5, salesperson={"name": "Erik", "phone": "+46"}))).metadata

    assert (metadata["rating"], metadata["salesperson.phone"]) == ("5", "+46")


@pytest.mark.parametrize(
    ("record", "external_id"),
    [([], ""), (without("key", "links"), "4711"), (without("created_at", "updated_at"), "f3c1d2e4b5a6")],
)
def test_a_record_of_which_nothing_can_be_used_is_kept_as_it_is(record, external_id):
    unread = quote_of(record)

    assert isinstance(unread, Unread)
    assert (unread.external_id, read_json(unread.raw.encode())) == (external_id, record)


def test_a_notice_names_the_quote_by_its_key_or_else_its_id_and_is_the_same_when_repeated():
    body = write_json(without("key")).encode()
    notice, again = notice_of(body), notice_of(body)

    assert (notice.external_id, notice.collection) == ("f3c1d2e4b5a6", Collection.QUOTES)
    assert notice == again
    assert notice_of(write_json(without("key", "links")).encode()).external_id == "id:4711"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"id": true}', b"\xff", b'{"id": " "}'])
def test_a_notice_that_names_no_quote_is_invalid(body):
    with pytest.raises(Invalid):
        notice_of(body)
