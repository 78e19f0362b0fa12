"""What customers hand in with a quote, such as a signed order form: which files are taken, and how many.

Anybody who has the public key can hand something in, where the company allows it. So a file is known by how it begins,
not by what it is said to be, and is only ever given back to the company, to be saved and not to be shown.
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
# How files of each kind begin, and how their names end.
BEGINNINGS = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
ENDINGS = {"application/pdf": (".pdf",), "image/png": (".png",), "image/jpeg": (".jpg", ".jpeg")}


class CustomerDocument(NamedTuple):
    """A file that a customer has handed in; `size` is in bytes."""

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
        """What the file is saved as. It ends as its kind does: what begins as a PDF may go on as a program or a page,
        which a machine would run by the name."""
        name = self.name.replace("/", "_").replace("\\", "_").rstrip(". ")
        endings = ENDINGS[self.content_type]
        return name if name.lower().endswith(endings) else name + endings[0]


class DocumentsNotAccepted(Conflict):
    """The company takes no documents with this quote."""

    code = ErrorCode.NOT_ALLOWED


def check_accepted(quote: Quote) -> None:
    """Raises: DocumentsNotAccepted."""
    if not quote.accepts_documents:
        raise DocumentsNotAccepted("No documents are taken with this quote.", quote.ref, quote.status)


def build_document(
    name: str, content: bytes, quote: Quote, earlier: Sequence[CustomerDocument], at: datetime, id_: str
) -> CustomerDocument | None:
    """What is handed in; None for a file that was handed in before. Raises: InvalidInput, DocumentsNotAccepted."""
    check_accepted(quote)
    problems = Problems()
    called = problems.check(("name",), text, name, NAME_LENGTH)
    kind = next((kind for start, kind in BEGINNINGS.items() if content.startswith(start)), None)
    if len(content) > LARGEST_FILE:
        told = f"A document has at most {LARGEST_FILE // 1024 // 1024} MiB."
        problems.add(("content",), ErrorCode.TOO_LONG, told)
    elif kind is None:
        problems.add(("content",), ErrorCode.NOT_ALLOWED, "Hand in a PDF, a PNG or a JPEG.")
    problems.raise_if_any()
    assert called is not None
    assert kind is not None
    sha256 = hashlib.sha256(content).hexdigest()
    if any(it.sha256 == sha256 for it in earlier):
        return None
    if len(earlier) >= MOST_FILES:
        problems.add(("content",), ErrorCode.TOO_MANY, f"At most {MOST_FILES} documents are taken with a quote.")
        problems.raise_if_any()
    return CustomerDocument(id_, quote.tenant_id, quote.id, called, kind, len(content), sha256, at)
