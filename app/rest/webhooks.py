"""Webhook endpoints: the list, one with its last deliveries, and what changes, deletes and tests them."""

from typing import Any

from app.rest.endpoints import Endpoint, One, Page, Sent, Variables, Write
from app.rest.errors import Names
from app.rest.fields import given
from app.rest.words import Data, second, uuid_of
from domain.shared.access import ActorType
from domain.webhooks.event_types import TEST

# A company has ten at most; a platform key sees those of all companies.
MOST = 1_000
NAMES = Names(subject="endpointId")


def endpoint(it: Data) -> dict[str, Any]:
    by = it["createdBy"]
    return {
        "id": uuid_of(it["id"]),
        "url": it["url"],
        "events": it["events"],
        "description": it["description"],
        "is_active": it["isActive"],
        "created_by": "api" if by["type"] == ActorType.API_KEY else by["name"],
        "created_at": second(it["createdAt"]),
        "updated_at": second(it["updatedAt"]),
    }


def with_deliveries(it: Data) -> dict[str, Any]:
    return {**endpoint(it), "recent_deliveries": [_delivery(delivery) for delivery in it["deliveries"]["nodes"]]}


def _delivery(it: Data) -> dict[str, Any]:
    return {
        "id": uuid_of(it["id"]),
        "event_type": it["eventType"],
        "status": it["status"].lower(),
        "attempts": it["attemptCount"],
        "last_response_status": it["lastResponseStatus"],
        "created_at": second(it["createdAt"]),
    }


def _created(sent: Sent) -> Variables:
    body = sent.body
    url, events = body.text("url", required=True), body.texts("events")
    return {"input": {"url": url, "events": events or [], **given(description=body.text("description"))}}


def _updated(sent: Sent) -> Variables:
    """What is sent is changed; a description that is null is removed."""
    body = sent.body
    changed = given(url=body.text("url"), events=body.texts("events"), isActive=body.flag("is_active"))
    if body.is_given("description"):
        changed["description"] = body.text("description")
    return {"input": {"endpointId": sent.path["id"], **changed}}


def _named(sent: Sent) -> Variables:
    return {"input": {"endpointId": sent.path["id"]}}


def _new(payload: Data, *_: Any) -> dict[str, Any]:
    """A new endpoint, with the secret, which is said here and never again."""
    made = endpoint(payload["endpoint"])
    shown = ("id", "url", "events", "description", "is_active", "created_at")
    return {**{name: made[name] for name in shown}, "secret": payload["secret"]}


def _tested(payload: Data, sent: Sent, *_: Any) -> dict[str, Any]:
    return {
        "id": uuid_of(sent.path["id"]),
        "event_type": TEST,
        "status": "success" if payload["isDelivered"] else "failed",
        "response_status": payload["responseStatus"],
        "latency_ms": payload["latencyMs"],
        "error": payload["error"],
    }


ENDPOINTS: tuple[Endpoint, ...] = (
    Page(
        method="GET",
        path="webhooks",
        document="list_webhooks",
        root="webhookEndpoints",
        row=endpoint,
        meta=lambda connection: {"total": connection["totalCount"]},
        most=MOST,
    ),
    Write(
        method="POST",
        path="webhooks",
        document="create_webhook",
        root="createWebhookEndpoint",
        variables=_created,
        # That a company has all the endpoints it may have is not a fault of the body.
        names=Names(clashing=frozenset({("url", "TOO_MANY")})),
        status=201,
        written=_new,
    ),
    One(
        method="GET",
        path="webhooks/{id}",
        document="get_webhook",
        root="webhookEndpoint",
        variables=lambda sent: {"by": {"id": sent.path["id"]}},
        row=with_deliveries,
    ),
    Write(
        method="PATCH",
        path="webhooks/{id}",
        document="update_webhook",
        root="updateWebhookEndpoint",
        variables=_updated,
        names=NAMES,
        written=lambda payload, *_: endpoint(payload["endpoint"]),
    ),
    Write(
        method="DELETE",
        path="webhooks/{id}",
        document="delete_webhook",
        root="deleteWebhookEndpoint",
        variables=_named,
        names=NAMES,
        with_body=False,
        written=lambda payload, *_: {"id": uuid_of(payload["deletedId"]), "deleted": True},
    ),
    Write(
        method="POST",
        path="webhooks/{id}/test",
        document="test_webhook",
        root="testWebhookEndpoint",
        variables=_named,
        names=NAMES,
        with_body=False,
        written=_tested,
    ),
)
