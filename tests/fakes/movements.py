"""A fake of the vendor that transports devices."""

from dataclasses import dataclass, field
from datetime import datetime

from domain.inventory.movements import MovementRequest, MovementType, ReportedMovement
from tests.builders import NOW


@dataclass
class FakeMovements:
    """A fake `MovementVendor`. Each request raises one of `answers`; when none are left, requests succeed."""

    hardware: dict[str, str] = field(default_factory=dict)
    answers: list[BaseException] = field(default_factory=list)
    carries_out: bool = True
    posts: list[MovementRequest] = field(default_factory=list)
    made: dict[str, ReportedMovement] = field(default_factory=dict)
    now: datetime = NOW

    async def hardware_id(self, company_code: str, serial_number: str) -> str | None:
        return self.hardware.get(serial_number)

    async def place_movement(self, request: MovementRequest) -> ReportedMovement:
        self.posts.append(request)
        failure = self.answers.pop(0) if self.answers else None
        if failure is None or self.carries_out:
            id_ = f"M-{len(self.posts)}"
            self.made[id_] = ReportedMovement(id_, f"N-{id_}", "PROCESSING", self.now, request.employee_email)
        if failure is not None:
            raise failure
        return self.made[f"M-{len(self.posts)}"]

    async def find_movements(self, company_code: str, kind: MovementType, email: str) -> list[ReportedMovement]:
        return list(self.made.values())

    async def movement(self, company_code: str, vendor_id: str) -> ReportedMovement:
        return self.made[vendor_id]
