"""Kits: the list, and one."""

from typing import Any

from app.rest.endpoints import Endpoint, One, Page, Sent, Variables, order_of
from app.rest.fields import given
from app.rest.words import Data, moment, optional_uuid, specification, title, uuid_of


def kit(it: Data) -> dict[str, Any]:
    return {
        "id": uuid_of(it["id"]),
        "name": it["name"],
        "region": it["region"],
        "tags": it["tags"],
        "devices": [_device(device) for device in it["devices"]],
        "created_at": moment(it["createdAt"]),
        "updated_at": moment(it["updatedAt"]),
    }


def _device(it: Data) -> dict[str, Any]:
    return {
        "id": uuid_of(it["id"]),
        "product_type": title(it["productType"]),
        "quantity": it["quantity"],
        "specification": specification(it["specification"]),
        "product_id": optional_uuid(it["product"]),
        "configuration_id": optional_uuid(it["configuration"]),
    }


def _listed(sent: Sent) -> Variables:
    narrowed = given(**{name: sent.parameters.text(name) for name in ("search", "tag", "region")})
    return given(filter=narrowed, orderBy=order_of(sent.parameters, "created_at", "updated_at", "name"))


ENDPOINTS: tuple[Endpoint, ...] = (
    # Without the scope products:read, the ids of products are null.
    Page(method="GET", path="kits", document="list_kits", root="kits", variables=_listed, row=kit, partial=True),
    One(
        method="GET",
        path="kits/{id}",
        document="get_kit",
        root="kit",
        variables=lambda sent: {"by": {"id": sent.path["id"]}},
        row=kit,
        partial=True,
    ),
)
