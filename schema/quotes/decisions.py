"""Mutations that decide on the lines of a quote, one or several at once."""

from typing import Any

import strawberry

from domain.shared.access import Scope
from domain.use_cases.quotes import decisions
from domain.use_cases.quotes.decisions import AcceptQuote, Decide, DecideItems, OneDecision
from domain.use_cases.quotes.steps import OfferRef
from schema.declare import mutation
from schema.quotes.enums import Verdict
from schema.quotes.inputs import RecipientInput, alternative, item, recipients
from schema.quotes.payloads import QuotePayload
from schema.quotes.types import Alternative, Quote, QuoteItem
from schema.shared.inputs import dry_run_field, wait_field
from schema.shared.money import MoneyInput, optional_money
from schema.shared.payloads import ITEM, QUOTE, payload, subject


def _recipients_field() -> Any:
    return strawberry.field(
        default=None, description="Replaces all recipients of the line: one recipient, or one for each device."
    )


def _expected_price_field() -> Any:
    return strawberry.field(
        default=None, description="The price that the caller saw. If the price has changed since, nothing is accepted."
    )


@strawberry.input(description="Input for `acceptItem`.")
class AcceptItemInput:
    item_id: strawberry.ID = strawberry.field(description="The item.")
    recipients: list[RecipientInput] | None = _recipients_field()
    expected_price: MoneyInput | None = _expected_price_field()
    wait: bool = wait_field()
    dry_run: bool = dry_run_field()

    def command(self) -> Decide:
        people, price = recipients(self.recipients), optional_money(self.expected_price)
        return Decide(item(self.item_id), Verdict.ACCEPT, people, price, self.wait)


@strawberry.input(description="Input for `rejectItem`.")
class RejectItemInput:
    item_id: strawberry.ID = strawberry.field(description="The item.")
    wait: bool = wait_field()
    dry_run: bool = dry_run_field()

    def command(self) -> Decide:
        return Decide(item(self.item_id), Verdict.REJECT, wait=self.wait)


@strawberry.input(description="Input for `acceptAlternative`.")
class AcceptAlternativeInput:
    alternative_id: strawberry.ID = strawberry.field(description="The alternative.")
    recipients: list[RecipientInput] | None = _recipients_field()
    expected_price: MoneyInput | None = _expected_price_field()
    wait: bool = wait_field()
    dry_run: bool = dry_run_field()

    def command(self) -> Decide:
        people, price = recipients(self.recipients), optional_money(self.expected_price)
        return Decide(alternative(self.alternative_id), Verdict.ACCEPT, people, price, self.wait)


@strawberry.input(description="Input for `rejectAlternative`.")
class RejectAlternativeInput:
    alternative_id: strawberry.ID = strawberry.field(description="The alternative.")
    wait: bool = wait_field()
    dry_run: bool = dry_run_field()

    def command(self) -> Decide:
        return Decide(alternative(self.alternative_id), Verdict.REJECT, wait=self.wait)


@strawberry.input(description="Input for `decideItem`.")
class DecideItemInput:
    offer_id: strawberry.ID = strawberry.field(
        description="ID of the item or alternative. A plain UUID is looked up among items first."
    )
    decision: Verdict = strawberry.field(description="The decision.")
    wait: bool = wait_field()
    dry_run: bool = dry_run_field()

    def command(self) -> Decide:
        return Decide(OfferRef(self.offer_id, ("offerId",)), self.decision, wait=self.wait)


_REPEATED = "Repeating it changes nothing; with another price (PRICE_CHANGED) or other recipients it is refused."


@payload(
    changes="Status changes of offers, recipients and the quote, or with `dryRun` those that would "
    "follow. Empty for a repeated decision, and where a connected system was asked, also if it has confirmed the "
    "decision: `quote` is then as it says."
)
class DecisionPayload:
    """For mutations that decide on one item or alternative."""

    quote: Quote | None = subject(QUOTE, "quote")
    item: QuoteItem | None = subject(ITEM, "item")
    alternative: Alternative | None = subject(
        "The alternative that was decided on; `null` if it was an item.", "alternative"
    )


