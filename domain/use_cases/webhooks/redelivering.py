"""Use cases that deliver again: one delivery, or the events of a range of time."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.shared.access import Caller
from domain.shared.errors import ErrorCode, NotFound, Path, Problems
from domain.shared.events import status_change
from domain.shared.ids import parse_reference
from domain.shared.times import earlier_than, end
from domain.use_cases.frame import Command, use_case
from domain.use_cases.webhooks.endpoints import EndpointCommand
from domain.use_cases.webhooks.steps import locked_endpoint, wake
from domain.webhooks.deliveries import WebhookDelivery, delivery_of, due_again
from domain.webhooks.drafts import event_names
from domain.webhooks.endpoints import WebhookEndpoint, check_active
from domain.webhooks.event_types import NAMES, matches, wanted

DELIVERY: Path = ("deliveryId",)
# Events that one call of a replay queues.
MAX_REPLAYED = 1_000


@dataclass(frozen=True, slots=True)
class RedeliverWebhook(Command):
    """Deliver once more what was delivered, or has failed."""

    delivery_id: str

    @property
    def subject(self) -> Path:
        return DELIVERY


@dataclass(frozen=True, slots=True)
class ReplayWebhookEvents(EndpointCommand):
    """Deliver the events of a range of time, both ends included. Without `types`, all that the endpoint wants."""

    since: str
    until: str | None = None
    types: tuple[str, ...] | None = None


class _Range(NamedTuple):
    since: datetime
    until: datetime
    names: tuple[str, ...]


@use_case
async def redeliver_webhook(work: UnitOfWork, deps: Dependencies, caller: Caller, command: RedeliverWebhook) -> Outcome:
    """Make a delivery pending again, with the same id and payload. Raises: InvalidInput, NotFound, EndpointDisabled."""
    delivery, endpoint = await _locked(work, command.delivery_id)
    check_active(endpoint)
    again = due_again(delivery, deps.now())
    await work.webhooks.save_delivery(again)
    await _send_now(work, endpoint)
    return Outcome((again.ref,), status_change(delivery, again))


@use_case
async def replay_webhook_events(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: ReplayWebhookEvents
) -> Outcome:
    """Queue the endpoint's events of a range of time in their order, at most `MAX_REPLAYED`, whether they were
    delivered before or not. Their payloads are rendered anew.

    Raises: InvalidInput, NotFound, EndpointDisabled.
    """
    endpoint, now = await locked_endpoint(work, command.endpoint_id), deps.now()
    asked = _range(command, endpoint, caller.time_zone, now)
    check_active(endpoint)
    types = [it for it in wanted(endpoint.events, endpoint.scopes) if matches(asked.names, NAMES[it])]
    found = await work.webhooks.events(endpoint.tenant_id, types, asked.since, asked.until, MAX_REPLAYED + 1)
    events, rest = found[:MAX_REPLAYED], found[MAX_REPLAYED:]
    deliveries = [delivery_of(endpoint, it, deps.new_id(), now) for it in events]
    if deliveries:
        await work.webhooks.queue(deliveries)
        await _send_now(work, endpoint)
    following = rest[0].occurred_at.isoformat() if rest else None
    return Outcome((endpoint.ref,), details={"queued": len(deliveries), "next_since": following})


def _range(command: ReplayWebhookEvents, endpoint: WebhookEndpoint, zone: str, now: datetime) -> _Range:
    """What to replay. Raises: InvalidInput."""
    problems = Problems()
    since = problems.check(("since",), earlier_than, command.since, zone)
    until = now if command.until is None else problems.check(("until",), _end, command.until, zone)
    names = endpoint.events if command.types is None else _types(command.types, endpoint, problems)
    if since is not None and until is not None and since > until:
        where, other = ("since", "now") if command.until is None else ("until", "since")
        order = "after" if where == "since" else "before"
        problems.add((where,), ErrorCode.OUT_OF_RANGE, f"`{where}` is {order} {other}: there is nothing in this range.")
    problems.raise_if_any()
    assert since is not None
    assert until is not None
    return _Range(since, until, names)


def _types(given: tuple[str, ...], endpoint: WebhookEndpoint, problems: Problems) -> tuple[str, ...]:
    if not given:
        problems.add(("types",), ErrorCode.REQUIRED, "Send at least one name, or leave it out for all events.")
    names = event_names(given, problems, ("types",))
    sent = {NAMES[it] for it in wanted(endpoint.events, endpoint.scopes)}
    for index, name in enumerate(given):
        if name in names and not any(matches((name,), it) for it in sent):
            problems.add(("types", str(index)), ErrorCode.NOT_ALLOWED, f"The endpoint does not receive {name}.")
    return names


def _end(given: str, zone: str) -> datetime:
    return end(given, zone).at


async def _locked(work: UnitOfWork, given: str) -> tuple[WebhookDelivery, WebhookEndpoint]:
    """A delivery and its endpoint, which is locked first. Raises: InvalidInput, NotFound."""
    delivery_id = parse_reference(DELIVERY, given, "WebhookDelivery")
    endpoint_id = await work.webhooks.endpoint_of_delivery(delivery_id)
    endpoint = None if endpoint_id is None else await work.webhooks.lock(endpoint_id)
    delivery = None if endpoint is None else await work.webhooks.lock_delivery(delivery_id)
    if endpoint is None or delivery is None:
        raise NotFound("webhook delivery", DELIVERY)
    return delivery, endpoint


async def _send_now(work: UnitOfWork, endpoint: WebhookEndpoint) -> None:
    """Send at once, also to an endpoint that is paused because it fails."""
    if endpoint.paused_until is not None:
        await work.webhooks.save(endpoint._replace(paused_until=None))
    wake(work, endpoint)
