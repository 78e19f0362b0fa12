"""What there is to sign of a quote, and who has signed: for the company."""

import asyncio
from typing import Any

import strawberry

from domain.portal.public_keys import PublicKey as PublicKeyRow
from domain.portal.signatures import QuoteAttachment as QuoteAttachmentRow
from domain.portal.signatures import Signature as SignatureRow
from domain.portal.signatures import SignedDocument as SignedDocumentRow
from domain.portal.uploads import CustomerDocument as CustomerDocumentRow
from schema.declare import Info, column, identity, type_of
from schema.portal.enums import SignaturePurpose
from schema.shared.lazy import LazyAlternative
from schema.shared.nodes import Node
from schema.shared.scalars import URL, DateTime, EmailAddress


def _page(root: strawberry.Parent[Any], info: Info) -> URL | None:
    return URL(info.context.services.deps.links.page(root.key)) if root.shown else None


@type_of(PublicKeyRow)
class PublicKey:
    """The key by which a customer reaches a quote without an account. Whoever has it can see, sign and decline it."""

    key: str | None = column("The key, for `publicQuote` and the like; null once it was revoked.", attribute="shown")
    url: URL | None = strawberry.field(resolver=_page, description="The customer's page; null once it was revoked.")
    created_at: DateTime = column("When it was made.")
    revoked_at: DateTime | None = column("When it was revoked.")


@type_of(SignedDocumentRow)
class SignedDocument:
    """A further document as it was when it was signed."""

    name: str = column("What it is called.")
    url: URL = column("Where it is kept.")
    sha256: str | None = column("The SHA-256 of the version meant, if that was said.")


def _document_url(root: strawberry.Parent[Any], info: Info) -> URL:
    return URL(info.context.services.deps.links.signed_pdf(root.quote_id, root.document_hash))


async def _alternatives(root: strawberry.Parent[Any], info: Info) -> list[LazyAlternative]:
    found = await asyncio.gather(*(info.context.load("alternative", it) for it in root.alternatives))
    return [it for it in found if it is not None]


@type_of(SignatureRow)
class Signature(Node):
    """Who signed what, when and from where."""

    id: strawberry.ID = identity("Signature")
    purpose: SignaturePurpose = column("What was signed.")
    name: str = column("The name that was typed.")
    email: EmailAddress = column("The address that was typed.")
    address: str = column("The network address it came from.")
    user_agent: str | None = column("The browser it came from, in its own words.")
    document_hash: str = column("The SHA-256 of the printed quote that was signed.")
    document_url: URL = strawberry.field(
        resolver=_document_url,
        description="The printed quote that was signed, byte for byte, with an API key of the scope `quotes:read`.",
    )
    documents: list[SignedDocument] = column(
        "The further documents that were signed with it.", attribute="signed_documents"
    )
    price_option: str | None = column("The name of the price that was taken, where the quote offered several.")
    alternatives: list[LazyAlternative] = strawberry.field(
        resolver=_alternatives, description="The alternatives that were taken in place of their lines' items."
    )
    superseded: bool = column("Whether the quote was changed since, so that this signature no longer counts.")
    signed_at: DateTime = column("When.")


@type_of(QuoteAttachmentRow)
class QuoteAttachment(Node):
    """A further document of a quote, such as terms of sale."""

    id: strawberry.ID = identity("QuoteAttachment")
    name: str = column("What it is called.")
    url: URL = column("Where it is kept.")
    sha256: str | None = column("The SHA-256 of the version meant, if that was said.")
    requires_signature: bool = column("Whether whoever signs the quote has to sign this too.")
    created_at: DateTime = column("When it was added.")


def _handed_in_url(root: strawberry.Parent[Any], info: Info) -> URL:
    return URL(info.context.services.deps.links.handed_in(root.quote_id, root.id))


@type_of(CustomerDocumentRow)
class CustomerDocument:
    """A file that the customer has handed in. It is known by how it begins, and was looked at by nobody."""

    name: str = column("What the customer called it.")
    content_type: str = column("What it is: `application/pdf`, `image/png` or `image/jpeg`.")
    size: int = column("Its bytes.")
    sha256: str = column("Its SHA-256.")
    url: URL = strawberry.field(
        resolver=_handed_in_url, description="Where it is, with an API key of the scope `quotes:read`."
    )
    created_at: DateTime = column("When it was handed in.")
