"""Sending a quote to its customer, and saying what there is to sign: for the company."""

import strawberry

from domain.portal.drafts import AttachmentDraft, SendDraft
from domain.shared.access import Scope
from domain.use_cases.portal import sending, signing
from domain.use_cases.portal.sending import RevokePublicKey, RotatePublicKey, SendQuote
from domain.use_cases.portal.signing import (
    AskForProjectApproval,
    AttachDocument,
    DetachDocument,
    RequireSignatures,
)
from schema.declare import column, mutation
from schema.portal.print_problems import PrintProblem, payload_print_problems
from schema.portal.types import QuoteAttachment
from schema.quotes.types import Quote
from schema.shared.audiences import CUSTOMER
from schema.shared.common import StatusChange
from schema.shared.inputs import dry_run_field
from schema.shared.payloads import QUOTE, payload, subject
from schema.shared.scalars import URL, EmailAddress

_QUOTE_ID = "The quote."


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


@strawberry.input(description="A quote, and to whom it is sent with what.")
class SendQuoteInput:
    quote_id: strawberry.ID = strawberry.field(description=_QUOTE_ID)
    to: list[EmailAddress] | None = strawberry.field(
        default=None,
        description="Addresses, at most 20, a letter to each. By default the customer's, else the requester's.",
    )
    include_link: bool = strawberry.field(
        default=True, description="With the link to the page on which it can be seen, signed and declined."
    )
    include_pdf: bool = strawberry.field(default=True, description="With the quote as PDF.")
    email_assignee: bool = strawberry.field(default=False, description="To the quote's assignee too.")
    message: str | None = strawberry.field(
        default=None, description="What you say in person. At most 5,000 characters, line breaks allowed."
    )
    dry_run: bool = dry_run_field()

    def command(self) -> SendQuote:
        to = None if self.to is None else tuple(self.to)
        draft = SendDraft(to, self.include_link, self.include_pdf, self.email_assignee, self.message)
        return SendQuote(self.quote_id, draft, dry_run=self.dry_run)


@strawberry.input(description="A quote whose public key is revoked.")
class RevokePublicKeyInput:
    quote_id: strawberry.ID = strawberry.field(description=_QUOTE_ID)

    def command(self) -> RevokePublicKey:
        return RevokePublicKey(self.quote_id)


@strawberry.input(description="A quote that gets another public key.")
class RotatePublicKeyInput:
    quote_id: strawberry.ID = strawberry.field(description=_QUOTE_ID)

    def command(self) -> RotatePublicKey:
        return RotatePublicKey(self.quote_id)


@strawberry.input(description="How many people have to sign a quote.")
class RequireSignaturesInput:
    quote_id: strawberry.ID = strawberry.field(description=_QUOTE_ID)
    count: int = strawberry.field(description="1 to 20.")

    def command(self) -> RequireSignatures:
        return RequireSignatures(self.quote_id, self.count)


@strawberry.input(description="A further document of a quote. It is kept elsewhere.")
class AttachDocumentInput:
    quote_id: strawberry.ID = strawberry.field(description=_QUOTE_ID)
    name: str = strawberry.field(description=f"What it is called. At most 200 characters. {CUSTOMER}")
    url: URL = strawberry.field(description="Where the customer can read it.")
    sha256: str | None = strawberry.field(
        default=None, description="The SHA-256 of the version meant, 64 hexadecimal digits. Kept with signatures."
    )
    requires_signature: bool = strawberry.field(
        default=True, description="Whether whoever signs the quote has to sign this too."
    )

    def command(self) -> AttachDocument:
        draft = AttachmentDraft(self.name, self.url, self.sha256, self.requires_signature)
        return AttachDocument(self.quote_id, draft)


@strawberry.input(description="A further document that is taken off its quote.")
class DetachDocumentInput:
    attachment_id: strawberry.ID = strawberry.field(description="The document.")

    def command(self) -> DetachDocument:
        return DetachDocument(self.attachment_id)


@strawberry.input(description="A quote whose project is to be approved by the customer.")
class RequestProjectApprovalInput:
    quote_id: strawberry.ID = strawberry.field(description=_QUOTE_ID)

    def command(self) -> AskForProjectApproval:
        return AskForProjectApproval(self.quote_id)


@strawberry.type
class SigningMutations:
    send_quote: SendQuotePayload | None = mutation(
        "Send a quote to its customer by mail, for the first time or again, as long as it can be decided on. "
        "`printProblems` tells of characters that cannot be printed.",
        Scope.QUOTES_WRITE,
        SendQuoteInput,
        sending.send_quote,
    )
    revoke_public_key: PublicKeyPayload | None = mutation(
        "Revoke a quote's public key: links sent before open nothing any more.",
        Scope.QUOTES_WRITE,
        RevokePublicKeyInput,
        sending.revoke_public_key,
    )
    rotate_public_key: PublicKeyPayload | None = mutation(
        "Give a quote another public key; links sent before open nothing any more.",
        Scope.QUOTES_WRITE,
        RotatePublicKeyInput,
        sending.rotate_public_key,
    )
    require_signatures: SigningPayload | None = mutation(
        "Say how many people have to sign a quote, before anybody has.",
        Scope.QUOTES_WRITE,
        RequireSignaturesInput,
        signing.set_required_signatures,
    )
    attach_document: AttachDocumentPayload | None = mutation(
        "Add a further document to a quote, before anybody has signed it.",
        Scope.QUOTES_WRITE,
        AttachDocumentInput,
        signing.attach_document,
    )
    detach_document: SigningPayload | None = mutation(
        "Take a further document off a quote, before anybody has signed it.",
        Scope.QUOTES_WRITE,
        DetachDocumentInput,
        signing.detach_document,
    )
    request_project_approval: SigningPayload | None = mutation(
        "Ask the customer to approve the project that an approved quote was for.",
        Scope.QUOTES_WRITE,
        RequestProjectApprovalInput,
        signing.ask_for_project_approval,
    )
