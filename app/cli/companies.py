"""The command for a company's settings."""

from typing import Annotated, Any

import typer

from adapters.database.companies.company import SqlCompanies
from adapters.database.core.engine import Database
from app.cli.common import Failure, checked, no_company, require_migrated, with_database
from app.process import run
from domain.companies.company import TaxRounding
from domain.fulfilment.margins import parse_margin
from domain.shared.times import time_zone as zone_named


def company_settings(
    code: Annotated[str, typer.Argument(help="The company's code.")],
    time_zone: Annotated[
        str | None,
        typer.Option(help="The time zone of its dates, as an IANA name such as America/Montevideo. Default: UTC."),
    ] = None,
    tax_rounding: Annotated[
        str | None,
        typer.Option(
            help="How the tax of new quotes is rounded: per-rate (default; once for each tax rate, on the sum of its "
            "lines) or per-line. Existing quotes keep their rounding."
        ),
    ] = None,
    vendor_margin: Annotated[
        str | None,
        typer.Option(
            help="What is added to the prices that requestVendorPrices asks of the vendor: a percentage (12.5 %), "
            "rounded half up to the currency's smallest unit, or an amount for each device (25.00 USD). Default: none."
        ),
    ] = None,
) -> None:
    """Show or change the settings of a company."""
    chosen = _chosen(time_zone, tax_rounding, vendor_margin)

    async def write(database: Database) -> dict[str, Any]:
        await require_migrated(database)
        companies = SqlCompanies(database)
        if chosen:
            await companies.choose(code, chosen)
        found = await companies.settings(code)
        if found is None:
            raise Failure(await no_company(database, code))
        return dict(found)

    for name, value in run(with_database(write)).items():
        print(f"{name.replace('_', '-')}: {_shown(value)}")


def _chosen(zone: str | None, tax_rounding: str | None, margin: str | None) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if zone is not None:
        given["time_zone"] = checked("--time-zone", zone_named, zone)
    if tax_rounding is not None:
        given["tax_rounding"] = _rounding(tax_rounding)
    if margin is not None:
        none = margin.strip().lower() == "none"
        given["vendor_margin"] = None if none else checked("--vendor-margin", parse_margin, margin).text
    return given


def _rounding(given: str) -> TaxRounding:
    words = {_shown(it): it for it in TaxRounding}
    if given.strip().lower() not in words:
        raise Failure(f"--tax-rounding must be {' or '.join(words)}, not {given!r}.")
    return words[given.strip().lower()]


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    return value.lower().replace("_", "-") if isinstance(value, TaxRounding) else str(value)
