"""Emulates a mail server that delivers nothing and shows the received e-mails over HTTP.

Faults are set as for the other emulators; the verbs are the SMTP commands RCPT and DATA, and `status` is an SMTP code.
"""

import asyncio
import base64
import email
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from email.policy import default as modern
from typing import Any, cast
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, Envelope, Session

from app.emulators.faults import Fault, Mode
from app.emulators.http import Observed, now
from app.emulators.store import Store

ACCEPTED = "250 OK"

Action = Callable[[], Awaitable[str]]


class MailEmulator(Observed):
    """The HTTP server; `protocol` creates the SMTP server of one connection."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._connections: WeakSet[SMTP] = WeakSet()

    def protocol(self) -> SMTP:
        loop = asyncio.get_running_loop()
        # Without a host name the library looks it up in DNS for every connection, which blocks the event loop.
        connection = SMTP(self, enable_SMTPUTF8=True, hostname="localhost", loop=loop)
        self._connections.add(connection)
        return connection

    def hang_up(self) -> None:
        """Closes all open connections."""
        for connection in list(self._connections):
            _drop(connection)

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        async def action() -> str:
            envelope.rcpt_tos.append(address)
            return ACCEPTED

        return await self._carry_out("RCPT", server, action)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - as above
        async def action() -> str:
            self.store.receive(_email(envelope))
            return ACCEPTED

        return await self._carry_out("DATA", server, action)

    async def _carry_out(self, verb: str, server: SMTP, action: Action) -> str:
        fault = self.faults.take(verb, "/")
        if fault is None:
            return await action()
        return await _misbehave(fault, server, action)


async def _misbehave(fault: Fault, server: SMTP, action: Action) -> str:
    match fault.mode:
        case Mode.STATUS:
            return f"{fault.status} Refused on request"
        case Mode.GARBAGE:
            return "Welcome"
        case Mode.SLOW_BEFORE:
            await asyncio.sleep(fault.seconds)
            return await action()
        case Mode.SLOW_AFTER:
            answer = await action()
            await asyncio.sleep(fault.seconds)
            return answer
        case Mode.ACCEPT_THEN_DROP:
            await action()
    _drop(server)
    return ACCEPTED


def _drop(connection: SMTP) -> None:
    if connection.transport is not None:
        cast(asyncio.WriteTransport, connection.transport).abort()


def _email(envelope: Envelope) -> dict[str, Any]:
    content = envelope.content
    message = email.message_from_bytes(content if isinstance(content, bytes) else b"", policy=modern)
    assert isinstance(message, EmailMessage)
    return {
        "from": envelope.mail_from,
        "to": ", ".join(envelope.rcpt_tos),
        "subject": str(message["Subject"] or ""),
        "text": _part(message, "plain"),
        "html": _part(message, "html"),
        "attachments": [_attachment(part) for part in message.iter_attachments()],
        "messageId": str(message["Message-ID"] or ""),
        "headers": {name: str(value) for name, value in message.items()},
        "at": now(),
    }


def _attachment(part: EmailMessage) -> dict[str, Any]:
    content = part.get_content()
    raw = content if isinstance(content, bytes) else str(content).encode()
    return {
        "name": part.get_filename(),
        "contentType": part.get_content_type(),
        "content": base64.b64encode(raw).decode(),
    }


def _part(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else None
