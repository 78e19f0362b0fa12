"""The `data` of events: what is read from the event, and what from the rows it refers to."""

from datetime import UTC, datetime
from typing import Any

from domain.shared.access import ActorType
from domain.shared.errors import NodeRef
from domain.shared.events import Event, EventType, FieldChange, StatusChange, StatusField
from domain.webhooks.data import READERS, data_of
from domain.webhooks.event_types import BY_NAME, TEST

QUOTE = NodeRef("Quote", "q1")


def an_event(kind: EventType, node: NodeRef = QUOTE, **given: Any) -> Event:
    at = datetime(2026, 5, 4, 12, tzinfo=UTC)
    event = Event("e1", 1, kind, 1, node.type, node.id, ActorType.SYSTEM, "system", "quotegraph", at, changes=())
    return event._replace(**given)


def test_every_field_of_the_catalogue_can_be_filled_in():
    named = {field.name for name, it in BY_NAME.items() if name != TEST for field in it.fields}

    assert named == set(READERS)


def test_what_no_longer_exists_is_null():
    data = data_of(an_event(EventType.QUOTE_CREATED), {})

    assert data == {"quote_id": "q1", "order_id": None, "requester_email": None, "items_count": None}


def test_a_milestone_has_the_status_change_of_its_cause():
    moved = StatusChange(QUOTE, "PENDING", "APPROVED")
    other = StatusChange(QUOTE, "PENDING", "APPROVED", StatusField.DECISION_STATUS)
    rows = {"e0": {"changes": (StatusChange(NodeRef("QuoteItem", "i1"), "SOURCED", "ACCEPTED"), other, moved)}}

    data = data_of(an_event(EventType.QUOTE_APPROVED, cause_id="e0"), rows)

    assert (data["old_status"], data["new_status"]) == ("PENDING", "APPROVED")


def test_a_quote_that_is_sent_keeps_its_status():
    moved = StatusChange(QUOTE, "DRAFT", "SENT", StatusField.OFFER_STATUS)

    data = data_of(an_event(EventType.QUOTE_SENT, changes=(moved,)), {"q1": {"status": "PENDING"}})

    assert (data["status"], data["old_status"], data["new_status"]) == ("PENDING", None, None)


def test_an_accepted_alternative_has_the_agreed_price_of_its_item():
    rows = {
        "a1": {"item_id": "i1", "price_minor": 99, "price_currency": "USD"},
        "i1": {"decision": "ALTERNATIVE_ACCEPTED", "agreed_price_minor": 145050, "agreed_price_currency": "USD"},
    }

    data = data_of(an_event(EventType.QUOTE_ALTERNATIVE_ACCEPTED, subject_id="a1"), rows)

    assert (data["item_id"], data["alternative_id"], data["decision"]) == ("i1", "a1", "ALTERNATIVE_ACCEPTED")
    assert (data["price"], data["price_currency"]) == ("1450.50", "USD")


def test_a_rejected_item_has_its_own_price():
    rows = {"i1": {"decision": "UNDECIDED", "price_minor": 1000, "price_currency": "JPY"}}

    data = data_of(an_event(EventType.QUOTE_ITEM_REJECTED, subject_id="i1"), rows)

    assert (data["item_id"], data["alternative_id"], data["price"]) == ("i1", None, "1000")


def test_an_order_that_cannot_be_placed_yet_says_why():
    rows = {"v1": {"status": "QUEUED", "problem": "Unavailable: Tecspal is down"}}

    data = data_of(an_event(EventType.VENDOR_ORDER_UPDATED, subject_id="v1"), rows)

    assert (data["vendor_order_id"], data["problem"]) == ("v1", "Unavailable: Tecspal is down")


def test_an_access_token_names_the_key_that_made_it_and_a_key_is_named_by_itself():
    token, key = NodeRef("AccessToken", "t1"), NodeRef("ApiKey", "k1")
    rows = {"t1": {"api_key_id": "k1", "name": "Ida", "email": "ida@austral.example", "status": "ACTIVE"}}

    made = data_of(an_event(EventType.ACCESS_TOKEN_CREATED, token), rows)
    rotated = data_of(an_event(EventType.API_KEY_ROTATED, key), {})

    assert (made["access_token_id"], made["api_key_id"], made["name"]) == ("t1", "k1", "Ida")
    assert (rotated["api_key_id"], rotated["name"]) == ("k1", None)


def test_changed_fields_are_those_of_the_object_in_snake_case():
    asset, person = NodeRef("Asset", "s1"), NodeRef("Employee", "p1")
    changes = (FieldChange(asset, "serialNumber", "A", "B"), FieldChange(person, "name", None, "Leo"))

    data = data_of(an_event(EventType.ASSET_UPDATED, asset, field_changes=changes), {})

    assert data["changes"] == [{"field": "serial_number", "from": "A", "to": "B"}]
