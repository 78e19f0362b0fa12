"""Asking for quotes, reading them, and deciding on them: the root fields of quotes and their payloads.

What a quote is made of stands in `quote_types.py`, what one sends in `quote_inputs.py`.
"""

from enum import StrEnum
from typing import Annotated, Any

import strawberry

from domain.shared.access import Scope
from domain.use_cases.quotes.steps import OfferRef
from resolvers.mutations import Result
from resolvers.quotes import offers
from resolvers.quotes.offers import QuoteFilters
from schema.declare import column, edge, root, type_of
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
    Verdict,
    money,
    optional_money,
    recipients,
)
from schema.quotes.types import Alternative, Quote, QuoteConnection, QuoteItem, QuoteStatus
from schema.shared.common import (
    MUST_HOLD,
    WHICH_COUNTRY,
    After,
    Before,
    DateTimeRange,
    First,
    Info,
    Last,
    OrderDirection,
    StatusChange,
    arguments,
    describe,
    named,
)
from schema.shared.errors import UserError
from schema.shared.scalars import EmailAddress

_QUOTE = "The quote as it is now; null when the action was refused."
_ITEM = "The line as it is now; null when the action was refused."
_ERRORS = "Why nothing was done; empty when it was."
_REPEATED = "Again it changes nothing; at another price (PRICE_CHANGED) or for other recipients it is refused."


@type_of(Result)
class CreateQuotePayload:
    """What came of asking for a quote."""

    quote: Quote | None = edge(_QUOTE, "quote", "quote_id")
    user_errors: list[UserError] = column(_ERRORS)


@type_of(Result)
class PriceItemPayload:
    """What came of pricing an item."""

    quote: Quote | None = edge(_QUOTE, "quote", "quote_id")
    item: QuoteItem | None = edge(_ITEM, "item", "item_id")
    changes: list[StatusChange] = column("Every status that moved.")
    user_errors: list[UserError] = column(_ERRORS)


@type_of(Result)
class PriceAlternativePayload:
    """What came of pricing an alternative."""

    quote: Quote | None = edge(_QUOTE, "quote", "quote_id")
    item: QuoteItem | None = edge(_ITEM, "item", "item_id")
    alternative: Alternative | None = edge("The alternative as it is now.", "alternative", "alternative_id")
    changes: list[StatusChange] = column("Every status that moved.")
    user_errors: list[UserError] = column(_ERRORS)


@type_of(Result)
class ProposeAlternativePayload:
    """What came of proposing an alternative."""

    quote: Quote | None = edge(_QUOTE, "quote", "quote_id")
    item: QuoteItem | None = edge(_ITEM, "item", "item_id")
    alternative: Alternative | None = edge("The new alternative.", "alternative", "alternative_id")
    changes: list[StatusChange] = column("Every status that moved.")
    user_errors: list[UserError] = column(_ERRORS)


@type_of(Result)
class DecisionPayload:
    """What came of a decision."""

    quote: Quote | None = edge(_QUOTE, "quote", "quote_id")
    item: QuoteItem | None = edge(_ITEM, "item", "item_id")
    alternative: Alternative | None = edge(
        "The alternative that was decided on; null for an item.", "alternative", "alternative_id"
    )
    changes: list[StatusChange] = column(
        "Every offer, recipient and quote whose status moved, or with `dryRun` would. Empty for a repeated decision."
    )
    user_errors: list[UserError] = column(_ERRORS)


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
    @root("A quote; null when there is none.", Scope.QUOTES_READ)
    async def quote(info: Info, by: QuoteBy) -> Quote | None:
        return await offers.quote(info.context, named(by.id), named(by.order_id), named(by.public_key))

    @root("Quotes, by default the newest first.", Scope.QUOTES_READ)
    async def quotes(
        info: Info,
        filter: Annotated[QuoteFilter | None, strawberry.argument(description="Which quotes.")] = None,
        order_by: Annotated[QuoteOrder | None, strawberry.argument(description="In which order.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> QuoteConnection:
        given, order = (filter or QuoteFilter()).filters(), order_by or QuoteOrder()
        ordered = offers.QuoteOrder(order.field.value, order.direction is OrderDirection.DESC)
        page = arguments(first, after, last, before)
        return await offers.quotes(info.context, page, given, ordered)


@strawberry.type
class QuoteMutations:
    @root("Ask for a quote. Letters and a task for the people who price it follow.", Scope.QUOTES_WRITE)
    async def create_quote(info: Info, input: CreateQuoteInput) -> CreateQuotePayload | None:
        return await offers.create_quote(info, input, input.draft(), input.company_id)

    @root("Set the price of an item, or correct it while its line is open.", Scope.QUOTES_MANAGE)
    async def price_item(info: Info, input: PriceItemInput) -> PriceItemPayload | None:
        return await offers.price_offer(info, input, item(input.item_id), money(input.price))

    @root("Set the price of an alternative, or correct it while its line is open.", Scope.QUOTES_MANAGE)
    async def price_alternative(info: Info, input: PriceAlternativeInput) -> PriceAlternativePayload | None:
        offer = alternative(input.alternative_id)
        return await offers.price_offer(info, input, offer, money(input.price))

    @root("Offer another device on a line that is still open.", Scope.QUOTES_MANAGE)
    async def propose_alternative(info: Info, input: ProposeAlternativeInput) -> ProposeAlternativePayload | None:
        draft, price = input.draft(), optional_money(input.price)
        return await offers.propose_alternative(info, input, input.item_id, draft, price)

    @root(
        "Accept an item: its alternatives are rejected, its recipients approved, and it is ordered. " + _REPEATED,
        Scope.QUOTES_WRITE,
    )
    async def accept_item(info: Info, input: AcceptItemInput) -> DecisionPayload | None:
        return await accept(info, item(input.item_id), input)

    @root("Reject an item. Its line stays open while an alternative can still be chosen.", Scope.QUOTES_WRITE)
    async def reject_item(info: Info, input: RejectItemInput) -> DecisionPayload | None:
        return await decide(info, item(input.item_id), Verdict.REJECT, input)

    @root(
        "Accept an alternative: its item and the other alternatives are rejected, and it is ordered. " + _REPEATED,
        Scope.QUOTES_WRITE,
    )
    async def accept_alternative(info: Info, input: AcceptAlternativeInput) -> DecisionPayload | None:
        return await accept(info, alternative(input.alternative_id), input)

    @root("Reject an alternative. Its line stays open while another offer can still be chosen.", Scope.QUOTES_WRITE)
    async def reject_alternative(info: Info, input: RejectAlternativeInput) -> DecisionPayload | None:
        return await decide(info, alternative(input.alternative_id), Verdict.REJECT, input)

    @root("Accept or reject an item or an alternative.", Scope.QUOTES_WRITE)
    async def decide_item(info: Info, input: DecideItemInput) -> DecisionPayload | None:
        return await decide(info, OfferRef(input.id, ("id",)), input.decision, input)


def item(given: str) -> OfferRef:
    return OfferRef(given, ("itemId",), ("QuoteItem",))


def alternative(given: str) -> OfferRef:
    return OfferRef(given, ("alternativeId",), ("Alternative",))


async def accept(info: Any, offer: OfferRef, input: AcceptItemInput | AcceptAlternativeInput) -> Any:
    price = optional_money(input.expected_price)
    return await offers.decide(info, input, offer, Verdict.ACCEPT, recipients(input.recipients), price, input.dry_run)


async def decide(info: Any, offer: OfferRef, verdict: Verdict, input: Any) -> Any:
    return await offers.decide(info, input, offer, verdict, dry_run=input.dry_run)
