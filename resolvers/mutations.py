"""How every mutation runs: the idempotency promise goes in, the outcome or the refusals come out as plain data."""

import hashlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, is_dataclass, replace
from typing import Any

from graphql import get_directive_values

from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import IdempotencyClash, Outcome
from domain.quotes.totals import QuoteSums
from domain.shared.access import Caller, IdempotencyKey
from domain.shared.email_limits import TooManyEmails
from domain.shared.errors import Conflict, InvalidInput, NotFound, Path
from domain.shared.events import StatusChange
from domain.shared.parsers import text
from resolvers.context import Context
from resolvers.directives import IDEMPOTENT
from resolvers.errors import UserError, checked, conflict, problems, rate_limited, user_errors

LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row of the input that was left out while others were done."""

    index: int
    serial_number: str
    user_errors: tuple[UserError, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """What a payload is read from: ids of what was acted on, what changed, and why it was refused."""

    quote_id: str | None = None
    item_id: str | None = None
    alternative_id: str | None = None
    changes: tuple[StatusChange, ...] = ()
    user_errors: tuple[UserError, ...] = ()
    subject_id: str | None = None
    subject_ids: tuple[str, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    sums: QuoteSums | None = None


async def perform(
    info: Any, input_: Any, act: Callable[[Dependencies, Caller], Awaitable[Outcome]], subject: Path = ()
) -> Result:
    """Run a use case for the caller. `subject` is the input field that names what is acted on.

    Raises: GraphQLError with CONFLICT, when an idempotency key was used with other input, and with RATE_LIMITED, when
    the key has caused too many e-mails.
    """
    context: Context = info.context
    caller = replace(context.caller, idempotency=_promise(info, context, input_))
    try:
        outcome = await act(context.services.deps, caller)
    except (InvalidInput, NotFound, Conflict) as refused:
        return Result(user_errors=user_errors(refused, subject))
    except IdempotencyClash as clash:
        raise conflict(str(clash)) from None
    except TooManyEmails as many:
        raise rate_limited(str(many), many.retry_after) from None
    finally:
        context.renew()
    return Result(
        outcome.quote_id,
        outcome.item_id,
        outcome.alternative_id,
        outcome.changes,
        subject_id=outcome.subject_id,
        subject_ids=outcome.subject_ids,
        rejected=tuple(Rejected(it.index, it.serial_number, problems(it.problems)) for it in outcome.rejected),
        sums=outcome.sums,
    )


def _promise(info: Any, context: Context, input_: Any) -> IdempotencyKey | None:
    raw = info._raw_info
    directive = get_directive_values(IDEMPOTENT, raw.field_nodes[0], raw.variable_values)
    key = directive["key"] if directive else context.idempotency_key
    if key is None:
        return None
    key = checked(("idempotencyKey",), text, key, LONGEST_KEY)
    canonical = json.dumps(_plain(input_), sort_keys=True, default=str)
    return IdempotencyKey(key, info.field_name, hashlib.sha256(canonical.encode()).hexdigest())


def _plain(input_: Any) -> Any:
    return asdict(input_) if is_dataclass(input_) and not isinstance(input_, type) else input_
