"""Public keys: how a customer without an account reaches one quote (docs/domain.md#public-keys).

A key grants access to its quote only. It is valid until it is revoked or the undecided quote expires; an invalid key is
indistinguishable from one that never existed (docs/adr/0012).
"""

import hashlib
import ipaddress
import re
import secrets
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from domain.quotes.lifecycle import state_of
from domain.quotes.rows import Quote
from domain.quotes.state_machines import LIVE
from domain.quotes.statuses import DecisionStatus, QuoteOfferStatus
from domain.shared.access import ActorType, Caller, CredentialType, Environment, IdempotencyKey
from domain.shared.errors import NotFound
from domain.shared.events import StatusField

# User agents of link previews and crawlers. Most of them never run the page's script, which loads the quote.
_AUTOMATIC = re.compile(
    r"bot\b|crawl|spider|slurp|preview|facebookexternalhit|whatsapp|embedly|safelinks|barracuda|proofpoint|mimecast",
    re.IGNORECASE,
)
# 192 bits cannot be guessed, whatever the rate limits permit.
KEY_BYTES = 24
LONGEST_KEY = 100


class UnknownPublicKey(NotFound):
    """An invalid key: wrong, revoked, or of a deleted quote. The error does not say which."""

    def __init__(self) -> None:
        super().__init__("quote", ("key",))
        self.message = "This key opens no quote. Ask the sender for a new link."


class PublicKey(NamedTuple):
    """The key of one quote. It is stored in clear text, because the same link is sent again; it is looked up by
    `hash`."""

    id: str
    tenant_id: int
    quote_id: str
    key: str
    hash: str
    created_at: datetime
    revoked_at: datetime | None

    @property
    def shown(self) -> str | None:
        """The key, while it is valid."""
        return None if self.revoked_at else self.key


class KeyGrant(NamedTuple):
    """The quote that a valid key grants access to. `id` identifies the key without revealing it."""

    id: str
    environment: Environment
    tenant_id: int
    quote_id: str

    def caller(self, name: str = "The customer", idempotency: IdempotencyKey | None = None) -> Caller:
        """The caller that uses this key, in its tenant and without scopes."""
        return Caller(
            self.id,
            name,
            self.environment,
            None,
            self.tenant_id,
            frozenset(),
            idempotency,
            ActorType.CUSTOMER,
            credential=CredentialType.NONE,
        )


class ClientInfo(NamedTuple):
    """The origin of a request without an API key. Stored with signatures."""

    address: str = ""
    user_agent: str | None = None

    @property
    def is_automatic(self) -> bool:
        """Whether a program follows a link, as mail filters and link previews do, so that it does not count as
        viewed."""
        return _AUTOMATIC.search(self.user_agent or "") is not None

    @property
    def network(self) -> str:
        """The key by which failed keys are counted: the address, or for IPv6 its /64 network."""
        return _network_of(self.address)


@lru_cache(maxsize=1_024)
def _network_of(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


UNKNOWN_VISITOR = ClientInfo()


def public_key(quote: Quote, key_id: str, at: datetime) -> PublicKey:
    """A new random key for a quote."""
    key = secrets.token_urlsafe(KEY_BYTES)
    return PublicKey(key_id, quote.tenant_id, quote.id, key, public_key_hash(key), at, None)


def public_key_hash(key: str) -> str:
    """The hash by which a key is looked up, so that timing reveals nothing about existing keys."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def may_see(quote: Quote, at: datetime) -> bool:
    """Whether the customer can still see the quote: it is open, or was accepted before it expired."""
    offer = state_of(quote, StatusField.OFFER_STATUS, at)
    accepted = quote.decision_status == DecisionStatus.APPROVED
    return offer in LIVE or (offer == QuoteOfferStatus.EXPIRED and accepted)
