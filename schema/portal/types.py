"""Types of signing, for the company: what has to be signed, and who has signed."""

import asyncio
from typing import Any

import strawberry

from domain.portal.public_keys import PublicKey as PublicKeyRow
from domain.portal.signatures import QuoteAttachment as QuoteAttachmentRow
from domain.portal.signatures import Signature as SignatureRow
from domain.portal.signatures import SignedDocument as SignedDocumentRow
from domain.portal.uploads import CustomerDocument as CustomerDocumentRow
from schema.declare import Info, column, edge, identity, type_of
from schema.portal.enums import SignaturePurpose
from schema.shared.lazy import LazyAlternative, LazyQuote
from schema.shared.nodes import Node
from schema.shared.scalars import URL, DateTime, EmailAddress


def _page(root: strawberry.Parent[Any], info: Info) -> URL | None:
    return URL(info.context.services.deps.links.page(root.key)) if root.shown else None


@type_of(PublicKeyRow)
class PublicKey:
    """The key in the link to the customer's page. Anyone who has it can view, sign and decline the quote without an
    account.
    """

    key: str | None = column(
        "The key, for `publicQuote` and the mutations by key; `null` if it is revoked.", attribute="shown"
    )
    url: URL | None = strawberry.field(
        resolver=_page, description="URL of the customer's page; `null` if the key is revoked."
    )
    created_at: DateTime = column("Date and time when the key was created.")
    revoked_at: DateTime | None = column("Date and time when the key was revoked.")


@type_of(SignedDocumentRow)
class SignedDocument:
    """A further document as it was when it was signed."""

    name: str = column("Name of the document.")
    url: URL = column("URL of the document.")
    sha256: str | None = column("SHA-256 hash of the document; `null` if none was given.")


def _document_url(root: strawberry.Parent[Any], info: Info) -> URL:
    return URL(info.context.services.deps.links.signed_pdf(root.quote_id, root.document_hash))


async def _alternatives(root: strawberry.Parent[Any], info: Info) -> list[LazyAlternative]:
    found = await asyncio.gather(*(info.context.load("alternative", it) for it in root.alternatives))
    return [it for it in found if it is not None]


@type_of(SignatureRow)
class Signature(Node):
    """A signature: who signed what, when and from where."""

    id: strawberry.ID = identity("Signature")
    quote: LazyQuote = edge("The quote that was signed.", loader="quote", key="quote_id")
    purpose: SignaturePurpose = column("What the signature is for.")
    name: str = column("Name that the signer entered.")
    email: EmailAddress = column("E-mail address that the signer entered.")
    ip_address: str = column("IP address of the signer.", attribute="address")
    user_agent: str | None = column("The `User-Agent` header of the signer's browser.")
    document_hash: str = column("SHA-256 hash of the printed quote that was signed.")
    document_url: URL = strawberry.field(
        resolver=_document_url,
        description="URL of the printed quote, with exactly the bytes that were signed. Requires an API key "
        "with scope `quotes:read`.",
    )
    documents: list[SignedDocument] = column(
        "Further documents that were signed together with the quote.", attribute="signed_documents"
    )
    price_option: str | None = column("Name of the price option that was selected, if the quote had any.")
    alternatives: list[LazyAlternative] = strawberry.field(
        resolver=_alternatives, description="Alternatives that were selected in place of the items of their lines."
    )
    is_superseded: bool = column(
        "Whether the quote has changed since, so that the signature no longer counts.", attribute="superseded"
    )
    signed_at: DateTime = column("Date and time of the signature.")
    created_at: DateTime = column("Date and time when the object was created.")
    updated_at: DateTime = column("Date and time when the object was last updated.")


@type_of(QuoteAttachmentRow)
class QuoteAttachment(Node):
    """A further document of a quote, such as terms of sale."""

    id: strawberry.ID = identity("QuoteAttachment")
    quote: LazyQuote = edge("The quote that the document belongs to.", loader="quote", key="quote_id")
    name: str = column("Name of the document.")
    url: URL = column("URL of the document.")
    sha256: str | None = column("SHA-256 hash of the document; `null` if none was given.")
    is_signature_required: bool = column(
        "Whether the document has to be signed together with the quote.", attribute="requires_signature"
    )
    created_at: DateTime = column("Date and time when the document was attached.")
    updated_at: DateTime = column("Date and time when the object was last updated.")


def _handed_in_url(root: strawberry.Parent[Any], info: Info) -> URL:
    return URL(info.context.services.deps.links.handed_in(root.quote_id, root.id))


@type_of(CustomerDocumentRow)
class CustomerDocument:
    """The uploaded file of a customer. Its type is detected from its first bytes; it is not scanned for malware."""

    name: str = column("Name that the customer gave the file.")
    content_type: str = column("Media type of the file: `application/pdf`, `image/png` or `image/jpeg`.")
    size: int = column("Size of the file in bytes.")
    sha256: str = column("SHA-256 hash of the file.")
    url: URL = strawberry.field(
        resolver=_handed_in_url, description="URL of the file. Requires an API key with scope `quotes:read`."
    )
    created_at: DateTime = column("Date and time of the upload.")
