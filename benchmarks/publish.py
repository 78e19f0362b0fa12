"""The events of the case `fanout`: written to the log of quotegraph as another process of a fleet would, and handed to
the peers as their own publishers take them."""

import json
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import text

from adapters.database.core.engine import open_database
from adapters.database.history.events import append
from domain.shared.access import Actor, ActorType
from domain.shared.errors import NodeRef
from domain.shared.events import EventType, NewEvent, StatusChange
from domain.shared.ids import global_id

START = datetime(2026, 1, 1, 8, tzinfo=UTC)
ACTOR = Actor(ActorType.SYSTEM, "bench", "Bench")
FIELDS = "id type occurredAt nodeId nodeType actor { type name } changes { nodeId nodeType from to }"
DOCUMENT = f"subscription {{ events {{ {FIELDS} }} }}"


def documents(number: int) -> list[str]:
    """Returns different documents that select the same."""
    return [DOCUMENT.replace("subscription", f"subscription Screen{it}") for it in range(number)]


@dataclass
class Publisher:
    """Publishes events of one tenant."""

    url: str
    tenant_id: int
    node_id: str

    def __post_init__(self) -> None:
        self._database = open_database(self.url)
        self._numbers = count()

    def events(self, size: int) -> list[NewEvent]:
        return [self._event(next(self._numbers)) for _ in range(size)]

    def _event(self, number: int) -> NewEvent:
        node = NodeRef("Quote", self.node_id)
        changes = (StatusChange(node, "PENDING", "APPROVED"),)
        at = START + timedelta(milliseconds=number)
        return NewEvent(EventType.QUOTE_APPROVED, self.tenant_id, node, ACTOR, at, changes)

    async def to_quotegraph(self, events: Sequence[NewEvent]) -> None:
        """Appends events to the log, in one transaction, and wakes the servers."""
        async with self._database.transactions.begin() as transaction:
            await append(transaction, events)
            await transaction.commit()
        async with self._database.read.connect() as connection:
            await connection.execute(text("SELECT pg_notify('quotegraph', :it)"), {"it": f"bench:{self.tenant_id}"})

    async def close(self) -> None:
        await self._database.close()


def to_peer(port: int, events: Sequence[NewEvent]) -> None:
    """Hands events to a peer, in one request."""
    body = json.dumps([in_our_shape(it) for it in events]).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/publish", body, {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        answer.read()


def in_our_shape(event: NewEvent) -> dict[str, Any]:
    """Returns an event as the API shows it. Ids of events are given when they are written: the peers send a number of
    the same length."""
    node_id = global_id(event.node.type, event.node.id)
    return {
        "id": f"Event_{int(event.occurred_at.timestamp() * 1000):036}",
        "type": str(event.type),
        "occurredAt": event.occurred_at.isoformat().replace("+00:00", "Z"),
        "nodeId": node_id,
        "nodeType": event.node.type,
        "actor": {"type": str(event.actor.kind), "name": event.actor.name},
        "changes": [
            {"nodeId": it.node_id, "nodeType": it.node_type, "from": it.from_status, "to": it.to_status}
            for it in event.changes
        ],
    }
