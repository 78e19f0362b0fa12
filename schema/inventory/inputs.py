"""What one sends about assets and device actions, each input knowing the plain data it stands for."""

import strawberry

from domain.inventory.assets import AssetDraft, AssetNotes
from domain.inventory.device_action_drafts import (
    CommentDraft,
    DeviceActionDraft,
    DeviceUserDraft,
    ExternalDevice,
    OfficeDraft,
    OverrideDraft,
)
from domain.inventory.locations import LocationDraft
from domain.use_cases.inventory.assets import AddAssets, UpdateAsset
from domain.use_cases.inventory.device_actions import (
    AddComment,
    AdvanceDeviceAction,
    CancelDeviceAction,
    CompleteWipe,
    SetTracking,
)
from domain.use_cases.inventory.new_actions import CreateActions
from schema.catalogue.enums import ProductType
from schema.inventory.enums import (
    DeviceActionStatus,
    DeviceActionType,
    LocationType,
    OnFailure,
)
from schema.shared.inputs import action_wait_field, company_id_field, dry_run_field
from schema.shared.metadata import MetadataEntryInput, external_id_field, given_metadata, metadata_field
from schema.shared.money import MoneyInput, optional_money
from schema.shared.origins import ExternalBy, external_field
from schema.shared.scalars import URL, CountryCode, EmailAddress


@strawberry.input(one_of=True, description="Identifies the asset.")
class AssetBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Global ID.")
    serial_number: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Serial number, ignoring case. If several companies have an asset with it, a platform key gets an"
        " `AMBIGUOUS` error that lists their IDs.",
    )
    external: ExternalBy | None = external_field()
    external_id: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="External ID, which an integrator gave the asset here; for the ID in a connected system use "
        "`external`. If several assets have it, the `AMBIGUOUS` error lists their IDs.",
    )


@strawberry.input(description="Location of a device.")
class AssetLocationInput:
    type: LocationType = strawberry.field(description="Type of location.")
    name: str | None = strawberry.field(
        default=None, description="Name of the office, or name or e-mail address of the person. Optional for STORAGE."
    )

    def draft(self) -> LocationDraft:
        return LocationDraft(self.type, self.name)


@strawberry.input(description="A device to add.")
class AssetInput:
    serial_number: str = strawberry.field(
        description="Serial number. At most 100 characters; unique within the company."
    )
    device_type: ProductType = strawberry.field(description="Type of device.")
    country: CountryCode = strawberry.field(description="Country where the device is: ISO 3166-1 code or name.")
    description: str = strawberry.field(description="Description of the device, such as `MacBook Pro 14`.")
    employee: str | None = strawberry.field(
        default=None,
        description="Name or e-mail address of the person that the asset is assigned to. If omitted, `location` "
        "applies.",
    )
    condition: str | None = strawberry.field(
        default=None, description="Condition of the device, such as `New`, `Good` or `Fair`."
    )
    price: MoneyInput | None = strawberry.field(default=None, description="Purchase price.")
    location: AssetLocationInput | None = strawberry.field(
        default=None, description="Location of the device. Default: with the `employee`, or else in storage."
    )
    external_id: str | None = external_id_field()
    metadata: list[MetadataEntryInput] | None = metadata_field()

    def draft(self) -> AssetDraft:
        return AssetDraft(
            self.serial_number,
            self.device_type,
            self.country,
            self.description,
            self.employee,
            self.condition,
            optional_money(self.price),
            self.location.draft() if self.location else None,
            self.external_id,
            given_metadata(self.metadata),
        )


@strawberry.input(description="Input for `addAssets`.")
class AddAssetsInput:
    assets: list[AssetInput] = strawberry.field(description="Devices, 1 to 1,000.")
    company_id: strawberry.ID | None = company_id_field()
    on_failure: OnFailure = strawberry.field(
        default=OnFailure.REJECT_ALL, description="What happens to the other devices if some cannot be added."
    )
    dry_run: bool = dry_run_field()

    def command(self) -> AddAssets:
        drafts = [asset.draft() for asset in self.assets]
        return AddAssets(drafts, self.company_id, self.on_failure)


