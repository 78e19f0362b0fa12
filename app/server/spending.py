"""What callers may spend, as the graph reads it."""

from datetime import UTC, datetime

from app.server.payers import payer_of
from app.server.rate_limits import RateLimits
from domain.portal.public_keys import ClientInfo
from domain.shared.access import Caller
from resolvers.ports import PointsLeft


class BucketSpending:
    """The buckets of a process."""

    def __init__(self, maximum_cost: int, rate_limits: RateLimits) -> None:
        self.maximum_cost = maximum_cost
        self._rate_limits = rate_limits

    def left(self, caller: Caller, client: ClientInfo) -> PointsLeft | None:
        status = self._rate_limits.status(payer_of(caller, client))
        if status is None:
            return None
        return PointsLeft(*status[:3], datetime.fromtimestamp(status.reset_at_ms / 1_000, UTC))
