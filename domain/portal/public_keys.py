"""Public keys: how a customer without an account reaches one quote (docs/domain.md#public-keys).

A key opens its quote and nothing else. It is good until it is revoked or the quote's time is over undecided; one that
is not good looks in every respect like one that never was (docs/adr/0012).
"""

import hashlib
import ipaddress
import re
import secrets
from datetime import datetime
from typing import NamedTuple

from domain.quotes.lifecycle import state_of
from domain.quotes.rows import Quote
from domain.quotes.state_machines import LIVE
from domain.quotes.statuses import DecisionStatus, QuoteOfferStatus
from domain.shared.access import ActorKind, Caller, Environment, IdempotencyKey
from domain.shared.errors import NotFound
from domain.shared.events import StatusField

# As such programs name themselves. Most of them never run a page's script, which is what asks for the quote.
_AUTOMATIC = re.compile(
    r"bot\b|crawl|spider|slurp|preview|facebookexternalhit|whatsapp|embedly|safelinks|barracuda|proofpoint|mimecast",
    re.IGNORECASE,
)
# 192 bits: nobody finds one by trying, whatever the limits let through.
KEY_BYTES = 24
LONGEST_KEY = 100


class UnknownPublicKey(NotFound):
    """A key that opens nothing: wrong, revoked, or of a quote that is gone. Nobody is told which."""

    def __init__(self) -> None:
        super().__init__("quote", ("key",))
        self.message = "This key opens no quote. Ask the sender for a new link."


class PublicKey(NamedTuple):
    """The key of one quote. It is kept as it is, since the same link is sent again; it is looked up by `hash`."""

    id: str
    tenant_id: int
    quote_id: str
    key: str
    hash: str
    created_at: datetime
    revoked_at: datetime | None

    @property
    def shown(self) -> str | None:
        """The key as long as it is good."""
        return None if self.revoked_at else self.key


class KeyGrant(NamedTuple):
    """What a good key leads to: one quote of one tenant. `id` tells keys apart without giving them away."""

    id: str
    environment: Environment
    tenant_id: int
    quote_id: str

    def caller(self, name: str = "The customer", idempotency: IdempotencyKey | None = None) -> Caller:
        """Who acts with this key: within its tenant, and without any scope."""
        return Caller(
            self.id, name, self.environment, None, self.tenant_id, frozenset(), idempotency, ActorKind.CUSTOMER
        )


class ClientInfo(NamedTuple):
    """Where a request without an API key came from. Kept with signatures."""

    address: str = ""
    user_agent: str | None = None

    @property
    def is_automatic(self) -> bool:
        """Whether a program looks at a link, as mail filters and messengers do for a preview: nobody has seen it."""
        return _AUTOMATIC.search(self.user_agent or "") is not None

    @property
    def network(self) -> str:
        """What wrong keys are counted by: the address, of IPv6 the network that one household or host has."""
        try:
            parsed = ipaddress.ip_address(self.address)
        except ValueError:
            return self.address
        if isinstance(parsed, ipaddress.IPv6Address):
            if parsed.ipv4_mapped is not None:
                return str(parsed.ipv4_mapped)
            return str(ipaddress.ip_network((parsed, 64), strict=False))
        return str(parsed)


UNKNOWN_VISITOR = ClientInfo()


def public_key(quote: Quote, key_id: str, at: datetime) -> PublicKey:
    """A new key for a quote, which nobody can guess."""
    key = secrets.token_urlsafe(KEY_BYTES)
    return PublicKey(key_id, quote.tenant_id, quote.id, key, public_key_hash(key), at, None)


def public_key_hash(key: str) -> str:
    """What a key is looked up by, so that how long a look takes tells nothing of the keys there are."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def may_see(quote: Quote, at: datetime) -> bool:
    """Whether the customer may still see the quote: it is on offer, or was accepted before its time was over."""
    offer = state_of(quote, StatusField.OFFER_STATUS, at)
    accepted = quote.decision_status == DecisionStatus.APPROVED
    return offer in LIVE or (offer == QuoteOfferStatus.EXPIRED and accepted)
