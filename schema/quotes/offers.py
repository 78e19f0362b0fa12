"""Asking for quotes, reading them, and deciding on them: the root fields of quotes and their payloads.

What a quote is made of stands in `quote_types.py`, what one sends in `quote_inputs.py`.
"""

from enum import StrEnum
from typing import Any

import strawberry

from domain.shared.access import Scope
from domain.use_cases.quotes import offers as use_cases
from resolvers.quotes import offers
from resolvers.quotes.offers import QuoteFilters
from schema.declare import list_root, mutation, one_root
from schema.quotes.inputs import (
    AcceptAlternativeInput,
    AcceptItemInput,
    CreateQuoteInput,
    DecideItemInput,
    PriceAlternativeInput,
    PriceItemInput,
    ProposeAlternativeInput,
    RejectAlternativeInput,
    RejectItemInput,
)
from schema.quotes.types import Alternative, Quote, QuoteConnection, QuoteItem, QuoteStatus
from schema.shared.common import MUST_HOLD, WHICH_COUNTRY, DateTimeRange
from schema.shared.enums import OrderDirection, describe
from schema.shared.payloads import ITEM, QUOTE, payload, subject
from schema.shared.scalars import EmailAddress

_REPEATED = "Again it changes nothing; at another price (PRICE_CHANGED) or for other recipients it is refused."


@payload()
class CreateQuotePayload:
    """What came of asking for a quote."""

    quote: Quote | None = subject(QUOTE, "quote")


@payload(changes="Every status that moved.")
class PriceItemPayload:
    """What came of pricing an item."""

    quote: Quote | None = subject(QUOTE, "quote")
    item: QuoteItem | None = subject(ITEM, "item")


@payload(changes="Every status that moved.")
class PriceAlternativePayload:
    """What came of pricing an alternative."""

    quote: Quote | None = subject(QUOTE, "quote")
    item: QuoteItem | None = subject(ITEM, "item")
    alternative: Alternative | None = subject("The alternative as it is now.", "alternative")


@payload(changes="Every status that moved.")
class ProposeAlternativePayload:
    """What came of proposing an alternative."""

    quote: Quote | None = subject(QUOTE, "quote")
    item: QuoteItem | None = subject(ITEM, "item")
    alternative: Alternative | None = subject("The new alternative.", "alternative")


@payload(
    changes="Every offer, recipient and quote whose status moved, or with `dryRun` would. Empty for a repeated "
    "decision."
)
class DecisionPayload:
    """What came of a decision."""

    quote: Quote | None = subject(QUOTE, "quote")
    item: QuoteItem | None = subject(ITEM, "item")
    alternative: Alternative | None = subject("The alternative that was decided on; null for an item.", "alternative")


class QuoteOrderField(StrEnum):
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


describe(
    QuoteOrderField,
    "What quotes can be ordered by.",
    CREATED_AT="When they were asked for.",
    UPDATED_AT="When anything of them last changed.",
)


@strawberry.input(description="How to order quotes.")
class QuoteOrder:
    field: QuoteOrderField = strawberry.field(default=QuoteOrderField.CREATED_AT, description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.DESC, description="Which way.")


@strawberry.input(description=f"Which quotes. {MUST_HOLD}")
class QuoteFilter:
    status: list[QuoteStatus] | None = strawberry.field(default=None, description="With one of these statuses.")
    country: str | None = strawberry.field(
        default=None, description=f"With a recipient in this country. {WHICH_COUNTRY}"
    )
    created_at: DateTimeRange | None = strawberry.field(default=None, description="Asked for in this span of time.")
    updated_at: DateTimeRange | None = strawberry.field(default=None, description="Last changed in this span of time.")

    customer_id: strawberry.ID | None = strawberry.field(default=None, description="For this customer.")
    project_reference: str | None = strawberry.field(
        default=None, description="Belonging to exactly this project, in any case."
    )
    tag: str | None = strawberry.field(default=None, description="With this tag, in any case.")
    assignee_email: EmailAddress | None = strawberry.field(
        default=None, description="Looked after by the person with this address."
    )

    def filters(self) -> QuoteFilters:
        created: Any = self.created_at or DateTimeRange()
        updated: Any = self.updated_at or DateTimeRange()
        return QuoteFilters(
            self.status,
            self.country,
            created.after,
            created.before,
            updated.after,
            updated.before,
            self.customer_id,
            self.project_reference,
            self.tag,
            self.assignee_email,
        )


@strawberry.input(one_of=True, description="How to name a quote.")
class QuoteBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="By id.")
    order_id: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="By its number. If several companies have one, a platform key is told their ids.",
    )
    public_key: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="By the key that its customer opens it with, unless that was revoked. It does not count as viewed.",
    )


@strawberry.type
class QuoteQueries:
    quote: Quote | None = one_root("A quote; null when there is none.", Scope.QUOTES_READ, offers.quote, QuoteBy)

    quotes: QuoteConnection = list_root(
        "Quotes, by default the newest first.",
        Scope.QUOTES_READ,
        offers.quotes,
        QuoteFilter,
        "Which quotes.",
        QuoteOrder,
    )


@strawberry.type
class QuoteMutations:
    create_quote: CreateQuotePayload | None = mutation(
        "Ask for a quote. Letters and a task for the people who price it follow.",
        Scope.QUOTES_WRITE,
        CreateQuoteInput,
        use_cases.create_quote,
    )
    price_item: PriceItemPayload | None = mutation(
        "Set the price of an item, or correct it while its line is open.",
        Scope.QUOTES_MANAGE,
        PriceItemInput,
        use_cases.price,
    )
    price_alternative: PriceAlternativePayload | None = mutation(
        "Set the price of an alternative, or correct it while its line is open.",
        Scope.QUOTES_MANAGE,
        PriceAlternativeInput,
        use_cases.price,
    )
    propose_alternative: ProposeAlternativePayload | None = mutation(
        "Offer another device on a line that is still open.",
        Scope.QUOTES_MANAGE,
        ProposeAlternativeInput,
        use_cases.propose_alternative,
    )
    accept_item: DecisionPayload | None = mutation(
        "Accept an item: its alternatives are rejected, its recipients approved, and it is ordered. " + _REPEATED,
        Scope.QUOTES_WRITE,
        AcceptItemInput,
        use_cases.decide,
    )
    reject_item: DecisionPayload | None = mutation(
        "Reject an item. Its line stays open while an alternative can still be chosen.",
        Scope.QUOTES_WRITE,
        RejectItemInput,
        use_cases.decide,
    )
    accept_alternative: DecisionPayload | None = mutation(
        "Accept an alternative: its item and the other alternatives are rejected, and it is ordered. " + _REPEATED,
        Scope.QUOTES_WRITE,
        AcceptAlternativeInput,
        use_cases.decide,
    )
    reject_alternative: DecisionPayload | None = mutation(
        "Reject an alternative. Its line stays open while another offer can still be chosen.",
        Scope.QUOTES_WRITE,
        RejectAlternativeInput,
        use_cases.decide,
    )
    decide_item: DecisionPayload | None = mutation(
        "Accept or reject an item or an alternative.", Scope.QUOTES_WRITE, DecideItemInput, use_cases.decide
    )
