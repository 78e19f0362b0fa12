"""Assets: the list, and the asset of a device action."""

from typing import Any

from app.rest.endpoints import Endpoint, Page, Sent, Variables, order_of
from app.rest.errors import Names
from app.rest.fields import given
from app.rest.words import Data, amount, country, moment, optional_moment, optional_title, uuid_of
from domain.catalogue.products import ProductType
from domain.inventory.assets import AssetStatus

# What `all` stands for: a device that is retired belongs to the company no more.
_ALL = (AssetStatus.IN_STORAGE, AssetStatus.IN_USE)


def asset(it: Data) -> dict[str, Any]:
    is_stored = it["status"] == AssetStatus.IN_STORAGE
    return {
        **device(it),
        "status": it["status"].lower(),
        "price": amount(it["price"]),
        "price_currency": None if it["price"] is None else it["price"]["currencyCode"],
        "purchase_source": it["purchaseSource"],
        "purchase_order": it["purchaseOrder"],
        "assigned_date": it["assignedDate"],
        "completion_date": optional_moment(it["movedAt"]) if is_stored else None,
    }


def device(it: Data) -> dict[str, Any]:
    """What the answer to a new device has in common with assets."""
    return {
        "id": uuid_of(it["id"]),
        "serial_number": it["serialNumber"],
        "company": it["company"]["name"],
        "country": country(it["country"]),
        "device_type": optional_title(it["deviceType"]),
        "description": it["description"],
        "employee": it["employeeName"],
        "condition": it["condition"],
        "quantity": it["quantity"],
        "completion_date": None,
        "created_at": moment(it["createdAt"]),
        "updated_at": moment(it["updatedAt"]),
    }


def _listed(sent: Sent) -> Variables:
    parameters = sent.parameters
    status = parameters.word("status", (*_ALL, "ALL")) or AssetStatus.IN_STORAGE
    device_type = parameters.word("device_type", tuple(ProductType))
    narrowed = given(
        status=list(_ALL) if status == "ALL" else [status],
        serialNumber=parameters.text("serial_number"),
        assetId=parameters.text("item_id"),
        country=parameters.text("country"),
        deviceType=None if device_type is None else [device_type],
        search=parameters.text("search"),
    )
    return given(filter=narrowed, orderBy=order_of(parameters, "created_at", "updated_at"))


ENDPOINTS: tuple[Endpoint, ...] = (
    Page(
        method="GET",
        path="assets",
        document="list_assets",
        root="assets",
        variables=_listed,
        names=Names({"assetId": "item_id"}),
        row=asset,
    ),
)
