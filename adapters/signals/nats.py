"""Signals by NATS, for many processes: PostgreSQL delivers each NOTIFY to every listener of the database, and takes
a lock of the whole server for it.

Messages are published without acknowledgement and are not stored. While there is no connection none are sent: every
process finds new events by polling then.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Set
from contextlib import suppress
from itertools import cycle

from nats.aio.client import Client
from nats.aio.msg import Msg

from adapters.signals.carrier import OnSignal, Outbox, tenants_in
from adapters.signals.nats_address import NatsAddress, NatsServer

log = logging.getLogger(__name__)

CONNECT_SECONDS = 5.0
RECONNECT_SECONDS = 1.0
# A server that answers three pings in a row with nothing is given up.
PING_SECONDS = 5


class Nats:
    """A `Carrier` over NATS. It connects again by itself, to the next server."""

    name = "nats"

    def __init__(self, address: NatsAddress) -> None:
        self._address = address
        self._outbox = Outbox()
        self._client: Client | None = None
        self._is_down = False

    @property
    def connected(self) -> bool:
        return self._client is not None

    @property
    def sent(self) -> int:
        return self._outbox.sent

    def send(self, tenant_ids: Set[int]) -> None:
        self._outbox.add(tenant_ids)

    async def run(self, on_signal: OnSignal, on_gap: Callable[[], None]) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._outbox.send_all(self._publish))
            tasks.create_task(self._stay_connected(on_signal, on_gap))

    async def _publish(self, messages: list[str]) -> bool:
        client = self._client
        if client is None:
            return False
        try:
            for message in messages:
                await client.publish(self._address.subject, message.encode())
        except Exception as failure:  # noqa: BLE001 - whatever it is, polling takes its place
            log.debug("NATS did not take a message: %s", _reason(failure))
            return False
        return True

    async def _stay_connected(self, on_signal: OnSignal, on_gap: Callable[[], None]) -> None:
        servers = list(self._address.servers)
        random.shuffle(servers)
        for server in cycle(servers):
            try:
                await self._follow(server, on_signal, on_gap)
            except Exception as failure:  # noqa: BLE001 - whatever it is, it is tried again
                self._note_outage(server, failure)
            # Not all processes at the same moment.
            await asyncio.sleep(RECONNECT_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311 - no secret

    async def _follow(self, server: NatsServer, on_signal: OnSignal, on_gap: Callable[[], None]) -> None:
        """Receives messages until the connection is lost. Raises: Exception, with the reason."""

        async def on_message(message: Msg) -> None:
            # Anybody who may connect can publish.
            with suppress(ValueError):
                on_signal(tenants_in(message.data.decode()))

        connection = _Connection(server)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await connection.open()
                await connection.client.subscribe(self._address.subject, cb=on_message)
                # Returns when the server has taken the subscription.
                await connection.client.flush()
            self._client = connection.client
            self._note_connected(server)
            on_gap()
            await connection.closed.wait()
            raise connection.failure or ConnectionError("the server closed the connection")
        finally:
            self._client = None
            await connection.close()

    def _note_connected(self, server: NatsServer) -> None:
        log.log(logging.WARNING if self._is_down else logging.INFO, "signals go through NATS at %s", server)
        self._is_down = False

    def _note_outage(self, server: NatsServer, failure: Exception) -> None:
        """Logs the beginning of an outage only: it is tried again every second."""
        if not self._is_down:
            log.warning(
                "NATS at %s cannot be used: %s; until it can, new events and jobs of other processes are found by "
                "polling",
                server,
                _reason(failure),
            )
        self._is_down = True


class _Connection:
    """One connection to one server. It does not connect again: a lost one is replaced by another."""

    def __init__(self, server: NatsServer) -> None:
        self._server = server
        self.client = Client()
        self.closed = asyncio.Event()
        self.failure: Exception | None = None

    async def open(self) -> None:
        """Raises: Exception."""
        server = self._server
        try:
            await self.client.connect(
                str(server),
                name="quotegraph",
                user=self._secret(server.user),
                password=self._secret(server.password),
                token=self._secret(server.token),
                error_cb=self._on_error,
                closed_cb=self._on_closed,
                allow_reconnect=False,
                # The fewest that the library knows: one more after the first.
                max_reconnect_attempts=1,
                reconnect_time_wait=0,
                no_echo=True,
                ping_interval=PING_SECONDS,
                max_outstanding_pings=2,
            )
        except Exception as failure:  # noqa: BLE001 - raised again
            # Of a server that cannot be reached the library says only that none is left to try.
            raise self.failure or failure from None
        self._require_encryption()

    async def close(self) -> None:
        with suppress(Exception):
            async with asyncio.timeout(1):
                await self.client.close()

    def _secret(self, value: str | None) -> Callable[[], str] | None:
        """The library asks for it after the server has said whether it encrypts."""
        if value is None:
            return None

        def given() -> str:
            self._require_encryption()
            return value

        return given

    def _require_encryption(self) -> None:
        # The library encrypts if the server requires it, whatever the address says.
        if self._server.tls and not self.client._server_info.get("tls_required"):
            raise ConnectionError("the server does not require TLS; set nats:// to do without")

    async def _on_error(self, failure: Exception) -> None:
        self.failure = failure

    async def _on_closed(self) -> None:
        self.closed.set()


def _reason(failure: BaseException) -> str:
    return f"{type(failure).__name__}: {str(failure).partition(chr(10))[0][:200]}"
