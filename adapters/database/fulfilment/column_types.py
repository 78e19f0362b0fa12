"""Column types of what the vendor says of an order, and is told of it."""

import json
from typing import Any

from adapters.database.core.column_types import Json
from domain.fulfilment.vendor_api import AlternativeGroup, Candidate, EmployeeDetails
from domain.shared.money import Money


class VendorAlternatives(Json):
    """Groups of devices that the vendor offers in place of one that was ordered."""

    cache_ok = True

    def load(self, stored: str) -> Any:
        groups = json.loads(stored)
        return tuple(AlternativeGroup(id_, tuple(_candidate(it) for it in found)) for id_, found in groups)


class VendorCandidate(Json):
    """A device that the vendor delivers in place of one that was ordered."""

    cache_ok = True

    def load(self, stored: str) -> Any:
        return _candidate(json.loads(stored))


class VendorEmployee(Json):
    """A person as the vendor is told of them."""

    cache_ok = True

    def load(self, stored: str) -> Any:
        return EmployeeDetails(*json.loads(stored))


def _candidate(stored: list[Any]) -> Candidate:
    *device, price = stored
    return Candidate._make([*device, None if price is None else Money(*price)])
