"""Products of the catalogue: the list with the values it can be filtered by, and one."""

from typing import Any

from app.rest.endpoints import Endpoint, One, Page, Sent, Variables
from app.rest.errors import Names
from app.rest.fields import given
from app.rest.words import Data, title, uuid_of
from domain.catalogue.products import ProductType

# The list has no pages. What is beyond is at `next_cursor`.
MOST = 1_000
_PARTS = {"screen_size": "screenSize", "connection_type": "connectionType"}
_FILTERS = ("cpu", "ram", "storage", "screen_size", "resolution", "connection_type")


def product(it: Data) -> dict[str, Any]:
    return {
        "id": uuid_of(it["id"]),
        "brand": it["brand"],
        "model": it["model"],
        "product_type": title(it["type"]),
        "is_active": it["isActive"],
        "image_url": it["imageUrl"],
        "configurations": [_configuration(configuration) for configuration in it["configurations"]],
    }


def _configuration(it: Data) -> dict[str, Any]:
    return {
        "id": uuid_of(it["id"]),
        "os": it["os"],
        "cpu": it["cpu"],
        "ram": it["ram"],
        "storage": it["storage"],
        "screen_size": it["screenSize"],
        "resolution": it["resolution"],
        "connection_type": it["connectionType"],
    }


def _available(connection: Data) -> dict[str, Any]:
    values = connection["availableFilters"]
    parts = {name: values[_PARTS.get(name, name)] for name in _FILTERS}
    types = [title(it) for it in values["type"]]
    return {"available_filters": {"product_type": types, "brand": values["brand"], **parts}}


def _listed(sent: Sent) -> Variables:
    parameters = sent.parameters
    type_ = parameters.word("product_type", tuple(ProductType))
    narrowed = given(
        type=None if type_ is None else [type_],
        brand=parameters.text("brand"),
        search=parameters.text("search"),
        **{_PARTS.get(name, name): parameters.values(name) for name in _FILTERS},
        includeArchived=parameters.flag("include_inactive"),
    )
    return {"filter": narrowed}


ENDPOINTS: tuple[Endpoint, ...] = (
    Page(
        method="GET",
        path="products",
        document="list_products",
        root="products",
        variables=_listed,
        names=Names({"type": "product_type"}),
        row=product,
        meta=_available,
        most=MOST,
    ),
    One(
        method="GET",
        path="products/{id}",
        document="get_product",
        root="product",
        variables=lambda sent: {"by": {"id": sent.path["id"]}},
        row=product,
    ),
)
