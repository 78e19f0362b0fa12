"""gql over websockets."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from gql import Client, GraphQLRequest
from gql.transport.exceptions import TransportConnectionFailed
from gql.transport.websockets import WebsocketsTransport
from quotegraph_client import resuming

from tests.clients.program import EVENTS, KEY, URL, show


async def subscribe(variables: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
    transport = WebsocketsTransport(
        url=URL.replace("http", "ws"), init_payload={"Authorization": f"Bearer {KEY}"}, close_timeout=1
    )
    async with Client(transport=transport) as session:
        async for data in session.subscribe(GraphQLRequest(EVENTS, variable_values=variables)):
            yield data


async def main() -> None:
    async for data in resuming(subscribe, {}, lost=(OSError, TransportConnectionFailed)):
        show(data)


asyncio.run(main())
