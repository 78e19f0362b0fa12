"""Each system is opened by its client, and only those that send something have notices."""

import hmac
from datetime import UTC, datetime

import pytest

from adapters.connections.calls import SystemCalls
from adapters.connections.systems import Systems
from domain.connections.systems import CAPABILITIES, Capability, Credentials, System
from domain.ports.connections import ConnectedSystem, ConnectedSystems
from domain.shared.errors import Invalid

CREDENTIALS = Credentials("qk_live_a", uuid="u", profile_id=1, webhook_secret="5e" * 32)
EVENT = b'{"id": "d1", "type": "quote.pending", "data": {"order_id": "177"}}'


@pytest.fixture
def systems() -> ConnectedSystems:
    return Systems(SystemCalls(lambda: datetime.now(UTC)))


@pytest.mark.parametrize("system", System)
def test_every_system_can_be_opened(systems, system):
    opened: ConnectedSystem = systems.open(system, "https://quotes.example.com", CREDENTIALS)
    assert all(hasattr(opened, it) for it in ("check", "page", "quote", "create_quote", "decide"))


def test_a_notice_of_quipteams_is_believed_if_it_is_signed(systems):
    assert CREDENTIALS.webhook_secret is not None
    signature = hmac.digest(CREDENTIALS.webhook_secret.encode(), EVENT, "sha256").hex()
    notice = systems.notice(System.QUIPTEAMS, {"X-Quip-Signature": f"sha256={signature}"}, EVENT, CREDENTIALS)
    assert (notice.delivery_id, notice.external_id) == ("d1", "177")
    assert systems.notice(System.QUIPTEAMS, {}, EVENT, CREDENTIALS) is None


@pytest.mark.parametrize("system", [it for it in System if Capability.WEBHOOKS not in CAPABILITIES[it]])
def test_a_system_without_webhooks_has_no_notices(systems, system):
    with pytest.raises(Invalid):
        systems.notice(system, {}, EVENT, CREDENTIALS)
