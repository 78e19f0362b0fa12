"""Device actions from an input: values are checked, then an action is built (docs/domain.md#device-actions)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from domain.inventory.assets import Asset, parse_device_type, serial_key
from domain.inventory.device_actions import (
    TO_A_PERSON,
    WIPEABLE,
    Comment,
    Device,
    DeviceAction,
    DeviceActionStatus,
    DeviceActionType,
    Office,
    Person,
)
from domain.inventory.serial_numbers import new_serial, parse_serial
from domain.people.employees import person_key
from domain.shared.errors import ErrorCode, Path, Problems
from domain.shared.limits import MOST_ADDRESSES
from domain.shared.parsers import (
    NAME_LENGTH,
    NOTE_LENGTH,
    country,
    email,
    optional_email,
    optional_phone,
    optional_text,
    optional_url,
    text,
)

MOST_ACTIONS = 200
SOURCE = "api"


@dataclass(frozen=True, slots=True)
class DeviceUserDraft:
    """A person who has or gets a device, as entered."""

    name: str
    email: str
    country: str | None = None
    address: str | None = None
    phone_number: str | None = None


@dataclass(frozen=True, slots=True)
class OfficeDraft:
    """An office that gets a device, as entered."""

    name: str
    country: str | None = None
    address: str | None = None
    phone_number: str | None = None


@dataclass(frozen=True, slots=True)
class OverrideDraft:
    """An operator's override of the location rules, as entered."""

    override: bool = False
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ExternalDevice:
    """A device that is not in the inventory, as entered."""

    model: str
    type: str
    country: str


@dataclass(frozen=True, slots=True)
class DeviceActionDraft:
    """A device action as entered. `device` describes one that is not in the inventory; `connection_id` names the
    connected system that is to create the action, if that does not follow from the device."""

    type: DeviceActionType
    serial_number: str
    current_user: DeviceUserDraft
    new_recipient: DeviceUserDraft | None = None
    wipe: bool = False
    notes: str | None = None
    notification_emails: tuple[str, ...] = ()
    requested_by: str | None = None
    device: ExternalDevice | None = None
    new_office: OfficeDraft | None = None
    override: OverrideDraft = OverrideDraft()
    connection_id: str | None = None


@dataclass(frozen=True, slots=True)
class CommentDraft:
    """A comment as entered, and its author."""

    message: str
    user_name: str | None = None
    user_email: str | None = None


@dataclass(frozen=True, slots=True)
class ActionContext:
    """The context in which an action is created."""

    tenant_id: int
    batch_id: str | None
    at: datetime
    new_id: Callable[[], str]


def build_device_action(
    draft: DeviceActionDraft, asset: Asset | None, context: ActionContext, problems: Problems, path: Path
) -> DeviceAction:
    """The action of a draft, in progress; its number is assigned when it is stored.

    The device is the asset or, without one, as the draft describes it (docs/domain.md#device-actions). Problems are
    added under `path`; with problems, the action must not be used.
    """
    device = _device(draft, asset, problems, path)
    person = _person(draft.current_user, problems, (*path, "currentUser"))
    new, office = _new_recipient(draft, problems, path), _new_office(draft, problems, path)
    target = new or office
    notes = problems.check((*path, "notes"), optional_text, draft.notes, NOTE_LENGTH, lines=True)
    if draft.wipe and draft.type not in WIPEABLE:
        message = f"Only {_words(WIPEABLE)} can include a wipe."
        problems.add((*path, "isWipeRequired"), ErrorCode.NOT_ALLOWED, message)
    return DeviceAction(
        id=context.new_id(),
        tenant_id=context.tenant_id,
        action_id="",
        action_type=draft.type,
        status=DeviceActionStatus.IN_PROGRESS,
        external=asset is None,
        serial_number=device.serial_number,
        serial_key=serial_key(context.tenant_id, device.serial_number),
        model=device.model,
        device_type=device.type,
        country=device.country,
        current_name=person.name,
        current_email=person.email,
        current_country=person.country,
        current_address=person.address,
        current_phone=person.phone_number,
        current_key=person_key(context.tenant_id, person.email),
        new_name=target.name if target else None,
        new_email=new.email if new else None,
        new_country=target.country if target else None,
        new_address=target.address if target else None,
        new_phone=target.phone_number if target else None,
        new_key=person_key(context.tenant_id, new.email) if new else None,
        wipe=draft.wipe,
        wipe_completed=False,
        tracking_code=None,
        tracking_link=None,
        notes=notes,
        notification_emails=_addresses(draft.notification_emails, problems, path),
        batch_id=context.batch_id,
        requested_by=problems.check((*path, "requestedBy"), optional_email, draft.requested_by),
        created_at=context.at,
        updated_at=context.at,
    )


def action_number(year: int, number: int) -> str:
    """The number that people use for an action, such as `DA-2026-0015` (docs/domain.md#action-number)."""
    return f"DA-{year}-{number:04}"


