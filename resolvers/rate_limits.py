"""Reading what a caller may spend."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from resolvers.context import Context


@dataclass(frozen=True, slots=True)
class RateLimitStatus:
    """The bucket of a caller; without a `limit` nothing limits it."""

    maximum_cost: int
    limit: int | None = None
    available: int | None = None
    restore_rate: int | None = None
    reset_at: datetime | None = None


def rate_limit(context: Context) -> Any:
    """What the caller may spend."""
    spending = context.services.spending
    return RateLimitStatus(spending.maximum_cost, *(spending.left(context.caller, context.client_info) or ()))
