"""What customers are answered by a public key. A quote is read within the key's own tenant, whoever asks."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import ceil
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
from resolvers.context import Context, Services
from resolvers.errors import UserError, api_error, user_errors, validation_error
from resolvers.mutations import run_command
from resolvers.portal.printed_quote import FullQuote, full_quote

UNSEEN = frozenset({QuoteOfferStatus.DRAFT, QuoteOfferStatus.SENT})

C = TypeVar("C", bound=CustomerCommand)
C_co = TypeVar("C_co", bound=CustomerCommand, covariant=True)


class CustomerInput(Protocol[C_co]):
    """An input by which a customer acts: it has the public key, and knows the command that it stands for."""

    key: str

    def command(self, quote_id: str, client_info: ClientInfo) -> C_co: ...


@dataclass(frozen=True, slots=True)
class PublicResult:
    """What the payload of a customer's mutation is read from."""

    quote: PublicQuote | None = None
    user_errors: tuple[UserError, ...] = ()


async def opened(context: Context, key: str) -> KeyGrant | None:
    """What a public key opens. A right key opens it also after too many wrong ones, while not too many more are tried.

    Raises: GraphQLError with RATE_LIMITED, for a wrong key after too many from one address or with one API key.
    """
    services, asker = context.services, context.caller.key_id or context.client_info.network
    seconds = services.failed_keys.wait(asker)
    counted = services.further_keys if seconds > 0 else services.failed_keys
    if counted.wait(asker) > 0:
        raise _too_many(seconds)
    counted.note(asker)
    found = await services.keyring.find(key) if len(key) <= LONGEST_KEY else None
    if found is not None:
        counted.forgive(asker)
    elif seconds > 0:
        raise _too_many(seconds)
    return found


def _too_many(seconds: float) -> Exception:
    message = f"Too many wrong keys came from here. Try again in {ceil(seconds)} seconds."
    return api_error("RATE_LIMITED", message, retryAfter=ceil(seconds))


async def quote_by_key(context: Context, key: str, alternatives: Sequence[str] | None = None) -> Any:
    """The quote that a key opens, which notes that the customer has seen it; None for a key that opens nothing. It is
    shown with `alternatives` in place of their lines' items. Whoever sends an API key too is not the customer, nor is
    a program that looks at links.

    Raises: GraphQLError with VALIDATION_ERROR, for alternatives that it does not offer.
    """
    found = await opened(context, key)
    if found is None:
        return None
    quote = await read(context.services, found)
    by_customer = not context.caller.key_id and not context.client_info.is_automatic
    if quote is not None and by_customer and quote.aggregate.quote.offer_status in UNSEEN:
        # Meanwhile it may have been called off; then there is nothing to see any more.
        with suppress(NotFound, Conflict):
            await view_quote(context.services.deps, found.caller(), ViewQuote(found.quote_id))
        quote = await read(context.services, found)
    try:
        return None if quote is None else shown(quote, key, alternatives)
    except InvalidInput as invalid:
        raise validation_error(invalid) from None


async def read(services: Services, found: KeyGrant) -> FullQuote | None:
    """The quote that a key opens, as long as its customer may see it."""
    quote = await full_quote(Context(services, found.caller()), found.quote_id)
    return quote if quote is not None and may_see(quote.aggregate.quote, services.deps.now()) else None


async def shown_hash(context: Context, quote: PublicQuote) -> str:
    """The SHA-256 of the quote as it is printed now."""
    return document_hash(await context.services.deps.pdf_renderer.print_quote(quote.document))


async def run_by_key(info: GraphQLResolveInfo[Context], given: CustomerInput[C], use_case: UseCase[C]) -> PublicResult:
    """Run a use case for the customer whose key an input has, with the command that it stands for."""
    context: Context = info.context
    try:
        text(given.key, LONGEST_KEY)
    except Invalid as invalid:
        return PublicResult(user_errors=(Problem(invalid.code, invalid.message, ("key",)),))
    found = await opened(context, given.key)
    if found is None:
        return PublicResult(user_errors=user_errors(UnknownPublicKey(), ("key",)))
    command = given.command(found.quote_id, context.client_info)
    named = " ".join((command.customer_name or "").split())[:200] or "The customer"
    result = await run_command(info, given, command, use_case, found.caller(named))
    if result.user_errors:
        return PublicResult(user_errors=result.user_errors)
    after = await read(context.services, found)
    return PublicResult(None if after is None else shown(after, given.key))


def shown(quote: FullQuote, key: str, alternatives: Sequence[str] | None = None) -> PublicQuote:
    """A quote as its customer sees it. Raises: InvalidInput, for alternatives that it does not offer."""
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
