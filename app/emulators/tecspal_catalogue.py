"""Emulates Tecspal's catalogue as documented (docs/domain.md#tecspal-catalogue): what it sells in each country.

`POST /control/catalog` takes a list of models, for tests and the demo: each has the fields that differ from those of an
ordinary model, and replaces the model with the same id.
"""

from typing import Any
from uuid import uuid4

from app.emulators.store import Store
from app.emulators.tecspal_rules import country

# The fields of a model in answers. Prices and stocks are text.
MODEL: dict[str, Any] = {
    "id": None,
    "countryCode": "UY",
    "price": "1200.00",
    "stock": "5",
    "brand": "DELL",
    "name": None,
    "ram": None,
    "diskSpace": None,
    "displaySize": None,
    "processor": None,
    "image": None,
    "deprecated": False,
    "manufacturerPartNumber": None,
    "hardwareType": "PC",
}

Model = dict[str, Any]


class Catalogue:
    """The models that every tenant sees."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def listed(self, filters: dict[str, Any]) -> list[dict[str, list[Model]]]:
        """Returns one object with the models of each country, or with those of the country of the filter."""
        wanted = None if filters.get("countryCode") is None else country(filters)
        found: dict[str, list[Model]] = {} if wanted is None else {wanted: []}
        for it in self._store.all("model"):
            if wanted in {None, it["countryCode"]}:
                found.setdefault(it["countryCode"], []).append(it)
        return [found]

    def put(self, given: Model) -> str:
        """Adds or replaces a model, also one with fields that the documentation does not have."""
        model = {**MODEL, **given, "id": given.get("id") or str(uuid4())}
        self._store.put("model", model["id"], model)
        return str(model["id"])
