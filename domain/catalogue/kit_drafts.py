"""Kits in an input: values are checked, then a kit is built or changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.catalogue.device_selection import CatalogueSelection, KitDevices, NamedDevice, WantedDevice, wanted_device
from domain.catalogue.kits import Kit, KitAggregate, KitDevice
from domain.shared.errors import ErrorCode, Path, Problems
from domain.shared.limits import MOST_DEVICES, MOST_PARTS, check_count
from domain.shared.parsers import NAME_LENGTH, optional_identifier, text
from domain.shared.tags import parse_tags


@dataclass(frozen=True, slots=True)
class KitDeviceDraft:
    """A device of a kit as entered."""

    device: NamedDevice
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class KitDraft:
    """A kit as entered."""

    name: str
    devices: tuple[KitDeviceDraft, ...]
    region: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KitChange:
    """A change of a kit as entered: the given ones of `name`, `region` and `tags`. None clears, except the name;
    `devices` of None are left unchanged."""

    details: Mapping[str, Any] = field(default_factory=dict)
    devices: tuple[KitDeviceDraft, ...] | None = None


def build_kit(
    draft: KitDraft, selection: CatalogueSelection, tenant_id: int, at: datetime, new_id: Callable[[], str]
) -> KitAggregate:
    """A new kit (docs/domain.md#kits). Raises: InvalidInput, with every problem of the input."""
    problems = Problems()
    unnamed = Kit(new_id(), tenant_id, "", None, (), created_at=at, updated_at=at)
    kit = _with_details(unnamed, {"name": draft.name, "region": draft.region, "tags": draft.tags}, problems)
    devices = _devices(kit, draft.devices, selection, problems, new_id)
    problems.raise_if_any()
    return KitAggregate(kit, devices)


def changed_kit(
    before: KitAggregate, change: KitChange, selection: CatalogueSelection, at: datetime, new_id: Callable[[], str]
) -> KitAggregate:
    """The kit with the given details changed; devices are replaced as a whole. Equal values are no change.

    Raises: InvalidInput, with every problem of the input.
    """
    problems = Problems()
    kit, devices = _with_details(before.kit, change.details, problems), before.devices
    if change.devices is not None:
        devices = _devices(kit, change.devices, selection, problems, new_id)
    problems.raise_if_any()
    if kit == before.kit and [it[4:] for it in devices] == [it[4:] for it in before.devices]:
        return before
    return KitAggregate(kit._replace(updated_at=at), devices)


def _with_details(kit: Kit, details: Mapping[str, Any], problems: Problems) -> Kit:
    changed = dict(details)
    if "name" in changed:
        changed["name"] = problems.check(("name",), text, changed["name"] or "", NAME_LENGTH) or ""
    if "region" in changed:
        changed["region"] = problems.check(("region",), optional_identifier, changed["region"])
    if "tags" in changed:
        changed["tags"] = parse_tags(changed["tags"] or (), problems, ("tags",))
    return kit._replace(**changed)


def _devices(
    kit: Kit,
    drafts: tuple[KitDeviceDraft, ...],
    selection: CatalogueSelection,
    problems: Problems,
    new_id: Callable[[], str],
) -> tuple[KitDevice, ...]:
    check_count(drafts, problems, ("devices",), "device")
    devices = [_device(kit, place, it, selection, problems, new_id) for place, it in enumerate(drafts[:MOST_PARTS])]
    return tuple(it for it in devices if it is not None)


def _device(
    kit: Kit,
    position: int,
    draft: KitDeviceDraft,
    selection: CatalogueSelection,
    problems: Problems,
    new_id: Callable[[], str],
) -> KitDevice | None:
    path = ("devices", str(position))
    if not 1 <= draft.quantity <= MOST_DEVICES:
        message = f"The quantity of a device in a kit is 1 to {MOST_DEVICES:,}, not {draft.quantity}."
        problems.add((*path, "quantity"), ErrorCode.OUT_OF_RANGE, message)
    wanted = _wanted(draft.device, selection, problems, (*path, "device"))
    if wanted is None:
        return None
    return KitDevice(
        new_id(),
        kit.tenant_id,
        kit.id,
        position,
        wanted.product_type,
        wanted.product_id,
        wanted.configuration_id,
        draft.quantity,
        *wanted.specification,
    )


def _wanted(device: NamedDevice, selection: CatalogueSelection, problems: Problems, path: Path) -> WantedDevice | None:
    if isinstance(device, KitDevices):
        problems.add((*path, "kitId"), ErrorCode.NOT_SUPPORTED, "A kit cannot contain kits. Send each device.")
        return None
    return wanted_device(device, selection, problems, path)
