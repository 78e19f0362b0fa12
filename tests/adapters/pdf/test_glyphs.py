"""Which characters have a glyph, held against typst itself: a PDF/A may have no boxes, so typst refuses to make one."""

import random
from unicodedata import category

import pytest
import typst

from adapters.pdf.glyphs import unprintable
from adapters.pdf.renderer import TEMPLATE, _fonts

FAMILIES = TEMPLATE.read_text().split("font: (")[1].split("),")[0]


def prints(text: str, weight: int = 400) -> bool:
    """Whether typst prints the text without a box."""
    written = "".join(f"\\u{{{ord(it):x}}}" for it in text)
    source = f'#set text(font: ({FAMILIES}), weight: {weight})\n#"{written}"'
    compiler = typst.Compiler(source.encode(), font_paths=_fonts(), ignore_system_fonts=True)
    try:
        compiler.compile(format="pdf", pdf_standards=["a-2b"], timestamp=0)
    except typst.TypstError as error:
        return "could not be displayed" not in error.message
    return True


CHARACTERS = [it for it in map(chr, range(0xA0, 0x20000)) if category(it) not in ("Cs", "Cn", "Cc", "Co")]


@pytest.mark.parametrize("seed", range(4))
def test_what_is_told_is_what_typst_prints_a_box_for(seed):
    chosen = random.Random(seed).sample(CHARACTERS, 250)
    assert [it for it in chosen if prints(it) == bool(unprintable(it))] == []


KNOWN = [
    "→",
    "≥",
    "✓",
    "✗",
    "✕",
    "☐",
    "•",
    "€",
    "₹",
    "₽",
    "¼",
    "™",
    "№",
    "😀",
    "Ł",
    "ß",
    "ﬁ",
    "Ꭰ",
    "‑",
    "\u00a0",
    "\u3000",
]
WHOLE = ["e\u0301", "a\u0308\u0323", "क्\u200dष", "👨\u200d👩\u200d👧", "❤\ufe0f", "葛\U000e0100", "एक", "ﷺ", "한", "龍"]
UNKNOWN = ["\U00013000", "\U00012000", "ꀀ", "\U0010fffd", "ᠮ", "ဿ\U0001e800", "\U0001cc00"]


@pytest.mark.parametrize("text", [*KNOWN, *WHOLE])
def test_what_people_write_can_be_printed(text):
    assert prints(text)
    assert prints(text, 600)
    assert unprintable(text) == ()


@pytest.mark.parametrize("text", UNKNOWN)
def test_what_no_font_has_is_told(text):
    assert not prints(text)
    assert unprintable(text) == (text[-1],)


def test_characters_are_told_once_and_in_the_order_of_the_text():
    assert unprintable("b\U00013001a\U00013000\U00013001\n\t é") == ("\U00013001", "\U00013000")


def test_what_each_font_makes_something_else_of_is_told():
    assert unprintable("A \ue000 B \uf8ff \U000f0000") == ("\ue000", "\uf8ff", "\U000f0000")
