"""Column types of data that is received from the vendor or sent to it."""

import json
from typing import Any

from adapters.database.core.column_types import Json
from domain.fulfilment.vendor_api import AlternativeGroup, Candidate, EmployeeDetails
from domain.shared.money import Money


class VendorAlternatives(Json):
    """Groups of candidates that the vendor offers in place of the ordered device."""

    cache_ok = True

    def load(self, stored: str) -> Any:
        groups = json.loads(stored)
        return tuple(AlternativeGroup(id_, tuple(_candidate(it) for it in found)) for id_, found in groups)


class VendorCandidate(Json):
    """A candidate that the vendor delivers in place of the ordered device."""

    cache_ok = True

    def load(self, stored: str) -> Any:
        return _candidate(json.loads(stored))


class VendorEmployee(Json):
    """The details of a person that are sent to the vendor."""

    cache_ok = True

    def load(self, stored: str) -> Any:
        return EmployeeDetails(*json.loads(stored))


def _candidate(stored: list[Any]) -> Candidate:
    # Candidates stored by earlier versions have no picture.
    *device, price, image_url = stored if len(stored) == len(Candidate._fields) else [*stored, None]
    return Candidate._make([*device, None if price is None else Money(*price), image_url])
