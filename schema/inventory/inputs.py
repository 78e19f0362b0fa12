"""What one sends about assets and device actions, each input knowing the plain data it stands for."""

from typing import Any

import strawberry

from domain.inventory.assets import AssetDraft
from domain.inventory.device_action_drafts import (
    CommentDraft,
    DeviceActionDraft,
    DeviceUserDraft,
    ExternalDevice,
    OfficeDraft,
    OverrideDraft,
)
from domain.inventory.locations import LocationDraft
from domain.use_cases.inventory.assets import AddAssets
from domain.use_cases.inventory.device_actions import (
    AddComment,
    AdvanceDeviceAction,
    CancelDeviceAction,
    CompleteWipe,
    CreateActions,
    SetTracking,
)
from resolvers.inventory.assets import AssetFilters
from resolvers.inventory.device_actions import DeviceActionFilters
from schema.catalogue.enums import ProductType
from schema.inventory.enums import (
    AssetOrderField,
    AssetStatusFilter,
    DeviceActionOrderField,
    DeviceActionStatus,
    DeviceActionType,
    LocationKind,
    OnFailure,
)
from schema.shared.enums import OrderDirection
from schema.shared.filters import MUST_HOLD, WHICH_COUNTRY, WORDS, DateTimeRange
from schema.shared.inputs import company_id_field, dry_run_field
from schema.shared.money import MoneyInput, optional_money
from schema.shared.ordering import order_input
from schema.shared.scalars import URL, EmailAddress

AssetOrder = order_input("AssetOrder", "How to order assets.", AssetOrderField.CREATED_AT, OrderDirection.DESC)


@strawberry.input(description=f"At which places. {MUST_HOLD}")
class AssetLocationFilter:
    kind: list[LocationKind] | None = strawberry.field(default=None, description="At one of these sorts of places.")
    name: str | None = strawberry.field(
        default=None, description="At exactly this office or storage, or with exactly this person, in any case."
    )


@strawberry.input(description=f"Which assets. {MUST_HOLD}")
class AssetFilter:
    status: AssetStatusFilter = strawberry.field(
        default=AssetStatusFilter.ALL, description="By where they are. By default all, unlike the REST list."
    )
    serial_number: str | None = strawberry.field(
        default=None, description="With exactly this serial number, in any case."
    )
    country: str | None = strawberry.field(default=None, description=f"In this country. {WHICH_COUNTRY}")
    device_type: ProductType | None = strawberry.field(default=None, description="Of this kind.")
    search: str | None = strawberry.field(
        default=None, description=f"In serial number, description, employee or place: {WORDS}"
    )
    location: AssetLocationFilter | None = strawberry.field(default=None, description="By where they are.")

    def filters(self) -> AssetFilters:
        status, place = None if self.status is AssetStatusFilter.ALL else str(self.status), self.location
        kinds, name = (place.kind, place.name) if place else (None, None)
        return AssetFilters(status, self.serial_number, self.country, self.device_type, self.search, kinds, name)


@strawberry.input(one_of=True, description="How to name an asset.")
class AssetBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="By id.")
    serial_number: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="By serial number, in any case. If several companies have one, a platform key is told their ids.",
    )


@strawberry.input(description="Where a device is.")
class AssetLocationInput:
    kind: LocationKind = strawberry.field(description="What sort of place it is.")
    name: str | None = strawberry.field(
        default=None, description="The office, or the person by name or address; may be left out for STORAGE."
    )

    def draft(self) -> LocationDraft:
        return LocationDraft(self.kind, self.name)


@strawberry.input(description="A device to add.")
class AssetInput:
    serial_number: str = strawberry.field(description="The serial number, at most 100 characters; unique.")
    device_type: ProductType = strawberry.field(description="What kind of device it is.")
    country: str = strawberry.field(description="Where it is: ISO 3166-1 code or name.")
    description: str = strawberry.field(description="The device, as in `MacBook Pro 14`.")
    employee: str | None = strawberry.field(
        default=None, description="Who has it, by name or address. Without, it is where `location` says."
    )
    condition: str | None = strawberry.field(default=None, description="How good it is, as in `New`, `Good`, `Fair`.")
    cost: MoneyInput | None = strawberry.field(default=None, description="What it cost.")
    location: AssetLocationInput | None = strawberry.field(
        default=None, description="Where it is. By default with the `employee`, or else in storage."
    )

    def draft(self) -> AssetDraft:
        return AssetDraft(
            self.serial_number,
            self.device_type,
            self.country,
            self.description,
            self.employee,
            self.condition,
            optional_money(self.cost),
            self.location.draft() if self.location else None,
        )


