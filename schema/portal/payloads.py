"""Payloads of the mutations of sending and signing."""

from resolvers.portal.public_quote import PublicResult
from schema.declare import column
from schema.portal.print_problems import PrintProblem, payload_print_problems
from schema.portal.public_quote import PublicQuote
from schema.portal.types import QuoteAttachment
from schema.quotes.types import Quote
from schema.shared.payloads import QUOTE, payload, subject
from schema.shared.status_changes import StatusChange


@payload()
class SendQuotePayload:
    """For `sendQuote`."""

    quote: Quote | None = subject(QUOTE, "quote")
    changes: list[StatusChange] = column("Status changes; empty if the quote was sent before.")
    print_problems: list[PrintProblem] = payload_print_problems()


@payload()
class SigningPayload:
    """For mutations that change the public key of a quote, or what has to be signed."""

    quote: Quote | None = subject(QUOTE, "quote")


@payload()
class AttachDocumentPayload:
    """For `attachDocument`."""

    quote: Quote | None = subject(QUOTE, "quote")
    attachment: QuoteAttachment | None = subject("The new attachment.", "attachment")


@payload(result=PublicResult)
class PublicQuotePayload:
    """For mutations of customers, who have the public key of a quote."""

    quote: PublicQuote | None = column(QUOTE)
