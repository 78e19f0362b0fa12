"""The rules of deciding on a line (docs/domain.md#accept-alternative), one after the other."""

from dataclasses import replace

import pytest

from domain.quotes.aggregate import QuoteAggregate, RuleResult
from domain.quotes.alternatives import propose
from domain.quotes.decisions import LineClosed, NotPriced, OfferDecided, OtherRecipients, PriceChanged, accept, reject
from domain.quotes.pricing import price_offer
from domain.quotes.statuses import LineDecision, OfferStatus, QuoteStatus, RecipientStatus
from domain.shared.errors import ErrorCode, NodeRef
from domain.shared.events import StatusChange
from domain.shared.metadata import MetadataEntry
from domain.shared.money import Money
from tests.builders import (
    ANA,
    LATER,
    NOW,
    a_quote,
    a_recipient,
    an_alternative,
    cheaper,
    first,
    item_of,
    line,
    priced,
    second,
    statuses,
    unpriced,
)

PENDING, SOURCED, ACCEPTED, REJECTED = OfferStatus
APPROVED = RecipientStatus.APPROVED


def accepted(quote: QuoteAggregate, offer_id: str) -> QuoteAggregate:
    return accept(quote, offer_id, ANA, NOW).quote


def rejected(quote: QuoteAggregate, *offer_ids: str) -> QuoteAggregate:
    for offer_id in offer_ids:
        quote = reject(quote, offer_id, NOW).quote
    return quote


# Rule 1: accept an item


def test_accepting_an_item_rejects_its_open_alternatives_and_approves_its_recipients():
    quote = a_quote(line(priced, alternatives=(cheaper, unpriced), recipients=2))
    after = accepted(quote, item_of(quote))
    assert statuses(after) == {
        "item": ACCEPTED,
        "alternatives": [REJECTED, REJECTED],
        "recipients": [APPROVED, APPROVED],
    }
    assert after.lines[0].item.decision == LineDecision.ITEM_ACCEPTED


def test_an_alternative_rejected_before_is_not_among_the_changes_of_an_acceptance():
    quote = a_quote(line(priced, alternatives=2))
    rule_result = accept(rejected(quote, first(quote)), item_of(quote), ANA, NOW)
    assert first(quote) not in {change.node.id for change in rule_result.changes}


def test_an_acceptance_keeps_the_price_the_time_and_the_person_it_was_agreed_with():
    quote = a_quote(line(priced))
    agreement = accept(quote, item_of(quote), ANA, LATER).quote.lines[0].item.agreement
    assert agreement == (priced, LATER, ANA)


def test_a_recipient_whose_device_is_on_the_way_is_not_moved_back_by_an_acceptance():
    quote = a_quote(line(priced, recipients=[a_recipient(status=RecipientStatus.SHIPPED), a_recipient()]))
    after = accepted(quote, item_of(quote))
    assert statuses(after)["recipients"] == [RecipientStatus.SHIPPED, APPROVED]


def test_an_acceptance_may_replace_the_recipients_who_are_then_approved():
    quote = a_quote(line(priced))
    of = quote.lines[0].item
    other = a_recipient(name="Carla", item_id=of.id, quote_id=of.quote_id)
    rule_result = accept(quote, of.id, ANA, NOW, recipients=(other,))
    assert [(it.name, it.status) for it in rule_result.quote.lines[0].recipients] == [("Carla", APPROVED)]
    assert StatusChange(other.ref, RecipientStatus.PENDING, APPROVED) in rule_result.changes


# Rule 2: accept an alternative


def test_accepting_an_alternative_rejects_its_item_and_the_other_alternatives():
    quote = a_quote(line(priced, alternatives=2))
    after = accepted(quote, second(quote))
    assert statuses(after) == {"item": REJECTED, "alternatives": [REJECTED, ACCEPTED], "recipients": [APPROVED]}


def test_a_line_is_fulfilled_through_the_alternative_that_was_accepted():
    quote = a_quote(line(priced, alternatives=2))
    of = accepted(quote, first(quote)).lines[0]
    assert of.item.decision == LineDecision.ALTERNATIVE_ACCEPTED
    assert of.accepted_offer is of.alternatives[0]
    assert of.item.agreement is not None
    assert of.item.agreement.price == cheaper


def test_an_alternative_can_be_accepted_after_its_item_was_rejected():
    quote = a_quote(line(priced, alternatives=1))
    after = accepted(rejected(quote, item_of(quote)), first(quote))
    assert statuses(after) == {"item": REJECTED, "alternatives": [ACCEPTED], "recipients": [APPROVED]}


