"""Inputs of the mutations about assets and device actions, each with every field."""

from typing import Any

from tests.api.support.makers import a_price
from tests.api.support.running import company_id
from tests.api.support.world import fixed_id

# What an integrator notes on anything.
NOTED_ON_IT: dict[str, Any] = {"externalId": "erp-7", "metadata": [{"key": "cost_center", "value": "4711"}]}


def an_asset(serial: str = "C02XK1", **given: Any) -> dict[str, Any]:
    """A laptop in Uruguay, in storage."""
    made = {"serialNumber": serial, "deviceType": "LAPTOP", "country": "UY", "description": "MacBook Pro 14"}
    return {**made, **given}


def a_person(name: str = "Ana Rodríguez", **given: Any) -> dict[str, Any]:
    return {"name": name, "email": f"{name.split()[0].lower()}@people.example", **given}


def an_action(serial: str = "C02XK1", kind: str = "DISPOSE", **given: Any) -> dict[str, Any]:
    """A device to be disposed of, by default, which is possible of one in storage and of Ana's; whatever brings it to
    someone brings it to Bruno."""
    new = {"newRecipient": a_person("Bruno Silva")} if kind in ("ASSIGN", "REASSIGN") else {}
    return {"serialNumber": serial, "type": kind, "currentUser": a_person(), **new, **given}


def an_external_action(serial: str = "C02XK1", kind: str = "STORE", **given: Any) -> dict[str, Any]:
    return {**an_action(serial, kind), "model": "ThinkPad T14", "deviceType": "laptop", "country": "Brazil", **given}


WHOLE_PERSON = a_person(country="UY", address="10 Main Street", phoneNumber="+598 2 123")
WHOLE_ACTION = {
    "serialNumber": "C02XK1",
    "type": "ASSIGN",
    "currentUser": WHOLE_PERSON,
    "newRecipient": WHOLE_PERSON,
    "newOffice": {"name": "Office MVD", "country": "UY", "address": "10 Main Street", "phoneNumber": "+598 2 123"},
    "override": True,
    "overrideReason": "Counted on site",
    "isWipeRequired": False,
    "notes": "Mind the dog",
    "notificationEmails": ["boss@austral.example"],
    "requestedBy": "it@austral.example",
    "connectionId": fixed_id(0xFFF, 1),
}
IN_AUSTRAL = {"companyId": company_id("AUSTRAL"), "wait": False, "dryRun": False}
NO_ACTION = {"deviceActionId": fixed_id(0xFFF, 1)}

INVENTORY: dict[str, Any] = {
    "addAssets": {
        "companyId": company_id("AUSTRAL"),
        "assets": [
            an_asset(
                employee="Ana Rodríguez",
                condition="Good",
                price=a_price(),
                location={"type": "PERSON", "name": "Ana Rodríguez"},
                **NOTED_ON_IT,
            )
        ],
        "onFailure": "REJECT_ALL",
        "dryRun": False,
    },
    "updateAsset": {"assetId": "<asset id>", **NOTED_ON_IT},
    "createDeviceAction": {**WHOLE_ACTION, **IN_AUSTRAL},
    "createExternalDeviceAction": {
        **WHOLE_ACTION,
        **IN_AUSTRAL,
        "model": "ThinkPad T14",
        "deviceType": "Laptop",
        "country": "Brazil",
    },
    "createDeviceActions": {"actions": [WHOLE_ACTION], "batchId": "The move", **IN_AUSTRAL},
    "cancelDeviceAction": {**NO_ACTION, "dryRun": False},
    "advanceDeviceAction": {
        **NO_ACTION,
        "to": "COMPLETED",
        "dryRun": False,
        "override": True,
        "overrideReason": "Counted on site",
    },
    "setDeviceActionTracking": {**NO_ACTION, "trackingCode": "UY1", "trackingLink": "https://carrier.example/1"},
    "completeWipe": {**NO_ACTION, "dryRun": False},
    "addDeviceActionComment": {
        **NO_ACTION,
        "message": "Called twice",
        "authorName": "Ana",
        "authorEmail": "ana@people.example",
    },
}
