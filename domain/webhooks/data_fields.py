"""The fields that the default `data` of webhooks has, each with a description and an example.

`domain/webhooks/data.py` fills them in; `domain/webhooks/event_types.py` says which event has which.
"""

from typing import Any, NamedTuple


class DataField(NamedTuple):
    """A field of `data`. The example also says its type."""

    name: str
    description: str
    example: Any
    is_nullable: bool = False


QUOTE_ID = DataField("quote_id", "UUID of the quote.", "01978a3e-5f3c-7c1e-9a44-3f6d2c5b8e10")
ORDER_ID = DataField("order_id", "Number of the quote that people use.", "1777896000000")
ITEM_ID = DataField("item_id", "UUID of the item of the quote.", "01978a3e-5f3d-7a02-8b1c-9e0f4d7a6c21")
QUOTE = (QUOTE_ID, ORDER_ID)

REQUESTER_EMAIL = DataField("requester_email", "E-mail address of who requested the quote.", "ana@acme.example")
ITEMS_COUNT = DataField("items_count", "Number of items of the quote.", 3)

TOTAL = DataField(
    "total", "Total of the quote, as text. Null if there is none, such as after an item was added.", "4350.00", True
)
CURRENCY = DataField("currency", "Currency of the quote (ISO 4217). Null if it has none yet.", "USD", True)

OFFER_STATUS = DataField("offer_status", "How far the offer is, as `QuoteOfferStatus` in the schema.", "SENT")
DECISION_STATUS = DataField("decision_status", "What is decided, as `DecisionStatus` in the schema.", "PENDING")
FULFILMENT_STATUS = DataField(
    "fulfilment_status", "How far the devices are, as `FulfilmentStatus` in the schema.", "NONE"
)

STATUS = DataField("status", "Status of the object.", "PENDING")
OLD_STATUS = DataField(
    "old_status", "Value of `status` before the event. Null if the event did not change it.", "PENDING", True
)
NEW_STATUS = DataField(
    "new_status", "Value of `status` after the event. Null if the event did not change it.", "APPROVED", True
)

ALTERNATIVE_ID = DataField(
    "alternative_id",
    "UUID of the alternative, if the decision is on an alternative to the item. Null if it is on the item itself.",
    "01978a41-0b7e-7d55-b3f2-6a1e8c9d4f32",
    True,
)
DECISION = DataField(
    "decision",
    "Decision on the item: `UNDECIDED` while other offers for it are open, `ITEM_ACCEPTED`, `ALTERNATIVE_ACCEPTED` or "
    "`REJECTED`. Null if the item no longer exists.",
    "ITEM_ACCEPTED",
    True,
)
PRICE = DataField(
    "price",
    "Unit price as text: the agreed one if the item is accepted, else that of the rejected offer. Null without one.",
    "1450.00",
    True,
)
PRICE_CURRENCY = DataField("price_currency", "Currency of the price (ISO 4217). Null without a price.", "USD", True)

RECIPIENT_ID = DataField("recipient_id", "UUID of the recipient.", "01978a3e-5f3e-7b90-a7c5-2d8b1f6e0a43")
TRACKING_CODE = DataField(
    "tracking_code", "Tracking code of the carrier. Null without one.", "1Z999AA10123456784", True
)
TRACKING_LINK = DataField(
    "tracking_link",
    "Address of the carrier's page for the shipment. Null without one.",
    "https://carrier.example/1Z999AA10123456784",
    True,
)
TRACKING = (TRACKING_CODE, TRACKING_LINK)

DEVICE_ACTION_ID = DataField("device_action_id", "UUID of the device action.", "01978b02-6c11-7e08-9d3a-5b7f2e4c8d54")
ACTION_ID = DataField("action_id", "Number of the device action that people use.", "DA-2026-0015")
ACTION = (DEVICE_ACTION_ID, ACTION_ID)
ACTION_TYPE = DataField("action_type", "Type of the device action, as `DeviceActionType` in the schema.", "RETRIEVAL")

