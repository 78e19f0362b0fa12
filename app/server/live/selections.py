"""What subscriptions select of events, and which of them select the same."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, replace

import orjson
from graphql import ExecutionResult, GraphQLError

from app.server.requests import Request
from domain.shared.access import Caller, CredentialType
from domain.shared.events import Event


@dataclass(frozen=True, slots=True)
class Selection:
    """What a subscription selects of an event. Those with equal keys have equal results."""

    key: Hashable
    # Gives the result for an event. Raises: an outage of the database, after which it can be asked for again.
    answer: Callable[[Event], Awaitable[ExecutionResult]]
    # Gives the errors of a failure as clients see them.
    fail: Callable[[Exception], Sequence[GraphQLError]]
    # Whose turn it takes. Those with equal keys take the turns of the one who came first.
    payer: str = ""
    # Is called when the states that are sent first were answered, or will not be; also more than once.
    has_begun: Callable[[], None] = lambda: None


def selection_key(request: Request, caller: Caller, variables: frozenset[str]) -> Hashable:
    """Returns what the result for an event depends on; of the variables, only these."""
    given = {name: value for name, value in (request.variables or {}).items() if name in variables}
    # A result may depend on all of a caller except on which key, or person, it is, and on what that may spend.
    reader = replace(
        caller,
        key_id="",
        name="",
        idempotency=None,
        credential=CredentialType.NONE,
        person=None,
        expires_at=None,
        rate_limit=None,
        allowed_addresses=(),
        allowed_origins=(),
        secret_hash="",
        maker_id=None,
    )
    operation = (request.query, request.operation_name, request.partial, request.cost_details)
    return *operation, reader, orjson.dumps(given, option=orjson.OPT_SORT_KEYS)
