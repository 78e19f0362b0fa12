"""What holds of a quote whatever is done to it, in any order: found by trying, not by listing."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from domain.quotes.aggregate import Line, QuoteAggregate, RuleResult, status_changes
from domain.quotes.alternatives import propose
from domain.quotes.decisions import accept, reject
from domain.quotes.edits import remove_line
from domain.quotes.lifecycle import state_of
from domain.quotes.price_option_rows import PriceOptionStatus
from domain.quotes.price_options import select
from domain.quotes.pricing import price_offer
from domain.quotes.state_machines import MACHINES
from domain.quotes.statuses import FULFILLED, DecisionStatus, LineDecision, OfferStatus, QuoteStatus, RecipientStatus
from domain.quotes.totals import totalled
from domain.quotes.transitions import decline, expire, sign_approve
from domain.shared.errors import Conflict, InvalidInput, NodeRef
from domain.shared.events import StatusChange, StatusField
from domain.shared.money import Money
from tests.builders import ANA, NOW, a_quote, a_recipient, an_alternative, at_prices, line

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
    parts = [*(part for it in quote.lines for part in (*it.offers, *it.recipients)), *quote.options]
    return {quote.quote.ref: quote.quote.status} | {part.ref: part.status for part in parts}


def closed(of: Line) -> bool:
    return of.item.decision != LineDecision.UNDECIDED


def without_sums(of: Line) -> Line:
    """The line without what follows from the whole quote: its place, and sums once every line has its price."""
    names = ("subtotal_minor", "discount_total_minor", "tax_total_minor", "total_minor", "total_currency")
    none: dict[str, Any] = dict.fromkeys(names)
    return replace(of, item=of.item._replace(position=0, **none))


class Decisions(RuleBasedStateMachine):
    """A quote in the hands of operators and deciders."""

    @initialize(made=st.lists(lines, min_size=1, max_size=3), options=st.integers(0, 2))
    def start(self, made, options):
        self.quote = at_prices(a_quote(*made, expires_at=NOW + timedelta(days=1)), *[Money(900_00, "USD")] * options)
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
            rule_result = decide(before)
        except Conflict as conflict:
            refused = conflict
        except InvalidInput:
            return
        else:
            self.take(before, rule_result)
            return
        known = {everything(before)[refused.node]}
        if refused.node == before.quote.ref:
            known |= {state_of(before.quote, it.field, self.clock) for it in MACHINES}
        assert refused.current_status in known

    def take(self, before, rule_result):
        self.told = followed(rule_result.changes, self.told)
        self.quote = rule_result.quote
        there = {it.item.id: it for it in self.quote.lines}
        for old in before.lines:
            new = there.get(old.item.id)
            assert not closed(old) or new is not None, "a closed line stays"
            if new is not None and closed(old):
                assert without_sums(new) == without_sums(old), "a closed line never changes"
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

    @rule(data=st.data())
    def take_a_line_off(self, data):
        item = data.draw(st.sampled_from(self.quote.lines)).item
        self.act(lambda quote: remove_line(quote, item.id, self.clock))

    @rule()
    def accept_all_of_it(self):
        self.act(lambda quote: sign_approve(quote, ANA, self.clock).rule_result)

    @rule(data=st.data())
    def choose_a_price(self, data):
        if not self.quote.options:
            return
        option = data.draw(st.sampled_from(self.quote.options))

        def chosen(quote):
            after = select(quote, option.id, ANA, self.clock).quote
            assert select(after, option.id, ANA, self.clock).quote == after, "a repeated choice changes nothing"
            return RuleResult(after, status_changes(quote, after))

        self.act(chosen)

    @precondition(lambda self: self.clock > NOW + timedelta(minutes=8))
    @rule(days=st.integers(0, 1))
    def let_time_pass(self, days):
        self.clock += timedelta(days=days)
        self.act(lambda quote: expire(quote, self.clock))

    @precondition(lambda self: self.clock > NOW + timedelta(minutes=8))
    @rule()
    def decline_it(self):
        self.act(lambda quote: self.twice(quote, lambda it: decline(it, ANA, self.clock)))

    def twice(self, quote, decide):
        once: RuleResult = decide(quote)
        again: RuleResult = decide(once.quote)
        assert again == RuleResult(once.quote, ()), "a repeated decision changes nothing"
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
            assert (of.item.agreed_at is not None) is (accepted is not None)

    @invariant()
    def an_offer_is_sourced_or_accepted_only_with_a_price_of_its_own_or_for_all(self):
        for of in self.quote.lines:
            for offer in of.offers:
                assert (offer.status != OfferStatus.PENDING) or offer.price is None
                assert offer.status != OfferStatus.SOURCED or offer.price is not None
                covered = offer.price is not None or self.quote.accepted_option is not None
                assert offer.status != OfferStatus.ACCEPTED or covered

    @invariant()
    def the_status_of_the_quote_is_a_function_of_its_lines(self):
        decisions = [of.item.decision for of in self.quote.lines]
        expected = QuoteStatus.PENDING
        if LineDecision.UNDECIDED not in decisions:
            fulfilled = any(decision in FULFILLED for decision in decisions)
            expected = QuoteStatus.APPROVED if fulfilled else QuoteStatus.REJECTED
        head = self.quote.quote
        decided = "REJECTED" if head.decision_status == DecisionStatus.DECLINED else str(head.decision_status)
        assert decided == expected
        assert head.status == expected or (head.status, head.offer_status) == ("CANCELLED", "EXPIRED")

    @invariant()
    def a_quote_at_several_prices_is_approved_at_exactly_one_of_them(self):
        head, chosen = self.quote.quote, self.quote.accepted_option
        standing = {it.status for it in self.quote.options if it is not chosen}
        if head.decision_status == DecisionStatus.PENDING:
            assert (chosen, head.amount_due) == (None, head.total)
            assert standing <= {PriceOptionStatus.OFFERED}
        else:
            assert standing <= {PriceOptionStatus.REJECTED}
            assert (chosen is not None) is (bool(self.quote.options) and head.decision_status == "APPROVED")
            assert chosen is None or (head.accepted_option_id, head.amount_due) == (chosen.id, chosen.price)

    @invariant()
    def the_sums_are_those_of_the_lines_that_count(self):
        assert totalled(self.quote) == self.quote
        totals = [of.item.total.minor for of in self.quote.lines if of.item.total is not None]
        whole = self.quote.quote.total
        assert not totals or (whole is not None and whole.minor == sum(totals))


TestDecisionsHold = Decisions.TestCase
