"""Companies and their tenants: a company has one set of live data and one of test data."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from domain.shared.access import Environment
from domain.shared.times import UTC_ZONE


class TaxRounding(StrEnum):
    """Where tax is rounded."""

    PER_RATE = "PER_RATE"
    PER_LINE = "PER_LINE"


class Company(NamedTuple):
    """A customer of ours. `code` is also what the vendor knows it by (docs/domain.md#company-code).

    `tenant_id` is its tenant in the environment it is looked at in. `tax_rounding` is of the quotes made from now on.
    """

    id: str
    code: str
    name: str
    created_at: datetime
    tenant_id: int
    tax_rounding: TaxRounding = TaxRounding.PER_RATE
    time_zone: str = UTC_ZONE


class Tenant(NamedTuple):
    """A company in one environment: the owner of every owned row."""

    id: int
    company_id: str
    environment: Environment
    company_code: str
    company_name: str
    tax_rounding: TaxRounding = TaxRounding.PER_RATE
    time_zone: str = UTC_ZONE
