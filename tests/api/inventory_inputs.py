"""Inputs of the mutations about assets and device actions, each with every field."""

from typing import Any

from tests.api.makers import a_price
from tests.api.running import company_id


def an_asset(serial: str = "C02XK1", **given: Any) -> dict[str, Any]:
    """A laptop in Uruguay, in storage."""
    made = {"serialNumber": serial, "deviceType": "LAPTOP", "country": "UY", "description": "MacBook Pro 14"}
    return {**made, **given}


INVENTORY: dict[str, Any] = {
    "addAssets": {
        "companyId": company_id("AUSTRAL"),
        "assets": [an_asset(employee="Ana Rodríguez", condition="Good", cost=a_price())],
        "onFailure": "REJECT_ALL",
        "dryRun": False,
    },
}
