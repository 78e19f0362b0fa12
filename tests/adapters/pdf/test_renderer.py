"""Quotes on paper, read back from the PDF."""

import asyncio
import json
import threading
from dataclasses import replace
from unicodedata import category

import pypdfium2
import pytest

from adapters.pdf import renderer
from adapters.pdf.renderer import TypstRenderer, _fonts, pictured, printed
from domain.portal.printed_quote import DocumentLine, DocumentOffer, DocumentOption, QuoteDocument
from domain.portal.printed_sums import DocumentAmount
from domain.portal.rich_text import rich_text

LINE = DocumentLine(
    DocumentOffer("Apple MacBook Pro 14", "M5 · 16 GB RAM", "USD 1,450.00", "USD 2,900.00"),
    2,
    "10 % off (volume)",
    None,
    ("Ana, UY",),
)
DOCUMENT = QuoteDocument(
    order_id="1773018508225",
    title="Laptops for the new office",
    prepared_for=("Austral Robotics",),
    seller=None,
    requester_name="Ida Terra",
    requester_email="it@austral.example",
    po_number="PO-7",
    issued_on="22 November 2026 (UTC)",
    valid_until="6 December 2026, 23:59:59 (America/Montevideo)",
    body=rich_text("Dear **Ada**,\n\n1. *soon*\n2. [our terms](https://shop.example/terms)"),
    notes="Delivery within ten days.\nPrices exclude VAT.",
    lines=(LINE,),
    amounts=(DocumentAmount("Tax", "USD 10.00"), DocumentAmount("Total", "USD 2,910.00", strong=True)),
    options=(
        DocumentOption("Three years", "USD 2,700.00, of which USD 500.00 at once", "Accepted"),
        DocumentOption("One year", "USD 2,900.00", "Not chosen"),
    ),
    attachments=("Terms of sale",),
)


