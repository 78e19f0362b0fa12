"""What the emulated quipteams lets a client only read: products, kits and employees. `POST /control/records` adds
them."""

from typing import Any

from app.emulators.http import Answer
from app.emulators.quipteams_lists import (
    DATED,
    Paging,
    Record,
    contains,
    flag,
    matches,
    not_found,
    one_of,
    page,
    plain,
    public,
)
from app.emulators.quipteams_quotes import TYPES
from app.emulators.quipteams_records import EVERYBODY, Company, Records

PARTS = ("cpu", "ram", "storage", "screen_size", "resolution", "connection_type")
# Only the answer to a single employee has these.
OF_THE_HRIS = ("hris_id", "hris_provider", "metadata")


class Catalogue:
    """Products, which are the same for everybody, and the kits and employees of each company."""

    def __init__(self, records: Records, paging: Paging) -> None:
        self._records = records
        self._paging = paging

    def products(self, query: Any) -> Answer:
        """All products at once, with the values that each filter can have."""
        one_of(query, "product_type", TYPES)
        everything = self._records.all("product", EVERYBODY)
        with_inactive = flag(query, "include_inactive")
        found = [
            it
            for it in everything
            if (with_inactive or it.get("is_active", True))
            and matches(query, "product_type", it["product_type"])
            and matches(query, "brand", it["brand"])
            and contains(query, "search", it["brand"], it["model"])
            and _has_configuration(it, query)
        ]
        return Answer(
            200, {"data": [_product(it) for it in found], "meta": {"available_filters": _filters(everything)}}
        )

    def product(self, id_: str) -> Answer:
        return Answer(200, {"data": _product(self._find("product", EVERYBODY, id_, "Product"))})

    def kits(self, company: Company, query: Any) -> Answer:
        found = [
            it
            for it in self._records.all("kit", company.key)
            if contains(query, "search", it["name"])
            and query.get("region", it["region"]) == it["region"]
            and ("tag" not in query or query["tag"] in it["tags"])
        ]
        return page(found, query, self._paging, lambda it: public(it, "devices"), (*DATED, "name"))

    def kit(self, company: Company, id_: str) -> Answer:
        return Answer(200, {"data": public(self._find("kit", company.key, id_, "Kit"))})

    def employees(self, company: Company, query: Any) -> Answer:
        one_of(query, "status", ("active", "inactive"))
        found = [
            it
            for it in self._records.all("employee", company.key)
            if matches(query, "status", it["status"]) and contains(query, "search", it["name"], it["email"])
        ]
        return page(found, query, self._paging, lambda it: public(it, *OF_THE_HRIS, *DATED))

    def employee(self, company: Company, id_: str) -> Answer:
        return Answer(200, {"data": public(self._find("employee", company.key, id_, "Employee"), *DATED)})

    def _find(self, kind: str, company: str, id_: str, name: str) -> Record:
        found = self._records.find(kind, company, id_)
        if found is None:
            raise not_found(name)
        return found


def _product(product: Record) -> Record:
    active = [public(it, "is_active") for it in product["configurations"] if it.get("is_active", True)]
    return {**public(product), "configurations": active}


def _has_configuration(product: Record, query: Any) -> bool:
    """Whether one configuration has one of the values of each filter."""
    wanted = {name: {plain(it) for it in query[name].split(",")} for name in PARTS if name in query}
    return not wanted or any(
        all(plain(str(it.get(name) or "")) in values for name, values in wanted.items())
        for it in product["configurations"]
        if it.get("is_active", True)
    )


def _filters(products: list[Record]) -> Record:
    parts = {
        name: sorted({it[name] for product in products for it in product["configurations"] if it.get(name)})
        for name in PARTS
    }
    return {
        "product_type": sorted({it["product_type"] for it in products}),
        "brand": sorted({it["brand"] for it in products}),
        **parts,
    }
