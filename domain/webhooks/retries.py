"""What the answer to a delivery means, when it is tried again, and when its endpoint rests or is disabled
(docs/domain.md#webhook-retries)."""

from datetime import datetime, timedelta
from typing import NamedTuple

from domain.webhooks.deliveries import MAX_ATTEMPTS, DeliveryStatus, WebhookDelivery
from domain.webhooks.endpoints import DisabledReason, WebhookEndpoint

# The delays after the first, second, … failed attempt; the attempt after the last delay is the last.
DELAYS = tuple(timedelta(seconds=seconds) for seconds in (5, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600, 10 * 3600))
# Delays are up to this part shorter or longer, so that what failed together is not repeated together.
JITTER = 0.1
MAX_RETRY_AFTER = timedelta(hours=24)

FIRST_PAUSE, MAX_PAUSE = timedelta(seconds=5), timedelta(minutes=5)
DISABLED_AFTER = timedelta(days=5)
GONE = 410


class Answered(NamedTuple):
    """How one attempt ended at a time: a status, or the error for which there is none. `retry_after` is how long the
    endpoint asks to wait."""

    at: datetime
    status: int | None
    error: str | None = None
    retry_after: timedelta | None = None

    @property
    def problem(self) -> str | None:
        """Why the attempt failed; None if it succeeded."""
        return problem_of(self.status, self.error)

    @property
    def wait(self) -> timedelta:
        """How long the endpoint asks to wait, within the limit."""
        return max(min(self.retry_after or timedelta(), MAX_RETRY_AFTER), timedelta())


def problem_of(status: int | None, error: str | None) -> str | None:
    """Why an attempt failed; None if it succeeded. Only 2xx is success; a redirect is not followed."""
    if error is not None:
        return error
    if status is None:
        return "The endpoint did not answer."
    if 200 <= status < 300:
        return None
    more = "; redirects are not followed" if 300 <= status < 400 else ""
    return f"The endpoint answered {status}{more}."


def attempted(delivery: WebhookDelivery, answered: Answered, random: float) -> WebhookDelivery:
    """A delivery after an attempt. `random` is uniform in [0, 1).

    One that was settled while the attempt was made only becomes SUCCESS: a failed endpoint was disabled, for example.
    """
    problem = answered.problem
    counted = delivery._replace(
        attempt_count=delivery.attempt_count + 1,
        attempts_left=max(delivery.attempts_left - 1, 0),
        last_response_status=answered.status,
    )
    if problem is None:
        at = delivery.delivered_at or answered.at
        return counted._replace(status=DeliveryStatus.SUCCESS, delivered_at=at, last_error=None, next_attempt_at=None)
    if delivery.status != DeliveryStatus.PENDING:
        return counted
    if (following := _next_attempt(delivery.attempts_left, answered, random)) is None:
        return counted._replace(status=DeliveryStatus.FAILED, last_error=problem, next_attempt_at=None)
    return counted._replace(last_error=problem, next_attempt_at=following)


def _next_attempt(attempts_left: int, answered: Answered, random: float) -> datetime | None:
    """When a delivery is tried again after a failure that was one of the attempts left; None if it was the last."""
    if attempts_left <= 1:
        return None
    delay = DELAYS[max(MAX_ATTEMPTS - attempts_left, 0)]
    return answered.at + max(delay * (1 + JITTER * (2 * random - 1)), answered.wait)


def noted(endpoint: WebhookEndpoint, delivery: WebhookDelivery, answered: Answered) -> WebhookEndpoint:
    """An endpoint after an attempt of one of its deliveries, given as it is after it.

    After a failure nothing is sent for a while: no longer than until the delivery is tried again, so that it holds back
    the others no longer than that. The first one after the pause shows whether the endpoint works again.
    """
    if answered.problem is None:
        return endpoint._replace(consecutive_failures=0, failing_since=None, paused_until=None)
    if not endpoint.is_active:
        return endpoint
    failures, since = endpoint.consecutive_failures + 1, endpoint.failing_since or answered.at
    until = answered.at + max(pause_after(failures), answered.wait)
    failing = endpoint._replace(
        consecutive_failures=failures,
        failing_since=since,
        paused_until=min(until, delivery.next_attempt_at or until),
    )
    if answered.status == GONE:
        return _disabled(failing, DisabledReason.GONE)
    return _disabled(failing, DisabledReason.FAILING) if answered.at - since >= DISABLED_AFTER else failing


def _disabled(endpoint: WebhookEndpoint, reason: DisabledReason) -> WebhookEndpoint:
    return endpoint._replace(is_active=False, disabled_reason=reason, paused_until=None)


def pause_after(failures: int) -> timedelta:
    """How long an endpoint rests after its n-th failure in a row: 5 s, 10 s, 20 s … 5 min."""
    return min(FIRST_PAUSE * (1 << min(failures - 1, 10)), MAX_PAUSE)
