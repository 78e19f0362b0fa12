"""Resolvers for the customer's side. A quote is read in the tenant of its public key, independent of the caller."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from graphql import GraphQLResolveInfo

from domain.portal.drafts import chosen_alternatives
from domain.portal.printed_quote import document_hash
from domain.portal.public_keys import LONGEST_KEY, ClientInfo, KeyGrant, UnknownPublicKey, may_see
from domain.portal.public_quote import PublicQuote, public_quote
from domain.quotes.statuses import QuoteOfferStatus
from domain.shared.errors import Conflict, Invalid, InvalidInput, NotFound, Problem, Problems
from domain.shared.parsers import text
from domain.use_cases.frame import UseCase
from domain.use_cases.portal.signing import CustomerCommand, ViewQuote, view_quote
from resolvers.budgets import BudgetType
from resolvers.context import Context, Services
from resolvers.errors import UserError, user_errors, validation_error
from resolvers.mutations import run_command
from resolvers.portal.printed_quote import FullQuote, full_quote

UNSEEN = frozenset({QuoteOfferStatus.DRAFT, QuoteOfferStatus.SENT})

C = TypeVar("C", bound=CustomerCommand)
C_co = TypeVar("C_co", bound=CustomerCommand, covariant=True)


class CustomerInput(Protocol[C_co]):
    """The input of a customer's mutation: it has the public key and is converted to a command."""

    key: str
    dry_run: bool

    def command(self, quote_id: str, client_info: ClientInfo) -> C_co: ...


@dataclass(frozen=True, slots=True)
class PublicResult:
    """The row from which the payload of a customer's mutation is read."""

    quote: PublicQuote | None = None
    user_errors: tuple[UserError, ...] = ()


async def opened(context: Context, key: str) -> KeyGrant | None:
    """The grant of a public key, or None if the key is invalid.

    After too many invalid keys from one address or API key, a limited number of further keys is checked, so that valid
    ones still work. Raises: GraphQLError with RATE_LIMITED.
    """
    services = context.services
    attempt = services.wrong_keys.attempt(context.caller.payer_id or context.client_info.network)
    found = await services.keyring.find(key) if len(key) <= LONGEST_KEY else None
    if found is None:
        attempt.was_wrong()
    else:
        attempt.was_right()
    return found


def spend(context: Context, found: KeyGrant, budget: BudgetType) -> None:
    """Take what an action by a public key costs from the budgets of the quote and, without an API key, of the network.
    Raises: GraphQLError with RATE_LIMITED."""
    network = () if context.caller.key_id else (f"network {context.client_info.network}",)
    context.services.customer_budgets.take(budget, f"quote {found.quote_id}", *network)


async def quote_by_key(context: Context, key: str, alternatives: Sequence[str] | None = None) -> Any:
    """The quote of a public key, with `alternatives` in place of their lines' items; None for an invalid key.

    Reading it records that the customer has viewed the quote. Requests with an API key and those of link previews do
    not count. Raises: GraphQLError with VALIDATION_ERROR, for alternatives that the quote does not offer.
    """
    found = await opened(context, key)
    if found is None:
        return None
    quote = await read(context.services, found)
    by_customer = not context.caller.key_id and not context.client_info.is_automatic
    if quote is not None and by_customer and quote.aggregate.quote.offer_status in UNSEEN:
        # The quote may have been closed since it was read. The second read then finds nothing.
        with suppress(NotFound, Conflict):
            await view_quote(context.services.deps, found.caller(), ViewQuote(found.quote_id))
        quote = await read(context.services, found)
    try:
        return None if quote is None else shown(quote, key, alternatives)
    except InvalidInput as invalid:
        raise validation_error(invalid) from None


async def read(services: Services, found: KeyGrant) -> FullQuote | None:
    """The quote of a key grant, while the customer can see it."""
    quote = await full_quote(Context(services, found.caller()), found.quote_id)
    return quote if quote is not None and may_see(quote.aggregate.quote, services.deps.now()) else None


async def shown_hash(context: Context, quote: PublicQuote) -> str:
    """The SHA-256 of the current printed quote."""
    return document_hash(await context.services.deps.pdf_renderer.print_quote(quote.document))


async def run_by_key(
    info: GraphQLResolveInfo[Context], given: CustomerInput[C], use_case: UseCase[C], budget: BudgetType
) -> PublicResult:
    """Run a use case with the command of an input, for the customer with its public key. Raises: GraphQLError with
    RATE_LIMITED."""
    context: Context = info.context
    try:
        text(given.key, LONGEST_KEY)
    except Invalid as invalid:
        return PublicResult(user_errors=(Problem(invalid.code, invalid.message, ("key",)),))
    found = await opened(context, given.key)
    if found is None:
        return PublicResult(user_errors=user_errors(UnknownPublicKey(), ("key",)))
    spend(context, found, budget)
    command = replace(given.command(found.quote_id, context.client_info), dry_run=given.dry_run)
    customer_name = " ".join((command.customer_name or "").split())[:200] or "The customer"
    result = await run_command(info, given, command, use_case, found.caller(customer_name))
    if result.user_errors:
        return PublicResult(user_errors=result.user_errors)
    after = await read(context.services, found)
    return PublicResult(None if after is None else shown(after, given.key))


def shown(quote: FullQuote, key: str, alternatives: Sequence[str] | None = None) -> PublicQuote:
    """A quote as its customer sees it. Raises: InvalidInput, for alternatives that the quote does not offer."""
    problems = Problems()
    chosen = None if alternatives is None else chosen_alternatives(alternatives, quote.aggregate, problems)
    problems.raise_if_any()
    return public_quote(
        quote.aggregate,
        quote.company,
        quote.customer,
        quote.attachments,
        quote.signatures,
        key,
        quote.fields,
        quote.options,
        quote.handed_in,
        chosen,
        quote.zone,
    )
