"""Starts all emulators on ports of their own, and stops them."""

import asyncio
import json
import os
import socket
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType

from aiohttp import web

from app.emulators.asana import AsanaEmulator
from app.emulators.bamboohr import BambooEmulator
from app.emulators.http import Observed
from app.emulators.kitchen import KitchenEmulator
from app.emulators.mail import MailEmulator
from app.emulators.oidc import OidcEmulator
from app.emulators.quick_quote import QuickQuoteEmulator
from app.emulators.quipteams import QuipteamsEmulator
from app.emulators.salesbyte import SalesByteEmulator
from app.emulators.store import Store
from app.emulators.tecspal import TecspalEmulator
from app.emulators.webhooks import WebhooksEmulator

HOST = "127.0.0.1"
NAMES = (
    *("tecspal", "asana", "mail", "smtp", "bamboohr", "webhooks", "oidc"),
    *("quipteams", "kitchen", "salesbyte", "quick_quote"),
)
# How long running requests may take at shutdown; those delayed by a fault are cancelled.
GRACE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class RunningEmulators:
    """The running emulators. `urls` has `tecspal`, `asana`, `mail` (its HTTP server), `smtp`, `bamboohr`,
    `webhooks` (a receiver), `oidc` (an identity provider), and the quote systems `quipteams`, `kitchen`,
    `salesbyte` and `quick_quote`."""

    urls: Mapping[str, str]
    _running: AsyncExitStack

    async def close(self) -> None:
        await self._running.aclose()

    async def __aenter__(self) -> "RunningEmulators":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


async def start_emulators(
    data_dir: Path, ports: Mapping[str, int] | None = None, pace: timedelta | None = None
) -> RunningEmulators:
    """Starts all emulators on 127.0.0.1, with their data in `data_dir`.

    `ports` may give ports by the names in `NAMES`; the others use their port of the last start, or a free one. With a
    `pace`, Tecspal works on its orders by itself, and quipteams on its quotes, one step in each period. Raises:
    OSError, if a given port is in use.
    """
    async with AsyncExitStack() as stack:
        sockets = {name: stack.enter_context(bound) for name, bound in _bind(data_dir, ports or {}).items()}
        mail = MailEmulator(_store(stack, data_dir, "mail"))
        await _serve_http(stack, TecspalEmulator(_store(stack, data_dir, "tecspal"), pace), sockets["tecspal"])
        await _serve_http(stack, AsanaEmulator(_store(stack, data_dir, "asana")), sockets["asana"])
        await _serve_http(stack, mail, sockets["mail"])
        await _serve_http(stack, BambooEmulator(_store(stack, data_dir, "bamboohr")), sockets["bamboohr"])
        await _serve_http(stack, WebhooksEmulator(_store(stack, data_dir, "webhooks")), sockets["webhooks"])
        await _serve_http(stack, OidcEmulator(_store(stack, data_dir, "oidc")), sockets["oidc"])
        await _serve_http(stack, QuipteamsEmulator(_store(stack, data_dir, "quipteams"), pace), sockets["quipteams"])
        await _serve_http(stack, KitchenEmulator(_store(stack, data_dir, "kitchen")), sockets["kitchen"])
        await _serve_http(stack, SalesByteEmulator(_store(stack, data_dir, "salesbyte")), sockets["salesbyte"])
        await _serve_http(stack, QuickQuoteEmulator(_store(stack, data_dir, "quick_quote")), sockets["quick_quote"])
        await _serve_smtp(stack, mail, sockets["smtp"])
        urls = {
            name: f"{'smtp' if name == 'smtp' else 'http'}://{HOST}:{bound.getsockname()[1]}"
            for name, bound in sockets.items()
        }
        return RunningEmulators(urls, stack.pop_all())
    raise AssertionError("an exit stack does not suppress errors")


def _store(stack: AsyncExitStack, data_dir: Path, name: str) -> Store:
    store = Store(data_dir / f"{name}.sqlite3")
    stack.callback(store.close)
    return store


async def _serve_http(stack: AsyncExitStack, observed: Observed, bound: socket.socket) -> None:
    runner = web.AppRunner(observed.app(), access_log=None, shutdown_timeout=GRACE_SECONDS)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.SockSite(runner, bound).start()


async def _serve_smtp(stack: AsyncExitStack, mail: MailEmulator, bound: socket.socket) -> None:
    server = await asyncio.get_running_loop().create_server(mail.protocol, sock=bound)
    stack.callback(mail.hang_up)
    stack.callback(server.close)


def _bind(data_dir: Path, ports: Mapping[str, int]) -> dict[str, socket.socket]:
    """Returns a listening socket for each name: on the given port, else that of the last start, else a free one."""
    memory = data_dir / "ports.json"
    remembered = _remembered(memory)
    sockets: dict[str, socket.socket] = {}
    try:
        for name in NAMES:
            sockets[name] = _listen(ports[name]) if name in ports else _listen_again(remembered.get(name, 0))
    except BaseException:
        for bound in sockets.values():
            bound.close()
        raise
    _remember(memory, {name: bound.getsockname()[1] for name, bound in sockets.items()})
    return sockets


def _listen_again(port: int) -> socket.socket:
    try:
        return _listen(port)
    except OSError:
        return _listen(0)


def _listen(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((HOST, port))
        bound.listen(128)
    except BaseException:
        bound.close()
        raise
    return bound


def _remembered(memory: Path) -> dict[str, int]:
    try:
        ports = json.loads(memory.read_text())
        return {name: int(ports[name]) for name in NAMES if name in ports}
    except (OSError, ValueError, TypeError):
        return {}


def _remember(memory: Path, ports: dict[str, int]) -> None:
    memory.parent.mkdir(parents=True, exist_ok=True)
    draft = memory.with_suffix(".new")
    draft.write_text(json.dumps(ports))
    os.replace(draft, memory)
