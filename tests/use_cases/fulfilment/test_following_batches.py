"""An order of several lines is polled as one: only lines that a report changes are written, and only open ones."""

from dataclasses import replace

from domain.fulfilment.vendor_orders import VendorAttention, VendorOrderStatus
from domain.shared.jobs import JobType
from domain.shared.money import Money
from domain.shared.outbound_errors import Refused
from domain.use_cases.fulfilment.vendor_following import follow_vendor_order
from tests.batches import every_order_is_followed, now_of, orders, quoted
from tests.following import tell


async def units_of_work_of_a_poll(world):
    opened = []

    def unit_of_work(*given):
        opened.append(given)
        return world.deps.unit_of_work(*given)

    [job] = [it for it in world.memory.jobs.values() if it.kind == JobType.FOLLOW_VENDOR_ORDER]
    await follow_vendor_order(replace(world.deps, unit_of_work=unit_of_work), job)
    return len(opened)


async def test_a_poll_without_news_costs_the_same_for_any_number_of_lines():
    few, many = [await units_of_work_of_a_poll((await quoted(lines))[0]) for lines in (2, 9)]
    assert few == many


async def test_a_poll_reaches_each_line_that_it_changes():
    world, quote = await quoted(3)
    tell(world, "quoted", Money(1400_00, "USD"))
    await every_order_is_followed(world, 100)
    assert {it.item.price for it in now_of(world, quote).lines} == {Money(1400_00, "USD")}


async def with_an_ended_line():
    """A world where the first of two lines of an order has its device."""
    world, _ = await quoted(2)
    first, other = orders(world)
    ended = first._replace(status=VendorOrderStatus.DELIVERED, serial_numbers=("C02",), amount=1)
    world.memory.orders[ended.id] = ended
    return world, ended, other


async def test_a_line_that_has_ended_keeps_its_device_and_gets_no_news():
    world, ended, other = await with_an_ended_line()
    tell(world, "quoted", Money(1400_00, "USD"), tracking_code="TP-1")
    await every_order_is_followed(world, 100)
    assert world.external.orders.lines == {ended.id: ("C02",), other.id: ()}
    assert [it.tracking_code for it in orders(world)] == [None, "TP-1"]
    assert orders(world)[0] == ended


async def test_a_line_that_has_ended_is_not_lost_with_the_order():
    world, ended, _ = await with_an_ended_line()
    world.external.orders.looks = [Refused("404")]
    await every_order_is_followed(world, 100)
    assert [it.attention for it in orders(world)] == [None, VendorAttention.LOST]
    assert orders(world)[0] == ended
