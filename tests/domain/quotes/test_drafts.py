"""A customer's input: what is built from it, and every way it can be wrong, named by its place."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.catalogue.device_selection import CatalogueDevice, CatalogueSelection, CustomDevice, KitDevices
from domain.catalogue.products import ProductType, Specification
from domain.people.employees import person_key
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.alternatives import AlternativeDraft, build_alternative
from domain.quotes.drafts import ItemDraft, QuoteDraft, RecipientDraft
from domain.quotes.new_prices import build_quote
from domain.quotes.statuses import LineDecision, OfferStatus, QuoteStatus, RecipientStatus
from domain.shared.errors import ErrorCode, InvalidInput, Problems
from domain.shared.ids import global_id, new_id
from tests.builders import NOW, TENANT, a_configuration, a_product, line

MACBOOK = a_product()
SMALL = a_configuration(MACBOOK)
RETIRED_CONFIGURATION = a_configuration(MACBOOK, active=False)
LATITUDE = a_product(brand="Dell", model="Latitude")
A_LATITUDE = a_configuration(LATITUDE)
RETIRED = a_product(active=False)
CATALOGUE = CatalogueSelection(
    {it.id: it for it in (MACBOOK, LATITUDE, RETIRED)},
    {it.id: it for it in (SMALL, RETIRED_CONFIGURATION, A_LATITUDE)},
)
ANA = RecipientDraft("Ana", "UY", "ana@x.example")
LAPTOP = CatalogueDevice(MACBOOK.id, SMALL.id)


def built(draft: QuoteDraft) -> QuoteAggregate:
    return build_quote(draft, CATALOGUE, TENANT, "1763800000000", NOW, new_id).requested


def draft(**given: Any) -> QuoteDraft:
    return replace(QuoteDraft("it@austral.example", (item(),)), **given)


def item(**given: Any) -> ItemDraft:
    return replace(ItemDraft(LAPTOP, (ANA,)), **given)


def one(**given: Any) -> QuoteDraft:
    """A draft of one item like this."""
    return draft(items=(item(**given),))


def to(**given: Any) -> QuoteDraft:
    """A draft for one recipient like this."""
    return one(recipients=(replace(ANA, **given),))


def catalogue(product: str, configuration: str | None = None, **specification: Any) -> QuoteDraft:
    return one(device=CatalogueDevice(product, configuration, Specification(**specification)))


def custom(**specification: Any) -> QuoteDraft:
    return one(device=CustomDevice(ProductType.LAPTOP, Specification(**specification)))


def problems_of(given: QuoteDraft) -> list[tuple[str, ErrorCode]]:
    with pytest.raises(InvalidInput) as refusal:
        built(given)
    return [(".".join(it.path), it.code) for it in refusal.value.problems]


MEGABYTE = "x" * 1_000_000
SURROGATE = "Ana \ud800"
PRODUCT = "items.0.device.catalogue.productId"
CONFIGURATION = "items.0.device.catalogue.configurationId"
TO = "items.0.recipients.0"

BAD: dict[str, tuple[QuoteDraft, str, ErrorCode]] = {
    "201 items": (draft(items=(item(),) * 201), "items", ErrorCode.TOO_MANY),
    "quantity zero": (one(quantity=0), "items.0.quantity", ErrorCode.OUT_OF_RANGE),
    "quantity negative": (one(quantity=-1), "items.0.quantity", ErrorCode.OUT_OF_RANGE),
    "quantity 1001": (one(quantity=1001), "items.0.quantity", ErrorCode.OUT_OF_RANGE),
    "internal notes too long": (
        one(internal_notes="x" * 5001),
        "items.0.internalNotes",
        ErrorCode.TOO_LONG,
    ),
    "comments too long": (one(comments="x" * 5001), "items.0.comments", ErrorCode.TOO_LONG),
    "two recipients for three": (
        one(recipients=(ANA, ANA), quantity=3),
        "items.0.recipients",
        ErrorCode.RECIPIENT_COUNT,
    ),
    "201 recipients": (one(recipients=(ANA,) * 201), "items.0.recipients", ErrorCode.TOO_MANY),
    "unknown kit": (one(device=KitDevices(new_id())), "items.0.device.kitId", ErrorCode.UNKNOWN_REFERENCE),
    "unknown product": (catalogue(new_id()), PRODUCT, ErrorCode.UNKNOWN_REFERENCE),
    "retired product": (catalogue(RETIRED.id), PRODUCT, ErrorCode.UNKNOWN_REFERENCE),
    "no id of a product": (catalogue("MacBook"), PRODUCT, ErrorCode.INVALID_ID),
    "id of another type": (catalogue(global_id("Quote", MACBOOK.id)), PRODUCT, ErrorCode.INVALID_ID),
    "unknown configuration": (catalogue(MACBOOK.id, new_id()), CONFIGURATION, ErrorCode.UNKNOWN_REFERENCE),
    "no id of a configuration": (catalogue(MACBOOK.id, ""), CONFIGURATION, ErrorCode.INVALID_ID),
    "configuration of another product": (
        catalogue(MACBOOK.id, A_LATITUDE.id),
        CONFIGURATION,
        ErrorCode.UNKNOWN_REFERENCE,
    ),
    "retired configuration": (
        catalogue(MACBOOK.id, RETIRED_CONFIGURATION.id),
        CONFIGURATION,
        ErrorCode.UNKNOWN_REFERENCE,
    ),
    "an override too long": (
        catalogue(MACBOOK.id, ram="x" * 201),
        "items.0.device.catalogue.specification.ram",
        ErrorCode.TOO_LONG,
    ),
    "nameless custom device": (
        custom(cpu="M5"),
        "items.0.device.custom.specification.model",
        ErrorCode.REQUIRED,
    ),
    "custom device, blank name": (
        custom(brand="  ", model=""),
        "items.0.device.custom.specification.model",
        ErrorCode.REQUIRED,
    ),
    "camel case in paths": (
        custom(brand="Dell", screen_size="x" * 201),
        "items.0.device.custom.specification.screenSize",
        ErrorCode.TOO_LONG,
    ),
    "no requester": (draft(requester_email=" "), "requesterEmail", ErrorCode.REQUIRED),
    "requester is no address": (draft(requester_email="it@"), "requesterEmail", ErrorCode.INVALID_EMAIL),
    "two addresses in one": (
        draft(requester_email="a@x.example,b@x.example"),
        "requesterEmail",
        ErrorCode.INVALID_EMAIL,
    ),
    "header smuggling": (
        draft(requester_email="a@x.example\nBcc: b@x.example"),
        "requesterEmail",
        ErrorCode.INVALID_TEXT,
    ),
    "long address": (draft(requester_email="a" * 250 + "@x.example"), "requesterEmail", ErrorCode.TOO_LONG),
    "megabyte of a name": (draft(requester_name=MEGABYTE), "requesterName", ErrorCode.TOO_LONG),
    "control character": (draft(requester_name="A\x00na"), "requesterName", ErrorCode.INVALID_TEXT),
    "line break in a name": (draft(requester_name="Ana\nMaria"), "requesterName", ErrorCode.INVALID_TEXT),
    "lone surrogate": (draft(requester_name=SURROGATE), "requesterName", ErrorCode.INVALID_TEXT),
    "control character in a note": (one(comments="a\x1b[31m"), "items.0.comments", ErrorCode.INVALID_TEXT),
    "long purchase order": (draft(po_number="7" * 201), "poNumber", ErrorCode.TOO_LONG),
    "second notification address": (
        draft(notification_emails=("a@x.example", "nobody")),
        "notificationEmails.1",
        ErrorCode.INVALID_EMAIL,
    ),
    "201 notification addresses": (
        draft(notification_emails=tuple(f"a{n}@x.example" for n in range(201))),
        "notificationEmails",
        ErrorCode.TOO_MANY,
    ),
    "nameless recipient": (to(name=" "), f"{TO}.name", ErrorCode.REQUIRED),
    "recipient of a megabyte": (to(name=MEGABYTE), f"{TO}.name", ErrorCode.TOO_LONG),
    "recipient with a surrogate": (to(name=SURROGATE), f"{TO}.name", ErrorCode.INVALID_TEXT),
    "no country": (to(country=""), f"{TO}.country", ErrorCode.REQUIRED),
    "country that is not": (to(country="Atlantis"), f"{TO}.country", ErrorCode.INVALID_COUNTRY),
    "bad recipient address": (to(email="ana at x"), f"{TO}.email", ErrorCode.INVALID_EMAIL),
    "long phone number": (to(phone_number="1" * 51), f"{TO}.phoneNumber", ErrorCode.TOO_LONG),
    "long postal address": (to(address="x" * 501), f"{TO}.address", ErrorCode.TOO_LONG),
    "no date": (to(hire_date="soon"), f"{TO}.hireDate", ErrorCode.INVALID_DATE),
    "day that is not": (to(hire_date="2026-02-30"), f"{TO}.hireDate", ErrorCode.INVALID_DATE),
    "date of a week": (to(hire_date="2026-W10-1"), f"{TO}.hireDate", ErrorCode.INVALID_DATE),
}


@pytest.mark.parametrize(("given", "path", "code"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_refused_with_its_place(given, path, code):
    assert problems_of(given) == [(path, code)]


def test_all_problems_are_told_at_once():
    good_and_bad = (item(), item(quantity=0, recipients=(replace(ANA, email="x"),)))
    assert problems_of(draft(requester_email="x", items=good_and_bad)) == [
        ("requesterEmail", ErrorCode.INVALID_EMAIL),
        ("items.1.quantity", ErrorCode.OUT_OF_RANGE),
        ("items.1.recipients.0.email", ErrorCode.INVALID_EMAIL),
    ]


def test_a_new_quote_is_pending_undecided_and_unpriced():
    quote = built(draft())
    of = quote.lines[0]
    assert (quote.quote.status, of.item.status, of.item.decision, of.item.price) == (
        QuoteStatus.PENDING,
        OfferStatus.PENDING,
        LineDecision.UNDECIDED,
        None,
    )
    assert [it.status for it in of.recipients] == [RecipientStatus.PENDING]


def test_every_part_belongs_to_the_quote_and_its_tenant():
    quote = built(draft(items=(item(), item(recipients=(ANA, ANA)))))
    parts: list[Any] = [part for it in quote.lines for part in (it.item, *it.recipients)]
    assert {(part.tenant_id, part.quote_id) for part in parts} == {(TENANT, quote.quote.id)}
    assert [it.item.position for it in quote.lines] == [0, 1]
    assert [it.position for it in quote.lines[1].recipients] == [0, 1]
    assert {it.item_id for it in quote.lines[1].recipients} == {quote.lines[1].item.id}


@pytest.mark.parametrize(("recipients", "quantity", "expected"), [(1, None, 1), (3, None, 3), (1, 7, 7), (3, 3, 3)])
def test_the_quantity_defaults_to_the_number_of_recipients(recipients, quantity, expected):
    [made] = built(one(recipients=(ANA,) * recipients, quantity=quantity)).lines
    assert (made.item.quantity, len(made.recipients)) == (expected, recipients)


def test_the_specification_comes_from_the_configuration_but_for_what_the_customer_names():
    [made] = built(catalogue(MACBOOK.id, SMALL.id, ram="64 GB", keyboard_layout="ES")).lines
    assert made.item.specification == Specification(
        "Apple", "MacBook Pro 14", "macOS", "Apple M5", "64 GB", "512 GB", '14"', "ES"
    )
    assert (made.item.product_id, made.item.configuration_id) == (MACBOOK.id, SMALL.id)


def test_a_product_can_be_asked_for_without_a_configuration():
    [made] = built(catalogue(global_id("Product", MACBOOK.id))).lines
    assert (made.item.product_id, made.item.configuration_id, made.item.cpu) == (MACBOOK.id, None, None)


def test_a_custom_device_is_of_no_product():
    [made] = built(custom(model="Galaxy Book")).lines
    assert (made.item.product_id, made.item.model, made.item.product_type) == (None, "Galaxy Book", ProductType.LAPTOP)


def test_notification_addresses_are_kept_once_each_in_their_order():
    given = ("b@x.example", "a@X.example", "b@x.example", "a@x.example")
    assert built(draft(notification_emails=given)).quote.notification_emails == ("b@x.example", "a@x.example")


def test_texts_are_trimmed_and_blanks_are_nothing():
    quote = built(draft(po_number="  PO-7 ", requester_name="   "))
    assert (quote.quote.po_number, quote.quote.requester_name) == ("PO-7", None)


def test_a_recipient_is_kept_as_the_rest_of_the_house_reads_it():
    [made] = built(to(country="uruguay", email="Ana@X.Example", hire_date="2026-12-01", storage=True)).lines
    [ana] = made.recipients
    assert (ana.country, ana.email) == ("UY", "Ana@x.example")
    assert ana.email_key == person_key(ana.tenant_id, "ana@x.example")
    assert (ana.hire_date, ana.storage) == (date(2026, 12, 1), True)


BAD_ALTERNATIVES: dict[str, tuple[AlternativeDraft, str, ErrorCode]] = {
    "nameless": (AlternativeDraft(Specification(ram="16 GB")), "specification.model", ErrorCode.REQUIRED),
    "long brand": (AlternativeDraft(Specification(brand="x" * 201)), "specification.brand", ErrorCode.TOO_LONG),
    "script for an image": (
        AlternativeDraft(Specification(brand="Dell"), image_url="javascript:alert(1)"),
        "imageUrl",
        ErrorCode.INVALID_URL,
    ),
    "no host": (AlternativeDraft(Specification(brand="Dell"), image_url="https://"), "imageUrl", ErrorCode.INVALID_URL),
    "broken address": (
        AlternativeDraft(Specification(brand="Dell"), image_url="https://[::1"),
        "imageUrl",
        ErrorCode.INVALID_URL,
    ),
    "long description": (
        AlternativeDraft(Specification(brand="Dell"), description="x" * 5001),
        "description",
        ErrorCode.TOO_LONG,
    ),
}


@pytest.mark.parametrize(("given", "path", "code"), BAD_ALTERNATIVES.values(), ids=BAD_ALTERNATIVES.keys())
def test_a_bad_alternative_is_refused_with_its_place(given, path, code):
    problems = Problems()
    build_alternative(given, line().item, 0, problems, NOW, new_id())
    found = [(".".join(it.path), it.code) for it in problems.found]
    assert (path, code) in found


def test_a_line_has_at_most_two_hundred_alternatives():
    given = AlternativeDraft(Specification(brand="Dell"))
    for position, found in ((199, []), (200, [(("itemId",), ErrorCode.TOO_MANY)])):
        problems = Problems()
        build_alternative(given, line().item, position, problems, NOW, new_id())
        assert [(it.path, it.code) for it in problems.found] == found


def test_an_alternative_belongs_to_its_item_and_is_unpriced():
    problems, of = Problems(), line().item
    given = AlternativeDraft(Specification(brand="Dell"), "In stock\nnow", True, "https://x.example/a.png")
    made = build_alternative(given, of, 2, problems, NOW, new_id())
    assert problems.found == []
    assert (made.item_id, made.quote_id, made.position, made.status) == (of.id, of.quote_id, 2, OfferStatus.PENDING)
    assert (made.description, made.is_exact_match, made.price) == ("In stock\nnow", True, None)
