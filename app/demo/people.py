"""The changes in the demo's HR system: one person joins, one changes department, one leaves."""

from datetime import UTC, datetime
from pathlib import Path

from app.demo.seed.seeder import PEOPLE, address
from app.emulators.store import Store

# Indexes in the list of people; the others are unchanged.
_MOVES, _LEAVES = 1, 11


def stock_people(directory: Path, code: str) -> None:
    """Writes the changes of a demo company's people to the emulated BambooHR, once."""
    store = Store(directory / "bamboohr.sqlite3")
    try:
        if store.count("person"):
            return
        at = datetime.now(UTC).isoformat()
        joiner = {"displayName": "Uma Patel", "country": "IN", "department": "Engineering", "hireDate": at[:10]}
        changes = {
            f"{code}-0100": {**joiner, "workEmail": address("Uma Patel", code), "status": "Active"},
            f"{code}-{_MOVES:04}": {**_known(_MOVES, code), "department": "Platform"},
            f"{code}-{_LEAVES:04}": {**_known(_LEAVES, code), "status": "Inactive", "terminationDate": at[:10]},
        }
        for number, (key, person) in enumerate(changes.items(), start=1):
            store.put("person", key, {**person, "id": key, "action": "Updated", "lastChanged": at, "number": number})
    finally:
        store.close()


def _known(place: int, code: str) -> dict[str, str]:
    name, country, department = PEOPLE[place]
    person = {"displayName": name, "workEmail": address(name, code), "status": "Active"}
    return {**person, "country": country, "department": department}
