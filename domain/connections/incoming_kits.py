"""How the record of a kit becomes a kit of ours (docs/domain.md#incoming-records)."""

from collections.abc import Mapping
from dataclasses import replace

from domain.catalogue.kits import Kit, KitAggregate, KitDevice
from domain.catalogue.products import Specification
from domain.connections.incoming_lines import Surroundings
from domain.connections.records import ForeignKit, ForeignKitDevice
from domain.connections.values import Values
from domain.shared.limits import MOST_DEVICES, MOST_PARTS
from domain.shared.parsers import NAME_LENGTH


def incoming_kit(
    record: ForeignKit, before: KitAggregate | None, products: Mapping[str, str], values: Values, around: Surroundings
) -> KitAggregate:
    """The kit of a record. `products` are those of the catalogue, by their ids in the system. A device keeps its id by
    its place."""
    at = record.updated_at or record.created_at or around.now
    blank = Kit(around.new_id(), around.connection.tenant_id, "", None, (), record.created_at or at, at)
    kit = (before.kit if before else blank)._replace(
        name=values.line("name", record.name, NAME_LENGTH) or record.external_id,
        region=values.line("region", record.region, NAME_LENGTH),
        tags=values.tags("tags", record.tags),
    )
    if len(record.devices) > MOST_PARTS:
        values.note("devices", str(len(record.devices)), f"A kit has at most {MOST_PARTS} devices here.")
    known = [] if before is None else [it.id for it in before.devices]
    devices = tuple(
        _device(kit, place, it, known[place] if place < len(known) else around.new_id(), products, values)
        for place, it in enumerate(record.devices[:MOST_PARTS])
    )
    after = KitAggregate(kit, devices)
    if before is None or (kit == before.kit and devices == tuple(before.devices)):
        return after
    return replace(after, kit=kit._replace(updated_at=around.now))


def _device(
    kit: Kit, place: int, given: ForeignKitDevice, device_id: str, products: Mapping[str, str], values: Values
) -> KitDevice:
    path, names = f"devices.{place}", Specification._fields
    quantity = given.quantity
    if not 1 <= quantity <= MOST_DEVICES:
        values.note(f"{path}.quantity", str(quantity), "This is not a number of devices.")
        quantity = 1
    parts = zip(names, given.specification, strict=True)
    specification = Specification(*(values.line(f"{path}.specification.{name}", it, NAME_LENGTH) for name, it in parts))
    product_id = products.get(given.product_id or "")
    return KitDevice(
        device_id, kit.tenant_id, kit.id, place, given.product_type, product_id, None, quantity, *specification
    )
