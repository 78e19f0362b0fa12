"""The base of the emulated HTTP APIs: a journal of requests (`GET /received`) and faults on demand (`POST` and
`DELETE /faults`). The answers of each vendor are in a module of their own.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from aiohttp import web

from app.emulators.faults import Fault, Faults, Mode
from app.emulators.store import Store


@dataclass(frozen=True, slots=True)
class Call:
    """A request to a vendor. `body` is None unless its content type is JSON and it is valid JSON; `content` is the same
    as bytes."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a vendor; a body of text is sent as it is, any other as JSON. `shown` is what `/received` says of
    the request beside the status."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)
    shown: dict[str, Any] = field(default_factory=dict)


class Observed:
    """An emulator that shows over HTTP what it received, and accepts faults. `prefix` is an optional prefix of all
    paths."""

    prefix = ""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.faults = Faults()

    def app(self) -> web.Application:
        app = web.Application()
        for prefix in sorted({"", self.prefix}):
            app.router.add_get(f"{prefix}/received", self._received)
            app.router.add_post(f"{prefix}/faults", self._add_faults)
            app.router.add_delete(f"{prefix}/faults", self._clear_faults)
        return app

    async def _received(self, request: web.Request) -> web.Response:
        return web.json_response(self.store.received())

    async def _add_faults(self, request: web.Request) -> web.Response:
        try:
            self.faults.add(await request.json())
        except (ValueError, TypeError) as error:
            return web.json_response({"error": str(error)}, status=400)
        return web.Response(status=204)

    async def _clear_faults(self, request: web.Request) -> web.Response:
        self.faults.clear()
        return web.Response(status=204)


class Emulator(Observed):
    """An emulated HTTP API with a persistent store. Subclasses implement its answers."""

    def answer(self, call: Call) -> Answer:
        """Processes a request. Its changes to the store are committed together with the status of the answer."""
        raise NotImplementedError

    def failure(self, status: int) -> Answer:
        """Returns this vendor's answer with an error status."""
        raise NotImplementedError

    async def finish(self, call: Call, answer: Answer) -> Answer:
        """Returns the answer as it is sent, after what it caused was committed."""
        return answer

    def app(self) -> web.Application:
        app = super().app()
        self.add_routes(app.router)
        app.router.add_route("*", "/{path:.*}", self._serve)
        return app

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Adds the emulator's own control routes."""

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        content = await request.read()
        text = content.decode("utf-8", "replace")
        call = _call(request, self.prefix, text, content)
        number = self.store.receive(_entry(request, text))
        fault = self.faults.take(call.method, call.path)
        answer = await self._misbehave(fault, call, number) if fault else self._decide(call, number)
        if answer is None:
            return _hang_up(request)
        if isinstance(answer, web.Response):
            return answer
        answer = await self.finish(call, answer)
        if isinstance(answer.body, str):
            return web.Response(text=answer.body, status=answer.status, headers=answer.headers)
        return web.json_response(answer.body, status=answer.status, headers=answer.headers)

    def _decide(self, call: Call, number: int) -> Answer:
        with self.store.transaction():
            answer = self.answer(call)
            self.store.set_status(number, answer.status, answer.shown)
        return answer

    async def _misbehave(self, fault: Fault, call: Call, number: int) -> Answer | web.Response | None:
        """Returns the answer, or None to close the connection."""
        match fault.mode:
            case Mode.STATUS:
                self.store.set_status(number, fault.status)
                return self.failure(fault.status)
            case Mode.GARBAGE:
                self.store.set_status(number, 200)
                return web.Response(text="<html><body>Welcome</body></html>", content_type="text/html")
            case Mode.SLOW_BEFORE:
                await asyncio.sleep(fault.seconds)
                return self._decide(call, number)
            case Mode.SLOW_AFTER:
                answer = self._decide(call, number)
                await asyncio.sleep(fault.seconds)
                return answer
            case Mode.ACCEPT_THEN_DROP:
                self._decide(call, number)
        return None


def now() -> str:
    """Returns the current time in the vendors' format."""
    return format_time(datetime.now(UTC))


def format_time(at: datetime) -> str:
    """Returns a time in the vendors' format: ISO 8601, UTC, milliseconds."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def phrase(status: int) -> str:
    """Returns the reason phrase of a status, or a general one for unknown statuses."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Server Error" if status >= 500 else "Error"


def _call(request: web.Request, prefix: str, text: str, content: bytes) -> Call:
    path = request.path
    if prefix and path.startswith(f"{prefix}/"):
        path = path.removeprefix(prefix)
    # A body without a JSON content type is not parsed, as in the vendors' frameworks.
    body = _parsed(text) if request.content_type == "application/json" else None
    return Call(request.method, path, request.query, request.headers, body, content)


def _entry(request: web.Request, text: str) -> dict[str, Any]:
    """Returns the entry of a request in `/received`. `status` is null until the request is processed."""
    body = _parsed(text)
    return {
        "method": request.method,
        "path": request.path,
        "query": dict(request.query),
        "headers": dict(request.headers),
        "body": (text or None) if body is None else body,
        "status": None,
        "at": now(),
    }


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _hang_up(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()
