"""What operators say of an accepted line's devices, recipient by recipient, and of a delivered quote."""

from typing import Any

import strawberry

from domain.shared.access import Scope
from domain.use_cases.fulfilment.shipments import RecipientRef, TrackingDraft
from resolvers.fulfilment import shipments
from resolvers.mutations import Result
from schema.declare import column, edge, root, type_of
from schema.quotes.types import Quote, QuoteItem, Recipient
from schema.shared.common import Info, StatusChange
from schema.shared.errors import UserError
from schema.shared.scalars import URL


@type_of(Result)
class FulfilmentPayload:
    """What came of an action about a recipient's device."""

    quote: Quote | None = edge(
        "The quote as it is now; null when the action was refused.", loader="quote", key="quote_id"
    )
    item: QuoteItem | None = edge(
        "The line as it is now; null when the action was refused.", loader="item", key="item_id"
    )
    recipient: Recipient | None = edge(
        "The recipient as it is now; null when the action was refused.", loader="recipient", key="recipient_id"
    )
    changes: list[StatusChange] = column(
        "Every recipient and quote whose status moved, or with `dryRun` would. Empty for a repeated action."
    )
    user_errors: list[UserError] = column("Why nothing was done; empty when it was.")


@type_of(Result)
class CompleteQuotePayload:
    """What came of closing a quote."""

    quote: Quote | None = edge(
        "The quote as it is now; null when the action was refused.", loader="quote", key="quote_id"
    )
    changes: list[StatusChange] = column("Every status that moved, or with `dryRun` would.")
    user_errors: list[UserError] = column("Why nothing was done; empty when it was.")


def _recipient() -> Any:
    return strawberry.field(description="The recipient.")


def _dry_run() -> Any:
    return strawberry.field(default=False, description="Only say what would change.")


@strawberry.input(description="How a recipient's device can be followed: a code, a link, or both.")
class SetRecipientTrackingInput:
    recipient_id: strawberry.ID = _recipient()
    tracking_code: str | None = strawberry.field(default=None, description="The carrier's code.")
    tracking_link: URL | None = strawberry.field(default=None, description="The carrier's page.")
    dry_run: bool = _dry_run()


@strawberry.input(description="A recipient's device is on its way.")
class ShipRecipientInput:
    recipient_id: strawberry.ID = _recipient()
    tracking_code: str | None = strawberry.field(default=None, description="The carrier's code, when known.")
    tracking_link: URL | None = strawberry.field(default=None, description="The carrier's page, when known.")
    dry_run: bool = _dry_run()


@strawberry.input(description="A recipient has its device.")
class DeliverRecipientInput:
    recipient_id: strawberry.ID = _recipient()
    dry_run: bool = _dry_run()


@strawberry.input(description="Which devices a recipient gets.")
class SetRecipientSerialNumbersInput:
    recipient_id: strawberry.ID = _recipient()
    serial_numbers: list[str] = strawberry.field(
        description="One for each device at most. They take the place of those that were there."
    )
    dry_run: bool = _dry_run()


@strawberry.input(description="On which invoice a recipient's device stands.")
class SetRecipientInvoiceInput:
    recipient_id: strawberry.ID = _recipient()
    invoice_number: str | None = strawberry.field(default=None, description="The invoice; null for none.")
    dry_run: bool = _dry_run()


@strawberry.input(description="Close a delivered quote.")
class CompleteQuoteInput:
    quote_id: strawberry.ID = strawberry.field(description="The quote.")
    dry_run: bool = _dry_run()


@strawberry.type
class FulfilmentMutations:
    @root("Say how a recipient's device can be followed on its way.", Scope.QUOTES_MANAGE)
    async def set_recipient_tracking(info: Info, input: SetRecipientTrackingInput) -> FulfilmentPayload | None:
        return await shipments.set_tracking(info, input, ref(input), tracking(input))

    @root("Say that a recipient's device is on its way. With the first, the quote is in progress.", Scope.QUOTES_MANAGE)
    async def ship_recipient(info: Info, input: ShipRecipientInput) -> FulfilmentPayload | None:
        return await shipments.ship(info, input, ref(input), tracking(input))

    @root(
        "Say that a recipient has its device, which is an asset from then on. With the last, the quote is delivered.",
        Scope.QUOTES_MANAGE,
    )
    async def deliver_recipient(info: Info, input: DeliverRecipientInput) -> FulfilmentPayload | None:
        return await shipments.deliver(info, input, ref(input))

    @root("Say which devices a recipient gets, by serial number.", Scope.QUOTES_MANAGE)
    async def set_recipient_serial_numbers(
        info: Info, input: SetRecipientSerialNumbersInput
    ) -> FulfilmentPayload | None:
        return await shipments.set_serial_numbers(info, input, ref(input), tuple(input.serial_numbers))

    @root("Say on which invoice a recipient's device stands.", Scope.QUOTES_MANAGE)
    async def set_recipient_invoice(info: Info, input: SetRecipientInvoiceInput) -> FulfilmentPayload | None:
        return await shipments.set_invoice(info, input, ref(input), input.invoice_number)

    @root("Close a delivered quote.", Scope.QUOTES_MANAGE)
    async def complete_quote(info: Info, input: CompleteQuoteInput) -> CompleteQuotePayload | None:
        return await shipments.complete(info, input, input.quote_id, input.dry_run)


def ref(input: Any) -> RecipientRef:
    return RecipientRef(input.recipient_id, input.dry_run)


def tracking(input: SetRecipientTrackingInput | ShipRecipientInput) -> TrackingDraft:
    link: Any = input.tracking_link
    return TrackingDraft(input.tracking_code, link)
