"""Sends e-mails over SMTP. Their texts are in `templates/`, one plain-text and one HTML file for each kind.

Values in an e-mail come from users, so they are escaped: none may add a header, a line or markup.
"""

import asyncio
import ssl
from contextlib import suppress
from dataclasses import asdict
from email.errors import MessageError, NonASCIILocalPartDefect
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as ASCII_HEADERS
from email.policy import SMTPUTF8 as UTF8_HEADERS
from pathlib import Path
from typing import Any

import aiosmtplib
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from adapters.http import LONGEST_MESSAGE, one_line, redacted
from adapters.mail.server_address import parse_mail_server, parse_sender
from domain.shared.messages import Email, EmailKind
from domain.shared.outbound_errors import OutboundFailure, Refused, Unavailable, Uncertain
from domain.shared.parsers import with_full_stop

SUBJECTS = {
    EmailKind.QUOTE_CREATED: "Quote {number} requested for {company}",
    EmailKind.ITEM_ACCEPTED: "Quote {number}: accepted",
    EmailKind.QUOTE_SENT: "Quote {number} from {company}",
    EmailKind.QUOTE_DECLINED: "Quote {number}: declined by the customer",
    EmailKind.QUOTE_SIGNED: "Quote {number}: your signed copy",
    EmailKind.DEVICE_ACTION: "Device action {number} {state}",
    EmailKind.JOBS_FAIL: "quotegraph: {number} fails",
    EmailKind.WEBHOOK_DISABLED: "Webhook endpoint {number} was disabled",
    EmailKind.MEMBER_INVITED: "You are invited to {company} on quotegraph",
}
# The e-mail is delivered by then, so QUIT may fail.
QUIT_SECONDS = 1.0

templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
templates.filters["ended"] = with_full_stop


class SmtpMailer:
    """Implements the `Mailer` port. `url` is `smtp://user:password@host:port`, which uses STARTTLS if the server offers
    it, or `smtps://…`.

    A password is sent over TLS only, unless the server is on this machine: if the server then does not offer STARTTLS,
    nothing is sent. Raises: ValueError for any other URL, or a sender that is not an e-mail address.
    """

    def __init__(self, url: str, sender: str, timeout: float = 10.0) -> None:
        self._server = parse_mail_server(url)
        self._sender_address = parse_sender(sender)
        self._sender = sender
        self._timeout = timeout

    async def send(self, email: Email) -> None:
        """Delivers the e-mail to the mail server. Raises: Unavailable, Uncertain, Refused."""
        delivery = _Delivery(self._client(), self._sender_address, compose(email, self._sender))
        try:
            try:
                async with asyncio.timeout(self._timeout):
                    await delivery.run()
            except (aiosmtplib.SMTPException, OSError, ValueError) as error:
                raise _failure(error, delivery.content_sent, self._server.password) from error
            with suppress(aiosmtplib.SMTPException, OSError):
                await delivery.client.quit(timeout=QUIT_SECONDS)
        finally:
            delivery.client.close()

    def _client(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self._server.host,
            port=self._server.port,
            username=self._server.user,
            password=self._server.password,
            use_tls=self._server.tls,
            start_tls=self._server.start_tls,
            timeout=self._timeout,
            # Otherwise the library looks up our host name in DNS for every e-mail.
            local_hostname=self._sender_address.rpartition("@")[2],
        )


class _Delivery:
    """The delivery of one e-mail. After `content_sent`, the server may have accepted it even if no answer came."""

    def __init__(self, client: aiosmtplib.SMTP, sender: str, message: EmailMessage) -> None:
        self.client = client
        self.content_sent = False
        self._sender = sender
        self._message = message
        self._to = message["To"].addresses[0].addr_spec

    async def run(self) -> None:
        plain = (self._sender + self._to).isascii()
        encoding = "ascii" if plain else "utf-8"
        await self.client.connect()
        await self.client.mail(self._sender, options=[] if plain else ["SMTPUTF8"], encoding=encoding)
        await self.client.rcpt(self._to, encoding=encoding)
        self.content_sent = True
        await self.client.data(self._message.as_bytes(policy=ASCII_HEADERS if plain else UTF8_HEADERS))


def compose(email: Email, sender: str) -> EmailMessage:
    """Returns the message with a plain-text and an HTML body. Raises: Refused for an invalid address."""
    words = _one_line_each(asdict(email))
    message = EmailMessage(policy=ASCII_HEADERS)
    message["From"] = sender
    message["To"] = _recipient(email.to)
    # A Reply-To outside ASCII would make servers without SMTPUTF8 reject the whole e-mail.
    if email.reply_to is not None and email.reply_to.isascii():
        message["Reply-To"] = _recipient(email.reply_to)
    message["Subject"] = SUBJECTS[email.kind].format_map(words)
    message["Date"] = email.written_at
    message["Message-ID"] = email.message_id
    message["Auto-Submitted"] = "auto-generated"
    # Quoted-printable passes every relay, including those without 8BITMIME and those that limit the line length.
    message.set_content(templates.get_template(f"{email.kind}.txt").render(words), cte="quoted-printable")
    html = templates.get_template(f"{email.kind}.html").render(words)
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    for enclosure in email.enclosures:
        kind, _, subtype = enclosure.content_type.partition("/")
        message.add_attachment(enclosure.content, kind, subtype, filename=one_line(enclosure.name))
    return message


def _recipient(address: str) -> Address:
    try:
        return Address(addr_spec=address)
    except NonASCIILocalPartDefect:
        # This is a valid address (RFC 6531); the server decides whether it accepts it.
        name, _, domain = address.rpartition("@")
        return Address(username=name, domain=domain)
    except (ValueError, IndexError, MessageError) as error:
        raise Refused("The address of the recipient is not an e-mail address.") from error


def _one_line_each(value: Any) -> Any:
    """Returns the value with every text in it on one line and without control characters."""
    if isinstance(value, dict):
        return {name: _one_line_each(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_one_line_each(item) for item in value]
    if isinstance(value, str):
        return one_line(value)
    return value


def _failure(error: Exception, content_sent: bool, password: str | None) -> OutboundFailure:
    """Returns the outbound failure for an SMTP error. Our password is redacted: the server's message may repeat it."""
    reply = one_line(redacted(str(error), (password,) if password else ()))
    message = f"Mail: {reply[:LONGEST_MESSAGE] or 'no answer in time'}"
    match error:
        case aiosmtplib.SMTPRecipientRefused() | aiosmtplib.SMTPDataError() if error.code >= 500:
            return Refused(message)
        case aiosmtplib.SMTPNotSupported() | ValueError() if not isinstance(error, ssl.SSLError):
            return Refused(message)
        case aiosmtplib.SMTPResponseException():
            return Unavailable(message)
    return Uncertain(message) if content_sent else Unavailable(message)
