"""Reads the vendor's lists: what it sells becomes products, and the devices of companies become assets
(docs/domain.md#vendor-models, #vendor-devices)."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from adapters.database.companies.company import SqlCompanies
from adapters.database.core.engine import Database
from adapters.http import vendor_session
from adapters.tecspal.lists import TecspalLists
from app.cli.common import require_migrated, settings_of
from app.cli.inventory import command_dependencies, progress, tenant_scope_of
from app.external import ConfiguredExternalServices
from app.process import Interrupted, Interruption
from domain.catalogue.file_rows import Taken
from domain.catalogue.vendor_records import Intake
from domain.ports.dependencies import Dependencies
from domain.shared.access import Environment, TenantScope
from domain.shared.outbound_errors import OutboundFailure, Refused
from domain.use_cases.catalogue.vendor_models import take_models
from domain.use_cases.inventory.vendor_devices import take_devices


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be read. `country` limits the products, `companies` are the codes of those whose devices are read:
    none means every company."""

    environment: Environment
    country: str | None = None
    companies: Sequence[str] = ()
    has_products: bool = True
    has_assets: bool = True


@dataclass(slots=True)
class Synced:
    """What became of the records of both lists. `failure` is why the rest was not read."""

    products: Intake = field(default_factory=Intake)
    assets: Intake = field(default_factory=Intake)
    failure: str | None = None

    @property
    def interrupted(self) -> bool:
        return self.products.interrupted or self.assets.interrupted

    @property
    def rejected(self) -> int:
        return self.products.rejected + self.assets.rejected


async def sync(database: Database, wanted: Wanted, synced: Synced, dry_run: bool) -> None:
    """Reads the lists. What was saved before a failure or an interruption stays. Raises: Failure, NotConfigured."""
    await require_migrated(database)
    tenants = await _tenants(database, wanted) if wanted.has_assets else []
    deps, stopped = command_dependencies(database), Interruption()
    async with vendor_session() as session:
        lists = ConfiguredExternalServices(settings_of(), session).vendor_lists(wanted.environment)
        try:
            if wanted.has_products:
                await _products(deps, lists, wanted.country, synced.products, dry_run, stopped)
            for code, scope in tenants:
                await _assets(deps, lists, code, scope, synced.assets, dry_run, stopped)
        except Interrupted:
            synced.assets.interrupted = True
        except OutboundFailure as failure:
            synced.failure = str(failure)


async def _products(
    deps: Dependencies, lists: TecspalLists, country: str | None, intake: Intake, dry_run: bool, stopped: Interruption
) -> None:
    models = await stopped.race(lists.models(country))
    with progress(len(models), "Products") as advance:
        await take_models(deps, models, intake, dry_run, stopped, advance)


async def _assets(
    deps: Dependencies,
    lists: TecspalLists,
    code: str,
    scope: TenantScope,
    intake: Intake,
    dry_run: bool,
    stopped: Interruption,
) -> None:
    try:
        devices = await stopped.race(lists.devices(code))
    except Refused as refused:
        # The vendor does not know every company.
        intake.reject(f"Company {code}", str(refused))
        return
    with progress(len(devices), f"Assets of {code}") as advance:
        await take_devices(deps, scope, devices, intake, dry_run, stopped, advance)


async def _tenants(database: Database, wanted: Wanted) -> list[tuple[str, TenantScope]]:
    codes = wanted.companies or [it.code for it in await SqlCompanies(database).list()]
    return [(code, await tenant_scope_of(database, code, wanted.environment)) for code in codes]


def print_problems(synced: Synced) -> None:
    """Prints each record with what is wrong with it to standard error."""
    for problem in (*synced.products.problems, *synced.assets.problems):
        warning = "" if problem.is_rejected else "warning: "
        print(f"{problem.record}: {warning}{problem.reason}", file=sys.stderr)


def summary_lines(synced: Synced, wanted: Wanted, dry_run: bool) -> Iterator[str]:
    """Returns the counts of each list; those of a dry run follow what would change."""
    lists = (("Products", synced.products, wanted.has_products), ("Assets", synced.assets, wanted.has_assets))
    for name, intake, has_list in lists:
        if has_list:
            yield from (intake.changes if dry_run else ())
            yield f"{name}: {_counted(intake, dry_run)}."


def _counted(intake: Intake, dry_run: bool) -> str:
    would = "would be " if dry_run else ""
    added, updated, unchanged = (intake.counts[it] for it in Taken)
    return (
        f"{added:,} {would}added, {updated:,} {would}updated, {unchanged:,} unchanged, "
        f"{intake.rejected:,} {would}rejected"
    )
