"""What quipteams' webhooks tell, and how they are signed (docs/domain.md#quipteams-webhooks)."""

import hmac
from collections.abc import Mapping
from hashlib import sha256

from adapters.connections.exact_json import read_json
from adapters.connections.fields import Fields, Unusable, record
from domain.connections.records import Notice
from domain.connections.systems import Collection
from domain.shared.errors import ErrorCode, Invalid

SIGNATURE = "x-quip-signature"
# What the data of an event calls a quote and a device action, the best name first.
QUOTE_IDS = ("order_id", "quote_id", "id")
ACTION_IDS = ("device_action_id", "id", "action_id")


def is_signed(headers: Mapping[str, str], body: bytes, secret: str | None) -> bool:
    """Whether one of the signatures is by this secret; without a secret, none is."""
    given = next((it for name, it in headers.items() if name.lower() == SIGNATURE), "")
    if not secret:
        return False
    expected = f"sha256={hmac.digest(secret.encode(), body, 'sha256').hex()}".encode()
    return any(hmac.compare_digest(expected, it.strip().encode()) for it in given.split(","))


def notice_of(body: bytes) -> Notice:
    """The notice of a request whose signature was checked. Its id is that of the body: the one in the headers, which is
    the same, is not signed. Raises: Invalid."""
    try:
        fields = record(read_json(body))
        event = fields.needed("type")
    except (ValueError, Unusable) as error:
        raise Invalid(ErrorCode.INVALID_TEXT, f"This is no event of quipteams. {error}") from None
    is_logistics = event.startswith("logistics.")
    data = fields.part("data")
    return Notice(
        delivery_id=fields.text("id") or sha256(body).hexdigest(),
        external_id=_first(data, ACTION_IDS if is_logistics else QUOTE_IDS),
        collection=Collection.DEVICE_ACTIONS if is_logistics else Collection.QUOTES,
        event=event,
    )


def _first(data: Fields, names: tuple[str, ...]) -> str:
    return next((it for it in map(data.text, names) if it is not None), "")
