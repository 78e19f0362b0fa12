"""A client of quotegraph's API: operations by POST, subscriptions as server-sent events that resume."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Any, Self, cast

import aiohttp

from quotegraph_client.operations import Data, Request
from quotegraph_client.resume import delay

# The server sends something every three seconds.
SILENCE_SECONDS = 15.0
LONGEST_EVENT = 16 * 1024 * 1024
# Answers that a later attempt may not get.
TEMPORARY = frozenset({429, 500, 502, 503, 504})


class OperationFailed(Exception):
    """The answer has errors. `errors` are those of GraphQL; `data` is what was answered beside them, if anything."""

    def __init__(self, errors: list[dict[str, Any]], data: Any = None) -> None:
        super().__init__("; ".join(str(it.get("message")) for it in errors))
        self.errors = errors
        self.data = data

    @property
    def codes(self) -> list[str]:
        return [it.get("extensions", {}).get("code", "") for it in self.errors]


class Quotegraph:
    """The API at one address with one key. Use it as an asynchronous context manager."""

    def __init__(self, url: str, key: str) -> None:
        self._url = url
        self._headers = {"Authorization": f"Bearer {key}"}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(headers=self._headers)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def run(self, request: Request[Data]) -> Data:
        """Runs a query or a mutation. Raises: OperationFailed, aiohttp.ClientError."""
        async with self._post(request, {"Accept": "application/json"}) as response:
            return cast(Data, _data_of(await response.json(content_type=None)))

    async def subscribe(self, request: Request[Data]) -> AsyncIterator[Data]:
        """Yields the data of each event. When the connection is lost, it goes on after the last event.

        Raises: OperationFailed, if the subscription is refused or ends with an error.
        """
        last: str | None = None
        failures = 0
        while True:
            try:
                async for id_, data in self._events(request, last):
                    last, failures = id_ or last, 0
                    yield cast(Data, data)
                return
            except (aiohttp.ClientError, OSError, TimeoutError):
                await asyncio.sleep(delay(failures))
                failures += 1

    async def _events(self, request: Request[Any], last: str | None) -> AsyncIterator[Any]:
        """Yields the id and data of each event of one connection. Raises: ConnectionError, if it ends too early."""
        headers = {"Accept": "text/event-stream"} | ({} if last is None else {"Last-Event-ID": last})
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=SILENCE_SECONDS, sock_read=SILENCE_SECONDS)
        async with self._post(request, headers, timeout=timeout) as response:
            if response.status in TEMPORARY:
                raise ConnectionError(f"The server answered {response.status}.")
            if response.content_type != "text/event-stream":
                _data_of(await response.json(content_type=None))
            event: dict[str, str] = {}
            async for line in response.content:
                name, _, value = line.decode().rstrip("\r\n").partition(": ")
                if name:
                    event[name] = value
                    continue
                if event.get("event") == "complete":
                    return
                if event.get("event") == "next":
                    yield event.get("id"), _data_of(json.loads(event["data"]), partly=True)
                event = {}
        raise ConnectionError("The stream ended without `complete`.")

    def _post(self, request: Request[Any], headers: Mapping[str, str], **more: Any) -> Any:
        if self._session is None:
            raise RuntimeError("Use the client in `async with`.")
        return self._session.post(self._url, json=request.body, headers=headers, read_bufsize=LONGEST_EVENT, **more)


def _data_of(answer: Any, partly: bool = False) -> Any:
    """Returns the data of an answer. With `partly`, a field with an error may be null. Raises: OperationFailed."""
    if not isinstance(answer, dict) or not answer.keys() & {"data", "errors"}:
        raise aiohttp.ClientPayloadError("This is not an answer of a GraphQL API.")
    data, errors = answer.get("data"), answer.get("errors")
    if errors and not (partly and any((data or {}).values())):
        raise OperationFailed(errors, data)
    return data
