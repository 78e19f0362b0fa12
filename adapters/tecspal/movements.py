"""Movement requests at Tecspal, and the devices it knows (docs/domain.md#tecspal-movements)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from adapters.http import one_line
from adapters.tecspal.client import LONGEST_LIST, TecspalClient
from domain.inventory.movements import MovementKind, MovementRequest, ReportedMovement
from domain.shared.errors import Invalid
from domain.shared.outbound_errors import OutboundFailure
from domain.shared.parsers import fold, optional_url

LONGEST_WORD = 200


class TecspalMovements:
    """A `MovementVendor`. Every call raises Unavailable, Uncertain or Refused when it does not end well."""

    def __init__(self, client: TecspalClient) -> None:
        self._client = client

    async def hardware_id(self, company_code: str, serial_number: str) -> str | None:
        """What Tecspal calls the device with this serial number, in any case; None when it has none."""
        wanted = fold(serial_number)
        for device in await self._client.read("hardwares", {"companyCode": company_code}, LONGEST_LIST):
            serial, id_ = device.get("serialNumber"), device.get("id")
            if isinstance(serial, str) and isinstance(id_, str) and fold(serial) == wanted:
                return id_
        return None

    async def place_movement(self, request: MovementRequest) -> ReportedMovement:
        """Ask for one movement (docs/domain.md#tecspal-movements)."""
        path = f"movement_requests/{request.kind.lower()}"
        found = await self._client.write(path, movement_data(request))
        return reported_movement(self._client.only(found, "POST", path), self._client.lacking("POST", path))

    async def find_movements(self, company_code: str, kind: MovementKind, email: str) -> list[ReportedMovement]:
        """Every movement of a kind that may be this person's, oldest first; others need not be readable."""
        filters = {"companyCode": company_code, "type": str(kind)}
        lacking = self._client.lacking("GET", "movement_requests")
        found = await self._client.read("movement_requests", filters, LONGEST_LIST)
        return [reported_movement(it, lacking) for it in found if _person(it) in (None, fold(email))]

    async def movement(self, company_code: str, vendor_id: str) -> ReportedMovement:
        """How a movement stands now."""
        path = f"movement_requests/{quote(vendor_id, safe='')}"
        found = await self._client.read(path, {"companyCode": company_code})
        return reported_movement(self._client.only(found, "GET", path), self._client.lacking("GET", path))


def movement_data(request: MovementRequest) -> dict[str, Any]:
    """The request in the vendor's words (docs/domain.md#tecspal-movements)."""
    person = {"companyCode": request.company_code, "employeeEmail": request.employee_email}
    if request.kind == MovementKind.ONBOARDING:
        return {**person, "countryCode": request.country_code, "hardwareIds": [request.hardware_id]}
    # Without ids, all devices of the person would be taken.
    devices = {"hardwareIds": [request.hardware_id]}
    return {**person, "handledBy": "TECSPAL", "hardwares": devices, "factoryReset": request.factory_reset}


def reported_movement(told: dict[str, Any], lacking: Callable[[str], OutboundFailure]) -> ReportedMovement:
    """A movement as the vendor tells of it. Raises: `lacking`'s."""
    id_, status = told.get("id"), told.get("status")
    if not isinstance(id_, str) or not id_:
        raise lacking("id")
    number = told.get("movementRequestNumber")
    return ReportedMovement(
        vendor_id=one_line(id_)[:LONGEST_WORD],
        number=None if number is None else one_line(str(number))[:LONGEST_WORD],
        status=one_line(str(status or ""))[:LONGEST_WORD],
        created_at=_moment(told.get("createdAt")),
        employee_email=_address(told),
        tracking_link=_link(told.get("trackingLink")),
        completed=told.get("dateCompleted") is not None,
        untold=_untold(told),
    )


def _untold(told: dict[str, Any]) -> frozenset[str]:
    """What an answer leaves out, or tells so that nobody can read it."""
    link = told.get("trackingLink", "?")
    left_out = {"tracking_link"} if _link(link) is None and link not in (None, "") else set()
    return frozenset(left_out | (set() if "movementRequestNumber" in told else {"number"}))


def _address(told: dict[str, Any]) -> str | None:
    """The address of the person a device goes to or comes from."""
    person = told.get("toEmployee") or told.get("fromEmployee")
    return str(person.get("email") or "") if isinstance(person, dict) else None


def _person(told: dict[str, Any]) -> str | None:
    """Whose movement it is, if that is told."""
    return fold(_address(told) or "") or None


def _moment(told: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def _link(told: Any) -> str | None:
    try:
        return optional_url(told) if isinstance(told, str) else None
    except Invalid:
        return None
