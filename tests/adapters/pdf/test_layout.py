"""What a quote looks like on paper where its texts are long, many, or written from right to left."""

from dataclasses import replace

import pypdfium2
import pytest

from adapters.pdf.renderer import pictured, printed
from domain.portal.printed_quote import DocumentLine, DocumentOffer, QuoteDocument
from domain.portal.printed_sums import DocumentAmount
from domain.portal.rich_text import rich_text
from tests.adapters.pdf.test_renderer import DOCUMENT, LINE, _place, pages


@pytest.mark.parametrize("number", [1, 9, 99, 100, 199, 200])
def test_the_number_of_a_line_stands_before_its_title(number):
    lines = tuple(replace(LINE, offer=replace(LINE.offer, title=f"Laptop<{it + 1}>")) for it in range(200))
    document = pypdfium2.PdfDocument(printed(replace(DOCUMENT, lines=lines)))
    [page] = [it for it in document if f"Laptop<{number}>" in it.get_textpage().get_text_bounded()]
    text = page.get_textpage()
    title = text.get_charbox(_place(text, f"Laptop<{number}>"))
    top, left = title[3], title[0]
    beside = [
        text.get_charbox(it)
        for it in range(text.count_chars())
        if abs(text.get_charbox(it)[3] - top) < 6 and text.get_charbox(it)[2] < left and text.get_charbox(it)[2] > 0
    ]
    document.close()

    assert len(beside) >= len(str(number))
    assert 4 < left - max(it[2] for it in beside) < 30


RIGHT_TO_LEFT = {
    "Hebrew": "שלום, זוהי הצעת מחיר (25 מחשבים)!",
    "Arabic": "هذا عرض أسعار لأجهزة MacBook Pro 14 (عدد 25).",
    "a number first": "25 מחשבים ניידים",
    "marks first": "(«שלום») ABC",
    "Persian": "پیش‌فاکتور ۲۰۲۶",
    "Syriac": "ܫܠܡܐ",
    "NKo": "ߒߞߏ",
}
LEFT_TO_RIGHT = {"English": "Dear Ada", "a name among English": "Dear محمد, thank you", "digits": "2026", "none": "—"}


MARGIN = 56.7


def _reaches_right(document: QuoteDocument) -> bool:
    """Whether words between the head of a paper and its foot end at its right margin, where no amount does."""
    [pdf] = [pypdfium2.PdfDocument(printed(replace(document, lines=(LINE,), notes=document.notes)))]
    page = pdf[0]
    width, height = page.get_size()
    words = [it.get_bounds() for it in page.get_objects([pypdfium2.raw.FPDF_PAGEOBJ_TEXT])]
    pdf.close()
    return any(abs(width - MARGIN - it[2]) < 3 and 70 < it[1] < height - 140 for it in words)


@pytest.mark.parametrize("kind", RIGHT_TO_LEFT)
def test_a_paragraph_is_set_from_right_to_left_where_its_first_letter_is(kind):
    for typed in (
        RIGHT_TO_LEFT[kind],
        f"# {RIGHT_TO_LEFT[kind]}",
        f"- {RIGHT_TO_LEFT[kind]}",
        f"Ada\n{RIGHT_TO_LEFT[kind]}",
    ):
        assert _reaches_right(replace(DOCUMENT, body=rich_text(typed), notes=None)), typed
    assert _reaches_right(replace(DOCUMENT, body=(), notes=f"Ada\n{RIGHT_TO_LEFT[kind]}"))


@pytest.mark.parametrize("kind", LEFT_TO_RIGHT)
def test_a_paragraph_is_set_from_left_to_right_where_its_first_letter_is(kind):
    typed = LEFT_TO_RIGHT[kind]
    assert not _reaches_right(replace(DOCUMENT, body=rich_text(f"{typed}\n\n- {typed}"), notes=typed))


def test_the_comments_of_a_line_are_set_from_right_to_left_within_their_column():
    comments = RIGHT_TO_LEFT["Hebrew"].replace("25", "66")
    left, right = (_left_of(replace(LINE, comments=it), "66") for it in ("66 laptops", comments))
    assert right - left > 50


def _left_of(line: DocumentLine, words: str) -> float:
    pdf = pypdfium2.PdfDocument(printed(replace(DOCUMENT, body=(), notes=None, lines=(line,))))
    text = pdf[0].get_textpage()
    found = float(text.get_charbox(_place(text, words))[0])
    pdf.close()
    return found


def test_marks_around_a_name_that_is_written_from_right_to_left_stay_with_it():
    """In a line of their own, and between names that are written the other way."""
    for typed in ("חברה (בע״מ)!", "خصم (2)!"):
        alone, turned = (pictured(replace(DOCUMENT, title=it), ppi=60) for it in (typed, f"\u2067{typed}\u2069"))
        assert alone == turned
    people = (
        replace(LINE, recipients=it) for it in (("דוד (2), IL", "Ana, UY"), ("\u2067דוד (2)\u2069, IL", "Ana, UY"))
    )
    given, isolated = (pictured(replace(DOCUMENT, lines=(it,)), ppi=60) for it in people)
    assert given == isolated


def test_thai_breaks_between_words_and_not_wherever_the_line_ends():
    typed = "กรุงเทพมหานครอมรรัตนโกสินทร์มหินทรายุธยามหาดิลกภพนพรัตนราชธานีบูรีรมย์"
    anywhere = "\u200b".join(typed)
    assert pictured(replace(DOCUMENT, title=typed), ppi=60) != pictured(replace(DOCUMENT, title=anywhere), ppi=60)


LONGEST = "KWD 9,223,372,036,854,775.807"


def test_the_longest_amounts_and_words_stay_in_their_columns_and_on_their_page():
    offer = DocumentOffer("W" * 401, "SN-" + "0123456789" * 40, LONGEST, LONGEST)
    other = replace(offer, details="https://example.com/" + "a/" * 800)
    people = tuple(f"{'Endless' * 28}{number}, UY" for number in range(40))
    line = replace(LINE, offer=offer, quantity=1000, recipients=people, alternatives=(other, other))
    amounts = (DocumentAmount(f"Discount ({'r' * 500})", LONGEST), DocumentAmount("Total", LONGEST, strong=True))
    long = replace(DOCUMENT, title="T" * 200, seller="S" * 200, requester_name="R" * 200, po_number="P" * 200)
    long = replace(long, prepared_for=("x" * 500, "y" * 500), notes="N" * 3000, lines=(line,) * 3, amounts=amounts)
    pdf = pypdfium2.PdfDocument(printed(long))
    words = [(page, it.get_bounds()) for page in pdf for it in page.get_objects([pypdfium2.raw.FPDF_PAGEOBJ_TEXT])]
    places = [(it, page.get_size()) for page, it in words]
    pdf.close()

    # Within the margins; below the foot's rule there is the foot alone.
    assert min(it[0] for it, _ in places) > MARGIN - 1
    assert max(it[2] - size[0] for it, size in places) < -MARGIN + 2
    assert [it for it, _ in places if 46 < it[1] < 58] == []


def test_a_quote_with_nothing_in_it_but_what_every_quote_has_is_printed():
    bare = DocumentLine(DocumentOffer("Laptop", None, None), 1, None, None, ())
    empty = QuoteDocument(
        "1", None, ("A",), None, None, "a@b.example", None, "1 January 2026 (UTC)", None, (), None, (bare,), ()
    )
    [page] = pages(printed(empty))
    assert "not priced yet" in page
    assert "None" not in page
