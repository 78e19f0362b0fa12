"""What the database, the vendor and the receiver each know of a run, and whether they agree."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from adapters.database.companies.tables import tenants
from adapters.database.core.engine import open_database
from adapters.database.fulfilment.tables import vendor_orders
from adapters.database.history.tables import events
from adapters.database.jobs.tables import jobs
from adapters.database.webhooks.tables import webhook_deliveries, webhook_endpoints
from domain.shared.events import EventType
from domain.shared.jobs import JobStatus, JobType
from domain.webhooks.deliveries import DeliveryStatus
from tests.faults.receiver import Receiver

# Jobs that are repeated for as long as the vendor has not delivered.
POLLING = (JobType.FOLLOW_VENDOR_ORDER, JobType.FOLLOW_MOVEMENT)


@dataclass(frozen=True)
class Delivery:
    """A stored delivery."""

    id: str
    event_id: str
    status: DeliveryStatus
    attempts: int
    error: str | None


@dataclass(frozen=True)
class Books:
    """What the database holds."""

    events: dict[str, EventType]
    deliveries: tuple[Delivery, ...]
    orders: dict[str, str]
    order_problems: int
    waiting: Counter[str]
    dead: Counter[str]
    not_fanned_out: int

    @property
    def finished(self) -> bool:
        """Whether nothing is left to do."""
        pending = any(it.status == DeliveryStatus.PENDING for it in self.deliveries)
        return not (self.waiting or self.not_fanned_out or pending)


async def read(url: str) -> Books:
    """What a database holds now."""
    database = open_database(url)
    delivery, endpoint, order = webhook_deliveries.c, webhook_endpoints.c, vendor_orders.c
    counted = select(jobs.c.kind, func.count()).group_by(jobs.c.kind)
    waiting = counted.where(jobs.c.status == str(JobStatus.WAITING), jobs.c.kind.not_in([str(it) for it in POLLING]))
    dead = counted.where(jobs.c.status == str(JobStatus.DEAD))
    behind = (
        select(func.count())
        .select_from(webhook_endpoints.join(tenants, tenants.c.id == endpoint.tenant_id))
        .where(endpoint.last_event < tenants.c.last_event)
    )
    try:
        async with database.read.connect() as connection:
            stored = await connection.execute(
                select(delivery.id, delivery.event_id, delivery.status, delivery.attempt_count, delivery.last_error)
            )
            deliveries = tuple(Delivery(*row) for row in stored)
            ordered = await connection.execute(select(order.id, order.item_id))
            orders = {str(row.id): str(row.item_id) for row in ordered}
            problems = select(func.count()).where(order.problem.is_not(None))
            return Books(
                events={
                    it: EventType(type_) for it, type_ in await connection.execute(select(events.c.id, events.c.type))
                },
                deliveries=deliveries,
                orders=orders,
                order_problems=(await connection.execute(problems)).scalar_one(),
                waiting=_counter(await connection.execute(waiting)),
                dead=_counter(await connection.execute(dead)),
                not_fanned_out=(await connection.execute(behind)).scalar_one(),
            )
    finally:
        await database.close()


def _counter(rows: Iterable[Any]) -> Counter[str]:
    return Counter({str(name): count for name, count in rows})


@dataclass
class Report:
    """Prints figures, and whether each is right."""

    wrong: list[str] = field(default_factory=list)

    def figure(self, name: str, value: object, right: bool | None = None) -> None:
        mark = "" if right is None else "  ok" if right else "  <-- WRONG"
        if right is False:
            self.wrong.append(f"{name.strip()}: {value}")
        print(f"{name:<58}{value!s:>14}{mark}", flush=True)


def compared(
    books: Books,
    made: Counter[str],
    receiver: Receiver,
    wanted: Callable[[EventType], bool],
    accepts: int,
) -> Report:
    """Compare the books.

    `made` is how many orders the vendor made for each of ours; `wanted` says which events the endpoint is told of.
    """
    report = Report()
    report.figure("accepts answered", accepts)
    lines, absent = len(set(books.orders.values())), books.orders.keys() - made
    report.figure("lines with an order in the database", lines, lines == accepts)
    report.figure("orders in the database", len(books.orders), len(books.orders) == accepts)
    report.figure("orders the vendor made", made.total(), made.total() == accepts)
    report.figure("  made twice", _more(made), _more(made) == 0)
    report.figure("  not made", len(absent), not absent)
    report.figure("orders with a problem", books.order_problems, books.order_problems == 0)
    report.figure("jobs that wait", dict(books.waiting) or 0, not books.waiting)
    report.figure("endpoints that are behind the log", books.not_fanned_out, books.not_fanned_out == 0)
    report.figure("dead jobs", dict(books.dead) or 0, not books.dead)
    owed = {it for it, type_ in books.events.items() if wanted(type_)}
    stored = Counter(it.event_id for it in books.deliveries)
    report.figure("events in the log", len(books.events))
    report.figure("events that the endpoint wants", len(owed))
    report.figure("  without a delivery", len(owed - stored.keys()), not owed - stored.keys())
    report.figure("  with two deliveries", _more(stored), _more(stored) == 0)
    report.figure("deliveries of events it does not want", len(stored.keys() - owed), not stored.keys() - owed)
    by_status = Counter(it.status for it in books.deliveries)
    report.figure("deliveries SUCCESS", by_status[DeliveryStatus.SUCCESS])
    unexplained = [it for it in books.deliveries if it.status == DeliveryStatus.FAILED and not it.error]
    report.figure("deliveries FAILED", by_status[DeliveryStatus.FAILED])
    report.figure("  without a reason", len(unexplained), not unexplained)
    report.figure("deliveries PENDING", by_status[DeliveryStatus.PENDING], not by_status[DeliveryStatus.PENDING])
    again = Counter(it.error for it in books.deliveries if it.attempts > 1 or it.status == DeliveryStatus.PENDING)
    report.figure("deliveries with more than one recorded attempt, by error", dict(again) or 0)
    lost = {it.id for it in books.deliveries if it.status == DeliveryStatus.SUCCESS} - receiver.times.keys()
    report.figure("SUCCESS that the receiver never got", len(lost), not lost)
    unknown = receiver.times.keys() - {it.id for it in books.deliveries}
    report.figure("received that no delivery is of", len(unknown), not unknown)
    report.figure("received more than once", receiver.repeated)
    report.figure("received again with another body", len(receiver.changed), not receiver.changed)
    report.figure("received after one with a higher sequence", receiver.late)
    report.figure("refused for their signature", receiver.refused, receiver.refused == 0)
    return report


def _more(counted: Counter[str]) -> int:
    return sum(it > 1 for it in counted.values())
