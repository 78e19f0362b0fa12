"""What holds of a quote whatever is done to it, in any order: found by trying, not by listing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.errors import Conflict, NodeRef
from domain.events import StatusChange, StatusField
from domain.money import Money
from domain.quote_aggregate import Line, QuoteAggregate, Ruling
from domain.quote_statuses import FULFILLED, LineDecision, OfferStatus, QuoteStatus, RecipientStatus
from domain.quote_sums import totalled
from domain.quotes import accept, price_offer, propose, reject
from tests.builders import ANA, NOW, a_quote, a_recipient, an_alternative, line

prices = st.none() | st.builds(Money, st.integers(0, 10**6), st.just("USD"))
lines = st.builds(line, prices, st.lists(prices, max_size=3), st.integers(1, 3))
recipient_statuses = {
    LineDecision.UNDECIDED: RecipientStatus.PENDING,
    LineDecision.ITEM_ACCEPTED: RecipientStatus.APPROVED,
    LineDecision.ALTERNATIVE_ACCEPTED: RecipientStatus.APPROVED,
    LineDecision.REJECTED: RecipientStatus.REJECTED,
}


def followed(changes: Iterable[StatusChange], at: dict[NodeRef, str]) -> dict[NodeRef, str]:
    """Where every node is when it moves from where it was as the changes say. What is new starts as PENDING."""
    moved = dict(at)
    for change in changes:
        if change.field != StatusField.STATUS:
            continue
        assert change.from_status == moved.get(change.node, "PENDING"), "each change goes on where the last one ended"
        assert change.from_status != change.to_status
        moved[change.node] = change.to_status
    return moved


def everything(quote: QuoteAggregate) -> dict[NodeRef, str]:
    parts = [part for it in quote.lines for part in (*it.offers, *it.recipients)]
    return {quote.quote.ref: quote.quote.status} | {part.ref: part.status for part in parts}


def closed(of: Line) -> bool:
    return of.item.decision != LineDecision.UNDECIDED


def without_sums(of: Line) -> Line:
    """The line without what follows from the whole quote: there are sums once every line has its price."""
    names = ("subtotal_minor", "discount_total_minor", "tax_total_minor", "total_minor", "total_currency")
    none: dict[str, Any] = dict.fromkeys(names)
    return replace(of, item=of.item._replace(**none))


class Decisions(RuleBasedStateMachine):
    """A quote in the hands of operators and deciders."""

    @initialize(made=st.lists(lines, min_size=1, max_size=3))
    def start(self, made):
        self.quote = a_quote(*made)
        self.told = everything(self.quote)
        self.clock = NOW

    def offer(self, data):
        of = data.draw(st.sampled_from(self.quote.lines))
        return data.draw(st.sampled_from(of.offers)).id

    def act(self, decide):
        """Do it, or be told how things stand."""
        before = self.quote
        self.clock += timedelta(minutes=1)
        try:
            ruling = decide(before)
        except Conflict as conflict:
            refused = conflict
        else:
            self.take(before, ruling)
            return
        assert refused.current_status == everything(before)[refused.node]

    def take(self, before, ruling):
        self.told = followed(ruling.changes, self.told)
        self.quote = ruling.quote
        for old, new in zip(before.lines, self.quote.lines, strict=True):
            assert not closed(old) or without_sums(new) == without_sums(old), "a closed line never changes"
        for node, status in everything(self.quote).items():
            assert self.told.get(node, "PENDING") == status, "what was told is all that moved"

    @rule(data=st.data())
    def accept_an_offer(self, data):
        offer_id = self.offer(data)
        self.act(lambda quote: self.twice(quote, lambda it: accept(it, offer_id, ANA, self.clock)))

    @rule(data=st.data())
    def accept_an_offer_for_other_people(self, data):
        offer_id = self.offer(data)
        item = self.quote.line_of(offer_id).item
        people = tuple(a_recipient(item_id=item.id) for _ in range(data.draw(st.integers(1, 2))))
        self.act(lambda quote: accept(quote, offer_id, ANA, self.clock, recipients=people))

    @rule(data=st.data())
    def reject_an_offer(self, data):
        offer_id = self.offer(data)
        self.act(lambda quote: self.twice(quote, lambda it: reject(it, offer_id, self.clock)))

    @rule(data=st.data(), price=prices)
    def price_an_offer(self, data, price):
        offer_id = self.offer(data)
        if price is not None:
            self.act(lambda quote: self.twice(quote, lambda it: price_offer(it, offer_id, price, self.clock)))

    @rule(data=st.data())
    def propose_an_alternative(self, data):
        item = data.draw(st.sampled_from(self.quote.lines)).item
        self.act(lambda quote: propose(quote, an_alternative(item_id=item.id), self.clock))

    def twice(self, quote, decide):
        once: Ruling = decide(quote)
        again: Ruling = decide(once.quote)
        assert again == Ruling(once.quote, ()), "a repeated decision changes nothing"
        return once

    @invariant()
    def at_most_one_offer_of_a_line_is_accepted(self):
        for of in self.quote.lines:
            accepted = [offer for offer in of.offers if offer.status == OfferStatus.ACCEPTED]
            assert len(accepted) == (1 if of.item.decision in FULFILLED else 0)
            assert accepted == [it for it in [of.accepted_offer] if it is not None]

    @invariant()
    def nothing_of_a_closed_line_is_open_and_something_of_an_open_one_is(self):
        for of in self.quote.lines:
            open_offers = [it for it in of.offers if it.status in (OfferStatus.PENDING, OfferStatus.SOURCED)]
            assert bool(open_offers) is not closed(of)

    @invariant()
    def recipients_follow_their_line(self):
        for of in self.quote.lines:
            assert {it.status for it in of.recipients} == {recipient_statuses[of.item.decision]}

    @invariant()
    def an_agreement_is_kept_exactly_where_something_was_accepted(self):
        for of in self.quote.lines:
            accepted = of.accepted_offer
            assert (of.item.agreement and of.item.agreement.price) == (accepted and accepted.price)

    @invariant()
    def an_offer_is_sourced_only_with_a_price(self):
        for of in self.quote.lines:
            for offer in of.offers:
                assert (offer.status != OfferStatus.PENDING) or offer.price is None
                assert (offer.status not in (OfferStatus.SOURCED, OfferStatus.ACCEPTED)) or offer.price is not None

    @invariant()
    def the_status_of_the_quote_is_a_function_of_its_lines(self):
        decisions = [of.item.decision for of in self.quote.lines]
        expected = QuoteStatus.PENDING
        if LineDecision.UNDECIDED not in decisions:
            fulfilled = any(decision in FULFILLED for decision in decisions)
            expected = QuoteStatus.APPROVED if fulfilled else QuoteStatus.REJECTED
        assert self.quote.quote.status == expected

    @invariant()
    def the_sums_are_those_of_the_lines_that_count(self):
        assert totalled(self.quote) == self.quote
        totals = [of.item.total.minor for of in self.quote.lines if of.item.total is not None]
        whole = self.quote.quote.total
        assert not totals or (whole is not None and whole.minor == sum(totals))


TestDecisionsHold = Decisions.TestCase