def test_an_alternative_can_be_accepted_while_its_item_has_no_price():
    quote = a_quote(line(unpriced, alternatives=1))
    assert statuses(accepted(quote, first(quote)))["item"] == REJECTED


# Rules 3 and 4: reject


def test_rejecting_an_item_leaves_its_alternatives_and_recipients_as_they_are():
    quote = a_quote(line(priced, alternatives=(cheaper, unpriced)))
    after = rejected(quote, item_of(quote))
    assert statuses(after) == {
        "item": REJECTED,
        "alternatives": [SOURCED, PENDING],
        "recipients": [RecipientStatus.PENDING],
    }
    assert after.lines[0].item.decision == LineDecision.UNDECIDED


def test_rejecting_an_item_without_alternatives_rejects_the_line_and_its_recipients():
    quote = a_quote(line(unpriced, recipients=2))
    after = rejected(quote, item_of(quote))
    assert statuses(after)["recipients"] == [RecipientStatus.REJECTED, RecipientStatus.REJECTED]
    assert after.lines[0].item.decision == LineDecision.REJECTED


def test_rejecting_an_alternative_touches_nothing_else():
    quote = a_quote(line(priced, alternatives=2))
    rule_result = reject(quote, first(quote), NOW)
    assert rule_result.changes == (StatusChange(NodeRef("Alternative", first(quote)), SOURCED, REJECTED),)


@pytest.mark.parametrize("last", ["item", "alternative"])
def test_the_line_is_rejected_with_its_last_open_offer(last):
    quote = a_quote(line(priced, alternatives=1))
    order = [first(quote), item_of(quote)] if last == "item" else [item_of(quote), first(quote)]
    after = rejected(quote, *order)
    assert after.lines[0].item.decision == LineDecision.REJECTED
    assert after.lines[0].item.closing_offer_id == order[-1]
    assert statuses(after)["recipients"] == [RecipientStatus.REJECTED]


# Rule 5: a closed line


def test_the_same_acceptance_again_changes_nothing():
    quote = a_quote(line(priced))
    once = accepted(quote, item_of(quote))
    assert accept(once, item_of(quote), ANA, LATER) == RuleResult(once, ())


@pytest.mark.parametrize("chosen", [item_of, first])
def test_an_acceptance_repeated_at_another_price_or_for_others_is_a_conflict(chosen):
    quote = a_quote(line(priced, alternatives=(priced,)))
    offer, people = chosen(quote), quote.lines[0].recipients
    after = accepted(quote, offer)
    assert accept(after, offer, ANA, LATER, priced, people).quote == after
    with pytest.raises(PriceChanged) as refused:
        accept(after, offer, ANA, LATER, priced._replace(minor=priced.minor + 1))
    assert (refused.value.current_status, refused.value.node.id) == (ACCEPTED, offer)
    with pytest.raises(OtherRecipients) as others:
        accept(after, offer, ANA, LATER, None, (people[0]._replace(name="Carla"),))
    assert others.value.place == ("recipients",)


def test_a_device_that_has_arrived_since_does_not_make_an_acceptance_another_one():
    quote = a_quote(line(priced))
    after, people = accepted(quote, item_of(quote)), quote.lines[0].recipients
    delivered = people[0]._replace(status=RecipientStatus.DELIVERED, serial_number="S1", serial_numbers=("S1",))
    after = after.with_line(replace(after.lines[0], recipients=(delivered,)))
    assert accept(after, item_of(quote), ANA, LATER, recipients=people).changes == ()


def test_what_is_noted_on_a_recipient_does_not_make_an_acceptance_another_one():
    quote = a_quote(line(priced))
    after, people = accepted(quote, item_of(quote)), quote.lines[0].recipients
    noted = people[0]._replace(external_id="hr-7", metadata=(MetadataEntry("costCentre", "7"),))
    after = after.with_line(replace(after.lines[0], recipients=(noted,)))
    assert accept(after, item_of(quote), ANA, LATER, recipients=people).changes == ()


def test_the_same_rejection_again_changes_nothing():
    quote = a_quote(line(priced))
    once = rejected(quote, item_of(quote))
    assert reject(once, item_of(quote), LATER) == RuleResult(once, ())


def test_on_an_open_line_a_repeated_rejection_changes_nothing():
    quote = a_quote(line(priced, alternatives=1))
    once = rejected(quote, first(quote))
    assert reject(once, first(quote), LATER) == RuleResult(once, ())


def test_a_rejected_offer_cannot_be_accepted_while_its_line_is_open():
    quote = a_quote(line(priced, alternatives=1))
    with pytest.raises(OfferDecided) as refusal:
        accept(rejected(quote, first(quote)), first(quote), ANA, NOW)
    assert refusal.value.current_status == REJECTED


