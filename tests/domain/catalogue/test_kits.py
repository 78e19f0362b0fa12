"""Kits: what is built from an input, and the lines a quoted kit becomes."""

from dataclasses import replace
from typing import Any

import pytest

from domain.catalogue.device_selection import CatalogueDevice, CatalogueSelection, CustomDevice, KitDevices
from domain.catalogue.kit_drafts import KitDeviceDraft, KitDraft, build_kit
from domain.catalogue.kits import KitAggregate
from domain.catalogue.products import ProductType, Specification
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.drafts import ItemDraft, QuoteDraft, RecipientDraft
from domain.quotes.new_prices import build_quote
from domain.shared.errors import ErrorCode, InvalidInput
from domain.shared.ids import global_id, new_id
from tests.builders import NOW, TENANT, a_configuration, a_kit, a_product

MACBOOK = a_product()
SMALL = a_configuration(MACBOOK)
CATALOGUE = CatalogueSelection({MACBOOK.id: MACBOOK}, {SMALL.id: SMALL})
LOCK = CustomDevice(ProductType.ACCESSORY, Specification(brand="Kensington"))
ANA, BRUNO = RecipientDraft("Ana", "UY"), RecipientDraft("Bruno", "BR")
DESK = a_kit(1, 2)


def kit(**given: Any) -> KitDraft:
    laptop = KitDeviceDraft(CatalogueDevice(MACBOOK.id, SMALL.id, Specification(keyboard_layout="ES")))
    return replace(KitDraft("Desk", (laptop, KitDeviceDraft(LOCK, 2)), "LATAM", ("starters",)), **given)


def built(draft: KitDraft) -> KitAggregate:
    return build_kit(draft, CATALOGUE, TENANT, NOW, new_id)


def quoted(of: KitAggregate, *people: RecipientDraft, **given: Any) -> QuoteAggregate:
    item = replace(ItemDraft(KitDevices(global_id("Kit", of.kit.id)), people or (ANA,)), **given)
    chosen = CatalogueSelection({}, {}, {of.kit.id: of})
    return build_quote(QuoteDraft("it@austral.example", (item,)), chosen, TENANT, "1", NOW, new_id).requested


def problems(act: Any, *given: Any, **named: Any) -> list[tuple[str, ErrorCode]]:
    with pytest.raises(InvalidInput) as refusal:
        act(*given, **named)
    return [(".".join(it.path), it.code) for it in refusal.value.problems]


def test_a_kit_keeps_its_devices_as_the_catalogue_has_them_now():
    made = built(kit())
    assert (made.kit.name, made.kit.region, made.kit.tags) == ("Desk", "LATAM", ("starters",))
    laptop, lock = made.devices
    assert (laptop.product_id, laptop.configuration_id, laptop.quantity) == (MACBOOK.id, SMALL.id, 1)
    assert (laptop.specification.model, laptop.specification.cpu) == (MACBOOK.model, SMALL.cpu)
    assert laptop.specification.keyboard_layout == "ES"
    assert (lock.product_id, lock.quantity, lock.specification.brand) == (None, 2, "Kensington")


def test_tags_are_trimmed_and_kept_once_whatever_their_case():
    assert built(kit(tags=(" New ", "desk", "NEW"))).kit.tags == ("New", "desk")


BAD: dict[str, tuple[KitDraft, str, ErrorCode]] = {
    "no name": (kit(name=" "), "name", ErrorCode.REQUIRED),
    "no devices": (kit(devices=()), "devices", ErrorCode.REQUIRED),
    "201 devices": (kit(devices=(KitDeviceDraft(LOCK),) * 201), "devices", ErrorCode.TOO_MANY),
    "none of a device": (kit(devices=(KitDeviceDraft(LOCK, 0),)), "devices.0.quantity", ErrorCode.OUT_OF_RANGE),
    "too many of a device": (kit(devices=(KitDeviceDraft(LOCK, 1001),)), "devices.0.quantity", ErrorCode.OUT_OF_RANGE),
    "a kit in a kit": (
        kit(devices=(KitDeviceDraft(KitDevices(new_id())),)),
        "devices.0.device.kitId",
        ErrorCode.NOT_SUPPORTED,
    ),
    "an unknown product": (
        kit(devices=(KitDeviceDraft(CatalogueDevice(new_id())),)),
        "devices.0.device.catalogue.productId",
        ErrorCode.UNKNOWN_REFERENCE,
    ),
    "51 tags": (kit(tags=("t",) * 51), "tags", ErrorCode.TOO_MANY),
    "a tag too long": (kit(tags=("good", "t" * 51)), "tags.1", ErrorCode.TOO_LONG),
}


