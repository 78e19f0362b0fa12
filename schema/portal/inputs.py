"""Inputs for sending and signing quotes: those of companies, and those that customers send with a public key."""

import strawberry

from domain.portal.drafts import AttachmentDraft, SendDraft, SignDraft
from domain.portal.public_keys import ClientInfo
from domain.use_cases.portal.sending import RevokePublicKey, RotatePublicKey, SendQuote
from domain.use_cases.portal.signing import (
    AskForProjectApproval,
    AttachDocument,
    DeclineQuote,
    DetachDocument,
    FillInQuote,
    RequireSignatures,
    SignQuote,
)
from schema.companies.inputs import CustomFieldValueInput
from schema.shared.audiences import CUSTOMER
from schema.shared.inputs import dry_run_field, wait_field
from schema.shared.scalars import URL, EmailAddress

_QUOTE_ID = "The quote."


@strawberry.input(description="Input for `sendQuote`.")
class SendQuoteInput:
    quote_id: strawberry.ID = strawberry.field(description=_QUOTE_ID)
    to: list[EmailAddress] | None = strawberry.field(
        default=None,
        description="E-mail addresses to send the quote to, at most 20. Each gets an e-mail of its own. By "
        "default the customer's address, or else the requester's.",
    )
    include_link: bool = strawberry.field(
        default=True,
        description="Whether the e-mail contains the link to the customer's page, where the quote can be "
        "viewed, signed and declined.",
    )
    include_pdf: bool = strawberry.field(default=True, description="Whether the quote is attached as a PDF.")
    email_assignee: bool = strawberry.field(
        default=False, description="Whether the e-mail is also sent to the quote's assignee."
    )
    message: str | None = strawberry.field(
        default=None, description="A personal message. At most 5,000 characters; line breaks are allowed."
    )
    wait: bool = wait_field()
    dry_run: bool = dry_run_field()

    def command(self) -> SendQuote:
        to = None if self.to is None else tuple(self.to)
        draft = SendDraft(to, self.include_link, self.include_pdf, self.email_assignee, self.message)
        return SendQuote(self.quote_id, draft, self.wait)


@strawberry.input(description="Input for `revokePublicKey`.")
class RevokePublicKeyInput:
    quote_id: strawberry.ID = strawberry.field(description=_QUOTE_ID)
    dry_run: bool = dry_run_field()

    def command(self) -> RevokePublicKey:
        return RevokePublicKey(self.quote_id)


@strawberry.input(description="Input for `rotatePublicKey`.")
class RotatePublicKeyInput:
    quote_id: strawberry.ID = strawberry.field(description=_QUOTE_ID)
    dry_run: bool = dry_run_field()

    def command(self) -> RotatePublicKey:
        return RotatePublicKey(self.quote_id)


@strawberry.input(description="Input for `requireSignatures`.")
class RequireSignaturesInput:
    quote_id: strawberry.ID = strawberry.field(description=_QUOTE_ID)
    count: int = strawberry.field(description="Number of people who have to sign, 1 to 20.")
    dry_run: bool = dry_run_field()

    def command(self) -> RequireSignatures:
        return RequireSignatures(self.quote_id, self.count)


_DOCUMENT = {
    "name": f"Name of the document. At most 200 characters. {CUSTOMER}",
    "url": "URL at which the customer can read the document.",
    "sha256": "SHA-256 hash of the document, 64 hexadecimal digits. It is stored with signatures.",
    "is_signature_required": "Whether the document has to be signed together with the quote.",
}


@strawberry.input(description="Input for `attachDocument`. The document is stored elsewhere; only its URL is kept.")
class AttachDocumentInput:
    quote_id: strawberry.ID = strawberry.field(description=_QUOTE_ID)
    name: str = strawberry.field(description=_DOCUMENT["name"])
    url: URL = strawberry.field(description=_DOCUMENT["url"])
    sha256: str | None = strawberry.field(default=None, description=_DOCUMENT["sha256"])
    is_signature_required: bool = strawberry.field(default=True, description=_DOCUMENT["is_signature_required"])
    dry_run: bool = dry_run_field()

    def command(self) -> AttachDocument:
        draft = AttachmentDraft(self.name, self.url, self.sha256, self.is_signature_required)
        return AttachDocument(self.quote_id, draft)


