"""A kit on its way from an input: checked value by value, then built."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from domain.devices import Chosen, KitDevices, NamedDevice, WantedDevice, wanted_device
from domain.errors import ErrorCode, Path, Problems
from domain.kits import Kit, KitAggregate, KitDevice
from domain.quote_drafts import MOST_DEVICES, MOST_PARTS, check_count
from domain.tags import parse_tags
from domain.values import NAME_LENGTH, optional_text, text


@dataclass(frozen=True, slots=True)
class KitDeviceDraft:
    """One device of a kit as typed."""

    device: NamedDevice
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class KitDraft:
    """A kit as typed."""

    name: str
    devices: tuple[KitDeviceDraft, ...]
    region: str | None = None
    tags: tuple[str, ...] = ()


def build_kit(draft: KitDraft, chosen: Chosen, tenant_id: int, at: datetime, new_id: Callable[[], str]) -> KitAggregate:
    """A new kit (domain-facts A.7). Raises: InvalidInput, with every problem of the input."""
    problems = Problems()
    kit = Kit(
        new_id(),
        tenant_id,
        problems.check(("name",), text, draft.name, NAME_LENGTH) or "",
        problems.check(("region",), optional_text, draft.region, NAME_LENGTH),
        parse_tags(draft.tags, problems, ("tags",)),
        created_at=at,
        updated_at=at,
    )
    check_count(draft.devices, problems, ("devices",), "device")
    devices = [
        _device(kit, position, it, chosen, problems, new_id) for position, it in enumerate(draft.devices[:MOST_PARTS])
    ]
    problems.raise_if_any()
    return KitAggregate(kit, tuple(it for it in devices if it is not None))


def _device(
    kit: Kit, position: int, draft: KitDeviceDraft, chosen: Chosen, problems: Problems, new_id: Callable[[], str]
) -> KitDevice | None:
    path = ("devices", str(position))
    if not 1 <= draft.quantity <= MOST_DEVICES:
        message = f"A kit has 1 to {MOST_DEVICES:,} of a device, not {draft.quantity}."
        problems.add((*path, "quantity"), ErrorCode.OUT_OF_RANGE, message)
    wanted = _wanted(draft.device, chosen, problems, (*path, "device"))
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


def _wanted(device: NamedDevice, chosen: Chosen, problems: Problems, path: Path) -> WantedDevice | None:
    if isinstance(device, KitDevices):
        problems.add((*path, "kitId"), ErrorCode.NOT_SUPPORTED, "A kit holds devices, not kits; name each device.")
        return None
    return wanted_device(device, chosen, problems, path)
