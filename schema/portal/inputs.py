"""What companies send to have quotes signed, and what their customers send by a public key."""

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
from schema.shared.inputs import dry_run_field
from schema.shared.scalars import URL, EmailAddress

_QUOTE_ID = "The quote."


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


PUBLIC_KEY = "The quote's public key."
_DRY_RUN = "Only say whether it would be possible."


@strawberry.input(description="A signature under a quote.")
class SignQuoteInput:
    key: str = strawberry.field(description=PUBLIC_KEY)
    name: str = strawberry.field(description="Who signs. At most 200 characters.")
    email: EmailAddress = strawberry.field(description="The signer's address. One address signs a document once.")
    documents: list[strawberry.ID] | None = strawberry.field(
        default=None, description="The further documents that are signed too: all that ask for it, and any others."
    )
    document_hash: str | None = strawberry.field(
        default=None, description="The quote's `documentHash` as it was seen: if the quote has changed, it is refused."
    )
    price_option: str | None = strawberry.field(
        default=None,
        description="The name of the price option that is taken, where the quote offers any. The only one need not be "
        "named with a `documentHash`.",
    )
    alternatives: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="The alternatives that are taken in place of their lines' items, one for a line. Everybody signs "
        "for the same.",
    )
    dry_run: bool = strawberry.field(default=False, description=_DRY_RUN)

    def command(self, quote_id: str, client_info: ClientInfo) -> SignQuote:
        documents, alternatives = tuple(self.documents or ()), tuple(self.alternatives or ())
        draft = SignDraft(self.name, self.email, documents, self.document_hash, self.price_option, alternatives)
        return SignQuote(quote_id, client_info, draft, dry_run=self.dry_run)


@strawberry.input(description="A no to a quote as a whole.")
class DeclineQuoteByKeyInput:
    key: str = strawberry.field(description=PUBLIC_KEY)
    reason: str | None = strawberry.field(default=None, description="Why. At most 5,000 characters.")
    dry_run: bool = strawberry.field(default=False, description=_DRY_RUN)

    def command(self, quote_id: str, client_info: ClientInfo) -> DeclineQuote:
        return DeclineQuote(quote_id, self.reason, dry_run=self.dry_run)


@strawberry.input(description="What the customer says to the fields of a quote that are `editable`.")
class FillInQuoteInput:
    key: str = strawberry.field(description=PUBLIC_KEY)
    custom_fields: list[CustomFieldValueInput] = strawberry.field(
        description="The values. Fields that are not named keep what they have, and so do the parts of an address that "
        "are not named."
    )

    def command(self, quote_id: str, client_info: ClientInfo) -> FillInQuote:
        return FillInQuote(quote_id, tuple(it.draft() for it in self.custom_fields))


@strawberry.input(description="The approval of a project.")
class ApproveProjectInput:
    key: str = strawberry.field(description=PUBLIC_KEY)
    name: str = strawberry.field(description="Who approves. At most 200 characters.")
    email: EmailAddress = strawberry.field(description="The address of whoever approves.")

    def command(self, quote_id: str, client_info: ClientInfo) -> SignQuote:
        return SignQuote(quote_id, client_info, SignDraft(self.name, self.email))
