"""What the emulated HTTP APIs have in common: a journal of requests, faults on demand, and the two ways to read and set
them (`GET /received`, `POST` and `DELETE /faults`). What a vendor answers is in the file of that vendor.
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
    """A request as a vendor sees it. `body` is None unless it was announced as JSON and is JSON."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class Answer:
    """What a vendor answers."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


class Observed:
    """Something that receives, shows over HTTP what it received and takes faults. `prefix` may precede every path."""

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
    """An HTTP API with a memory. A subclass says what it answers."""

    def answer(self, call: Call) -> Answer:
        """Carry out a request; what it writes to the store is committed with the note that it was answered."""
        raise NotImplementedError

    def failure(self, status: int) -> Answer:
        """How this vendor words an answer with an error status."""
        raise NotImplementedError

    def app(self) -> web.Application:
        app = super().app()
        self.add_routes(app.router)
        app.router.add_route("*", "/{path:.*}", self._serve)
        return app

    def add_routes(self, router: web.UrlDispatcher) -> None:
        """Ways to tell this emulator more than faults."""

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        text = (await request.read()).decode("utf-8", "replace")
        call = _call(request, self.prefix, text)
        number = self.store.receive(_entry(request, text))
        fault = self.faults.take(call.method, call.path)
        answer = await self._misbehave(fault, call, number) if fault else self._decide(call, number)
        if answer is None:
            return _hang_up(request)
        if isinstance(answer, web.Response):
            return answer
        return web.json_response(answer.body, status=answer.status, headers=answer.headers)

    def _decide(self, call: Call, number: int) -> Answer:
        with self.store.at_once():
            answer = self.answer(call)
            self.store.decide(number, answer.status)
        return answer

    async def _misbehave(self, fault: Fault, call: Call, number: int) -> Answer | web.Response | None:
        """The answer, or None where the connection is closed instead."""
        match fault.mode:
            case Mode.STATUS:
                self.store.decide(number, fault.status)
                return self.failure(fault.status)
            case Mode.GARBAGE:
                self.store.decide(number, 200)
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
    """The present as the vendors write it."""
    return written(datetime.now(UTC))


def written(at: datetime) -> str:
    """A time as the vendors write it: ISO 8601, UTC, milliseconds."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def phrase(status: int) -> str:
    """The reason phrase of a status, or of its class when it has none."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Server Error" if status >= 500 else "Error"


def _call(request: web.Request, prefix: str, text: str) -> Call:
    path = request.path
    if prefix and path.startswith(f"{prefix}/"):
        path = path.removeprefix(prefix)
    # A body that is not announced as JSON is not read as JSON, as with the frameworks of the originals.
    body = _parsed(text) if request.content_type == "application/json" else None
    return Call(request.method, path, request.query, request.headers, body)


def _entry(request: web.Request, text: str) -> dict[str, Any]:
    """What `/received` shows of a request. `status` stays null while it is undecided, or when it was never done."""
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