@strawberry.type
class LineDecisionMutations:
    accept_item = mutation(
        f"Accepts an item: its alternatives are rejected, its recipients approved, and it is ordered. {_REPEATED}",
        Scope.QUOTES_DECIDE,
        AcceptItemInput,
        decisions.decide,
        DecisionPayload,
    )
    reject_item = mutation(
        "Rejects an item. Its line stays open while it has an alternative that can be accepted.",
        Scope.QUOTES_DECIDE,
        RejectItemInput,
        decisions.decide,
        DecisionPayload,
    )
    accept_alternative = mutation(
        f"Accepts an alternative: its item and the other alternatives are rejected, and it is ordered. {_REPEATED}",
        Scope.QUOTES_DECIDE,
        AcceptAlternativeInput,
        decisions.decide,
        DecisionPayload,
    )
    reject_alternative = mutation(
        "Rejects an alternative. Its line stays open while it has another offer that can be accepted.",
        Scope.QUOTES_DECIDE,
        RejectAlternativeInput,
        decisions.decide,
        DecisionPayload,
    )
    decide_item = mutation(
        "Accepts or rejects an item or an alternative.",
        Scope.QUOTES_DECIDE,
        DecideItemInput,
        decisions.decide,
        DecisionPayload,
    )


@strawberry.input(description="Input for `acceptQuote`.")
class AcceptQuoteInput:
    quote_id: strawberry.ID = strawberry.field(description="The quote.")
    expected_total: MoneyInput | None = strawberry.field(
        default=None, description="The total that the caller saw. If the total has changed since, nothing is accepted."
    )
    wait: bool = wait_field()
    dry_run: bool = dry_run_field()

    def command(self) -> AcceptQuote:
        return AcceptQuote(self.quote_id, optional_money(self.expected_total), self.wait)


@strawberry.input(description="Input fields for one of several decisions.")
class ItemDecisionInput:
    offer_id: strawberry.ID = strawberry.field(
        description="ID of the item or alternative. A plain UUID is looked up among items first."
    )
    decision: Verdict = strawberry.field(description="The decision.")
    recipients: list[RecipientInput] | None = strawberry.field(
        default=None, description="Replaces all recipients of the line. With ACCEPT only."
    )
    expected_price: MoneyInput | None = strawberry.field(
        default=None,
        description="The price that the caller saw. If the price has changed since, none of the decisions is "
        "made. With ACCEPT only.",
    )

    def decided(self) -> OneDecision:
        price = optional_money(self.expected_price)
        return OneDecision(self.offer_id, self.decision, recipients(self.recipients), price)


@strawberry.input(description="Input for `decideItems`.")
class DecideItemsInput:
    quote_id: strawberry.ID = strawberry.field(description="The quote.")
    decisions: list[ItemDecisionInput] = strawberry.field(description="The decisions, 1 to 200, made in this order.")
    wait: bool = wait_field()
    dry_run: bool = dry_run_field()

    def command(self) -> DecideItems:
        return DecideItems(self.quote_id, tuple(it.decided() for it in self.decisions), self.wait)


@strawberry.type
class QuoteDecisionMutations:
    accept_quote = mutation(
        "Accepts all open lines of a quote, or none: of each line the item, or the only alternative "
        "left. All of them are ordered.",
        Scope.QUOTES_DECIDE,
        AcceptQuoteInput,
        decisions.accept_quote,
        QuotePayload,
    )
    decide_items = mutation(
        "Accepts and rejects items and alternatives of one quote, in the given order. All decisions are made, or none.",
        Scope.QUOTES_DECIDE,
        DecideItemsInput,
        decisions.decide_items,
        QuotePayload,
    )
