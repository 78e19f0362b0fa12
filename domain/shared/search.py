"""Search: the normalised form of texts, and the words of a query.

`parsers.fold` decides which texts are equal; this form also ignores what people leave out when they type.
"""

import re
from unicodedata import category, combining, decimal, normalize

# Letters that Unicode does not decompose into a base letter and a mark.
_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "ŧ": "t", "ŀ": "l", "ɨ": "i", "ʉ": "u", "ƀ": "b",
     "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ŋ": "n", "ə": "e", "æ": "ae", "œ": "oe", "þ": "th", "ĸ": "k", "ـ": ""}
)  # fmt: skip
_APOSTROPHES = "'’‘‛ʼʻʹʾʿ`´′＇ˈ՚ꞌ"
_DASHES = "‐‑‒–—―−﹘﹣－"
_SIGNS = str.maketrans({**dict.fromkeys(_APOSTROPHES, ""), **dict.fromkeys(_DASHES, "-")})
# A hyphen between letters separates two words; one beside a digit is part of a number.
_JOINING = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
# Combining classes of marks that are ignored (accents, Hebrew and Arabic points, strokes). Marks of other classes
# change the letter, such as Japanese voicing marks and the Indic virama.
_ADDED = frozenset({1, *range(10, 37), *range(200, 241)})


def search_form(value: str) -> str:
    """A text as searches compare it, without regard to case, accents, apostrophes, width, kinds of dashes and spaces.

    `ß` is `ss`, `ø` is `o`, `ł` is `l`, and dotted and dotless `i` are equal.
    """
    folded = value.lower().replace("'", "").replace("`", "") if value.isascii() else _unaccented(value)
    return " ".join(_JOINING.sub(" ", folded).split())


def search_words(value: str) -> tuple[str, ...]:
    """The words that a text must contain, in any order, to match `value`; without duplicates."""
    words = (word.strip("-") or word for word in search_form(value).split())
    # A query of apostrophes only matches no text, rather than every text.
    return tuple(dict.fromkeys(words)) or (value.strip(),)


def _unaccented(value: str) -> str:
    # Before NFKD, which decomposes some apostrophes into a space and an accent.
    parts = normalize("NFKD", normalize("NFKD", value.translate(_SIGNS)).casefold()).translate(_SIGNS)
    return normalize("NFC", "".join(_base_letter(it) for it in parts).translate(_LETTERS))


def _base_letter(letter: str) -> str:
    if letter.isascii():
        return letter
    if combining(letter) in _ADDED or _is_invisible(letter):
        return ""
    digit = decimal(letter, None)
    return letter if digit is None else str(digit)


def _is_invisible(letter: str) -> bool:
    return category(letter) == "Cf" or letter in _SELECTORS


_SELECTORS = frozenset(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x034F]))
