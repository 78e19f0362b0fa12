"""What operators say of devices: who may, what is told, and that a delivered device becomes an asset."""

import pytest

from domain.inventory.assets import AssetStatus
from domain.inventory.locations import Location, LocationType
from domain.quotes.decisions import accept
from domain.quotes.lifecycle import WrongStatus
from domain.quotes.recipients import Destination
from domain.quotes.statuses import RecipientStatus
from domain.shared.errors import InvalidInput, NotFound
from domain.use_cases.fulfilment.shipments import (
    CompleteQuote,
    DeliverRecipient,
    SetInvoice,
    SetSerialNumbers,
    SetTracking,
    ShipRecipient,
    TrackingDraft,
    complete_quote,
    deliver_recipient,
    set_invoice,
    set_serial_numbers,
    set_tracking,
    ship_recipient,
)
from domain.use_cases.inventory.assets import SerialTaken
from tests.builders import ANA, LATER, TENANT, a_caller, a_quote, a_recipient, item_of, line, priced
from tests.fakes.storage import World

OPERATOR = a_caller(None)
NOTHING = TrackingDraft()


def an_approved_quote(*recipients, quantity=None, world=None):
    """A world with a quote whose only line was accepted, and its recipients as the API names them."""
    world = world or World()
    people = list(recipients) or [a_recipient()]
    quote = a_quote(line(priced, recipients=people, quantity=quantity or len(people)))
    quote = world.memory.keep(accept(quote, item_of(quote), ANA, LATER).quote)
    world.clock.at = LATER
    return world, [it.id for it in quote.lines[0].recipients]


def the_recipient(world):
    [quote] = world.memory.quotes.values()
    [recipient] = quote.lines[0].recipients
    return recipient


def assets(world):
    return [(it.serial_number, it.status, it.employee_name) for it in world.memory.assets.values()]


async def test_a_device_goes_from_the_shelf_to_its_owner_and_every_step_is_told():
    world, [bruno] = an_approved_quote()
    await ship_recipient(
        world.deps, OPERATOR, ShipRecipient(bruno, TrackingDraft("T-1", "https://carrier.example/T-1"))
    )
    await set_serial_numbers(world.deps, OPERATOR, SetSerialNumbers(bruno, (" C02 ",)))
    await set_invoice(world.deps, OPERATOR, SetInvoice(bruno, "INV-9"))
    outcome = await deliver_recipient(world.deps, OPERATOR, DeliverRecipient(bruno))
    await complete_quote(world.deps, OPERATOR, CompleteQuote(outcome.ids_of("Quote")[0]))
    assert world.memory.event_types == [
        "QUOTE_RECIPIENT_SHIPPED",
        "QUOTE_TRACKING_ADDED",
        "QUOTE_RECIPIENT_UPDATED",
        "QUOTE_RECIPIENT_UPDATED",
        "QUOTE_RECIPIENT_DELIVERED",
        "QUOTE_DELIVERED",
        "ASSET_ADDED",
        "QUOTE_COMPLETED",
    ]
    recipient = the_recipient(world)
    assert (recipient.tracking_code, recipient.serial_number, recipient.invoice_number) == ("T-1", "C02", "INV-9")
    assert outcome.id_of("Recipient") == recipient.id
    assert assets(world) == [("C02", AssetStatus.IN_USE, "Bruno Silva")]


async def test_tracking_is_told_with_what_a_webhook_needs():
    world, [bruno] = an_approved_quote()
    await set_tracking(world.deps, OPERATOR, SetTracking(bruno, TrackingDraft("T-1")))
    [event] = world.memory.events
    assert (event.type, event.facts["recipientId"], event.facts["trackingCode"]) == (
        "QUOTE_TRACKING_ADDED",
        bruno,
        "T-1",
    )


async def test_a_serial_number_that_comes_after_the_delivery_makes_the_asset_then():
    world, [bruno] = an_approved_quote()
    await deliver_recipient(world.deps, OPERATOR, DeliverRecipient(bruno))
    assert assets(world) == []
    await set_serial_numbers(world.deps, OPERATOR, SetSerialNumbers(bruno, ("C02",)))
    assert [it[0] for it in assets(world)] == ["C02"]


async def test_a_store_holds_each_of_its_devices_in_storage():
    world, [store] = an_approved_quote(a_recipient(email=None, storage=True), quantity=3)
    await set_serial_numbers(world.deps, OPERATOR, SetSerialNumbers(store, ("A", "B", "C")))
    await deliver_recipient(world.deps, OPERATOR, DeliverRecipient(store))
    assert sorted(assets(world)) == [(serial, AssetStatus.IN_STORAGE, None) for serial in "ABC"]