@strawberry.input(description="Devices to add.")
class AddAssetsInput:
    assets: list[AssetInput] = strawberry.field(description="The devices, 1 to 1,000.")
    company_id: strawberry.ID | None = company_id_field()
    on_failure: OnFailure = strawberry.field(
        default=OnFailure.REJECT_ALL, description="What becomes of the others when some cannot be added."
    )
    dry_run: bool = strawberry.field(default=False, description="Only say what would be refused.")

    def command(self) -> AddAssets:
        drafts = [asset.draft() for asset in self.assets]
        return AddAssets(drafts, self.company_id, self.on_failure, dry_run=self.dry_run)


_STAYS = "What is left out stays as it was."
_ACTION = "The action."
_OVERRIDE = "Move the device although it is not where such an action takes it from."
_REASON = "Why, for `override`; at most 5,000 characters. The history keeps it."


@strawberry.input(description="Someone who has a device or gets it.")
class DeviceUserInput:
    name: str = strawberry.field(description="Name, at most 200 characters.")
    email: EmailAddress = strawberry.field(description="The address by which the person is known.")
    country: str | None = strawberry.field(default=None, description="ISO 3166-1 code or name.")
    address: str | None = strawberry.field(default=None, description="Where the device is or goes to, on one line.")
    phone: str | None = strawberry.field(default=None, description="Telephone number.")

    def draft(self) -> DeviceUserDraft:
        return DeviceUserDraft(self.name, self.email, self.country, self.address, self.phone)


@strawberry.input(description="An office that gets a device.")
class DeviceOfficeInput:
    name: str = strawberry.field(description="What it is called, at most 200 characters.")
    country: str | None = strawberry.field(default=None, description="ISO 3166-1 code or English name.")
    address: str | None = strawberry.field(default=None, description="Where it is, on one line.")
    phone: str | None = strawberry.field(default=None, description="Telephone number.")

    def draft(self) -> OfficeDraft:
        return OfficeDraft(self.name, self.country, self.address, self.phone)


@strawberry.input(description="An action with a device of the inventory, which knows the device's details.")
class DeviceActionInput:
    action_type: DeviceActionType = strawberry.field(description="What is to be done.")
    serial_number: str = strawberry.field(description="The device, in the inventory; in any case.")
    current_user: DeviceUserInput = strawberry.field(
        description="Who has the device; of one in storage who had it last, at an office who hands it over."
    )
    new_recipient: DeviceUserInput | None = strawberry.field(
        default=None, description="Who gets it: for ASSIGN and REASSIGN, and only for them."
    )
    new_office: DeviceOfficeInput | None = strawberry.field(
        default=None, description="The office that gets it, in place of `newRecipient`."
    )
    wipe: bool = strawberry.field(
        default=False, description="Whether it has to be wiped before the action is complete: for STORE and RETRIEVAL."
    )
    notes: str | None = strawberry.field(default=None, description="What else matters, at most 5,000 characters.")
    notification_emails: list[EmailAddress] | None = strawberry.field(
        default=None, description="Who else wants to know. At most 200."
    )
    requested_by: EmailAddress | None = strawberry.field(default=None, description="Who asks for it.")
    override: bool = strawberry.field(default=False, description=f"{_OVERRIDE} Scope: `logistics:manage`.")
    override_reason: str | None = strawberry.field(default=None, description=_REASON)

    def draft(self, device: ExternalDevice | None = None) -> DeviceActionDraft:
        return DeviceActionDraft(
            self.action_type,
            self.serial_number,
            self.current_user.draft(),
            self.new_recipient.draft() if self.new_recipient else None,
            self.wipe,
            self.notes,
            tuple(self.notification_emails or ()),
            self.requested_by,
            device,
            self.new_office.draft() if self.new_office else None,
            OverrideDraft(self.override, self.override_reason),
        )


@strawberry.input(description="An action with a device of the inventory, which knows the device's details.")
class CreateDeviceActionInput(DeviceActionInput):
    company_id: strawberry.ID | None = company_id_field()
    dry_run: bool = strawberry.field(default=False, description="Only say what would be refused.")

    def command(self) -> CreateActions:
        return CreateActions([self.draft()], self.company_id, dry_run=self.dry_run)


@strawberry.input(description="An action with a device that is not in the inventory.")
class CreateExternalDeviceActionInput(DeviceActionInput):
    serial_number: str = strawberry.field(description="The device, which is not in the inventory; in any case.")
    model: str = strawberry.field(description="The device, as in `MacBook Pro 14`.")
    type: str = strawberry.field(description="What kind of device it is, as in `Laptop`; in any case.")
    country: str = strawberry.field(description="Where it is: ISO 3166-1 code or name.")
    company_id: strawberry.ID | None = company_id_field()
    dry_run: bool = strawberry.field(default=False, description="Only say what would be refused.")

    def command(self) -> CreateActions:
        draft = self.draft(ExternalDevice(self.model, self.type, self.country))
        return CreateActions([draft], self.company_id, dry_run=self.dry_run)


