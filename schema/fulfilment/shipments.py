"""What operators say of an accepted line's devices, recipient by recipient, and of a delivered quote."""

from typing import Any

import strawberry

from domain.shared.access import Scope
from domain.use_cases.fulfilment import shipments
from domain.use_cases.fulfilment.shipments import (
    CompleteQuote,
    DeliverRecipient,
    SetInvoice,
    SetSerialNumbers,
    SetTracking,
    ShipRecipient,
    TrackingDraft,
)
from schema.declare import mutation
from schema.quotes.types import Quote, QuoteItem, Recipient
from schema.shared.inputs import dry_run_field
from schema.shared.payloads import CHANGES, ITEM, QUOTE, payload, subject
from schema.shared.scalars import URL


@payload(changes="Every recipient and quote whose status moved, or with `dryRun` would. Empty for a repeated action.")
class FulfilmentPayload:
    """What came of an action about a recipient's device."""

    quote: Quote | None = subject(QUOTE, "quote")
    item: QuoteItem | None = subject(ITEM, "item")
    recipient: Recipient | None = subject("The recipient as it is now; null when the action was refused.", "recipient")


@payload(changes=CHANGES)
class CompleteQuotePayload:
    """What came of closing a quote."""

    quote: Quote | None = subject(QUOTE, "quote")


def _recipient() -> Any:
    return strawberry.field(description="The recipient.")


@strawberry.input(description="How a recipient's device can be followed: a code, a link, or both.")
class SetRecipientTrackingInput:
    recipient_id: strawberry.ID = _recipient()
    tracking_code: str | None = strawberry.field(default=None, description="The carrier's code.")
    tracking_link: URL | None = strawberry.field(default=None, description="The carrier's page.")
    dry_run: bool = dry_run_field()

    def command(self) -> SetTracking:
        tracking = TrackingDraft(self.tracking_code, self.tracking_link)
        return SetTracking(self.recipient_id, tracking, dry_run=self.dry_run)


@strawberry.input(description="A recipient's device is on its way.")
class ShipRecipientInput:
    recipient_id: strawberry.ID = _recipient()
    tracking_code: str | None = strawberry.field(default=None, description="The carrier's code, when known.")
    tracking_link: URL | None = strawberry.field(default=None, description="The carrier's page, when known.")
    dry_run: bool = dry_run_field()

    def command(self) -> ShipRecipient:
        tracking = TrackingDraft(self.tracking_code, self.tracking_link)
        return ShipRecipient(self.recipient_id, tracking, dry_run=self.dry_run)


@strawberry.input(description="A recipient has its device.")
class DeliverRecipientInput:
    recipient_id: strawberry.ID = _recipient()
    dry_run: bool = dry_run_field()

    def command(self) -> DeliverRecipient:
        return DeliverRecipient(self.recipient_id, dry_run=self.dry_run)


@strawberry.input(description="Which devices a recipient gets.")
class SetRecipientSerialNumbersInput:
    recipient_id: strawberry.ID = _recipient()
    serial_numbers: list[str] = strawberry.field(
        description="One for each device at most. They take the place of those that were there."
    )
    dry_run: bool = dry_run_field()

    def command(self) -> SetSerialNumbers:
        return SetSerialNumbers(self.recipient_id, tuple(self.serial_numbers), dry_run=self.dry_run)


@strawberry.input(description="On which invoice a recipient's device stands.")
class SetRecipientInvoiceInput:
    recipient_id: strawberry.ID = _recipient()
    invoice_number: str | None = strawberry.field(default=None, description="The invoice; null for none.")
    dry_run: bool = dry_run_field()

    def command(self) -> SetInvoice:
        return SetInvoice(self.recipient_id, self.invoice_number, dry_run=self.dry_run)


@strawberry.input(description="Close a delivered quote.")
class CompleteQuoteInput:
    quote_id: strawberry.ID = strawberry.field(description="The quote.")
    dry_run: bool = dry_run_field()

    def command(self) -> CompleteQuote:
        return CompleteQuote(self.quote_id, dry_run=self.dry_run)


@strawberry.type
class FulfilmentMutations:
    set_recipient_tracking: FulfilmentPayload | None = mutation(
        "Say how a recipient's device can be followed on its way.",
        Scope.QUOTES_MANAGE,
        SetRecipientTrackingInput,
        shipments.set_tracking,
    )
    ship_recipient: FulfilmentPayload | None = mutation(
        "Say that a recipient's device is on its way. With the first, the quote is in progress.",
        Scope.QUOTES_MANAGE,
        ShipRecipientInput,
        shipments.ship_recipient,
    )
    deliver_recipient: FulfilmentPayload | None = mutation(
        "Say that a recipient has its device, which is an asset from then on. With the last, the quote is delivered.",
        Scope.QUOTES_MANAGE,
        DeliverRecipientInput,
        shipments.deliver_recipient,
    )
    set_recipient_serial_numbers: FulfilmentPayload | None = mutation(
        "Say which devices a recipient gets, by serial number.",
        Scope.QUOTES_MANAGE,
        SetRecipientSerialNumbersInput,
        shipments.set_serial_numbers,
    )
    set_recipient_invoice: FulfilmentPayload | None = mutation(
        "Say on which invoice a recipient's device stands.",
        Scope.QUOTES_MANAGE,
        SetRecipientInvoiceInput,
        shipments.set_invoice,
    )
    complete_quote: CompleteQuotePayload | None = mutation(
        "Close a delivered quote.", Scope.QUOTES_MANAGE, CompleteQuoteInput, shipments.complete_quote
    )
