"""Stores in memory for public keys and signatures, and a fake PDF renderer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.pdf.glyphs import unprintable
from domain.portal.printed_quote import QuoteDocument, document_hash
from domain.portal.public_keys import PublicKey
from domain.portal.signatures import QuoteAttachment, Signature
from domain.portal.uploads import CustomerDocument
from domain.quotes.rows import Quote


@dataclass
class MemoryPublicKeys:
    work: Any

    async def add(self, key: PublicKey) -> None:
        self.work.at_commit(lambda: self.work.memory.public_keys.append(key))

    async def current(self, quote_id: str) -> PublicKey | None:
        mine = [it for it in self.work.memory.public_keys if it.quote_id == quote_id and it.revoked_at is None]
        return next((it for it in reversed(mine) if self.work.sees(it.tenant_id)), None)

    async def revoke(self, quote_id: str, at: datetime) -> None:
        memory = self.work.memory
        kept = [
            it._replace(revoked_at=it.revoked_at or at) if it.quote_id == quote_id else it for it in memory.public_keys
        ]
        self.work.at_commit(lambda: setattr(memory, "public_keys", kept))


@dataclass
class MemorySignatures:
    work: Any

    async def of_quote(self, quote_id: str) -> Sequence[Signature]:
        return [it for it in self.work.memory.signatures if it.quote_id == quote_id]

    async def add(self, signature: Signature) -> None:
        self.work.at_commit(lambda: self.work.memory.signatures.append(signature))

    async def supersede(self, superseded: Sequence[Signature]) -> None:
        memory = self.work.memory
        kept = [it._replace(superseded=it.superseded or it in superseded) for it in memory.signatures]
        self.work.at_commit(lambda: setattr(memory, "signatures", kept))

    async def attachments(self, quote_id: str) -> Sequence[QuoteAttachment]:
        return [it for it in self.work.memory.attachments if it.quote_id == quote_id]

    async def attach(self, attachment: QuoteAttachment) -> None:
        self.work.at_commit(lambda: self.work.memory.attachments.append(attachment))

    async def detach(self, attachment_id: str) -> None:
        memory = self.work.memory
        kept = [it for it in memory.attachments if it.id != attachment_id]
        self.work.at_commit(lambda: setattr(memory, "attachments", kept))

    async def quote_of_attachment(self, attachment_id: str) -> str | None:
        mine = [it for it in self.work.memory.attachments if it.id == attachment_id and self.work.sees(it.tenant_id)]
        return mine[0].quote_id if mine else None

    async def keep_document(self, quote: Quote, content: bytes, at: datetime) -> None:
        self.work.at_commit(lambda: self.work.memory.signed_documents.update({document_hash(content): content}))

    async def document(self, quote_id: str, sha256: str) -> bytes:
        content: bytes = self.work.memory.signed_documents[sha256]
        return content

    async def handed_in(self, quote_id: str) -> Sequence[CustomerDocument]:
        return [it for it in self.work.memory.handed_in if it.quote_id == quote_id]

    async def hand_in(self, document: CustomerDocument, content: bytes) -> None:
        self.work.at_commit(lambda: self.work.memory.handed_in.append(document))


class FakePdfRenderer:
    """A `PdfRenderer` that renders different bytes for different documents, and records the documents."""

    def __init__(self) -> None:
        self.printed: list[QuoteDocument] = []

    async def print_quote(self, document: QuoteDocument) -> bytes:
        self.printed.append(document)
        return f"%PDF {document!r}".encode()

    def unprintable(self, text: str) -> Sequence[str]:
        return unprintable(text)
