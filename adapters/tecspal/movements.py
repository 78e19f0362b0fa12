"""The client of Tecspal's API for movement requests and devices (docs/domain.md#tecspal-movements)."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from adapters.http import one_line
from adapters.tecspal.client import MAX_LIST_BYTES, TecspalClient
from domain.inventory.movements import MovementRequest, MovementType, ReportedMovement
from domain.shared.errors import Invalid
from domain.shared.outbound_errors import OutboundFailure
from domain.shared.parsers import fold, optional_url

MAX_TEXT_LENGTH = 200


class TecspalMovements:
    """Implements the `MovementVendor` port. Every method raises Unavailable, Uncertain or Refused if the call fails."""

    def __init__(self, client: TecspalClient) -> None:
        self._client = client

    async def hardware_id(self, company_code: str, serial_number: str) -> str | None:
        """Returns Tecspal's id of the device with this serial number, compared without regard to case, or None."""
        wanted = fold(serial_number)
        for device in await self._client.read("hardwares", {"companyCode": company_code}, MAX_LIST_BYTES):
            serial, id_ = device.get("serialNumber"), device.get("id")
            if isinstance(serial, str) and isinstance(id_, str) and fold(serial) == wanted:
                return id_
        return None

    async def place_movement(self, request: MovementRequest) -> ReportedMovement:
        """Requests one movement (docs/domain.md#tecspal-movements)."""
        path = f"movement_requests/{request.kind.lower()}"
        found = await self._client.write(path, movement_data(request))
        return reported_movement(self._client.only(found, "POST", path), self._client.missing_error("POST", path))

    async def find_movements(self, company_code: str, kind: MovementType, email: str) -> list[ReportedMovement]:
        """Returns all movements of a kind that may be this person's, oldest first. Those of others are not parsed."""
        filters = {"companyCode": company_code, "type": str(kind)}
        missing = self._client.missing_error("GET", "movement_requests")
        found = await self._client.read("movement_requests", filters, MAX_LIST_BYTES)
        return [reported_movement(it, missing) for it in found if _person(it) in (None, fold(email))]

    async def movement(self, company_code: str, vendor_id: str) -> ReportedMovement:
        """Returns the current state of a movement."""
        path = f"movement_requests/{quote(vendor_id, safe='')}"
        found = await self._client.read(path, {"companyCode": company_code})
        return reported_movement(self._client.only(found, "GET", path), self._client.missing_error("GET", path))


def movement_data(request: MovementRequest) -> dict[str, Any]:
    """Returns the request body of a movement (docs/domain.md#tecspal-movements)."""
    person = {"companyCode": request.company_code, "employeeEmail": request.employee_email}
    if request.kind == MovementType.ONBOARDING:
        return {**person, "countryCode": request.country_code, "hardwareIds": [request.hardware_id]}
    # Without ids, the vendor would collect all devices of the person.
    devices = {"hardwareIds": [request.hardware_id]}
    return {**person, "handledBy": "TECSPAL", "hardwares": devices, "factoryReset": request.factory_reset}


def reported_movement(movement: dict[str, Any], missing: Callable[[str], OutboundFailure]) -> ReportedMovement:
    """Parses a movement. Raises: the error that `missing` returns."""
    id_, status = movement.get("id"), movement.get("status")
    if not isinstance(id_, str) or not id_:
        raise missing("id")
    number = movement.get("movementRequestNumber")
    return ReportedMovement(
        vendor_id=one_line(id_)[:MAX_TEXT_LENGTH],
        number=None if number is None else one_line(str(number))[:MAX_TEXT_LENGTH],
        status=one_line(str(status or ""))[:MAX_TEXT_LENGTH],
        created_at=_time(movement.get("createdAt")),
        employee_email=_address(movement),
        tracking_link=_link(movement.get("trackingLink")),
        completed=movement.get("dateCompleted") is not None,
        missing=_unread_fields(movement),
    )


def _unread_fields(movement: dict[str, Any]) -> frozenset[str]:
    """Returns the fields that an answer leaves out, or whose values cannot be parsed."""
    link = movement.get("trackingLink", "?")
    fields = {"tracking_link"} if _link(link) is None and link not in (None, "") else set()
    return frozenset(fields | (set() if "movementRequestNumber" in movement else {"number"}))


def _address(movement: dict[str, Any]) -> str | None:
    """Returns the e-mail address of the person a device goes to or comes from, or None."""
    person = movement.get("toEmployee") or movement.get("fromEmployee")
    return str(person.get("email") or "") if isinstance(person, dict) else None


def _person(movement: dict[str, Any]) -> str | None:
    """Returns the person of a movement in the form in which addresses are compared, or None."""
    return fold(_address(movement) or "") or None


def _time(value: Any) -> datetime | None:
    try:
        time = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return time.replace(tzinfo=UTC) if time is not None and time.tzinfo is None else time


def _link(value: Any) -> str | None:
    try:
        return optional_url(value) if isinstance(value, str) else None
    except Invalid:
        return None
