"""Runs mutations: converts the input to a command, and the outcome or the errors to the row of the payload."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, is_dataclass, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar

from graphql import GraphQLResolveInfo, get_directive_values

from domain.ports.unit_of_work import IdempotencyClash, Outcome
from domain.quotes.totals import QuoteSums
from domain.shared.access import Caller, IdempotencyKey
from domain.shared.email_limits import TooManyEmails
from domain.shared.errors import Conflict, InvalidInput, NotFound
from domain.shared.events import StatusChange
from domain.shared.parsers import text
from domain.use_cases.frame import Command, UseCase
from resolvers.budgets import SETTINGS, BudgetType
from resolvers.context import Context
from resolvers.directives import IDEMPOTENT
from resolvers.errors import UserError, checked, conflict, exceeded, problems, rate_limited, user_errors

LONGEST_KEY = 255
NOTHING = Outcome()

C = TypeVar("C", bound=Command)
C_co = TypeVar("C_co", bound=Command, covariant=True)


class Input(Protocol[C_co]):
    """An input of the graph that can be converted to a command. Every mutation can be tried by a dry run."""

    dry_run: bool

    def command(self) -> C_co: ...


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row of the input that was not processed, while others were."""

    index: int
    serial_number: str
    user_errors: tuple[UserError, ...]


def _id_of(type_name: str) -> property:
    return property(lambda result: result.outcome.id_of(type_name))


def _deleted_id_of(type_name: str) -> property:
    """Null after a dry run, since clients drop an object that was deleted."""
    return property(lambda result: None if result.dry_run else result.outcome.id_of(type_name))


def _detail(name: str, read: Callable[[Any], Any] = lambda value: value) -> property:
    """A value of the outcome that belongs to no object. Null if the mutation was refused."""

    def detail(result: "Result") -> Any:
        value = result.outcome.details.get(name)
        return None if value is None else read(value)

    return property(detail)


@dataclass(frozen=True, slots=True)
class Result:
    """The row from which a payload is read: the outcome or the errors.

    The ids are the keys for the edges of payloads.
    """

    outcome: Outcome = NOTHING
    user_errors: tuple[UserError, ...] = ()
    dry_run: bool = False

    access_token_id = _id_of("AccessToken")
    alternative_id = _id_of("Alternative")
    api_key_id = _id_of("ApiKey")
    asset_id = _id_of("Asset")
    attachment_id = _id_of("QuoteAttachment")
    comment_id = _id_of("DeviceActionComment")
    company_id = _id_of("Company")
    configuration_id = _id_of("Configuration")
    connection_id = _id_of("Connection")
    custom_field_id = _id_of("CustomField")
    customer_id = _id_of("Customer")
    deleted_custom_field_id = _deleted_id_of("CustomField")
    deleted_kit_id = _deleted_id_of("Kit")
    deleted_quote_id = _deleted_id_of("Quote")
    deleted_webhook_endpoint_id = _deleted_id_of("WebhookEndpoint")
    device_action_id = _id_of("DeviceAction")
    item_id = _id_of("QuoteItem")
    job_id = _id_of("Job")
    kit_id = _id_of("Kit")
    member_id = _id_of("Member")
    price_option_id = _id_of("PriceOption")
    product_id = _id_of("Product")
    quote_id = _id_of("Quote")
    recipient_id = _id_of("Recipient")
    vendor_order_id = _id_of("VendorOrder")
    webhook_delivery_id = _id_of("WebhookDelivery")
    webhook_endpoint_id = _id_of("WebhookEndpoint")

    # Of testWebhookEndpoint.
    is_delivered = _detail("is_delivered")
    response_status = _detail("response_status")
    latency_ms = _detail("latency_ms")
    error = _detail("error")
    response_body = _detail("response_body")
    # Of replayWebhookEvents.
    queued = _detail("queued")
    next_since = _detail("next_since", datetime.fromisoformat)
    # Of createStreamTicket.
    expires_at = _detail("expires_at", datetime.fromisoformat)

    @property
    def changes(self) -> tuple[StatusChange, ...]:
        return self.outcome.changes

    @property
    def secret(self) -> str | None:
        return self.outcome.secret

    @property
    def has_more(self) -> bool | None:
        return None if self.queued is None else self.next_since is not None

    @property
    def sums(self) -> QuoteSums | None:
        return self.outcome.sums

    @property
    def rejected(self) -> tuple[Rejected, ...]:
        return tuple(Rejected(it.index, it.serial_number, problems(it.problems)) for it in self.outcome.rejected)


async def run_command(
    info: GraphQLResolveInfo[Context], given: object, command: C, use_case: UseCase[C], caller: Caller | None = None
) -> Result:
    """Run a use case with the command of the input `given`, by default for the caller of the request.

    Raises: GraphQLError with CONFLICT if the idempotency key was used with another input, and with RATE_LIMITED if the
    API key has caused too many e-mails.
    """
    context: Context = info.context
    idempotent_caller = replace(caller or context.caller, idempotency=_idempotency_key(info, context, given))
    try:
        outcome = await use_case(context.services.deps, idempotent_caller, command)
        context.has_replay |= outcome.is_replay
        return Result(outcome, dry_run=command.dry_run)
    except (InvalidInput, NotFound, Conflict) as refused:
        return Result(user_errors=user_errors(refused, command.subject))
    except IdempotencyClash as clash:
        raise conflict(str(clash)) from None
    except TooManyEmails as many:
        budget = BudgetType.EMAILS
        details = exceeded("e-mails", many.limit, SETTINGS[budget], budget=budget)
        raise rate_limited(str(many), many.retry_after, **details) from None
    finally:
        context.reset_loaders()


def _idempotency_key(info: GraphQLResolveInfo[Context], context: Context, given: object) -> IdempotencyKey | None:
    directive = get_directive_values(IDEMPOTENT, info.field_nodes[0], info.variable_values)
    key = directive["key"] if directive else context.idempotency_key
    if key is None:
        return None
    key = checked(("idempotencyKey",), text, key, LONGEST_KEY)
    canonical = json.dumps(_plain(given), sort_keys=True, default=str)
    return IdempotencyKey(key, info.field_name, hashlib.sha256(canonical.encode()).hexdigest())


def _plain(given: object) -> object:
    return asdict(given) if is_dataclass(given) and not isinstance(given, type) else given
