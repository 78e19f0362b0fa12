"""Devices that are added to the inventory."""

from typing import Any

from app.rest.assets import device
from app.rest.endpoints import Endpoint, Sent, Variables, Write
from app.rest.errors import Names
from app.rest.fields import given
from app.rest.words import Data, amount
from domain.catalogue.products import ProductType

# The body has no currency; assets print this one.
CURRENCY = "USD"


def added(it: Data) -> dict[str, Any]:
    return {**device(it), "cost": amount(it["price"])}


def _added(sent: Sent) -> Variables:
    body = sent.body
    cost, currency = body.number("cost"), body.text("price_currency") or CURRENCY
    new = given(
        serialNumber=body.text("serial_number", required=True),
        deviceType=body.word("device_type", tuple(ProductType), required=True),
        country=body.text("country", required=True),
        description=body.text("description", required=True),
        employee=body.text("employee"),
        condition=body.text("condition"),
        price=None if cost is None else {"amount": cost, "currencyCode": currency},
    )
    return {"input": {"assets": [new]}}


ENDPOINTS: tuple[Endpoint, ...] = (
    Write(
        method="POST",
        path="devices",
        document="add_devices",
        root="addAssets",
        variables=_added,
        names=Names({"price": "cost", "amount": "", "currencyCode": ""}, ("assets", "0")),
        status=201,
        written=lambda payload, *_: added(payload["assets"][0]),
    ),
)
