"""Signing a quote: who has to, what a signature does, and when it no longer counts."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.portal.signatures import (
    AlreadySigned,
    NotSigned,
    Signature,
    SignaturePurpose,
    approve_project,
    check_attachable,
    request_project_approval,
    require_signatures,
    sign,
)
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.decisions import accept, reject
from domain.quotes.statuses import DecisionStatus, LineDecision
from domain.quotes.transitions import cancel
from domain.shared.access import Actor, ActorType
from domain.shared.errors import Conflict, InvalidInput
from domain.shared.ids import new_id
from domain.shared.parsers import fold
from tests.builders import ANA, LATER, NOW, a_quote, first, item_of, line, priced, unpriced

CUSTOMER = Actor(ActorType.CUSTOMER, "key", "Carla")


def a_signature(quote: QuoteAggregate, email: str = "carla@x.example", document: str = "d1", **given: Any) -> Signature:
    signature = Signature(
        id=new_id(),
        tenant_id=1,
        quote_id=quote.quote.id,
        purpose=SignaturePurpose.QUOTE,
        name="Carla",
        email=email,
        email_key=fold(email),
        address="192.0.2.1",
        user_agent=None,
        document_hash=document,
        documents=(),
        superseded=False,
        signed_at=NOW,
    )
    return signature._replace(**given)


def of_two(quote: QuoteAggregate) -> QuoteAggregate:
    return require_signatures(quote, 2, NOW)


def test_the_only_signature_accepts_every_open_line_as_it_is_offered():
    quote = a_quote(line(priced, alternatives=1), line(priced, alternatives=1))
    decided = accept(quote, first(quote), ANA, NOW).quote

    signed = sign(decided, [], a_signature(quote), CUSTOMER, LATER)

    assert signed.decisions is not None
    after = signed.decisions.rule_result.quote
    assert [it.item.decision for it in after.lines] == [LineDecision.ALTERNATIVE_ACCEPTED, LineDecision.ITEM_ACCEPTED]
    assert after.quote.decision_status == DecisionStatus.APPROVED
    assert after.lines[1].item.agreement is not None
    assert after.lines[1].item.agreement.by == CUSTOMER
    assert (after.quote.is_signed, after.quote.is_fully_signed) == (True, True)


def test_the_first_of_two_signatures_decides_nothing():
    quote = of_two(a_quote(line(priced)))
    signed = sign(quote, [], a_signature(quote), CUSTOMER, LATER)

    assert signed.decisions is None
    head = signed.quote.quote
    assert (head.is_signed, head.is_fully_signed, head.requires_more_signatures) == (True, False, True)
    assert head.decision_status == DecisionStatus.PENDING


def test_the_second_of_two_signatures_approves():
    quote = of_two(a_quote(line(priced)))
    one = a_signature(quote)
    halfway = sign(quote, [], one, CUSTOMER, LATER).quote
    signed = sign(halfway, [one], a_signature(quote, "dan@x.example"), CUSTOMER, LATER)

    assert signed.decisions is not None
    assert signed.decisions.rule_result.quote.quote.decision_status == DecisionStatus.APPROVED


def test_the_same_person_signs_a_document_once():
    quote = of_two(a_quote(line(priced)))
    one = a_signature(quote)
    halfway = sign(quote, [], one, CUSTOMER, LATER).quote
    again = sign(halfway, [one], a_signature(quote, "CARLA@X.example"), CUSTOMER, LATER)

    assert (again.signature, again.quote) == (None, halfway)


def test_a_signature_under_what_the_quote_was_before_no_longer_counts():
    quote = of_two(a_quote(line(priced)))
    one = a_signature(quote, document="before")
    halfway = sign(quote, [], one, CUSTOMER, LATER).quote
    signed = sign(halfway, [one], a_signature(quote, "dan@x.example", document="after"), CUSTOMER, LATER)

    assert signed.superseded == (one,)
    assert (signed.decisions, signed.quote.quote.signature_count) == (None, 1)


def test_nobody_signs_a_quote_with_a_line_that_has_no_price():
    quote = of_two(a_quote(line(priced), line(unpriced)))
    with pytest.raises(InvalidInput):
        sign(quote, [], a_signature(quote), CUSTOMER, LATER)


def test_nobody_signs_what_is_decided_called_off_or_over():
    rejected = a_quote(line(priced))
    approved = accept(rejected, item_of(rejected), ANA, NOW).quote
    over = a_quote(line(priced), expires_at=NOW + timedelta(minutes=1))
    for quote in (
        reject(rejected, item_of(rejected), NOW).quote,
        approved,
        cancel(a_quote(line(priced)), ANA, NOW).quote,
        over,
    ):
        with pytest.raises(Conflict):
            sign(quote, [], a_signature(quote), CUSTOMER, LATER)


def test_what_there_is_to_sign_is_settled_by_the_first_signature():
    quote = of_two(a_quote(line(priced)))
    halfway = sign(quote, [], a_signature(quote), CUSTOMER, LATER).quote
    with pytest.raises(AlreadySigned):
        require_signatures(halfway, 3, LATER)
    with pytest.raises(AlreadySigned):
        check_attachable(halfway.quote, LATER)


def test_a_project_is_approved_once_the_company_has_asked_for_it():
    quote = a_quote(line(priced))
    with pytest.raises(NotSigned):
        request_project_approval(quote, LATER)
    approved = accept(quote, item_of(quote), ANA, NOW).quote
    with pytest.raises(NotSigned):
        approve_project(approved, LATER)

    asked = request_project_approval(approved, LATER)
    done = approve_project(asked, LATER)

    assert (asked.quote.is_project_approval_pending, asked.quote.is_project_approval_signed) == (True, False)
    assert (done.quote.is_project_approval_pending, done.quote.is_project_approval_signed) == (False, True)
    assert request_project_approval(asked, LATER) is asked
    assert approve_project(done, LATER) is done


@given(
    required=st.integers(1, 4),
    signers=st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(["one", "two"])), max_size=12),
)
def test_a_quote_is_approved_when_enough_different_people_have_signed_one_document(required, signers):
    quote = require_signatures(a_quote(line(priced)), required, NOW)
    earlier: list[Signature] = []
    for who, document in signers:
        if quote.quote.decision_status == DecisionStatus.APPROVED:
            break
        signed = sign(quote, earlier, a_signature(quote, f"{who}@x.example", document), CUSTOMER, LATER)
        earlier = [it._replace(superseded=it.superseded or it in signed.superseded) for it in earlier]
        earlier += [signed.signature] if signed.signature else []
        quote = signed.decisions.rule_result.quote if signed.decisions else signed.quote
        counting = [it for it in earlier if not it.superseded]
        assert len({it.document_hash for it in counting}) == 1
        assert len({it.email_key for it in counting}) == len(counting) == quote.quote.signature_count
        assert quote.quote.is_fully_signed == (len(counting) >= required)
        assert quote.quote.requires_more_signatures == (0 < len(counting) < required)
        assert (quote.quote.decision_status == DecisionStatus.APPROVED) == quote.quote.is_fully_signed