@strawberry.input(
    description="Input fields for an attachment of a new quote. The document is stored elsewhere; only its URL is kept."
)
class AttachmentInput:
    name: str = strawberry.field(description=_DOCUMENT["name"])
    url: URL = strawberry.field(description=_DOCUMENT["url"])
    sha256: str | None = strawberry.field(default=None, description=_DOCUMENT["sha256"])
    is_signature_required: bool = strawberry.field(default=True, description=_DOCUMENT["is_signature_required"])

    def draft(self) -> AttachmentDraft:
        return AttachmentDraft(self.name, self.url, self.sha256, self.is_signature_required)


@strawberry.input(description="Input for `detachDocument`.")
class DetachDocumentInput:
    attachment_id: strawberry.ID = strawberry.field(description="The attachment.")
    dry_run: bool = dry_run_field()

    def command(self) -> DetachDocument:
        return DetachDocument(self.attachment_id)


@strawberry.input(description="Input for `requestProjectApproval`.")
class RequestProjectApprovalInput:
    quote_id: strawberry.ID = strawberry.field(description=_QUOTE_ID)
    dry_run: bool = dry_run_field()

    def command(self) -> AskForProjectApproval:
        return AskForProjectApproval(self.quote_id)


PUBLIC_KEY = "The quote's public key."


@strawberry.input(description="Input for `signQuote`.")
class SignQuoteInput:
    key: str = strawberry.field(description=PUBLIC_KEY)
    name: str = strawberry.field(description="Name of the signer. At most 200 characters.")
    email: EmailAddress = strawberry.field(
        description="E-mail address of the signer. Each address signs a document once."
    )
    documents: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="IDs of the attachments that are signed together with the quote: all that require a "
        "signature, and optionally others.",
    )
    document_hash: str | None = strawberry.field(
        default=None,
        description="The `documentHash` of the quote that the signer saw. If the quote has changed since, "
        "the mutation is refused.",
    )
    price_option: str | None = strawberry.field(
        default=None,
        description="Name of the selected price option, if the quote has any. If it has only one, the name "
        "can be omitted when `documentHash` is given.",
    )
    alternatives: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="IDs of the alternatives that are selected in place of the items, at most one for each "
        "line. All signers have to select the same alternatives.",
    )
    dry_run: bool = dry_run_field()

    def command(self, quote_id: str, client_info: ClientInfo) -> SignQuote:
        documents, alternatives = tuple(self.documents or ()), tuple(self.alternatives or ())
        draft = SignDraft(self.name, self.email, documents, self.document_hash, self.price_option, alternatives)
        return SignQuote(quote_id, client_info, draft)


@strawberry.input(description="Input for `declineQuoteByKey`.")
class DeclineQuoteByKeyInput:
    key: str = strawberry.field(description=PUBLIC_KEY)
    reason: str | None = strawberry.field(default=None, description="Reason for declining. At most 5,000 characters.")
    dry_run: bool = dry_run_field()

    def command(self, quote_id: str, client_info: ClientInfo) -> DeclineQuote:
        return DeclineQuote(quote_id, self.reason)


@strawberry.input(description="Input for `fillInQuote`.")
class FillInQuoteInput:
    key: str = strawberry.field(description=PUBLIC_KEY)
    custom_fields: list[CustomFieldValueInput] = strawberry.field(
        description="Values for the custom fields with `isEditable`. Fields that are omitted keep their "
        "values, and so do omitted parts of an address."
    )
    dry_run: bool = dry_run_field()

    def command(self, quote_id: str, client_info: ClientInfo) -> FillInQuote:
        return FillInQuote(quote_id, tuple(it.draft() for it in self.custom_fields))


@strawberry.input(description="Input for `approveProject`.")
class ApproveProjectInput:
    key: str = strawberry.field(description=PUBLIC_KEY)
    name: str = strawberry.field(description="Name of the person who approves. At most 200 characters.")
    email: EmailAddress = strawberry.field(description="E-mail address of the person who approves.")
    dry_run: bool = dry_run_field()

    def command(self, quote_id: str, client_info: ClientInfo) -> SignQuote:
        return SignQuote(quote_id, client_info, SignDraft(self.name, self.email))
