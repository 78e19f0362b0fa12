"""The stores of signatures, attachments, signed documents and customer documents."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from adapters.database.core.engine import Database
from adapters.database.core.loader_specs import LoaderSpec, many, one
from adapters.database.core.row_mapping import RowMapping, column_values, in_scope, row_mapping
from adapters.database.core.transactions import Transaction
from adapters.database.core.write_statements import insert_missing
from adapters.database.portal.tables import customer_documents, quote_attachments, signatures, signed_documents
from domain.portal.printed_quote import document_hash
from domain.portal.signatures import QuoteAttachment, Signature
from domain.portal.uploads import CustomerDocument
from domain.quotes.rows import Quote
from domain.shared.access import TenantScope

SIGNATURES = row_mapping(Signature, signatures)
ATTACHMENTS = row_mapping(QuoteAttachment, quote_attachments)
CUSTOMER_DOCUMENTS = row_mapping(CustomerDocument, customer_documents)

SIGNATURE_LOADERS: dict[str, LoaderSpec] = {
    "signature": one(SIGNATURES),
    "attachment": one(ATTACHMENTS),
    "signatures_by_quote": many(SIGNATURES, key="quote_id", order=("id",)),
    "attachments_by_quote": many(ATTACHMENTS, key="quote_id"),
    "customer_documents_by_quote": many(CUSTOMER_DOCUMENTS, key="quote_id", order=("id",)),
}


class SqlSignatures:
    """Implements the `SignatureStore` port in one unit of work. Callers have locked the quote before any change."""

    def __init__(self, connection: Transaction, tenant_scope: TenantScope) -> None:
        self._connection = connection
        self._tenant_scope = tenant_scope

    async def of_quote(self, quote_id: str) -> Sequence[Signature]:
        return await self._parts(SIGNATURES, quote_id, "id")

    async def add(self, signature: Signature) -> None:
        await self._connection.execute(insert(signatures), column_values(signature, signatures))

    async def supersede(self, superseded: Sequence[Signature]) -> None:
        if superseded:
            mine = signatures.c.id.in_([it.id for it in superseded])
            await self._connection.execute(update(signatures).where(mine).values(superseded=True))

    async def attachments(self, quote_id: str) -> Sequence[QuoteAttachment]:
        return await self._parts(ATTACHMENTS, quote_id, "position", "id")

    async def attach(self, attachment: QuoteAttachment) -> None:
        await self._connection.execute(insert(quote_attachments), column_values(attachment, quote_attachments))

    async def detach(self, attachment_id: str) -> None:
        await self._connection.execute(delete(quote_attachments).where(quote_attachments.c.id == attachment_id))

    async def quote_of_attachment(self, attachment_id: str) -> str | None:
        columns = quote_attachments.c
        statement = select(columns.quote_id).where(
            columns.id == attachment_id, in_scope(columns.tenant_id, self._tenant_scope)
        )
        found: str | None = (await self._connection.execute(statement)).scalar_one_or_none()
        return found

    async def keep_document(self, quote: Quote, content: bytes, at: datetime) -> None:
        row = {
            "quote_id": quote.id,
            "sha256": document_hash(content),
            "tenant_id": quote.tenant_id,
            "content": content,
            "created_at": at,
        }
        await self._connection.execute(insert_missing(signed_documents, self._connection.dialect.name), row)

    async def document(self, quote_id: str, sha256: str) -> bytes:
        columns = signed_documents.c
        mine = (columns.quote_id == quote_id, columns.sha256 == sha256, in_scope(columns.tenant_id, self._tenant_scope))
        content: bytes = (await self._connection.execute(select(columns.content).where(*mine))).scalar_one()
        return content

    async def handed_in(self, quote_id: str) -> Sequence[CustomerDocument]:
        return await self._parts(CUSTOMER_DOCUMENTS, quote_id, "id")

    async def hand_in(self, document: CustomerDocument, content: bytes) -> None:
        await self._connection.execute(insert(customer_documents), {**document._asdict(), "content": content})

    async def _parts(self, rows: RowMapping, quote_id: str, *order: str) -> list[Any]:
        mine = (rows.table.c.quote_id == quote_id, in_scope(rows.table.c.tenant_id, self._tenant_scope))
        statement = rows.select().where(*mine).order_by(*(rows.table.c[name] for name in order))
        return [rows.make(row) for row in await self._connection.execute(statement)]


class SqlSignedDocuments:
    """Implements the `SignedDocuments` port: the signed bytes, unchanged."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, quote_id: str, sha256: str, tenant_scope: TenantScope) -> bytes | None:
        columns = signed_documents.c
        mine = (columns.quote_id == quote_id, columns.sha256 == sha256, in_scope(columns.tenant_id, tenant_scope))
        async with self._database.read.connect() as connection:
            found: bytes | None = (await connection.execute(select(columns.content).where(*mine))).scalar_one_or_none()
            return found

    async def handed_in(
        self, quote_id: str, document_id: str, tenant_scope: TenantScope
    ) -> tuple[CustomerDocument, bytes] | None:
        columns = customer_documents.c
        mine = (columns.id == document_id, columns.quote_id == quote_id, in_scope(columns.tenant_id, tenant_scope))
        async with self._database.read.connect() as connection:
            found = (
                await connection.execute(select(*CUSTOMER_DOCUMENTS.columns, columns.content).where(*mine))
            ).first()
            return None if found is None else (CustomerDocument(*found[:-1]), found[-1])