ASSET_ID = DataField("asset_id", "UUID of the asset.", "01978b10-2a4d-7f6b-8e1f-7c9d3b5a0e65")
SERIAL_NUMBER = DataField("serial_number", "Serial number of the device.", "C02ZW0XJMD6T")

EMPLOYEE_ID = DataField("employee_id", "UUID of the employee.", "01978b22-7e5f-7a3c-9f20-8d0e4c6b1f76")
HRIS_ID = DataField("hris_id", "ID of the person in the HR system. Null for employees without one.", "117", True)
EMAIL = DataField("email", "E-mail address of the person.", "leo@acme.example")

MEMBER_ID = DataField("member_id", "UUID of the member.", "01978b55-0c2e-7a1f-9b62-4d8e3f7a5c19")
ROLE = DataField("role", "Role of the member, as `RoleName` in the schema.", "REQUESTER")
API_KEY_ID = DataField("api_key_id", "UUID of the API key.", "01978b60-5a3b-7d2e-8c71-6e9f4a8b0d23")
ACCESS_TOKEN_ID = DataField("access_token_id", "UUID of the access token.", "01978b61-1f4c-7e3f-9d82-7f0a5b9c1e34")
NAME = DataField("name", "Name of the API key or connection, or of the person who has the access token.", "ERP")
PREFIX = DataField("prefix", "First characters of the API key, by which people tell keys apart.", "qk_live_7f3k9q2m")

VENDOR_ORDER_ID = DataField("vendor_order_id", "UUID of the vendor order.", "01978b33-1d60-7c4e-a031-9e1f5d7c2a87")
ATTENTION = DataField(
    "attention",
    "Why the order requires an operator, as `VendorAttention` in the schema. Null if it does not.",
    None,
    True,
)
PROBLEM = DataField(
    "problem", "Why the order cannot be placed, failed or requires an operator. Null without a problem.", None, True
)
REQUESTED_ACTION = DataField(
    "requested_action",
    "What the vendor was asked to do and has not answered yet, as `VendorAction` in the schema. Null for nothing.",
    None,
    True,
)

CHANGE_ID = DataField(
    "change_id", "UUID of the change that was asked of the connected system.", "01978b70-3d5e-7a4f-b1c2-8e0a6d9f5b47"
)
CHANGE_TYPE = DataField("change_type", "What was asked, as `OriginChangeType` in the schema.", "DECIDE")
REASON = DataField("reason", "Why the change was refused.", "The item is out of stock.")

CONNECTION_ID = DataField("connection_id", "UUID of the connection.", "01978b71-4e6f-7b50-a2d3-9f1b7e0a6c58")
SYSTEM = DataField("system", "The connected system, as `System` in the schema.", "QUIPTEAMS")
ERROR = DataField(
    "error",
    "Why the last call to the system failed. Null if one has succeeded meanwhile.",
    "GET /quotes: 503",
    True,
)

CHANGES = DataField(
    "changes",
    "Fields that the event changed, except statuses: `field`, and its value before (`from`) and after (`to`) as text, "
    "null if empty.",
    [{"field": "country", "from": "Argentina", "to": "Uruguay"}],
)


def changed(field: str, before: str | None, after: str | None) -> DataField:
    """`changes`, with one change as the example."""
    return CHANGES._replace(example=[{"field": field, "from": before, "to": after}])


MESSAGE = DataField("message", "What the event is.", "This is a test event of quotegraph.")


def moved(old: str | None, new: str | None) -> tuple[DataField, ...]:
    """The fields of a status that changes, with examples."""
    return OLD_STATUS._replace(example=old), NEW_STATUS._replace(example=new)


def quote_statuses(
    offer: str, decision: str, fulfilment: str = "NONE", moves: str = "PENDING PENDING"
) -> tuple[DataField, ...]:
    """The statuses of a quote, with examples."""
    old, new = moves.split()
    return (
        STATUS._replace(example=new),
        OFFER_STATUS._replace(example=offer),
        DECISION_STATUS._replace(example=decision),
        FULFILMENT_STATUS._replace(example=fulfilment),
        *(moved(None, None) if old == new else moved(old, new)),
    )
