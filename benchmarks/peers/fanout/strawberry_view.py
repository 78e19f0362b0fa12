"""Strawberry's view and protocol handler as its documentation shows them, with a queue for each subscriber."""

import asyncio
import os
from collections.abc import AsyncGenerator
from typing import Any

import strawberry
from aiohttp import web
from strawberry.aiohttp.views import GraphQLView

QUEUES: set[asyncio.Queue[Any]] = set()


@strawberry.type
class Actor:
    type: str
    name: str


@strawberry.type
class StatusChange:
    node_id: strawberry.ID
    node_type: str
    from_: str = strawberry.field(name="from")
    to: str


@strawberry.type
class Event:
    id: strawberry.ID
    type: str
    occurred_at: str
    node_id: strawberry.ID
    node_type: str
    actor: Actor
    changes: list[StatusChange]


@strawberry.type
class Query:
    @strawberry.field
    def subscribers(self) -> int:
        return len(QUEUES)


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def events(self) -> AsyncGenerator[Event, None]:
        queue: asyncio.Queue[Event] = asyncio.Queue()
        QUEUES.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            QUEUES.discard(queue)


def event_of(given: dict[str, Any]) -> Event:
    changes = [
        StatusChange(node_id=it["nodeId"], node_type=it["nodeType"], from_=it["from"], to=it["to"])
        for it in given["changes"]
    ]
    return Event(
        id=given["id"],
        type=given["type"],
        occurred_at=given["occurredAt"],
        node_id=given["nodeId"],
        node_type=given["nodeType"],
        actor=Actor(**given["actor"]),
        changes=changes,
    )


async def publish(request: web.Request) -> web.Response:
    for event in map(event_of, await request.json()):
        for queue in QUEUES:
            queue.put_nowait(event)
    return web.json_response({})


if __name__ == "__main__":
    app = web.Application(client_max_size=16 * 1024 * 1024)
    view = GraphQLView(schema=strawberry.Schema(Query, subscription=Subscription), graphql_ide=None)
    app.router.add_route("*", "/graphql", view)
    app.router.add_post("/publish", publish)
    web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), access_log=None, print=None)
