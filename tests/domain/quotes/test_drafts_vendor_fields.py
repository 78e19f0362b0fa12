"""What a quote says in the vendor's terms: warranties, destinations, references, sandbox
(docs/domain.md#tecspal-order-fields)."""

from dataclasses import replace
from typing import Any

import pytest

from domain.catalogue.device_selection import CatalogueSelection, CustomDevice
from domain.catalogue.products import WARRANTIES, ProductType, Specification
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.alternatives import AlternativeDraft, build_alternative
from domain.quotes.drafts import ItemDraft, QuoteDraft, RecipientDraft
from domain.quotes.new_prices import build_quote
from domain.quotes.recipients import Destination
from domain.shared.errors import InvalidInput, Problems
from domain.shared.ids import new_id
from tests.builders import NOW, TENANT

NOTHING = CatalogueSelection({}, {})
ANA = RecipientDraft("Ana", "UY", "ana@x.example")


def asked_for(
    product_type: ProductType = ProductType.WARRANTY_MAC,
    specification: Specification | None = None,
    recipient: RecipientDraft = ANA,
    sandbox: bool = False,
    **given: Any,
) -> QuoteAggregate:
    item = ItemDraft(CustomDevice(product_type, specification or Specification()), (recipient,))
    draft = replace(QuoteDraft("it@x.example", (item,)), **given)
    return build_quote(draft, NOTHING, TENANT, "1", NOW, new_id, sandbox).requested


def problems(**given: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as caught:
        asked_for(**given)
    return [(".".join(it.path), it.code) for it in caught.value.problems]


@pytest.mark.parametrize("product_type", sorted(WARRANTIES))
def test_a_warranty_is_asked_for_without_any_specification(product_type):
    [line] = asked_for(product_type).lines
    assert line.item.specification == Specification()
    assert line.item.title.startswith("Extended warranty")


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("brand", "brand"),
        ("model", "model"),
        ("cpu", "cpu"),
        ("ram", "ram"),
        ("storage", "storage"),
        ("screen_size", "screenSize"),
    ],
)
def test_whatever_the_vendor_forbids_of_a_warranty_is_refused_here(field, name):
    given = Specification(**{field: "Good"})
    assert problems(specification=given) == [(f"items.0.device.custom.specification.{name}", "NOT_ALLOWED")]


def test_a_device_that_is_no_warranty_still_needs_a_name():
    assert problems(product_type=ProductType.LAPTOP)[0][1] == "REQUIRED"


def test_a_warranty_has_no_alternatives():
    [line] = asked_for().lines
    found = Problems()
    build_alternative(AlternativeDraft(Specification(brand="HP")), line.item, 0, found, NOW, new_id())
    assert [(it.path, it.code) for it in found.found] == [(("itemId",), "NOT_SUPPORTED")]


@pytest.mark.parametrize(
    ("draft", "destination", "storage"),
    [
        (ANA, Destination.EMPLOYEE, False),
        (replace(ANA, storage=True), Destination.STORAGE, True),
        (replace(ANA, destination=Destination.STORAGE), Destination.STORAGE, True),
        (replace(ANA, storage=True, destination=Destination.STORAGE), Destination.STORAGE, True),
        (replace(ANA, destination=Destination.OFFICE), Destination.OFFICE, False),
        (replace(ANA, destination=Destination.QUOTE_ONLY), Destination.QUOTE_ONLY, False),
    ],
)
def test_storage_and_destination_say_the_same(draft, destination, storage):
    [recipient] = asked_for(recipient=draft).lines[0].recipients
    assert (recipient.destination, recipient.storage) == (destination, storage)


def test_a_store_that_is_an_office_is_refused():
    draft = replace(ANA, storage=True, destination=Destination.OFFICE)
    assert problems(recipient=draft) == [("items.0.recipients.0.destination", "NOT_ALLOWED")]


def test_what_the_vendor_wants_to_know_of_a_person_is_kept():
    draft = replace(ANA, city=" Montevideo ", postal_code="11000", government_id="1.2", address_extra="Floor 2")
    [recipient] = asked_for(recipient=draft).lines[0].recipients
    kept = (recipient.city, recipient.post_code, recipient.government_id, recipient.address_extra)
    assert kept == ("Montevideo", "11000", "1.2", "Floor 2")


def test_the_companys_own_references_are_kept():
    quote = asked_for(details={"client_name": " Globex ", "abm_id": "A-7"}).quote
    assert (quote.client_name, quote.abm_id, quote.auto_quote) == ("Globex", "A-7", False)


def test_prices_at_once_are_for_test_data_alone():
    assert asked_for(auto_quote=True, sandbox=True).quote.auto_quote
    assert problems(auto_quote=True) == [("isAutoQuoted", "NOT_ALLOWED")]
