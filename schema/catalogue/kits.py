"""Kits: sets of devices that a company asks for together."""

from enum import StrEnum

import strawberry

from domain.catalogue import kits as rows
from domain.catalogue.kit_drafts import KitChange, KitDeviceDraft, KitDraft
from domain.shared.access import Scope
from domain.use_cases.catalogue import kits as use_cases
from domain.use_cases.catalogue.kits import CreateKit, DeleteKit, UpdateKit
from resolvers.catalogue import kits
from resolvers.catalogue.kits import KitFilters
from schema.catalogue.inputs import DeviceInput
from schema.catalogue.products import Configuration, Product, ProductType, Specification
from schema.companies.types import Company
from schema.declare import column, edge, identity, itself, list_root, mutation, one_root_by_id, type_of
from schema.shared.common import MUST_HOLD, WORDS, Connection, Node
from schema.shared.enums import OrderDirection, describe
from schema.shared.inputs import company_id_field
from schema.shared.lazy import LazyKit
from schema.shared.payloads import deleted_id, payload, subject
from schema.shared.scalars import DateTime


@type_of(rows.KitDevice)
class KitDevice(Node):
    """One device of a kit, as it was when the kit was made."""

    id: strawberry.ID = identity("KitDevice")
    kit: LazyKit = edge("The kit.", loader="kit", key="kit_id")
    product_type: ProductType = column("What kind of device it is.")
    quantity: int = column("How many of it one kit has.")
    specification: Specification = itself("The device.")
    product: Product | None = edge(
        "The product it was chosen from; null outside the catalogue.",
        loader="product",
        key="product_id",
        scope=Scope.PRODUCTS_READ,
    )
    configuration: Configuration | None = edge(
        "The configuration it was chosen from.",
        loader="configuration",
        key="configuration_id",
        scope=Scope.PRODUCTS_READ,
    )


@type_of(rows.Kit)
class Kit(Node):
    """A set of devices that a company asks for together, such as a new starter's desk."""

    id: strawberry.ID = identity("Kit")
    name: str = column("Its name.")
    region: str | None = column("Where it is meant for, in the company's own words.")
    tags: list[str] = column("Words to find it by.")
    devices: list[KitDevice] = edge("What it consists of.", loader="devices_by_kit", many=True)
    company: Company = edge("The company it belongs to.", loader="company_by_tenant", key="tenant_id")
    created_at: DateTime = column("When it was made.")
    updated_at: DateTime = column("When it last changed.")


@strawberry.type(description="A page of kits.")
class KitConnection(Connection[Kit]):
    pass


class KitOrderField(StrEnum):
    NAME = "NAME"
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


describe(
    KitOrderField,
    "What kits can be ordered by.",
    NAME="Their names, in any case.",
    CREATED_AT="When they were made.",
    UPDATED_AT="When they last changed.",
)


@strawberry.input(description="How to order kits.")
class KitOrder:
    field: KitOrderField = strawberry.field(default=KitOrderField.CREATED_AT, description="By what.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.DESC, description="Which way.")


@strawberry.input(description=f"Which kits. {MUST_HOLD}")
class KitFilter:
    search: str | None = strawberry.field(default=None, description=f"In the name: {WORDS}")
    tag: str | None = strawberry.field(default=None, description="With this tag, in any case.")
    region: str | None = strawberry.field(default=None, description="For exactly this region.")

    def filters(self) -> KitFilters:
        return KitFilters(self.search, self.tag, self.region)


@strawberry.input(description="A device of a kit.")
class KitDeviceInput:
    device: DeviceInput = strawberry.field(description="The device. Not a kit again.")
    quantity: int = strawberry.field(default=1, description="How many of it one kit has, 1 to 1,000.")


def _devices(given: list[KitDeviceInput]) -> tuple[KitDeviceDraft, ...]:
    return tuple(KitDeviceDraft(it.device.draft(), it.quantity) for it in given)


@strawberry.input(description="A new kit.")
class CreateKitInput:
    name: str = strawberry.field(description="Its name, at most 200 characters.")
    devices: list[KitDeviceInput] = strawberry.field(description="What it consists of, 1 to 200.")
    region: str | None = strawberry.field(default=None, description="Where it is meant for.")
    tags: list[str] | None = strawberry.field(
        default=None, description="Words to find it by: at most 50, each of at most 50 characters."
    )
    company_id: strawberry.ID | None = company_id_field()

    def command(self) -> CreateKit:
        draft = KitDraft(self.name, _devices(self.devices), self.region, tuple(self.tags or ()))
        return CreateKit(draft, self.company_id)


@strawberry.input(description="What is to be otherwise in a kit. What is left out stays.")
class UpdateKitInput:
    kit_id: strawberry.ID = strawberry.field(description="The kit.")
    name: str | None = strawberry.field(default=strawberry.UNSET, description="Its name; cannot be cleared.")
    region: str | None = strawberry.field(
        default=strawberry.UNSET, description="Where it is meant for; null or empty takes it off."
    )
    tags: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Words to find it by, instead of those before; null takes them off."
    )
    devices: list[KitDeviceInput] | None = strawberry.field(
        default=None, description="What it consists of, instead of all before, 1 to 200; null leaves it as it is."
    )

    def command(self) -> UpdateKit:
        given = {"name": self.name, "region": self.region, "tags": self.tags}
        change = KitChange(
            {name: value for name, value in given.items() if value is not strawberry.UNSET},
            None if self.devices is None else _devices(self.devices),
        )
        return UpdateKit(self.kit_id, change)


@strawberry.input(description="Which kit to remove.")
class DeleteKitInput:
    kit_id: strawberry.ID = strawberry.field(description="The kit.")

    def command(self) -> DeleteKit:
        return DeleteKit(self.kit_id)


@payload()
class CreateKitPayload:
    """What came of making a kit."""

    kit: Kit | None = subject("The new kit; null when the action was refused.", "kit")


@payload()
class UpdateKitPayload:
    """What came of changing a kit."""

    kit: Kit | None = subject("The kit as it is now; null when the action was refused.", "kit")


@payload()
class DeleteKitPayload:
    """What came of removing a kit."""

    deleted_kit_id: strawberry.ID | None = deleted_id(
        "The id the kit had; null when the action was refused.", "Kit", "kit_id"
    )


@strawberry.type
class KitQueries:
    kit: Kit | None = one_root_by_id(
        "A kit by id; null when there is none.", Scope.KITS_READ, kits.kit, "The kit's id."
    )

    kits: KitConnection = list_root(
        "Kits, by default the newest first.",
        Scope.KITS_READ,
        kits.kits,
        KitFilter,
        "Which kits.",
        KitOrder,
    )


@strawberry.type
class KitMutations:
    create_kit: CreateKitPayload | None = mutation(
        "Make a kit, to be asked for as a whole. Its devices are kept as they are now.",
        Scope.KITS_WRITE,
        CreateKitInput,
        use_cases.create_kit,
    )
    update_kit: UpdateKitPayload | None = mutation(
        "Change a kit. What was quoted of it stays as it is.", Scope.KITS_WRITE, UpdateKitInput, use_cases.update_kit
    )
    delete_kit: DeleteKitPayload | None = mutation(
        "Remove a kit. What was quoted of it stays.", Scope.KITS_WRITE, DeleteKitInput, use_cases.delete_kit
    )