@pytest.mark.parametrize(("draft", "path", "code"), BAD.values(), ids=BAD.keys())
def test_a_bad_kit_is_refused_at_the_field(draft, path, code):
    assert problems(built, draft) == [(path, code)]


def test_a_quoted_kit_becomes_one_line_for_each_device():
    lines = quoted(DESK, comments="Soon").lines
    assert [it.item.position for it in lines] == [0, 1]
    assert [it.item.quantity for it in lines] == [1, 2]
    assert [it.item.specification for it in lines] == [it.specification for it in DESK.devices]
    assert [it.item.comments for it in lines] == ["Soon", "Soon"]
    assert [[person.name for person in it.recipients] for it in lines] == [["Ana"], ["Ana"]]
    assert len({person.id for it in lines for person in it.recipients}) == 2
    assert [it.item.kit_id for it in lines] == [DESK.kit.id] * 2


def test_quantities_of_a_kit_are_multiplied():
    assert [it.item.quantity for it in quoted(DESK, quantity=3).lines] == [3, 6]


def test_each_of_several_people_gets_every_device_of_the_kit():
    laptop, monitors = quoted(DESK, ANA, BRUNO).lines
    assert (laptop.item.quantity, monitors.item.quantity) == (2, 4)
    assert [it.name for it in laptop.recipients] == ["Ana", "Bruno"]
    assert [(it.name, it.position) for it in monitors.recipients] == [
        ("Ana", 0),
        ("Ana", 1),
        ("Bruno", 2),
        ("Bruno", 3),
    ]


def test_what_comes_after_a_kit_is_placed_after_all_its_lines():
    kit_item, lock = ItemDraft(KitDevices(DESK.kit.id), (ANA,)), ItemDraft(LOCK, (ANA,))
    chosen = CatalogueSelection({}, {}, {DESK.kit.id: DESK})
    draft = QuoteDraft("it@austral.example", (lock, kit_item, lock))
    made = build_quote(draft, chosen, TENANT, "1", NOW, new_id).requested
    assert [it.item.position for it in made.lines] == [0, 1, 2, 3]
    assert [it.item.kit_id for it in made.lines] == [None, DESK.kit.id, DESK.kit.id, None]


QUOTED: dict[str, tuple[Any, str, ErrorCode]] = {
    "a recipient without a name": ({"recipients": (replace(ANA, name=""),)}, "recipients.0.name", ErrorCode.REQUIRED),
    "two for three": ({"recipients": (ANA, BRUNO), "quantity": 3}, "recipients", ErrorCode.RECIPIENT_COUNT),
    "a quantity of zero": ({"quantity": 0}, "quantity", ErrorCode.OUT_OF_RANGE),
    "a quantity that multiplies beyond a line": ({"quantity": 501}, "quantity", ErrorCode.OUT_OF_RANGE),
    "people who multiply beyond a line": ({"recipients": (ANA,) * 101}, "recipients", ErrorCode.TOO_MANY),
    "another company's kit": ({"device": KitDevices(new_id())}, "device.kitId", ErrorCode.UNKNOWN_REFERENCE),
    "no id": ({"device": KitDevices("desk")}, "device.kitId", ErrorCode.INVALID_ID),
}  # fmt: skip


@pytest.mark.parametrize(("given", "path", "code"), QUOTED.values(), ids=QUOTED.keys())
def test_what_is_wrong_with_a_quoted_kit_is_told_once(given, path, code):
    assert problems(quoted, DESK, **given) == [(f"items.0.{path}", code)]


def test_the_lines_of_a_quote_are_counted_with_every_device_of_its_kits():
    large = a_kit(*[1] * 201)
    assert problems(quoted, large) == [("items", ErrorCode.TOO_MANY)]
