"""Documents that customers upload with a quote, such as a signed order form: permitted files and their number.

Anyone with the public key can upload, if the company permits it. The type of a file is detected from its first bytes,
not from its name; files are only returned to the company, as downloads. They are not scanned for malware.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from domain.quotes.rows import Quote
from domain.shared.errors import Conflict, ErrorCode, Problems
from domain.shared.parsers import NAME_LENGTH, text

LARGEST_FILE = 5 * 1024 * 1024
MOST_FILES = 10
# The first bytes of each type, and its file extensions.
BEGINNINGS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
ENDINGS = {"application/pdf": (".pdf",), "image/png": (".png",), "image/jpeg": (".jpg", ".jpeg")}


class CustomerDocument(NamedTuple):
    """An uploaded file; `size` is in bytes."""

    id: str
    tenant_id: int
    quote_id: str
    name: str
    content_type: str
    size: int
    sha256: str
    created_at: datetime

    @property
    def file_name(self) -> str:
        """The name for the download, with the extension of the detected type, so that a file that contains other
        content is not executed because of its name."""
        name = self.name.replace("/", "_").replace("\\", "_").rstrip(". ")
        endings = ENDINGS[self.content_type]
        return name if name.lower().endswith(endings) else name + endings[0]


class DocumentsNotAccepted(Conflict):
    """The company accepts no documents for this quote."""

    code = ErrorCode.NOT_ALLOWED


def check_accepted(quote: Quote) -> None:
    """Check that the quote accepts documents. Raises: DocumentsNotAccepted."""
    if not quote.accepts_documents:
        raise DocumentsNotAccepted("This quote does not accept documents.", quote.ref, quote.status)


def build_document(
    name: str, content: bytes, quote: Quote, earlier: Sequence[CustomerDocument], at: datetime, id_: str
) -> CustomerDocument | None:
    """The uploaded document; None if the same file was uploaded before. Raises: InvalidInput, DocumentsNotAccepted."""
    check_accepted(quote)
    problems = Problems()
    checked_name = problems.check(("name",), text, name, NAME_LENGTH)
    kind = next((kind for start, kind in BEGINNINGS.items() if content.startswith(start)), None)
    if len(content) > LARGEST_FILE:
        reason = f"A document has at most {LARGEST_FILE // 1024 // 1024} MiB."
        problems.add(("content",), ErrorCode.TOO_LONG, reason)
    elif kind is None:
        problems.add(("content",), ErrorCode.NOT_ALLOWED, "Send a PDF, PNG or JPEG file.")
    problems.raise_if_any()
    assert checked_name is not None
    assert kind is not None
    sha256 = hashlib.sha256(content).hexdigest()
    if any(it.sha256 == sha256 for it in earlier):
        return None
    if len(earlier) >= MOST_FILES:
        problems.add(("content",), ErrorCode.TOO_MANY, f"A quote accepts at most {MOST_FILES} documents.")
        problems.raise_if_any()
    return CustomerDocument(id_, quote.tenant_id, quote.id, checked_name, kind, len(content), sha256, at)