OTHER_DECISIONS = {
    "reject the accepted item": lambda quote: reject(quote, item_of(quote), NOW),
    "accept an alternative": lambda quote: accept(quote, first(quote), ANA, NOW),
    "reject an alternative": lambda quote: reject(quote, first(quote), NOW),
    "price the item": lambda quote: price_offer(quote, item_of(quote), cheaper, NOW),
    "price an alternative": lambda quote: price_offer(quote, first(quote), cheaper, NOW),
    "propose": lambda quote: propose(quote, an_alternative(item_id=item_of(quote)), NOW),
}


@pytest.mark.parametrize("act", OTHER_DECISIONS.values(), ids=OTHER_DECISIONS.keys())
def test_any_other_decision_on_an_accepted_line_is_a_conflict(act):
    quote = a_quote(line(priced, alternatives=1))
    closed = accepted(quote, item_of(quote))
    with pytest.raises(LineClosed, match="item accepted") as refusal:
        act(closed)
    assert refusal.value.code == ErrorCode.ALREADY_DECIDED


def test_a_conflict_names_the_offer_and_its_present_status():
    quote = a_quote(line(priced, alternatives=1))
    with pytest.raises(LineClosed) as refusal:
        reject(accepted(quote, first(quote)), first(quote), NOW)
    assert refusal.value.node == NodeRef("Alternative", first(quote))
    assert refusal.value.current_status == ACCEPTED


def test_after_an_alternative_was_accepted_rejecting_the_rejected_item_is_a_conflict():
    quote = a_quote(line(priced, alternatives=1))
    with pytest.raises(LineClosed, match="alternative accepted"):
        reject(accepted(quote, first(quote)), item_of(quote), NOW)


@pytest.mark.parametrize("offer", [item_of, first])
def test_nothing_of_a_rejected_line_can_be_accepted(offer):
    quote = a_quote(line(priced, alternatives=1))
    with pytest.raises(LineClosed, match="rejected"):
        accept(rejected(quote, item_of(quote), first(quote)), offer(quote), ANA, NOW)


def test_of_a_rejected_line_only_the_rejection_that_closed_it_can_be_repeated():
    quote = a_quote(line(priced, alternatives=1))
    closed = rejected(quote, item_of(quote), first(quote))
    with pytest.raises(LineClosed):
        reject(closed, item_of(quote), NOW)


# Rule 6: prices


def test_an_offer_without_a_price_cannot_be_accepted():
    quote = a_quote(line(unpriced))
    with pytest.raises(NotPriced) as refusal:
        accept(quote, item_of(quote), ANA, NOW)
    assert (refusal.value.code, refusal.value.current_status) == (ErrorCode.NOT_PRICED, PENDING)


@pytest.mark.parametrize("seen", [Money(1449_99, "USD"), Money(1450_00, "EUR")])
def test_an_offer_cannot_be_accepted_at_another_price_than_it_has(seen):
    quote = a_quote(line(priced))
    with pytest.raises(PriceChanged, match=r"now USD 1,450\.00"):
        accept(quote, item_of(quote), ANA, NOW, expected_price=seen)


def test_an_offer_can_be_accepted_at_the_price_that_was_seen():
    quote = a_quote(line(priced))
    assert statuses(accept(quote, item_of(quote), ANA, NOW, expected_price=priced).quote)["item"] == ACCEPTED


# Rule 7: the status of the quote


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ("a?", QuoteStatus.PENDING),
        ("r?", QuoteStatus.PENDING),
        ("aa", QuoteStatus.APPROVED),
        ("ar", QuoteStatus.APPROVED),
        ("ra", QuoteStatus.APPROVED),
        ("rr", QuoteStatus.REJECTED),
    ],
)
def test_the_status_of_a_quote_follows_from_its_lines(verdicts, expected):
    quote = a_quote(line(priced), line(priced))
    for number, verdict in enumerate(verdicts):
        if verdict == "a":
            quote = accepted(quote, item_of(quote, number))
        elif verdict == "r":
            quote = rejected(quote, item_of(quote, number))
    assert quote.quote.status == expected


def test_a_line_fulfilled_through_an_alternative_approves_the_quote():
    quote = a_quote(line(priced, alternatives=1))
    rule_result = accept(quote, first(quote), ANA, LATER)
    assert rule_result.changes[-1] == StatusChange(quote.quote.ref, QuoteStatus.PENDING, QuoteStatus.APPROVED)
    assert rule_result.quote.quote.updated_at == LATER


def test_a_decision_does_not_touch_the_other_lines():
    quote = a_quote(line(priced, alternatives=1), line(unpriced, alternatives=1))
    after = accepted(quote, item_of(quote))
    assert after.lines[1] == quote.lines[1]
