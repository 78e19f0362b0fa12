"""What one sends to act on devices, each input knowing the command or the plain data it stands for."""

import strawberry

from domain.inventory.device_action_drafts import (
    CommentDraft,
    DeviceActionDraft,
    DeviceUserDraft,
    ExternalDevice,
    OfficeDraft,
    OverrideDraft,
)
from domain.inventory.device_actions import DeviceActionStatus as DeviceActionStatus
from domain.inventory.device_actions import DeviceActionType as DeviceActionType
from domain.use_cases.inventory.device_actions import (
    AddComment,
    AdvanceDeviceAction,
    CancelDeviceAction,
    CompleteWipe,
    CreateActions,
    SetTracking,
)
from schema.shared.enums import describe
from schema.shared.inputs import company_id_field, dry_run_field
from schema.shared.scalars import URL, EmailAddress

describe(
    DeviceActionType,
    "What is done with a device.",
    STORE="It goes from a person or an office into storage.",
    ASSIGN="It goes from storage to a person or an office.",
    REASSIGN="It goes from a person or an office to another.",
    RETRIEVAL="It is fetched from a person or an office, and is in storage then.",
    DISPOSE="It is disposed of, and retired then.",
)
describe(
    DeviceActionStatus,
    "How far an action has come.",
    PENDING="It waits for the vendor.",
    IN_PROGRESS="Someone is at it.",
    IN_TRANSIT="The device is on its way.",
    COMPLETED="It is done, and the asset where it was to go.",
    CANCELLED="It was called off.",
)

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
