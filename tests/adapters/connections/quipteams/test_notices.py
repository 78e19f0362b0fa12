"""Webhooks of quipteams are believed if they are signed, and tell which record to read again."""

import hmac
import json

import pytest

from adapters.connections.quipteams.system import quipteams_notice
from domain.connections.records import Notice
from domain.connections.systems import Collection, Credentials
from domain.shared.errors import Invalid

SECRET = "5e" * 32
CREDENTIALS = Credentials("qk_live_a", webhook_secret=SECRET)
EVENT = {"id": "d1", "type": "quote.pending", "created_at": "2026-03-09T00:00:00Z", "data": {"order_id": "177"}}


def signed(body, secret=SECRET):
    return {"X-Quip-Signature": f"sha256={hmac.digest(secret.encode(), body, 'sha256').hex()}"}


def told(event):
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    return quipteams_notice(signed(body), body, CREDENTIALS)


@pytest.mark.parametrize(
    ("type_", "data", "id_", "collection"),
    [
        ("quote.created", {"quote_id": "u", "order_id": "177"}, "177", Collection.QUOTES),
        ("quote.created", {"quote_id": "u"}, "u", Collection.QUOTES),
        ("logistics.completed", {"device_action_id": "u", "action_id": "DA-1"}, "u", Collection.DEVICE_ACTIONS),
        ("logistics.completed", {"action_id": "DA-1"}, "DA-1", Collection.DEVICE_ACTIONS),
        ("webhook.test", {"message": "This is a test"}, "", Collection.QUOTES),
        ("quote.new_thing", {"order_id": 177}, "177", Collection.QUOTES),
        ("quote.created", [], "", Collection.QUOTES),
    ],
)
def test_an_event_tells_which_record_has_changed(type_, data, id_, collection):
    assert told({**EVENT, "type": type_, "data": data}) == Notice("d1", id_, collection, type_)


def test_the_delivery_is_known_by_the_id_that_is_signed_and_else_by_its_body():
    body = json.dumps(EVENT).encode()
    notice = quipteams_notice({**signed(body), "X-Quip-Delivery-Id": "another"}, body, CREDENTIALS)
    assert notice is not None
    assert notice.delivery_id == "d1"
    without = {name: it for name, it in EVENT.items() if name != "id"}
    first, second = told(without), told(without)
    assert first is not None
    assert first == second
    assert len(first.delivery_id) == 64


def test_the_name_of_the_header_is_compared_without_regard_to_case_and_one_of_several_signatures_is_enough():
    body = json.dumps(EVENT).encode()
    [good] = signed(body).values()
    assert quipteams_notice({"x-quip-signature": f"sha256=00, {good}"}, body, CREDENTIALS) is not None


@pytest.mark.parametrize("signature", ["", "sha256=", "sha1=abc", "sha256=ñ"])
def test_what_is_signed_wrongly_tells_nothing(signature):
    body = json.dumps(EVENT).encode()
    assert quipteams_notice({"X-Quip-Signature": signature}, body, CREDENTIALS) is None
    assert quipteams_notice({}, body, CREDENTIALS) is None
    assert quipteams_notice(signed(body, "a7" * 32), body, CREDENTIALS) is None
    assert quipteams_notice(signed(body), body + b" ", CREDENTIALS) is None


def test_without_a_secret_nothing_is_believed():
    body = json.dumps(EVENT).encode()
    for secret in (None, ""):
        assert quipteams_notice(signed(body, ""), body, Credentials("qk_live_a", webhook_secret=secret)) is None


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"NaN", b'{"type": 7.5e400000000000000000000}', b"[" * 99_999])
def test_what_is_signed_but_no_event_is_invalid(body):
    with pytest.raises(Invalid, match="no event of quipteams"):
        told(body)
