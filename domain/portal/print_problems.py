"""Finds the characters of a quote that cannot be printed: no font has a glyph for them, so a box is printed instead.

A printed quote may be a contract, so these characters and their texts are reported to the sender.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple
from unicodedata import name

from domain.catalogue.products import Specification
from domain.companies.customers import Customer
from domain.portal.rich_text import rich_text
from domain.portal.signatures import QuoteAttachment
from domain.quotes.aggregate import Line, QuoteAggregate
from domain.quotes.discounts import Discount
from domain.quotes.price_option_rows import PriceOption
from domain.shared.addresses import Address
from domain.shared.errors import Path
from domain.shared.parsers import camel

# Maximum number of characters reported for one text. More would not help to find the cause.
MAX_CHARACTERS = 20
# Number of characters in an excerpt before and after the first unprintable character.
AROUND = 30


class UnprintableCharacter(NamedTuple):
    """A character that would be printed as a box. Some have no name in Unicode."""

    character: str

    @property
    def code_point(self) -> str:
        """The code point in Unicode notation, such as `U+13000`."""
        return f"U+{ord(self.character):04X}"

    @property
    def name(self) -> str | None:
        return name(self.character, None)


class PrintProblem(NamedTuple):
    """A text of a quote with unprintable characters. `path` is its path in the graph, from the quote."""

    path: tuple[str, ...]
    excerpt: str
    characters: tuple[UnprintableCharacter, ...]

    @property
    def message(self) -> str:
        listed = ", ".join(f"{it.character} ({it.code_point})" for it in self.characters)
        return f"No font has {listed}: a box is printed instead, in {'.'.join(self.path)}."


def print_problems(
    quote: QuoteAggregate,
    company: str,
    customer: Customer | None,
    attachments: Sequence[QuoteAttachment],
    options: Sequence[PriceOption],
    unprintable: Callable[[str], Sequence[str]],
) -> tuple[PrintProblem, ...]:
    """Returns every text of the printed quote that has unprintable characters, in printed order."""
    texts = printed_texts(quote, company, customer, attachments, options)
    return tuple(_problem(path, text, found) for path, text in texts if (found := unprintable(text)))


def _problem(path: Path, text: str, found: Sequence[str]) -> PrintProblem:
    at = text.index(found[0])
    start, end = max(at - AROUND, 0), at + AROUND
    excerpt = f"{'…' if start else ''}{text[start:end]}{'…' if end < len(text) else ''}"
    return PrintProblem(tuple(path), excerpt, tuple(map(UnprintableCharacter, found[:MAX_CHARACTERS])))


def printed_texts(
    quote: QuoteAggregate,
    company: str,
    customer: Customer | None,
    attachments: Sequence[QuoteAttachment],
    options: Sequence[PriceOption],
) -> Iterator[tuple[Path, str]]:
    """Yields every entered text of the printed quote (`domain/portal/printed_quote.py`) with its path in the graph."""
    head = quote.quote
    body = "\n".join(span.text for block in rich_text(head.body) for line in block.lines for span in line.spans)
    texts: Iterator[tuple[Path, str | None]] = iter(
        (
            (("title",), head.title),
            (("poNumber",), head.po_number),
            *_customer(customer),
            (("company", "name"), company),
            (("requester", "name"), head.requester_name),
            (("requester", "email"), head.requester_email),
            (("body",), body),
            (("publicNotes",), head.public_notes),
            *(it for place, line in enumerate(quote.lines) for it in _line(("items", str(place)), line)),
            *_discount((), head.discount),
            (("shipping", "name"), head.shipping.name if head.shipping else None),
            *((("priceOptions", str(place), "name"), it.name) for place, it in enumerate(options)),
            *((("attachments", str(place), "name"), it.name) for place, it in enumerate(attachments)),
        )
    )
    return ((path, text) for path, text in texts if text)


def _customer(customer: Customer | None) -> Iterator[tuple[Path, str | None]]:
    if customer is None:
        return
    yield ("customer", "name"), customer.name
    yield ("customer", "companyName"), customer.company_name
    address = customer.address or Address()
    for part in ("line1", "line2", "postal_code", "city", "province"):
        yield ("customer", "address", camel(part)), getattr(address, part)


def _line(path: Path, line: Line) -> Iterator[tuple[Path, str | None]]:
    yield from _specification(path, line.item.specification)
    yield from _discount(path, line.item.discount)
    yield (*path, "comments"), line.item.comments
    for place, person in enumerate(line.recipients):
        yield (*path, "recipients", str(place), "name"), person.name
    for place, it in enumerate(line.alternatives):
        here = (*path, "alternatives", str(place))
        yield from _specification(here, it.specification)
        yield (*here, "description"), it.description


def _specification(path: Path, specification: Specification) -> Iterator[tuple[Path, str | None]]:
    for part, text in specification._asdict().items():
        yield (*path, "specification", camel(part)), text


def _discount(path: Path, discount: Discount | None) -> Iterator[tuple[Path, str | None]]:
    yield (*path, "discount", "reason"), discount.reason if discount else None
