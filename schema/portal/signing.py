"""Sending a quote to its customer, and saying what there is to sign: for the company."""

import strawberry

from domain.portal.drafts import AttachmentDraft, SendDraft
from domain.shared.access import Scope
from resolvers.mutations import Result
from resolvers.portal import signing
from schema.declare import column, edge, root, type_of
from schema.portal.print_problems import PrintProblem, payload_print_problems
from schema.portal.types import QuoteAttachment
from schema.quotes.types import Quote
from schema.shared.audiences import CUSTOMER
from schema.shared.common import Info, StatusChange
from schema.shared.errors import UserError
from schema.shared.scalars import URL, EmailAddress

_QUOTE = "The quote as it is now; null when the action was refused."
_QUOTE_ID = "The quote."
_ERRORS = "Why nothing was done; empty when it was."


@type_of(Result)
class SendQuotePayload:
    """What came of sending a quote."""

    quote: Quote | None = edge(_QUOTE, loader="quote", key="quote_id")
    changes: list[StatusChange] = column("Every status that moved; empty when it was sent before.")
    print_problems: list[PrintProblem] = payload_print_problems()
    user_errors: list[UserError] = column(_ERRORS)


@type_of(Result)
class PublicKeyPayload:
    """What came of changing a quote's public key."""

    quote: Quote | None = edge(_QUOTE, loader="quote", key="quote_id")
    user_errors: list[UserError] = column(_ERRORS)


@type_of(Result)
class SigningPayload:
    """What came of changing what there is to sign."""

    quote: Quote | None = edge(_QUOTE, loader="quote", key="quote_id")
    user_errors: list[UserError] = column(_ERRORS)


@type_of(Result)
class AttachDocumentPayload:
    """What came of adding a further document."""

    quote: Quote | None = edge(_QUOTE, loader="quote", key="quote_id")
    attachment: QuoteAttachment | None = edge("The new document.", loader="attachment", key="attachment_id")
    user_errors: list[UserError] = column(_ERRORS)


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
    dry_run: bool = strawberry.field(default=False, description="Only say what would change.")

    def draft(self) -> SendDraft:
        to = None if self.to is None else tuple(self.to)
        return SendDraft(to, self.include_link, self.include_pdf, self.email_assignee, self.message)


@strawberry.input(description="A quote whose public key is revoked.")
class RevokePublicKeyInput:
    quote_id: strawberry.ID = strawberry.field(description=_QUOTE_ID)


@strawberry.input(description="A quote that gets another public key.")
class RotatePublicKeyInput:
    quote_id: strawberry.ID = strawberry.field(description=_QUOTE_ID)


@strawberry.input(description="How many people have to sign a quote.")
class RequireSignaturesInput:
    quote_id: strawberry.ID = strawberry.field(description=_QUOTE_ID)
    count: int = strawberry.field(description="1 to 20.")


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

    def draft(self) -> AttachmentDraft:
        return AttachmentDraft(self.name, self.url, self.sha256, self.requires_signature)


@strawberry.input(description="A further document that is taken off its quote.")
class DetachDocumentInput:
    attachment_id: strawberry.ID = strawberry.field(description="The document.")


@strawberry.input(description="A quote whose project is to be approved by the customer.")
class RequestProjectApprovalInput:
    quote_id: strawberry.ID = strawberry.field(description=_QUOTE_ID)


@strawberry.type
class SigningMutations:
    @root(
        "Send a quote to its customer by mail, for the first time or again, as long as it can be decided on. "
        "`printProblems` tells of characters that cannot be printed.",
        Scope.QUOTES_WRITE,
    )
    async def send_quote(info: Info, input: SendQuoteInput) -> SendQuotePayload | None:
        return await signing.send_quote(info, input, input.quote_id, input.draft(), input.dry_run)

    @root("Revoke a quote's public key: links sent before open nothing any more.", Scope.QUOTES_WRITE)
    async def revoke_public_key(info: Info, input: RevokePublicKeyInput) -> PublicKeyPayload | None:
        return await signing.revoke_public_key(info, input, input.quote_id)

    @root("Give a quote another public key; links sent before open nothing any more.", Scope.QUOTES_WRITE)
    async def rotate_public_key(info: Info, input: RotatePublicKeyInput) -> PublicKeyPayload | None:
        return await signing.rotate_public_key(info, input, input.quote_id)

    @root("Say how many people have to sign a quote, before anybody has.", Scope.QUOTES_WRITE)
    async def require_signatures(info: Info, input: RequireSignaturesInput) -> SigningPayload | None:
        return await signing.require_signatures(info, input, input.quote_id, input.count)

    @root("Add a further document to a quote, before anybody has signed it.", Scope.QUOTES_WRITE)
    async def attach_document(info: Info, input: AttachDocumentInput) -> AttachDocumentPayload | None:
        return await signing.attach_document(info, input, input.quote_id, input.draft())

    @root("Take a further document off a quote, before anybody has signed it.", Scope.QUOTES_WRITE)
    async def detach_document(info: Info, input: DetachDocumentInput) -> SigningPayload | None:
        return await signing.detach_document(info, input, input.attachment_id)

    @root("Ask the customer to approve the project that an approved quote was for.", Scope.QUOTES_WRITE)
    async def request_project_approval(info: Info, input: RequestProjectApprovalInput) -> SigningPayload | None:
        return await signing.request_project_approval(info, input, input.quote_id)