@strawberry.input(description="Input for `updateAsset`. Omitted fields stay unchanged.")
class UpdateAssetInput:
    asset_id: strawberry.ID = strawberry.field(description="The asset.")
    external_id: str | None = external_id_field(default=strawberry.UNSET)
    metadata: list[MetadataEntryInput] | None = metadata_field(strawberry.UNSET)
    dry_run: bool = dry_run_field()

    def command(self) -> UpdateAsset:
        named = None if self.external_id is strawberry.UNSET else self.external_id or ""
        noted = None if self.metadata is strawberry.UNSET else given_metadata(self.metadata)
        return UpdateAsset(self.asset_id, AssetNotes(named, noted))


_STAYS = "If omitted, it stays unchanged."
_ACTION = "Global ID of the device action."
_OVERRIDE = "Allow the action although the device is not at the location that it requires."
_REASON = "Reason for `override`. At most 5,000 characters; kept in the history."


@strawberry.input(description="A person who has or receives a device.")
class DeviceUserInput:
    name: str = strawberry.field(description="Name, at most 200 characters.")
    email: EmailAddress = strawberry.field(description="E-mail address that identifies the person.")
    country: CountryCode | None = strawberry.field(default=None, description="ISO 3166-1 code or name.")
    address: str | None = strawberry.field(default=None, description="Postal address on one line.")
    phone_number: str | None = strawberry.field(default=None, description="Telephone number.")

    def draft(self) -> DeviceUserDraft:
        return DeviceUserDraft(self.name, self.email, self.country, self.address, self.phone_number)


@strawberry.input(description="An office that receives a device.")
class DeviceOfficeInput:
    name: str = strawberry.field(description="Name. At most 200 characters.")
    country: CountryCode | None = strawberry.field(
        default=None, description="ISO 3166-1 country code or English country name."
    )
    address: str | None = strawberry.field(default=None, description="Postal address on one line.")
    phone_number: str | None = strawberry.field(default=None, description="Telephone number.")

    def draft(self) -> OfficeDraft:
        return OfficeDraft(self.name, self.country, self.address, self.phone_number)


@strawberry.input(
    description="A device action for a device of the inventory, which provides the details of the device."
)
class DeviceActionInput:
    type: DeviceActionType = strawberry.field(description="Type of the action.")
    serial_number: str = strawberry.field(description="Serial number of the device in the inventory, ignoring case.")
    current_user: DeviceUserInput = strawberry.field(
        description="The person who has the device. For a device in storage, the last person who had it; for a device"
        " at an office, the contact who hands it over."
    )
    new_recipient: DeviceUserInput | None = strawberry.field(
        default=None,
        description="Person who receives the device. Required for ASSIGN and REASSIGN unless `newOffice` is given; "
        "not allowed otherwise.",
    )
    new_office: DeviceOfficeInput | None = strawberry.field(
        default=None, description="Office that receives the device, instead of `newRecipient`."
    )
    is_wipe_required: bool = strawberry.field(
        default=False,
        description="Whether the device has to be wiped before the action can be completed. Only for STORE and "
        "RETRIEVAL.",
    )
    notes: str | None = strawberry.field(default=None, description="Notes. At most 5,000 characters.")
    notification_emails: list[EmailAddress] | None = strawberry.field(
        default=None, description="E-mail addresses that are notified of status changes. At most 200."
    )
    requested_by: EmailAddress | None = strawberry.field(default=None, description="Person who requests the action.")
    override: bool = strawberry.field(default=False, description=f"{_OVERRIDE} Requires scope `logistics:manage`.")
    override_reason: str | None = strawberry.field(default=None, description=_REASON)

    connection_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The connection whose system is to create the action: one to quipteams, for a device that does not "
        "come from it. Default: that of the device, if it comes from a connected system.",
    )

    def draft(self, device: ExternalDevice | None = None) -> DeviceActionDraft:
        return DeviceActionDraft(
            self.type,
            self.serial_number,
            self.current_user.draft(),
            self.new_recipient.draft() if self.new_recipient else None,
            self.is_wipe_required,
            self.notes,
            tuple(self.notification_emails or ()),
            self.requested_by,
            device,
            self.new_office.draft() if self.new_office else None,
            OverrideDraft(self.override, self.override_reason),
            self.connection_id,
        )


@strawberry.input(
    description="A device action for a device of the inventory, which provides the details of the device."
)
class CreateDeviceActionInput(DeviceActionInput):
    company_id: strawberry.ID | None = company_id_field()
    wait: bool = action_wait_field()
    dry_run: bool = dry_run_field()

    def command(self) -> CreateActions:
        return CreateActions([self.draft()], self.company_id, wait=self.wait)


