"""Mutations that end a quote as a whole: declining, cancelling, voiding and deleting it."""

import strawberry

from domain.shared.access import Scope
from domain.use_cases.quotes import closings
from domain.use_cases.quotes.closings import Close
from schema.declare import identity_of, mutation
from schema.quotes.payloads import QuotePayload
from schema.shared.audiences import INTERNAL
from schema.shared.inputs import dry_run_field, wait_field
from schema.shared.payloads import CHANGES, payload

_REASON = f"The reason. At most 5,000 characters. {INTERNAL}"


@payload(changes=CHANGES)
class DeleteQuotePayload:
    """For `deleteQuote`."""

    deleted_quote_id: strawberry.ID | None = identity_of(
        "ID of the deleted quote; `null` if the mutation was refused or a dry run.",
        type_name="Quote",
        attribute="deleted_quote_id",
    )


@strawberry.input
class ClosingInput:
    """What the mutations that end a quote for a reason take."""

    quote_id: strawberry.ID = strawberry.field(description="The quote.")
    reason: str | None = strawberry.field(default=None, description=_REASON)
    dry_run: bool = dry_run_field()

    def command(self) -> Close:
        return Close(self.quote_id, self.reason)


@strawberry.input
class AwaitedClosingInput(ClosingInput):
    """What those take that can be asked of a connected system."""

    wait: bool = wait_field()

    def command(self) -> Close:
        return Close(self.quote_id, self.reason, self.wait)


@strawberry.input(description="Input for `declineQuote`.")
class DeclineQuoteInput(AwaitedClosingInput):
    pass


@strawberry.input(description="Input for `cancelQuote`.")
class CancelQuoteInput(AwaitedClosingInput):
    pass


@strawberry.input(description="Input for `voidQuote`.")
class VoidQuoteInput(ClosingInput):
    pass


@strawberry.input(description="Input for `deleteQuote`.")
class DeleteQuoteInput:
    quote_id: strawberry.ID = strawberry.field(description="The quote.")
    dry_run: bool = dry_run_field()

    def command(self) -> Close:
        return Close(self.quote_id)


@strawberry.type
class ClosingMutations:
    decline_quote = mutation(
        "Declines a quote of which nothing was accepted. Every line is rejected.",
        Scope.QUOTES_DECIDE,
        DeclineQuoteInput,
        closings.decline_quote,
        QuotePayload,
    )
    cancel_quote = mutation(
        "Cancels a quote, even if it is expired. Vendor orders that the vendor has not received yet "
        "are cancelled too. If the vendor has received one, the mutation is refused with a conflict.",
        Scope.QUOTES_WRITE,
        CancelQuoteInput,
        closings.cancel_quote,
        QuotePayload,
    )
    void_quote = mutation(
        "Voids a quote: withdraws the offer to the customer, even if it is expired. Vendor orders "
        "are handled as by `cancelQuote`.",
        Scope.QUOTES_MANAGE,
        VoidQuoteInput,
        closings.void_quote,
        QuotePayload,
    )
    delete_quote = mutation(
        "Deletes a quote. It can no longer be read; only its events remain. Vendor orders are "
        "handled as by `cancelQuote`.",
        Scope.QUOTES_WRITE,
        DeleteQuoteInput,
        closings.delete_quote,
        DeleteQuotePayload,
    )
