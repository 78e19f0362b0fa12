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
    """Return type of `sendQuote`."""

    quote: Quote | None = subject(QUOTE, "quote")
    changes: list[StatusChange] = column("Status changes; empty if the quote was sent before.")
    print_problems: list[PrintProblem] = payload_print_problems()


@payload()
class PublicKeyPayload:
    """Return type of mutations that change the public key of a quote."""

    quote: Quote | None = subject(QUOTE, "quote")


@payload()
class SigningPayload:
    """Return type of mutations that change what has to be signed."""

    quote: Quote | None = subject(QUOTE, "quote")


@payload()
class AttachDocumentPayload:
    """Return type of `attachDocument`."""

    quote: Quote | None = subject(QUOTE, "quote")
    attachment: QuoteAttachment | None = subject("The new attachment.", "attachment")


@payload(result=PublicResult)
class SignQuotePayload:
    """Return type of `signQuote`."""

    quote: PublicQuote | None = column(QUOTE)


@payload(result=PublicResult)
class DeclineQuoteByKeyPayload:
    """Return type of `declineQuoteByKey`."""

    quote: PublicQuote | None = column(QUOTE)


@payload(result=PublicResult)
class FillInQuotePayload:
    """Return type of `fillInQuote`."""

    quote: PublicQuote | None = column(QUOTE)


@payload(result=PublicResult)
class ApproveProjectPayload:
    """Return type of `approveProject`."""

    quote: PublicQuote | None = column(QUOTE)
