"""The body of a delivery: what surrounds the data, and which bytes it is."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.history.field_changes import FIELDS
from domain.shared.access import ActorType
from domain.shared.events import Event, EventType
from domain.webhooks import payloads
from domain.webhooks.endpoints import WebhookFormat
from domain.webhooks.event_types import BY_NAME
from domain.webhooks.payloads import LARGEST, body, envelope_of, sample

# What the events of a group are about, of those that say which fields changed.
OBJECTS = {
    "asset": "Asset",
    "employee": "Employee",
    "vendor_order": "VendorOrder",
    "member": "Member",
    "api_key": "ApiKey",
}
NOON = datetime(2026, 5, 4, 12, 0, 0, 250_000, tzinfo=UTC)
EVENT = Event(
    "e1", 17, EventType.QUOTE_PENDING, 1, "Quote", "q1", ActorType.SYSTEM, "system", "quotegraph", NOON, changes=()
)


def test_a_body_of_quipteams_has_the_event_its_sequence_and_data():
    text = body(envelope_of(EVENT), WebhookFormat.QUIPTEAMS, {"data": {"quote_id": "q1"}})

    assert text == (
        '{"id":"e1","type":"quote.pending","created_at":"2026-05-04T12:00:00.250000Z","sequence":17,'
        '"data":{"quote_id":"q1"}}'
    )


def test_a_body_of_standard_webhooks_has_a_timestamp_and_no_id():
    text = body(envelope_of(EVENT), WebhookFormat.STANDARD, {"data": {}})

    assert text == '{"type":"quote.pending","timestamp":"2026-05-04T12:00:00.250000Z","sequence":17,"data":{}}'


def test_errors_of_a_selection_are_beside_its_data():
    content = {"data": {"event": None}, "errors": [{"message": "No."}]}

    sent = json.loads(body(envelope_of(EVENT), WebhookFormat.STANDARD, content))

    assert (sent["data"], sent["errors"]) == (content["data"], content["errors"])


def test_times_are_in_utc():
    later = EVENT._replace(occurred_at=NOON.astimezone(timezone(timedelta(hours=5, minutes=30))))

    assert body(envelope_of(later), WebhookFormat.STANDARD, {}) == body(envelope_of(EVENT), WebhookFormat.STANDARD, {})


def test_a_test_event_has_no_number():
    text = body(payloads.envelope_of_test("t1", NOON), WebhookFormat.QUIPTEAMS, {"data": {"message": "Hi."}})

    assert json.loads(text) == {
        "id": "t1",
        "type": "webhook.test",
        "created_at": "2026-05-04T12:00:00.250000Z",
        "sequence": 0,
        "data": {"message": "Hi."},
    }


@given(st.text())
def test_a_body_is_ascii_and_keeps_every_character(text: str):
    sent = body(envelope_of(EVENT), WebhookFormat.QUIPTEAMS, {"data": {"name": text}})

    assert sent.isascii()
    assert json.loads(sent)["data"]["name"] == text


@pytest.mark.parametrize("format_", WebhookFormat)
def test_data_that_is_too_large_is_replaced_by_an_error(format_: WebhookFormat):
    content = {"data": {"name": "é" * (LARGEST // 6)}}

    sent = body(envelope_of(EVENT), format_, content)

    assert len(sent.encode()) < 1_000
    assert json.loads(sent)["data"] is None
    assert "256 KiB" in json.loads(sent)["errors"][0]["message"]


def test_data_that_just_fits_is_sent():
    empty = len(body(envelope_of(EVENT), WebhookFormat.QUIPTEAMS, {"data": ""}))

    assert len(body(envelope_of(EVENT), WebhookFormat.QUIPTEAMS, {"data": "a" * (LARGEST - empty)})) == LARGEST


@pytest.mark.parametrize("name", BY_NAME)
def test_each_name_has_a_sample(name: str):
    it = sample(name)

    assert list(it) == ["id", "type", "created_at", "sequence", "data"]
    assert list(it["data"]) == [field.name for field in BY_NAME[name].fields]


@pytest.mark.parametrize("name", [name for name in BY_NAME if "changes" in sample(name)["data"]])
def test_the_change_in_a_sample_is_of_a_field_of_its_object(name: str):
    recorded = FIELDS[OBJECTS[name.partition(".")[0]]]
    names = {re.sub(r"[A-Z]", lambda found: f"_{found[0].lower()}", it) for it in recorded}

    assert {it["field"] for it in sample(name)["data"]["changes"]} <= names
