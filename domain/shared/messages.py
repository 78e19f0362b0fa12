"""Messages to people: the e-mails and tasks we send, as plain data.

The calls themselves are protocols in `domain/ports/external.py`; the clients are in `adapters/`.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class NewTask:
    """A task for the people who price quotes. `reference` is unique and written into the task."""

    reference: str
    title: str
    notes: str


class EmailKind(StrEnum):
    """The letters we write; each has a text and an HTML template of this name."""

    QUOTE_CREATED = "quote_created"
    ITEM_ACCEPTED = "item_accepted"
    QUOTE_SENT = "quote_sent"
    QUOTE_DECLINED = "quote_declined"
    QUOTE_SIGNED = "quote_signed"
    DEVICE_ACTION = "device_action"


@dataclass(frozen=True, slots=True)
class EmailLine:
    """One line of a quote as a letter shows it: what was accepted, or what counts while nothing is. `price` and
    `amount` are ready to print, or None while unpriced; `others` is what can be had in its place."""

    device: str
    quantity: int
    price: str | None
    recipients: tuple[str, ...]
    amount: str | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with a letter."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing a letter tells, or one sum, ready to print. `strong` is the one to be paid."""

    label: str
    value: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Email:
    """One e-mail to one address. `message_id` stays the same when the letter is sent again.

    `number` is what people call the thing it is about, `state` how that stands in plain words. `message` is what the
    sender says in person, or a customer who declines, line by line; `reply_to` is who reads an answer; `link` is where
    the quote can be seen and decided on. `options` are prices at which the quote can be had as a whole.
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
