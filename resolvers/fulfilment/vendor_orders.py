"""Orders at the vendor: which there are, and the ways for operators to act on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from domain.fulfilment.vendor_orders import VendorAttention, VendorOrderStatus
from domain.shared.money import MoneyDraft
from domain.use_cases.fulfilment import vendor_orders as use_cases
from domain.use_cases.fulfilment.vendor_orders import SUBJECT, EmployeeDraft, OrderRef
from resolvers.connections import Connection, PageArguments, page_key
from resolvers.context import Context
from resolvers.mutations import perform


@dataclass(frozen=True, slots=True)
class VendorOrderFilters:
    """What a list of orders can be narrowed by, as typed."""

    status: Sequence[VendorOrderStatus] | None = None
    attention: Sequence[VendorAttention] | None = None


async def vendor_orders(context: Context, page: PageArguments, given: VendorOrderFilters) -> Any:
    """Orders in reach, the newest first."""
    wanted = (("status", given.status), ("attention", given.attention))
    filters = [(name, tuple(values)) for name, values in wanted if values is not None]
    key = page_key("vendor_orders", page, "CREATED_AT", True, filters=filters)
    return Connection("vendor_orders", key, await context.load("vendor_orders", key))


async def selected_of(context: Context, item_id: str) -> list[Any]:
    """The vendor's devices that were taken for a line in place of the one accepted."""
    orders = await context.load("vendor_orders_by_item", item_id)
    return [order.selected for order in orders if order.selected is not None]


async def confirm(info: Any, input_: Any, order: OrderRef, expected: MoneyDraft | None) -> Any:
    """Have an order confirmed."""
    return await perform(
        info, input_, lambda deps, caller: use_cases.confirm_order(deps, caller, order, expected), SUBJECT
    )


async def cancel(info: Any, input_: Any, order: OrderRef) -> Any:
    """Have an order cancelled."""
    return await perform(info, input_, lambda deps, caller: use_cases.cancel_order(deps, caller, order), SUBJECT)


async def select(info: Any, input_: Any, order: OrderRef, group_id: str, candidate_id: str) -> Any:
    """Have one of the vendor's alternatives taken."""
    return await perform(
        info,
        input_,
        lambda deps, caller: use_cases.select_alternative(deps, caller, order, group_id, candidate_id),
        SUBJECT,
    )


async def complete(info: Any, input_: Any, order: OrderRef, address: str | None, employee: EmployeeDraft | None) -> Any:
    """Say who an order is for."""
    return await perform(
        info, input_, lambda deps, caller: use_cases.complete_order(deps, caller, order, address, employee), SUBJECT
    )


async def retry(info: Any, input_: Any, order: OrderRef) -> Any:
    """Place an order again."""
    return await perform(info, input_, lambda deps, caller: use_cases.retry_order(deps, caller, order), SUBJECT)
