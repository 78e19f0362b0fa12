"""The numbers of new device actions (docs/domain.md#action-number)."""

from domain.inventory.device_action_drafts import action_number
from domain.ports.unit_of_work import UnitOfWork


async def free_numbers(work: UnitOfWork, tenant_id: int, year: int, count: int) -> list[str]:
    """So many numbers that no action of the company has: a connected system may number its own alike. More are drawn
    each time, so that thousands of theirs are passed in a few steps."""
    found, drawn = list[str](), count
    while len(found) < count:
        last = await work.device_actions.next_number(tenant_id, year, drawn)
        numbers = [action_number(year, it) for it in range(last - drawn + 1, last + 1)]
        taken = await work.device_actions.numbered(tenant_id, numbers)
        found += [it for it in numbers if it not in taken]
        drawn *= 2
    return found[:count]