@strawberry.input(description="Input for `createExternalDeviceAction`.")
class CreateExternalDeviceActionInput(DeviceActionInput):
    serial_number: str = strawberry.field(
        description="Serial number of the device, which is not in the inventory. Case is ignored."
    )
    model: str = strawberry.field(description="Description of the device, such as `MacBook Pro 14`.")
    device_type: str = strawberry.field(description="Type of device, such as `Laptop`. Case is ignored.")
    country: CountryCode = strawberry.field(description="Country where the device is: ISO 3166-1 code or name.")
    company_id: strawberry.ID | None = company_id_field()
    wait: bool = action_wait_field()
    dry_run: bool = dry_run_field()

    def command(self) -> CreateActions:
        draft = self.draft(ExternalDevice(self.model, self.device_type, self.country))
        return CreateActions([draft], self.company_id, wait=self.wait)


@strawberry.input(description="Input for `createDeviceActions`. All device actions are created or none.")
class CreateDeviceActionsInput:
    actions: list[DeviceActionInput] = strawberry.field(
        description="Device actions, 1 to 200, each for a different device."
    )
    batch_id: str | None = strawberry.field(
        default=None, description="ID that groups the device actions. At most 200 characters. Default: a generated ID."
    )
    company_id: strawberry.ID | None = company_id_field()
    wait: bool = action_wait_field()
    dry_run: bool = dry_run_field()

    def command(self) -> CreateActions:
        drafts = [action.draft() for action in self.actions]
        return CreateActions(drafts, self.company_id, True, self.batch_id, self.wait)


@strawberry.input(description="Input for `cancelDeviceAction`.")
class CancelDeviceActionInput:
    device_action_id: strawberry.ID = strawberry.field(description=_ACTION)
    dry_run: bool = dry_run_field()

    def command(self) -> CancelDeviceAction:
        return CancelDeviceAction(self.device_action_id)


@strawberry.input(description="Input for `advanceDeviceAction`.")
class AdvanceDeviceActionInput:
    device_action_id: strawberry.ID = strawberry.field(description=_ACTION)
    to: DeviceActionStatus | None = strawberry.field(
        default=None, description="IN_PROGRESS, IN_TRANSIT or COMPLETED. Default: the next of these statuses."
    )
    dry_run: bool = dry_run_field()
    override: bool = strawberry.field(default=False, description=_OVERRIDE)
    override_reason: str | None = strawberry.field(default=None, description=_REASON)

    def command(self) -> AdvanceDeviceAction:
        override = OverrideDraft(self.override, self.override_reason)
        return AdvanceDeviceAction(self.device_action_id, self.to, override)


@strawberry.input(description="Input for `setDeviceActionTracking`: a code, a link or both.")
class SetDeviceActionTrackingInput:
    device_action_id: strawberry.ID = strawberry.field(description=_ACTION)
    tracking_code: str | None = strawberry.field(default=None, description=f"Tracking code of the carrier. {_STAYS}")
    tracking_link: URL | None = strawberry.field(default=None, description=f"Where to follow it. {_STAYS}")
    dry_run: bool = dry_run_field()

    def command(self) -> SetTracking:
        return SetTracking(self.device_action_id, self.tracking_code, self.tracking_link)


@strawberry.input(description="Input for `completeWipe`.")
class CompleteWipeInput:
    device_action_id: strawberry.ID = strawberry.field(description=_ACTION)
    dry_run: bool = dry_run_field()

    def command(self) -> CompleteWipe:
        return CompleteWipe(self.device_action_id)


@strawberry.input(description="Input for `addDeviceActionComment`.")
class AddDeviceActionCommentInput:
    device_action_id: strawberry.ID = strawberry.field(description=_ACTION)
    message: str = strawberry.field(description="Text of the comment. At most 5,000 characters.")
    author_name: str | None = strawberry.field(
        default=None, description="Name of the author. Default: the name of the API key."
    )
    author_email: EmailAddress | None = strawberry.field(default=None, description="E-mail address of the author.")
    dry_run: bool = dry_run_field()

    def command(self) -> AddComment:
        return AddComment(self.device_action_id, CommentDraft(self.message, self.author_name, self.author_email))


@strawberry.input(one_of=True, description="Identifies the device action.")
class DeviceActionBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="Global ID.")
    action_id: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Human-readable number. If several companies have an object with it, a platform key gets an "
        "`AMBIGUOUS` error that lists their IDs.",
    )
    external: ExternalBy | None = external_field()
