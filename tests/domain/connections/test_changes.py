"""A change of a quote that comes from a connected system: its states, and what a record says of it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalogue.products import Specification
from domain.connections.change_records import is_repeatable, outstanding, settled_by
from domain.connections.changes import (
    CONFIRMED,
    UNSETTLED,
    OriginChangeStatus,
    OriginChangeType,
    as_delayed,
    as_sent,
    as_settled,
    refusal,
    requested,
)
from domain.connections.records import ForeignAlternative, ForeignItem, ForeignQuote
from domain.quotes.statuses import DecisionStatus, OfferStatus, QuoteOfferStatus, Verdict
from tests.builders import ANA, NOW, a_quote

FOREIGN = a_quote().quote._replace(connection_id="c")
PARTS = {"item": "there-item", "other": "there-other"}

steps = st.one_of(
    st.just(as_sent),
    st.builds(lambda reason: lambda change, at: as_delayed(change, reason, at), st.text()),
    st.just(lambda change, at: as_settled(change, CONFIRMED, at)),
    st.builds(lambda reason: lambda change, at: as_settled(change, refusal(reason), at), st.text()),
)


def a_change(type_=OriginChangeType.DECIDE, **request):
    return requested(FOREIGN, type_, request, ANA, NOW, "change")


def accepting(**given):
    return a_change(decisions=[{"verdict": "ACCEPT", "itemId": "item", **given}])


def rejecting(**given):
    return a_change(decisions=[{"verdict": "REJECT", "itemId": "item", **given}])


def a_record(item=OfferStatus.SOURCED, other=OfferStatus.SOURCED, **given):
    alternative = ForeignAlternative("there-other", Specification(), other)
    lines = (ForeignItem("there-item", status=item, alternatives=(alternative,)),)
    return ForeignQuote("there", "7", NOW, items=lines, **given)


@given(st.lists(steps, max_size=8))
def test_a_change_is_settled_at_most_once_and_only_a_settled_one_says_when(path):
    change = a_change()
    for number, step in enumerate(path, 1):
        before, change = change, step(change, NOW + timedelta(minutes=number))
        if before.is_settled:
            assert change == before
        assert (change.settled_at is None) == (change.status in UNSETTLED)
        assert change.status != OriginChangeStatus.SENT or change.sent_at is not None
        assert before.sent_at is None or change.sent_at == before.sent_at
        assert change.status != OriginChangeStatus.CONFIRMED or change.reason is None
        assert (change.request, change.requested_at) == (before.request, before.requested_at)


@pytest.mark.parametrize(
    ("asked", "record", "says"),
    [
        (accepting(), a_record(), None),
        (accepting(), a_record(OfferStatus.ACCEPTED, OfferStatus.REJECTED), CONFIRMED),
        (accepting(), a_record(OfferStatus.REJECTED), refusal("It is REJECTED there.")),
        (
            accepting(),
            a_record(OfferStatus.SOURCED, OfferStatus.ACCEPTED),
            refusal("Another offer of the line was accepted there."),
        ),
        (accepting(alternativeId="other"), a_record(OfferStatus.REJECTED, OfferStatus.ACCEPTED), CONFIRMED),
        (rejecting(), a_record(OfferStatus.REJECTED), CONFIRMED),
        (rejecting(), a_record(OfferStatus.ACCEPTED), refusal("It is ACCEPTED there.")),
        (accepting(), a_record(offer_status=QuoteOfferStatus.CANCELLED), refusal("The quote is CANCELLED there.")),
        (
            accepting(),
            replace(a_record(), items=()),
            refusal("The item does not exist there any more."),
        ),
        (accepting(), None, refusal("The quote does not exist there any more.")),
        (a_change(OriginChangeType.CANCEL), None, CONFIRMED),
        (a_change(OriginChangeType.CANCEL), a_record(), None),
        (a_change(OriginChangeType.CANCEL), a_record(offer_status=QuoteOfferStatus.CANCELLED), CONFIRMED),
    ],
)
def test_a_record_confirms_what_is_in_effect_and_refuses_what_was_decided_otherwise(asked, record, says):
    assert settled_by(asked, record, PARTS) == says


@pytest.mark.parametrize(
    ("verdict", "there", "says"),
    [
        ("ACCEPT", DecisionStatus.PENDING, None),
        ("ACCEPT", DecisionStatus.APPROVED, CONFIRMED),
        ("ACCEPT", DecisionStatus.DECLINED, refusal("The quote is DECLINED there.")),
        ("REJECT", DecisionStatus.DECLINED, CONFIRMED),
        ("REJECT", DecisionStatus.APPROVED, refusal("The quote is APPROVED there.")),
    ],
)
def test_a_decision_on_a_quote_as_a_whole_is_judged_by_the_decision_there(verdict, there, says):
    asked = a_change(decisions=[{"verdict": verdict, "reason": None}])
    assert settled_by(asked, a_record(decision_status=there), PARTS) == says


def test_of_several_decisions_only_those_that_are_not_in_effect_are_outstanding():
    asked = [{"verdict": "REJECT", "itemId": "item"}, {"verdict": "ACCEPT", "itemId": "item", "alternativeId": "other"}]
    record = a_record(OfferStatus.REJECTED)
    assert outstanding(asked, record, PARTS) == [asked[1]]
    assert settled_by(a_change(decisions=asked), record, PARTS) is None


@pytest.mark.parametrize(
    ("request_", "given_there", "says"),
    [
        ({"details": {"title": "New", "tags": ["a"]}}, {"title": "New", "tags": ("a",)}, CONFIRMED),
        ({"details": {"title": "New"}}, {"title": "Old"}, None),
        ({"details": {"notes": None}}, {"notes": ""}, CONFIRMED),
        ({"prices": {"item": "10.00"}}, {}, None),
        ({"quantities": {"item": 1}}, {}, CONFIRMED),
        (
            {"details": {"title": "New"}},
            {"decision_status": DecisionStatus.APPROVED},
            refusal("The quote is APPROVED there."),
        ),
    ],
)
def test_an_edit_is_confirmed_when_every_value_is_there(request_, given_there, says):
    assert settled_by(a_change(OriginChangeType.EDIT, **request_), a_record(**given_there), PARTS) == says


@pytest.mark.parametrize(
    ("asked", "there", "says"),
    [
        ("Ours", "Ours\nReference: r-1", CONFIRMED),
        ("Ours\nReference: r-1", "Ours\nReference: r-1", CONFIRMED),
        (None, "Reference: r-1", CONFIRMED),
        ("Ours", "Theirs\nReference: r-1", None),
    ],
)
def test_new_notes_are_in_effect_beside_our_reference(asked, there, says):
    change = a_change(OriginChangeType.EDIT, details={"notes": asked})
    assert settled_by(change, a_record(notes=there, reference="r-1"), PARTS) == says


def test_a_price_that_left_exactly_is_found_again_although_it_comes_with_other_zeros():
    record = a_record()
    priced = replace(record, items=(replace(record.items[0], price=Decimal("10.0")),))
    assert settled_by(a_change(OriginChangeType.EDIT, prices={"item": "10.00"}), priced, PARTS) == CONFIRMED


def test_sending_is_confirmed_by_a_status_only_if_that_can_tell():
    first = a_change(OriginChangeType.SEND, **{"from": "DRAFT", "withPdf": True})
    again = a_change(OriginChangeType.SEND, **{"from": "SENT", "withPdf": True})
    record = a_record(offer_status=QuoteOfferStatus.SENT)
    assert [settled_by(it, record, PARTS) for it in (first, again)] == [CONFIRMED, None]
    assert [is_repeatable(it) for it in (first, again, accepting())] == [True, False, True]


def test_a_change_says_which_offers_are_decided_on_and_which_fields_are_edited():
    whole, other = a_change(decisions=[{"verdict": "REJECT", "reason": None}]), accepting(alternativeId="other")
    assert [(it.offer_id, it.decision) for it in whole.decisions] == [(None, Verdict.REJECT)]
    assert [(it.offer_id, it.decision) for it in other.decisions] == [("Alternative_other", Verdict.ACCEPT)]
    assert [it.offer_id for it in rejecting().decisions] == ["QuoteItem_item"]
    edited = a_change(OriginChangeType.EDIT, details={"public_notes": "New", "tags": []}, prices={"item": "1.00"})
    assert (edited.changed_fields, edited.decisions) == (["publicNotes", "tags", "price"], [])
    assert a_change(OriginChangeType.EDIT, quantities={"item": 2}).changed_fields == ["quantity"]
