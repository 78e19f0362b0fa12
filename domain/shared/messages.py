"""E-mails and tasks to send, as plain data.

The protocols that send them are in `domain/ports/external.py`, the clients in `adapters/`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task for the operators who price quotes. `reference` is unique and part of the task's text."""

    reference: str
    title: str
    notes: str


class EmailKind(StrEnum):
    """The kinds of e-mails. Each has a text template and an HTML template of the same name."""

    QUOTE_CREATED = "quote_created"
    ITEM_ACCEPTED = "item_accepted"
    QUOTE_SENT = "quote_sent"
    QUOTE_DECLINED = "quote_declined"
    QUOTE_SIGNED = "quote_signed"
    DEVICE_ACTION = "device_action"
    JOBS_FAIL = "jobs_fail"
    WEBHOOK_DISABLED = "webhook_disabled"
    MEMBER_INVITED = "member_invited"


@dataclass(frozen=True, slots=True)
class EmailLine:
    """One line of a quote in an e-mail: the accepted offer or, while undecided, the one that counts towards the
    total. `price` and `amount` are formatted, None while unpriced; `others` are the other offers. Whether it is ordered
    once it is accepted, or only after it is given recipients, is as in `Line`."""

    device: str
    quantity: int
    price: str | None
    recipients: tuple[str, ...]
    amount: str | None = None
    others: tuple[str, ...] = ()
    is_ordered: bool = False
    awaits_recipients: bool = False


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file attached to an e-mail."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Fact:
    """A label and a formatted value in an e-mail. `strong` marks the amount due."""

    label: str
    value: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail to one address. `message_id` stays the same when the e-mail is sent again.

    `number` is the order id or similar number of its subject, `state` its status in words. `message` is the personal
    message of the sender or of a customer who declines, by line; `reply_to` is the address for replies; `link` is the
    page on which the quote can be viewed and decided, or on which a person signs in. `options` are the prices of the
    price options.
    """

    kind: EmailKind
    message_id: str
    to: str
    company: str
    number: str
    written_at: datetime
    facts: tuple[Fact, ...] = ()
    lines: tuple[EmailLine, ...] = ()
    sums: tuple[Fact, ...] = ()
    options: tuple[Fact, ...] = ()
    state: str | None = None
    message: tuple[str, ...] = ()
    reply_to: str | None = None
    link: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
