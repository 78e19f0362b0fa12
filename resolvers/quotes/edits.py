"""The ways to change quotes, and to end them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome
from domain.quotes.details import Details
from domain.quotes.drafts import ItemDraft
from domain.quotes.edits import ItemChange
from domain.shared.access import Caller
from domain.shared.money import MoneyDraft
from domain.use_cases.quotes import closings, edits
from domain.use_cases.quotes import decisions as quote_decisions
from domain.use_cases.quotes.closings import Close
from domain.use_cases.quotes.decisions import OneDecision
from domain.use_cases.quotes.steps import OfferRef
from resolvers.mutations import perform

QUOTE = ("quoteId",)

Closing = Callable[[Dependencies, Caller, Close], Awaitable[Outcome]]
CLOSINGS: dict[str, Closing] = {
    "cancel": closings.cancel_quote,
    "void": closings.void_quote,
    "delete": closings.delete_quote,
    "decline": closings.decline_quote,
}


async def update_quote(info: Any, input_: Any, quote_id: str, details: Details) -> Any:
    """Note other things of a quote."""
    return await perform(info, input_, lambda deps, caller: edits.update_quote(deps, caller, quote_id, details), QUOTE)


async def add_items(info: Any, input_: Any, quote_id: str, items: tuple[ItemDraft, ...]) -> Any:
    """Put lines after those of a quote."""
    return await perform(info, input_, lambda deps, caller: edits.add_items(deps, caller, quote_id, items), QUOTE)


async def update_item(info: Any, input_: Any, item: OfferRef, change: ItemChange) -> Any:
    """Change an undecided line."""
    return await perform(info, input_, lambda deps, caller: edits.update_item(deps, caller, item, change), item.path)


async def remove_item(info: Any, input_: Any, item: OfferRef) -> Any:
    """Take an undecided line off its quote."""
    return await perform(info, input_, lambda deps, caller: edits.remove_item(deps, caller, item), item.path)


async def accept_quote(info: Any, input_: Any, quote_id: str, seen: MoneyDraft | None, dry_run: bool) -> Any:
    """Accept every open line of a quote."""
    return await perform(
        info, input_, lambda deps, caller: quote_decisions.accept_quote(deps, caller, quote_id, seen, dry_run), QUOTE
    )


async def decide_items(info: Any, input_: Any, quote_id: str, decisions: Sequence[OneDecision], dry_run: bool) -> Any:
    """Decide on several offers of a quote."""
    return await perform(
        info,
        input_,
        lambda deps, caller: quote_decisions.decide_items(deps, caller, quote_id, decisions, dry_run),
        QUOTE,
    )


async def close(info: Any, input_: Any, how: str, command: Close) -> Any:
    """End a quote in one of the ways of CLOSINGS."""
    return await perform(info, input_, lambda deps, caller: CLOSINGS[how](deps, caller, command), QUOTE)
