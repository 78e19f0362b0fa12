"""Which characters the fonts of printed quotes have. A character without a glyph would be printed as a box.

The characters of our own fonts are read from their `cmap` table (OpenType 1.9.1, formats 4 and 12); those of the fonts
that typst includes are listed in `fonts/embedded.txt`.
"""

import re
import struct
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from unicodedata import category, normalize

# Copied from npm packages by `make setup`. Without them, typst's own fonts print Latin, Greek and Cyrillic only.
FONTS = Path(str(files("adapters"))) / "fonts"
# Platform and encoding of the tables that map Unicode, the one with the most characters first.
_UNICODE = ((3, 10), (0, 6), (0, 4), (3, 1), (0, 3))
# Matches all characters but those without a glyph: blanks, breaks, and those that only affect their neighbours.
_DRAWN = re.compile(
    "[^\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)


def unprintable(text: str) -> tuple[str, ...]:
    """Returns the characters of a text that no font has, each once, in the order of the text."""
    if text.isascii():
        return ()
    return tuple(it for it in dict.fromkeys(_DRAWN.findall(text)) if not _printed(it))


def _printed(character: str) -> bool:
    """Whether a font has the character, or all parts of its canonical decomposition. Private-use characters count as
    missing: each font shows something else for them."""
    if category(character) == "Co":
        return False
    known = _known()
    return ord(character) in known or all(ord(it) in known for it in normalize("NFD", character))


@cache
def _known() -> frozenset[int]:
    own = (characters_of(path) for path in sorted((FONTS / "files").glob("*.ttf")))
    return frozenset(_embedded()).union(*own)


def _embedded() -> Iterator[int]:
    _, *ranges = (FONTS / "embedded.txt").read_text().splitlines()
    for line in ranges:
        first, _, last = line.partition("-")
        yield from range(int(first, 16), int(last or first, 16) + 1)


def characters_of(font: Path) -> frozenset[int]:
    """Returns the code points for which the font has a glyph."""
    data = font.read_bytes()
    tables = struct.unpack_from(">H", data, 4)[0]
    for number in range(tables):
        tag, _, offset, _ = struct.unpack_from(">4sLLL", data, 12 + 16 * number)
        if tag == b"cmap":
            return frozenset(_mapped(data, offset))
    return frozenset()


def _mapped(data: bytes, cmap: int) -> Iterator[int]:
    found = {}
    for number in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        platform, encoding, offset = struct.unpack_from(">HHL", data, cmap + 4 + 8 * number)
        found[platform, encoding] = cmap + offset
    for kind in _UNICODE:
        if kind in found:
            at = found[kind]
            readers = {4: _format_4, 12: _format_12}
            return readers[struct.unpack_from(">H", data, at)[0]](data, at)
    return iter(())


def _format_12(data: bytes, at: int) -> Iterator[int]:
    for number in range(struct.unpack_from(">L", data, at + 12)[0]):
        start, end, glyph = struct.unpack_from(">LLL", data, at + 16 + 12 * number)
        yield from range(start + (glyph == 0), end + 1)


def _format_4(data: bytes, at: int) -> Iterator[int]:
    count = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends, starts, deltas, offsets = (at + 14 + 2 * count * place + (2 if place else 0) for place in range(4))
    for number in range(count):
        end, start, delta, offset = (
            struct.unpack_from(">H", data, it + 2 * number)[0] for it in (ends, starts, deltas, offsets)
        )
        for code in range(start, min(end, 0xFFFE) + 1):
            if offset == 0:
                glyph = (code + delta) & 0xFFFF
            else:
                glyph = struct.unpack_from(">H", data, offsets + 2 * number + offset + 2 * (code - start))[0]
            if glyph:
                yield code