def pages(pdf: bytes) -> list[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def test_everything_of_the_document_stands_on_the_paper():
    [page] = pages(printed(DOCUMENT))

    for words in (
        "1773018508225",
        "Austral Robotics",
        "Ida Terra",
        "it@austral.example",
        "PO-7",
        "22 November 2026 (UTC)",
        "6 December 2026, 23:59:59",
        "(America/Montevideo)",
        "Dear Ada,",
        "2. our terms",
        "Delivery within ten days.",
        "Prices exclude VAT.",
        "Apple MacBook Pro 14",
        "M5 · 16 GB RAM",
        "USD 1,450.00",
        "USD 2,900.00",
        "10 % off (volume)",
        "For Ana, UY",
        "Tax",
        "USD 2,910.00",
        "Three years",
        "USD 2,700.00, of which USD 500.00 at once",
        "Terms of sale",
        "Page 1 of 1",
    ):
        assert words in page


def test_the_same_document_is_the_same_bytes():
    assert printed(DOCUMENT) == printed(DOCUMENT)
    assert printed(DOCUMENT) != printed(replace(DOCUMENT, po_number="PO-8"))


def test_a_long_quote_breaks_into_pages_that_repeat_the_header():
    lines = tuple(replace(LINE, offer=replace(LINE.offer, title=f"Laptop {number}")) for number in range(100))
    found = pages(printed(replace(DOCUMENT, lines=lines)))

    assert len(found) > 3
    for number, page in enumerate(found, 1):
        assert "Price each" in page
        assert f"Page {number} of {len(found)}" in page
    assert all(any(f"Laptop {number}" in page for page in found) for number in range(100))
    assert "USD 2,910.00" in found[-1]


def test_a_line_stays_together_with_what_is_offered_in_its_place():
    other = replace(LINE.offer, title="Instead of it", amount=None)
    lines = tuple(
        replace(LINE, offer=replace(LINE.offer, title=f"<{number}>"), alternatives=(other,) * (number % 4))
        for number in range(60)
    )
    found = pages(printed(replace(DOCUMENT, lines=lines)))

    assert len(found) > 3
    alternatives = [page.count("Instead of it") for page in found]
    expected = [sum(number % 4 for number in range(60) if f"<{number}>" in page) for page in found]
    assert alternatives == expected


def test_a_line_too_long_for_a_page_breaks_below_its_title():
    people = tuple(f"Person {number}, UY" for number in range(150))
    title = "A device whose name is so long that it takes more than one line of the table to say it in full"
    long = replace(LINE, offer=replace(LINE.offer, title=title), recipients=people, comments="Soon")
    found = pages(printed(replace(DOCUMENT, lines=(LINE,) * 9 + (long,) * 8)))

    # Title, details and terms are one piece; each begins and ends on the same page.
    begun = [page.count("A device whose name") for page in found]
    assert begun == [" ".join(page.split()).count("say it in full M5 · 16 GB RAM 10 % off (volume)") for page in found]
    assert sum(begun) == 8


def test_a_long_label_leaves_the_others_beside_their_amounts():
    long = DocumentAmount(f"Shipping ({'very ' * 30}long)", "USD 12.00")
    document = pypdfium2.PdfDocument(printed(replace(DOCUMENT, amounts=(long, *DOCUMENT.amounts))))
    page = document[0]
    try:
        text = page.get_textpage()
        right = {label: text.get_charbox(_place(text, label) + len(label) - 1)[2] for label in ("Tax", "Total")}
        left = text.get_charbox(_place(text, "USD 2,910.00"))[0]
    finally:
        document.close()

    assert max(right.values()) - min(right.values()) < 2
    assert 0 < left - max(right.values()) < 40


def _place(text: pypdfium2.PdfTextPage, words: str) -> int:
    """Where words stand among the characters of a page."""
    return str(text.get_text_range()).rindex(words)


NAMES = ["Łukasz Żółć", "Ελένη Παπαδοπούλου", "Дмитрий Иванов", "王小明", "佐藤さくら", "김민수", "Nguyễn Thị Hằng"]
SHAPED = [
    *("محمد بن سلمان", "דוד לוי", "अमित शर्मा", "สมชาย ใจดี", "রবীন্দ্রনাথ", "இளங்கோ", "అనిత", "ಅನಿತಾ", "അനിത", "ગાંધી"),
    *("ਗੁਰੂ", "ଅନିତା", "අනුර", "አበበ በቂላ", "အောင်ဆန်း", "សុខា", "ສົມຊາຍ", "გიორგი", "Արմեն", "😀🚀❤"),
]


def test_names_of_the_world_are_printed():
    everybody = tuple(f"{name}, XX" for name in NAMES)
    [page] = pages(printed(replace(DOCUMENT, lines=(replace(LINE, recipients=everybody),))))

    joined = "".join(page.split())
    assert [name for name in NAMES if "".join(name.split()) not in joined] == []


@pytest.mark.parametrize("name", [*NAMES, *SHAPED])
def test_no_letter_of_a_name_is_a_box(name):
    """A letter that no font has is printed as the box that stands for a character that does not exist."""
    assert {"Noto Sans", "Noto Sans Arabic", "Noto Sans SC"} <= set(_fonts().families()), "run `make setup`"
    box = pictured(replace(DOCUMENT, prepared_for=("\U0010fffd",)), ppi=48)

    letters = {letter for letter in name if category(letter)[0] in "LS"}
    assert letters
    assert [it for it in letters if pictured(replace(DOCUMENT, prepared_for=(it,)), ppi=48) == box] == []


def test_what_people_typed_is_never_read_as_markup():
    typed = '#strong[Mallory] $x$ @label <b> \\ "quoted" #import "/etc/passwd" = Title'
    body = rich_text(typed)
    [page] = pages(printed(replace(DOCUMENT, prepared_for=(typed,), notes=typed, body=body)))

    assert "#strong[Mallory] $x$ @label <b>" in page
    assert '#import "/etc/passwd"' in " ".join(page.split())


def test_a_word_without_an_end_stays_on_the_paper():
    endless = replace(LINE, offer=replace(LINE.offer, title="W" * 300))
    document = pypdfium2.PdfDocument(printed(replace(DOCUMENT, lines=(endless,))))
    page = document[0]
    right = max(found.get_bounds()[2] for found in page.get_objects())
    width = page.get_width()
    document.close()

    assert right < width


async def test_printing_leaves_the_event_loop_free(monkeypatch):
    turns, seen, really = 0, [], renderer._pdf

    def watched(written):
        seen.append(turns)
        content = really(written)
        seen.append(turns)
        return content

    monkeypatch.setattr(renderer, "_pdf", watched)
    lines = (replace(LINE, recipients=tuple(f"Person {number}, UY" for number in range(200))),) * 20
    printing = asyncio.create_task(TypstRenderer().print_quote(replace(DOCUMENT, lines=lines)))
    while not printing.done():
        await asyncio.sleep(0)
        turns += 1

    assert (await printing).startswith(b"%PDF-")
    [before, after] = seen
    # Were it held up, by the thread or by the lock of the interpreter, it would take a turn or two.
    assert after - before > 100


async def test_a_document_that_was_just_printed_is_not_printed_again(monkeypatch):
    prints, really = [], renderer._pdf

    def counted(written):
        prints.append(written)
        return really(written)

    monkeypatch.setattr(renderer, "_pdf", counted)
    pdf_renderer, other = TypstRenderer(), replace(DOCUMENT, title="Another")
    alike = await asyncio.gather(
        *(pdf_renderer.print_quote(DOCUMENT) for _ in range(3)), pdf_renderer.print_quote(other)
    )
    assert len(prints) == 2
    assert alike[0] == alike[1] == alike[2] != alike[3]
    monkeypatch.setattr(renderer, "MAX_CACHED", 2)
    for title in ("A third", "Another"):
        await pdf_renderer.print_quote(replace(DOCUMENT, title=title))
    assert len(prints) == 3
    await pdf_renderer.print_quote(DOCUMENT)
    assert len(prints) == 4


async def test_a_customer_who_asks_for_many_documents_of_one_quote_keeps_no_other_quote_waiting(monkeypatch):
    prints, goes_on = [], threading.Event()

    def noted(written):
        prints.append(json.loads(written)["title"])
        goes_on.wait(20)
        return b"%PDF-"

    monkeypatch.setattr(renderer, "_pdf", noted)
    pdf_renderer = TypstRenderer()
    many = [pdf_renderer.print_quote(replace(DOCUMENT, title=f"Choice {number}")) for number in range(20)]
    other = pdf_renderer.print_quote(replace(DOCUMENT, order_id="2", title="Of another"))
    waiting = asyncio.gather(*many, other)
    while not prints:
        await asyncio.sleep(0)
    goes_on.set()
    await waiting

    assert prints[:2] == ["Choice 0", "Of another"]
    assert len(prints) == 21
