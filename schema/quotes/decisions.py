"""Deciding on the lines of a quote, one by one or several at once."""

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
from schema.shared.inputs import dry_run_field
from schema.shared.money import MoneyInput, optional_money
from schema.shared.payloads import ITEM, QUOTE, payload, subject


def _recipients_field() -> Any:
    return strawberry.field(
        default=None, description="Replace all recipients of the line: one, or one for each device."
    )


def _expected_price_field() -> Any:
    return strawberry.field(
        default=None, description="The price you saw; when it is another one now, nothing is accepted."
    )


@strawberry.input(description="Accept an item.")
class AcceptItemInput:
    item_id: strawberry.ID = strawberry.field(description="The item.")
    recipients: list[RecipientInput] | None = _recipients_field()
    expected_price: MoneyInput | None = _expected_price_field()
    dry_run: bool = dry_run_field()

    def command(self) -> Decide:
        people, price = recipients(self.recipients), optional_money(self.expected_price)
        return Decide(item(self.item_id), Verdict.ACCEPT, people, price, dry_run=self.dry_run)


@strawberry.input(description="Reject an item.")
class RejectItemInput:
    item_id: strawberry.ID = strawberry.field(description="The item.")
    dry_run: bool = dry_run_field()

    def command(self) -> Decide:
        return Decide(item(self.item_id), Verdict.REJECT, dry_run=self.dry_run)


@strawberry.input(description="Accept an alternative.")
class AcceptAlternativeInput:
    alternative_id: strawberry.ID = strawberry.field(description="The alternative.")
    recipients: list[RecipientInput] | None = _recipients_field()
    expected_price: MoneyInput | None = _expected_price_field()
    dry_run: bool = dry_run_field()

    def command(self) -> Decide:
        people, price = recipients(self.recipients), optional_money(self.expected_price)
        return Decide(alternative(self.alternative_id), Verdict.ACCEPT, people, price, dry_run=self.dry_run)


@strawberry.input(description="Reject an alternative.")
class RejectAlternativeInput:
    alternative_id: strawberry.ID = strawberry.field(description="The alternative.")
    dry_run: bool = dry_run_field()

    def command(self) -> Decide:
        return Decide(alternative(self.alternative_id), Verdict.REJECT, dry_run=self.dry_run)


@strawberry.input(description="Accept or reject an item or an alternative.")
class DecideItemInput:
    id: strawberry.ID = strawberry.field(
        description="The item or alternative. Of a bare UUID, items are looked at first."
    )
    decision: Verdict = strawberry.field(description="Accept or reject.")
    dry_run: bool = dry_run_field()

    def command(self) -> Decide:
        return Decide(OfferRef(self.id, ("id",)), self.decision, dry_run=self.dry_run)


_REPEATED = "Again it changes nothing; at another price (PRICE_CHANGED) or for other recipients it is refused."


@payload(
    changes="Every offer, recipient and quote whose status moved, or with `dryRun` would. Empty for a repeated "
    "decision."
)
class DecisionPayload:
    """What came of a decision."""

    quote: Quote | None = subject(QUOTE, "quote")
    item: QuoteItem | None = subject(ITEM, "item")
    alternative: Alternative | None = subject("The alternative that was decided on; null for an item.", "alternative")


@strawberry.type
class LineDecisionMutations:
    accept_item: DecisionPayload | None = mutation(
        "Accept an item: its alternatives are rejected, its recipients approved, and it is ordered. " + _REPEATED,
        Scope.QUOTES_WRITE,
        AcceptItemInput,
        decisions.decide,
    )
    reject_item: DecisionPayload | None = mutation(
        "Reject an item. Its line stays open while an alternative can still be chosen.",
        Scope.QUOTES_WRITE,
        RejectItemInput,
        decisions.decide,
    )
    accept_alternative: DecisionPayload | None = mutation(
        "Accept an alternative: its item and the other alternatives are rejected, and it is ordered. " + _REPEATED,
        Scope.QUOTES_WRITE,
        AcceptAlternativeInput,
        decisions.decide,
    )
    reject_alternative: DecisionPayload | None = mutation(
        "Reject an alternative. Its line stays open while another offer can still be chosen.",
        Scope.QUOTES_WRITE,
        RejectAlternativeInput,
        decisions.decide,
    )
    decide_item: DecisionPayload | None = mutation(
        "Accept or reject an item or an alternative.", Scope.QUOTES_WRITE, DecideItemInput, decisions.decide
    )


@strawberry.input(description="Accept all of a quote.")
class AcceptQuoteInput:
    quote_id: strawberry.ID = strawberry.field(description="The quote.")
    expected_total: MoneyInput | None = strawberry.field(
        default=None, description="The total you saw; when it is another one now, nothing is done."
    )
    dry_run: bool = dry_run_field()

    def command(self) -> AcceptQuote:
        return AcceptQuote(self.quote_id, optional_money(self.expected_total), dry_run=self.dry_run)


@strawberry.input(description="One of several decisions.")
class ItemDecisionInput:
    id: strawberry.ID = strawberry.field(
        description="The item or alternative. Of a bare UUID, items are looked at first."
    )
    decision: Verdict = strawberry.field(description="Accept or reject.")
    recipients: list[RecipientInput] | None = strawberry.field(
        default=None, description="With an acceptance: replace all recipients of the line."
    )
    expected_price: MoneyInput | None = strawberry.field(
        default=None, description="With an acceptance: the price you saw; when it is another one now, nothing is done."
    )

    def decided(self) -> OneDecision:
        price = optional_money(self.expected_price)
        return OneDecision(self.id, self.decision, recipients(self.recipients), price)


@strawberry.input(description="Several decisions on the lines of one quote.")
class DecideItemsInput:
    quote_id: strawberry.ID = strawberry.field(description="The quote.")
    decisions: list[ItemDecisionInput] = strawberry.field(description="The decisions, in this order; 1 to 200.")
    dry_run: bool = dry_run_field()

    def command(self) -> DecideItems:
        return DecideItems(self.quote_id, tuple(it.decided() for it in self.decisions), dry_run=self.dry_run)


@strawberry.type
class QuoteDecisionMutations:
    accept_quote: QuotePayload | None = mutation(
        "Accept every line that is still open, or none: its item, or the only alternative left. All are ordered.",
        Scope.QUOTES_WRITE,
        AcceptQuoteInput,
        decisions.accept_quote,
    )
    decide_items: QuotePayload | None = mutation(
        "Accept and reject items and alternatives of one quote, one after the other; all of it or nothing.",
        Scope.QUOTES_WRITE,
        DecideItemsInput,
        decisions.decide_items,
    )
