"""Companies and their tenants: a company has one set of live data and one of test data."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from domain.shared.access import Environment
from domain.shared.times import UTC_ZONE


class TaxRounding(StrEnum):
    """What tax is rounded for: all lines of a tax rate together, or each line."""

    PER_RATE = "PER_RATE"
    PER_LINE = "PER_LINE"


class Company(NamedTuple):
    """A company that uses quotegraph. The vendor identifies it by `code` (docs/domain.md#company-code).

    `tenant_id` is its tenant in the environment of the reader. `tax_rounding` applies to quotes created from now on.
    `vendor_margin` is as entered (`domain/fulfilment/margins.py`).
    """

    id: str
    code: str
    name: str
    created_at: datetime
    tenant_id: int
    tax_rounding: TaxRounding = TaxRounding.PER_RATE
    time_zone: str = UTC_ZONE
    updated_at: datetime | None = None
    vendor_margin: str | None = None


class Tenant(NamedTuple):
    """A company in one environment: the owner of every row that is not shared. `vendor_margin` is as entered
    (`domain/fulfilment/margins.py`)."""

    id: int
    company_id: str
    environment: Environment
    company_code: str
    company_name: str
    tax_rounding: TaxRounding = TaxRounding.PER_RATE
    time_zone: str = UTC_ZONE
    vendor_margin: str | None = None