async def test_devices_for_an_office_are_in_use_there_and_no_person_is_made_up():
    office = a_recipient(name="Office MVD", email=None, destination=Destination.OFFICE)
    world, [office] = an_approved_quote(office, quantity=2)
    await set_serial_numbers(world.deps, OPERATOR, SetSerialNumbers(office, ("A", "B")))
    await deliver_recipient(world.deps, OPERATOR, DeliverRecipient(office))
    assert sorted(assets(world)) == [(serial, AssetStatus.IN_USE, None) for serial in "AB"]
    assert {it.location for it in world.memory.assets.values()} == {Location(LocationType.OFFICE, "Office MVD")}


async def test_a_number_that_another_recipients_device_has_is_a_conflict_and_nothing_is_kept():
    world, [bruno] = an_approved_quote()
    await set_serial_numbers(world.deps, OPERATOR, SetSerialNumbers(bruno, ("C02",)))
    await deliver_recipient(world.deps, OPERATOR, DeliverRecipient(bruno))
    world, [other] = an_approved_quote(world=world)
    await set_serial_numbers(world.deps, OPERATOR, SetSerialNumbers(other, ("c02",)))
    commits = world.memory.commits
    with pytest.raises(SerialTaken):
        await deliver_recipient(world.deps, OPERATOR, DeliverRecipient(other))
    assert (world.memory.commits, len(assets(world))) == (commits, 1)


@pytest.mark.parametrize(
    ("serials", "path"),
    [
        (("A", "B"), "serialNumbers"),
        ((" ",), "serialNumbers.0"),
        (("x" * 101,), "serialNumbers.0"),
    ],
)
async def test_serial_numbers_are_one_for_each_device_at_most_and_none_is_empty(serials, path):
    world, [bruno] = an_approved_quote()
    with pytest.raises(InvalidInput) as caught:
        await set_serial_numbers(world.deps, OPERATOR, SetSerialNumbers(bruno, serials))
    assert [".".join(it.path) for it in caught.value.problems] == [path]


async def test_two_devices_of_a_quote_cannot_have_one_number():
    world, [bruno, carla] = an_approved_quote(a_recipient(), a_recipient(email="carla@x.example"))
    await set_serial_numbers(world.deps, OPERATOR, SetSerialNumbers(bruno, ("C02",)))
    with pytest.raises(InvalidInput, match=r"serialNumbers\.0: Another device"):
        await set_serial_numbers(world.deps, OPERATOR, SetSerialNumbers(carla, ("c02",)))


async def test_tracking_is_a_code_a_link_or_both():
    world, [bruno] = an_approved_quote()
    for draft, path in ((NOTHING, "trackingCode"), (TrackingDraft(link="carrier"), "trackingLink")):
        with pytest.raises(InvalidInput, match=path):
            await set_tracking(world.deps, OPERATOR, SetTracking(bruno, draft))


async def test_a_dry_run_says_what_would_change_and_changes_nothing():
    world, [bruno] = an_approved_quote()
    outcome = await ship_recipient(world.deps, OPERATOR, ShipRecipient(bruno, NOTHING, dry_run=True))
    assert [it.to_status for it in outcome.changes] == ["SHIPPED", "IN_PROGRESS", "IN_PROGRESS"]
    assert (the_recipient(world).status, world.memory.events) == (RecipientStatus.APPROVED, [])


async def test_a_dry_run_is_refused_as_the_action_would_be():
    world, [bruno] = an_approved_quote()
    await set_serial_numbers(world.deps, OPERATOR, SetSerialNumbers(bruno, ("C02",)))
    await deliver_recipient(world.deps, OPERATOR, DeliverRecipient(bruno))
    _, [other] = an_approved_quote(world=world)
    await set_serial_numbers(world.deps, OPERATOR, SetSerialNumbers(other, ("C02",)))
    events = len(world.memory.events)
    with pytest.raises(SerialTaken):
        await deliver_recipient(world.deps, OPERATOR, DeliverRecipient(other, dry_run=True))
    assert (len(world.memory.assets), len(world.memory.events)) == (1, events)


async def test_said_again_nothing_is_told():
    world, [bruno] = an_approved_quote()
    await deliver_recipient(world.deps, OPERATOR, DeliverRecipient(bruno))
    events = len(world.memory.events)
    outcome = await deliver_recipient(world.deps, OPERATOR, DeliverRecipient(bruno))
    assert (outcome.changes, len(world.memory.events)) == ((), events)


async def test_a_quote_that_is_not_delivered_cannot_be_closed():
    world, _ = an_approved_quote()
    [quote_id] = world.memory.quotes
    with pytest.raises(WrongStatus, match="NONE; the quote cannot become COMPLETED"):
        await complete_quote(world.deps, OPERATOR, CompleteQuote(quote_id))


async def test_a_recipient_of_another_company_or_none_at_all_is_not_found():
    world, [bruno] = an_approved_quote()
    with pytest.raises(NotFound):
        await deliver_recipient(world.deps, a_caller(TENANT + 1), DeliverRecipient(bruno))
    with pytest.raises(InvalidInput):
        await deliver_recipient(world.deps, OPERATOR, DeliverRecipient("Bruno"))
