"""What mutations of sending and signing answer."""

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
    """What came of sending a quote."""

    quote: Quote | None = subject(QUOTE, "quote")
    changes: list[StatusChange] = column("Every status that moved; empty when it was sent before.")
    print_problems: list[PrintProblem] = payload_print_problems()


@payload()
class PublicKeyPayload:
    """What came of changing a quote's public key."""

    quote: Quote | None = subject(QUOTE, "quote")


@payload()
class SigningPayload:
    """What came of changing what there is to sign."""

    quote: Quote | None = subject(QUOTE, "quote")


@payload()
class AttachDocumentPayload:
    """What came of adding a further document."""

    quote: Quote | None = subject(QUOTE, "quote")
    attachment: QuoteAttachment | None = subject("The new document.", "attachment")


@payload(result=PublicResult)
class SignQuotePayload:
    """What came of signing a quote."""

    quote: PublicQuote | None = column(QUOTE)


@payload(result=PublicResult)
class DeclineQuoteByKeyPayload:
    """What came of declining a quote."""

    quote: PublicQuote | None = column(QUOTE)


@payload(result=PublicResult)
class FillInQuotePayload:
    """What came of filling in a quote."""

    quote: PublicQuote | None = column(QUOTE)


@payload(result=PublicResult)
class ApproveProjectPayload:
    """What came of approving a project."""

    quote: PublicQuote | None = column(QUOTE)
