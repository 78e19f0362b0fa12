"""The ways for operators to say what becomes of an accepted line's devices."""

from typing import Any

from domain.use_cases.fulfilment import shipments as use_cases
from domain.use_cases.fulfilment.shipments import QUOTE, RECIPIENT, RecipientRef, TrackingDraft
from resolvers.mutations import perform


async def set_tracking(info: Any, input_: Any, recipient: RecipientRef, draft: TrackingDraft) -> Any:
    """Say how a device can be followed."""
    return await perform(
        info, input_, lambda deps, caller: use_cases.set_tracking(deps, caller, recipient, draft), RECIPIENT
    )


async def ship(info: Any, input_: Any, recipient: RecipientRef, draft: TrackingDraft) -> Any:
    """Say that a device is on its way."""
    return await perform(
        info, input_, lambda deps, caller: use_cases.ship_recipient(deps, caller, recipient, draft), RECIPIENT
    )


async def deliver(info: Any, input_: Any, recipient: RecipientRef) -> Any:
    """Say that a recipient has its device."""
    return await perform(
        info, input_, lambda deps, caller: use_cases.deliver_recipient(deps, caller, recipient), RECIPIENT
    )


async def set_serial_numbers(info: Any, input_: Any, recipient: RecipientRef, serials: tuple[str, ...]) -> Any:
    """Say which devices a recipient gets."""
    return await perform(
        info, input_, lambda deps, caller: use_cases.set_serial_numbers(deps, caller, recipient, serials), RECIPIENT
    )


async def set_invoice(info: Any, input_: Any, recipient: RecipientRef, invoice_number: str | None) -> Any:
    """Say on which invoice a device stands."""
    return await perform(
        info, input_, lambda deps, caller: use_cases.set_invoice(deps, caller, recipient, invoice_number), RECIPIENT
    )


async def complete(info: Any, input_: Any, quote_id: str, dry_run: bool) -> Any:
    """Close a quote."""
    return await perform(
        info, input_, lambda deps, caller: use_cases.complete_quote(deps, caller, quote_id, dry_run), QUOTE
    )
