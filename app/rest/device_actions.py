"""Device actions: the list, one, and a new one, for a device of the inventory or another."""

import re
from typing import Any

from app.rest.assets import asset
from app.rest.endpoints import Endpoint, One, Page, Sent, Variables, Write, order_of, times_of
from app.rest.errors import Names
from app.rest.fields import Fields, given
from app.rest.words import Data, country, moment, optional_country, optional_title, timestamps, title, uuid_of
from domain.inventory.device_actions import DeviceActionStatus, DeviceActionType

_ID = re.compile(r"(?:DeviceAction_)?[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WORDS = {"type": "action_type", "deviceType": "type", "phoneNumber": "phone", "isWipeRequired": "wipe"}
NAMES = Names(_WORDS)


def device_action(it: Data) -> dict[str, Any]:
    to = it["newRecipient"] or it["newOffice"]
    of_asset = {} if "asset" not in it else {"asset": None if it["asset"] is None else asset(it["asset"])}
    return {
        "id": uuid_of(it["id"]),
        "action_id": it["actionId"],
        "action_type": title(it["type"]),
        "status": title(it["status"]),
        "company": it["company"]["name"],
        "device": {
            "serial_number": it["device"]["serialNumber"],
            "model": it["device"]["model"],
            "type": optional_title(it["device"]["type"]),
            "country": country(it["device"]["country"]),
        },
        "current_user": _person(it["currentUser"]),
        "new_recipient": None if to is None else _person(to),
        "wipe": it["isWipeRequired"],
        "wipe_completed": it["isWipeCompleted"],
        "tracking_code": it["trackingCode"],
        "tracking_link": it["trackingLink"],
        "created_at": moment(it["createdAt"]),
        "updated_at": moment(it["updatedAt"]),
        **of_asset,
    }


def details(it: Data) -> dict[str, Any]:
    return {
        **device_action(it),
        "notes": it["notes"],
        "status_timestamps": timestamps(it["statusTimestamps"], tuple(DeviceActionStatus)),
        "notification_emails": it["notificationEmails"],
        "batch_id": it["batchId"],
        "requested_by": it["requestedBy"],
        "user_email": it["currentUser"]["email"],
        "comments": [_comment(comment) for comment in it["comments"]["nodes"]],
    }


def _person(it: Data) -> dict[str, Any]:
    """A person, or an office, which has no e-mail address."""
    return {
        "name": it["name"],
        "email": it.get("email"),
        "country": optional_country(it["country"]),
        "address": it["address"],
        "phone": it["phoneNumber"],
    }


def _comment(it: Data) -> dict[str, Any]:
    return {
        "id": uuid_of(it["id"]),
        "user_email": it["authorEmail"],
        "user_name": it["authorName"],
        "message": it["message"],
        "source": it["source"],
        "created_at": moment(it["createdAt"]),
    }


def _listed(sent: Sent) -> Variables:
    parameters = sent.parameters
    status = parameters.word("status", tuple(DeviceActionStatus))
    type_ = parameters.word("action_type", tuple(DeviceActionType))
    parameters.flag("include_asset")
    narrowed = given(
        status=None if status is None else [status],
        type=None if type_ is None else [type_],
        serialNumber=parameters.text("serial_number"),
        createdAt=times_of(parameters),
    )
    return given(filter=narrowed, orderBy=order_of(parameters, "created_at", "updated_at"))


def _by(sent: Sent) -> Variables:
    named = sent.path["id"]
    sent.parameters.flag("include_asset")
    return {"by": {"id": named} if _ID.fullmatch(named) else {"actionId": named}}


def _created(sent: Sent) -> Variables:
    return {"input": _new(sent.body)}


def _created_external(sent: Sent) -> Variables:
    body = sent.body
    # Both have a second name.
    model = body.text("model") or body.text("description") or body.text("model", required=True)
    type_ = body.text("type") or body.text("device_type") or body.text("type", required=True)
    described = {"model": model, "deviceType": type_, "country": body.text("country", required=True)}
    return {"input": {**_new(body), **described}}


def _new(body: Fields) -> dict[str, Any]:
    current, new = body.inner("current_user", required=True), body.inner("new_recipient")
    return given(
        type=body.word("action_type", tuple(DeviceActionType), required=True),
        serialNumber=body.text("serial_number", required=True),
        currentUser=None if current is None else _new_person(current),
        newRecipient=None if new is None else _new_person(new),
        isWipeRequired=body.flag("wipe"),
        notes=body.text("notes"),
        notificationEmails=body.texts("notification_emails"),
        requestedBy=body.text("requested_by"),
    )


def _new_person(it: Fields) -> dict[str, Any]:
    who = {name: it.text(name, required=True) for name in ("name", "email")}
    return {**who, **given(country=it.text("country"), address=it.text("address"), phoneNumber=it.text("phone"))}


ENDPOINTS: tuple[Endpoint, ...] = (
    Page(
        method="GET",
        path="device-actions",
        document="list_device_actions",
        root="deviceActions",
        variables=_listed,
        names=NAMES,
        choose=lambda it: "ListDeviceActionsWithAssets" if it.parameters.flag("include_asset") else "ListDeviceActions",
        row=device_action,
    ),
    One(
        method="GET",
        path="device-actions/{id}",
        document="get_device_action",
        root="deviceAction",
        variables=_by,
        choose=lambda it: "GetDeviceActionWithAsset" if it.parameters.flag("include_asset") else "GetDeviceAction",
        row=details,
    ),
    Write(
        method="POST",
        path="device-actions",
        document="create_device_action",
        root="createDeviceAction",
        variables=_created,
        names=Names(_WORDS, addressed=frozenset({"serial_number"})),
        status=201,
        written=lambda payload, *_: details(payload["deviceAction"]),
    ),
    Write(
        method="POST",
        path="device-actions/external",
        document="create_external_device_action",
        root="createExternalDeviceAction",
        variables=_created_external,
        names=NAMES,
        status=201,
        written=lambda payload, *_: details(payload["deviceAction"]),
    ),
)
