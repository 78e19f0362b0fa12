"""Which files customers can hand in, and how many."""

import pytest

from domain.portal.uploads import LARGEST_FILE, MOST_FILES, CustomerDocument, DocumentsNotAccepted, build_document
from domain.shared.errors import InvalidInput
from tests.builders import NOW, a_quote

PDF = b"%PDF-1.7 anything"


def handed_in(content: bytes, name: str = "order.pdf", earlier: int = 0, **given: bool) -> CustomerDocument | None:
    quote = a_quote(accepts_documents=given.get("accepts", True)).quote
    before = [CustomerDocument(str(it), 1, quote.id, "x", "image/png", 1, str(it), NOW) for it in range(earlier)]
    return build_document(name, content, quote, before, NOW, "d")


@pytest.mark.parametrize(
    ("content", "kind"),
    [(PDF, "application/pdf"), (b"\x89PNG\r\n\x1a\n...", "image/png"), (b"\xff\xd8\xff\xe0...", "image/jpeg")],
)
def test_a_file_is_what_it_begins_like_whatever_it_is_called(content, kind):
    document = handed_in(content, "page.html")
    assert document is not None
    assert (document.content_type, document.size, document.name) == (kind, len(content), "page.html")


@pytest.mark.parametrize("content", [b"", b"<html>", b"<svg>", b"MZ", b" %PDF-1.7", b"PK\x03\x04"])
def test_anything_else_is_refused(content):
    with pytest.raises(InvalidInput) as refused:
        handed_in(content)
    assert [(it.path, str(it.code)) for it in refused.value.problems] == [(("content",), "NOT_ALLOWED")]


def test_a_file_has_a_name_and_a_size():
    assert handed_in(PDF.ljust(LARGEST_FILE, b"."))
    for content, name, path in ((PDF.ljust(LARGEST_FILE + 1, b"."), "x", "content"), (PDF, " ", "name")):
        with pytest.raises(InvalidInput) as refused:
            handed_in(content, name)
        assert [it.path for it in refused.value.problems] == [(path,)]


def test_only_so_many_are_taken_and_only_where_the_company_wants_them():
    assert handed_in(PDF, earlier=MOST_FILES - 1)
    with pytest.raises(InvalidInput):
        handed_in(PDF, earlier=MOST_FILES)
    with pytest.raises(DocumentsNotAccepted):
        handed_in(PDF, accepts=False)