def build_comment(draft: CommentDraft, caller_name: str, at: datetime, new_id: str) -> Comment:
    """A comment, by default in the caller's name; its action is set when it is stored.

    Raises: InvalidInput.
    """
    problems = Problems()
    user_name = problems.check(("authorName",), optional_text, draft.user_name, NAME_LENGTH)
    user_email = problems.check(("authorEmail",), optional_email, draft.user_email)
    message = problems.check(("message",), text, draft.message, NOTE_LENGTH, lines=True)
    problems.raise_if_any()
    return Comment(new_id, 0, "", user_name or caller_name, user_email, message or "", SOURCE, at)


def parse_tracking(code: str | None, link: str | None, problems: Problems) -> tuple[str | None, str | None]:
    """The tracking of a shipment: a code, a link, or both. Problems are added."""
    tracking = (
        problems.check(("trackingCode",), optional_text, code, NAME_LENGTH),
        problems.check(("trackingLink",), optional_url, link),
    )
    if not problems.found and tracking == (None, None):
        problems.add(("trackingCode",), ErrorCode.REQUIRED, "Send a tracking code or a tracking link.")
    return tracking


def _device(draft: DeviceActionDraft, asset: Asset | None, problems: Problems, path: Path) -> Device:
    if asset is not None:
        return Device(asset.serial_number, asset.description, asset.device_type, asset.country)
    # An existing serial number need not satisfy the rules for new ones.
    parse = parse_serial if draft.device is None else new_serial
    serial = problems.check((*path, "serialNumber"), parse, draft.serial_number) or ""
    if draft.device is None:
        return Device(serial, None, None, "")
    return Device(
        serial,
        problems.check((*path, "model"), text, draft.device.model),
        problems.check((*path, "deviceType"), parse_device_type, draft.device.type),
        problems.check((*path, "country"), country, draft.device.country) or "",
    )


def _new_recipient(draft: DeviceActionDraft, problems: Problems, path: Path) -> Person | None:
    place = (*path, "newRecipient")
    if draft.type in TO_A_PERSON and draft.new_recipient is None and draft.new_office is None:
        message = f"Send `newRecipient` or `newOffice`: {_words(TO_A_PERSON)} move the device to one of them."
        problems.add(place, ErrorCode.REQUIRED, message)
    if draft.new_recipient is None:
        return None
    if draft.type not in TO_A_PERSON:
        problems.add(place, ErrorCode.NOT_ALLOWED, f"Only {_words(TO_A_PERSON)} bring a device to a person.")
    return _person(draft.new_recipient, problems, place)


def _new_office(draft: DeviceActionDraft, problems: Problems, path: Path) -> Office | None:
    place, office = (*path, "newOffice"), draft.new_office
    if office is None:
        return None
    if draft.type not in TO_A_PERSON:
        problems.add(place, ErrorCode.NOT_ALLOWED, f"Only {_words(TO_A_PERSON)} bring a device to an office.")
    elif draft.new_recipient is not None:
        problems.add(place, ErrorCode.NOT_ALLOWED, "Send either `newRecipient` or `newOffice`.")
    where = office.country if office.country is not None and office.country.strip() else None
    return Office(
        problems.check((*place, "name"), text, office.name, NAME_LENGTH) or "",
        problems.check((*place, "country"), country, where) if where is not None else None,
        problems.check((*place, "address"), optional_text, office.address),
        problems.check((*place, "phoneNumber"), optional_text, office.phone_number, NAME_LENGTH),
    )


def parse_override(draft: OverrideDraft, allowed: bool, problems: Problems, path: Path) -> str | None:
    """The reason of an override, or None. Only operators can override, with a reason."""
    reason = problems.check((*path, "overrideReason"), optional_text, draft.reason, NOTE_LENGTH)
    if draft.override and not allowed:
        message = "Only operators can override the location of a device. This requires the scope `logistics:manage`."
        problems.add((*path, "override"), ErrorCode.NOT_ALLOWED, message)
    elif draft.override and not (draft.reason or "").strip():
        message = "Send the reason for overriding the location of the device."
        problems.add((*path, "overrideReason"), ErrorCode.REQUIRED, message)
    elif not draft.override and reason is not None:
        problems.add((*path, "overrideReason"), ErrorCode.NOT_ALLOWED, "Send `override: true` with a reason.")
    return reason if draft.override else None


def _person(draft: DeviceUserDraft, problems: Problems, path: Path) -> Person:
    where = draft.country if draft.country is not None and draft.country.strip() else None
    return Person(
        problems.check((*path, "name"), text, draft.name, NAME_LENGTH) or "",
        problems.check((*path, "email"), email, draft.email) or "",
        problems.check((*path, "country"), country, where) if where is not None else None,
        problems.check((*path, "address"), optional_text, draft.address),
        problems.check((*path, "phoneNumber"), optional_phone, draft.phone_number, NAME_LENGTH),
    )


def _addresses(given: tuple[str, ...], problems: Problems, path: Path) -> tuple[str, ...]:
    place = (*path, "notificationEmails")
    if len(given) > MOST_ADDRESSES:
        problems.add(place, ErrorCode.TOO_MANY, f"At most {MOST_ADDRESSES} addresses, not {len(given):,}.")
        return ()
    found = [problems.check((*place, str(index)), email, address) for index, address in enumerate(given)]
    return tuple(dict.fromkeys(address for address in found if address))


def _words(types: frozenset[DeviceActionType]) -> str:
    return " and ".join(sorted(types))
