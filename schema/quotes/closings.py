"""Ending a quote as a whole: declining, cancelling, voiding and deleting it."""

import strawberry

from domain.shared.access import Scope
from domain.use_cases.quotes import closings
from domain.use_cases.quotes.closings import Close
from schema.declare import mutation
from schema.quotes.payloads import QuotePayload
from schema.shared.audiences import INTERNAL
from schema.shared.inputs import dry_run_field
from schema.shared.payloads import CHANGES, deleted_id, payload

_REASON = f"Why; at most 5,000 characters. {INTERNAL}"


@payload(changes=CHANGES)
class DeleteQuotePayload:
    """What came of deleting a quote."""

    deleted_quote_id: strawberry.ID | None = deleted_id(
        "The id the quote had; null when the action was refused.", "Quote", "quote_id"
    )


@strawberry.input(description="Decline a quote as a whole.")
class DeclineQuoteInput:
    quote_id: strawberry.ID = strawberry.field(description="The quote.")
    reason: str | None = strawberry.field(default=None, description=_REASON)
    dry_run: bool = dry_run_field()

    def command(self) -> Close:
        return Close(self.quote_id, self.reason, dry_run=self.dry_run)


@strawberry.input(description="Cancel a quote.")
class CancelQuoteInput:
    quote_id: strawberry.ID = strawberry.field(description="The quote.")
    reason: str | None = strawberry.field(default=None, description=_REASON)
    dry_run: bool = dry_run_field()

    def command(self) -> Close:
        return Close(self.quote_id, self.reason, dry_run=self.dry_run)


@strawberry.input(description="Void a quote.")
class VoidQuoteInput:
    quote_id: strawberry.ID = strawberry.field(description="The quote.")
    reason: str | None = strawberry.field(default=None, description=_REASON)
    dry_run: bool = dry_run_field()

    def command(self) -> Close:
        return Close(self.quote_id, self.reason, dry_run=self.dry_run)


@strawberry.input(description="Delete a quote.")
class DeleteQuoteInput:
    quote_id: strawberry.ID = strawberry.field(description="The quote.")
    dry_run: bool = dry_run_field()

    def command(self) -> Close:
        return Close(self.quote_id, dry_run=self.dry_run)


@strawberry.type
class ClosingMutations:
    decline_quote: QuotePayload | None = mutation(
        "Decline a quote of which nothing was accepted: every line is rejected.",
        Scope.QUOTES_WRITE,
        DeclineQuoteInput,
        closings.decline_quote,
    )
    cancel_quote: QuotePayload | None = mutation(
        "Cancel a quote, even an expired one. Orders that the vendor does not have yet are cancelled with it; a "
        "conflict once it has one.",
        Scope.QUOTES_WRITE,
        CancelQuoteInput,
        closings.cancel_quote,
    )
    void_quote: QuotePayload | None = mutation(
        "Take back the offer that a quote makes, even an expired one. Orders as with `cancelQuote`.",
        Scope.QUOTES_MANAGE,
        VoidQuoteInput,
        closings.void_quote,
    )
    delete_quote: DeleteQuotePayload | None = mutation(
        "Delete a quote: it is as if it had never been, but for its events. Orders as with `cancelQuote`.",
        Scope.QUOTES_WRITE,
        DeleteQuoteInput,
        closings.delete_quote,
    )