@strawberry.input(description="Actions with devices of the inventory, all made or none.")
class CreateDeviceActionsInput:
    actions: list[DeviceActionInput] = strawberry.field(description="The actions, 1 to 200, each with another device.")
    batch_id: str | None = strawberry.field(
        default=None, description="What groups them, at most 200 characters; by default made up."
    )
    company_id: strawberry.ID | None = company_id_field()
    dry_run: bool = strawberry.field(default=False, description="Only say what would be refused.")

    def command(self) -> CreateActions:
        drafts = [action.draft() for action in self.actions]
        return CreateActions(drafts, self.company_id, True, self.batch_id, dry_run=self.dry_run)


@strawberry.input(description="Which action to call off.")
class CancelDeviceActionInput:
    device_action_id: strawberry.ID = strawberry.field(description=_ACTION)
    dry_run: bool = dry_run_field()

    def command(self) -> CancelDeviceAction:
        return CancelDeviceAction(self.device_action_id, dry_run=self.dry_run)


@strawberry.input(description="Which action to bring further.")
class AdvanceDeviceActionInput:
    device_action_id: strawberry.ID = strawberry.field(description=_ACTION)
    to: DeviceActionStatus | None = strawberry.field(
        default=None, description="IN_PROGRESS, IN_TRANSIT or COMPLETED; by default the next of them."
    )
    dry_run: bool = dry_run_field()
    override: bool = strawberry.field(default=False, description=_OVERRIDE)
    override_reason: str | None = strawberry.field(default=None, description=_REASON)

    def command(self) -> AdvanceDeviceAction:
        override = OverrideDraft(self.override, self.override_reason)
        return AdvanceDeviceAction(self.device_action_id, self.to, override, dry_run=self.dry_run)


@strawberry.input(description="How a parcel is followed: a code, a link, or both.")
class SetDeviceActionTrackingInput:
    device_action_id: strawberry.ID = strawberry.field(description=_ACTION)
    tracking_code: str | None = strawberry.field(default=None, description=f"The carrier's code. {_STAYS}")
    tracking_link: URL | None = strawberry.field(default=None, description=f"Where to follow it. {_STAYS}")

    def command(self) -> SetTracking:
        return SetTracking(self.device_action_id, self.tracking_code, self.tracking_link)


@strawberry.input(description="Which action's device was wiped.")
class CompleteWipeInput:
    device_action_id: strawberry.ID = strawberry.field(description=_ACTION)
    dry_run: bool = dry_run_field()

    def command(self) -> CompleteWipe:
        return CompleteWipe(self.device_action_id, dry_run=self.dry_run)


@strawberry.input(description="What to say about an action.")
class AddDeviceActionCommentInput:
    device_action_id: strawberry.ID = strawberry.field(description=_ACTION)
    message: str = strawberry.field(description="What to say, at most 5,000 characters.")
    user_name: str | None = strawberry.field(default=None, description="Who says it; by default the key's name.")
    user_email: EmailAddress | None = strawberry.field(default=None, description="The address of who says it.")

    def command(self) -> AddComment:
        return AddComment(self.device_action_id, CommentDraft(self.message, self.user_name, self.user_email))


DeviceActionOrder = order_input(
    "DeviceActionOrder", "How to order device actions.", DeviceActionOrderField.CREATED_AT, OrderDirection.DESC
)


@strawberry.input(description=f"Which device actions. {MUST_HOLD}")
class DeviceActionFilter:
    status: list[DeviceActionStatus] | None = strawberry.field(default=None, description="With one of these statuses.")
    action_type: list[DeviceActionType] | None = strawberry.field(default=None, description="Of one of these types.")
    serial_number: str | None = strawberry.field(
        default=None, description="With this in the device's serial number, in any case."
    )
    batch_id: str | None = strawberry.field(default=None, description="Of exactly this batch.")
    created_at: DateTimeRange | None = strawberry.field(default=None, description="Asked for in this span of time.")

    def filters(self) -> DeviceActionFilters:
        created: Any = self.created_at or DateTimeRange()
        return DeviceActionFilters(
            self.status, self.action_type, self.serial_number, self.batch_id, created.after, created.before
        )


@strawberry.input(one_of=True, description="How to name a device action.")
class DeviceActionBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="By id.")
    action_id: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="By its number. If several companies have one, a platform key is told their ids.",
    )
