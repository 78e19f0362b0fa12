"""Adds the devices that the vendor lists to the assets of a company (docs/domain.md#vendor-devices)."""

from collections.abc import Callable, Sequence
from itertools import islice

from domain.catalogue.file_rows import Taken
from domain.catalogue.products import NOT_DEVICES
from domain.catalogue.snapshot import CatalogueKeys, CatalogueSnapshot, product_key
from domain.catalogue.vendor_records import Intake
from domain.inventory.assets import MOST_ASSETS, AssetDraft, serial_key
from domain.inventory.serial_numbers import parse_serial
from domain.inventory.vendor_devices import VendorDevice, asset_draft, difference, why_unusable
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import UnitOfWork
from domain.shared.access import SYSTEM, TenantScope
from domain.shared.errors import ErrorCode, Problems, Rejection
from domain.use_cases.inventory.assets import write_assets


async def take_devices(
    deps: Dependencies,
    tenant_scope: TenantScope,
    devices: Sequence[VendorDevice],
    intake: Intake,
    dry_run: bool = False,
    stopped: Callable[[], bool] = lambda: False,
    advance: Callable[[int], None] = lambda _: None,
) -> None:
    """Add every device that the company does not have. Each chunk of 1,000 is one transaction; `stopped` is called
    before each."""
    assert tenant_scope.tenant_id is not None, "devices belong to one company"
    remaining, seen = iter(devices), set[str]()
    while chunk := list(islice(remaining, MOST_ASSETS)):
        if stopped():
            intake.interrupted = True
            return
        usable = [it for it in chunk if _is_usable(it, tenant_scope.tenant_id, seen, intake)]
        async with deps.unit_of_work(tenant_scope) as work:
            await _add(work, deps, tenant_scope.tenant_id, usable, intake)
            if not dry_run:
                await work.commit()
        advance(len(chunk))


def _is_usable(device: VendorDevice, tenant_id: int, seen: set[str], intake: Intake) -> bool:
    key = _key(device, tenant_id)
    reason = why_unusable(device) or ("The list has this serial number twice." if key in seen else None)
    if reason is not None:
        intake.reject(device.label, reason)
        return False
    seen.add(key)
    for flaw in device.flaws:
        intake.note(device.label, flaw)
    return True


async def _add(
    work: UnitOfWork, deps: Dependencies, tenant_id: int, devices: Sequence[VendorDevice], intake: Intake
) -> None:
    known = await work.assets.by_serials([_key(it, tenant_id) for it in devices])
    new = [it for it in devices if _key(it, tenant_id) not in known]
    for device in devices:
        asset = known.get(_key(device, tenant_id))
        if asset is not None:
            intake.counts[Taken.UNCHANGED] += 1
            if (different := difference(asset, device)) is not None:
                intake.note(device.label, different)
    if not new:
        return
    names = sorted({product_key(it.brand, it.model) for it in new if it.brand and it.model})
    catalogue = await work.catalogue.snapshot(CatalogueKeys(names=names))
    drafts = [_draft(it, catalogue) for it in new]
    added = await write_assets(work, deps, SYSTEM, tenant_id, drafts)
    rejected = {it.index: it for it in added.rejected}
    for index, device in enumerate(new):
        if index in rejected:
            _reject(device, rejected[index], intake)
        else:
            intake.counts[Taken.ADDED] += 1
            intake.changes.append(f"{device.label}: new, {drafts[index].employee or 'in storage'}, {device.country}")


def _reject(device: VendorDevice, rejection: Rejection, intake: Intake) -> None:
    if {it.code for it in rejection.problems} == {ErrorCode.DUPLICATE_SERIAL}:
        # Somebody has added it meanwhile.
        intake.counts[Taken.UNCHANGED] += 1
    else:
        intake.reject(device.label, " ".join(f"{it.path[-1]}: {it.message}" for it in rejection.problems))


def _draft(device: VendorDevice, catalogue: CatalogueSnapshot) -> AssetDraft:
    product = catalogue.product_named(device.brand, device.model)
    is_device = product is not None and product.product_type not in NOT_DEVICES
    return asset_draft(device, product.product_type if product is not None and is_device else None)


def _key(device: VendorDevice, tenant_id: int) -> str:
    # A serial number that is not one is reported when the asset is built.
    return serial_key(tenant_id, Problems().check((), parse_serial, device.serial_number) or device.serial_number)
