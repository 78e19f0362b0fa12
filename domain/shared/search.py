"""Search: the form in which texts are compared when people look for something, and the words they look for.

Unlike `values.fold`, which says which texts are the same, this form forgives what people leave out when they type.
"""

import re
from unicodedata import category, combining, decimal, normalize

# Letters with a stroke and the like, which Unicode does not take apart into a letter and its mark.
_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "ŧ": "t", "ŀ": "l", "ɨ": "i", "ʉ": "u", "ƀ": "b",
     "ɓ": "b", "ɗ": "d", "ƙ": "k", "ƴ": "y", "ŋ": "n", "ə": "e", "æ": "ae", "œ": "oe", "þ": "th", "ĸ": "k", "ـ": ""}
)  # fmt: skip
_APOSTROPHES = "'’‘‛ʼʻʹʾʿ`´′＇ˈ՚ꞌ"
_DASHES = "‐‑‒–—―−﹘﹣－"
_SIGNS = str.maketrans({**dict.fromkeys(_APOSTROPHES, ""), **dict.fromkeys(_DASHES, "-")})
# A hyphen between letters joins two words; one beside a digit is a part of a number.
_JOINING = re.compile(r"(?<=[^\W\d_])-(?=[^\W\d_])")
# Marks whose class says that they are added to a letter (accents, Hebrew and Arabic points, strokes). Those of other
# classes make another letter of it, as the voicing marks of Japanese and the virama of Indic scripts do.
_ADDED = frozenset({1, *range(10, 37), *range(200, 241)})


def search_form(value: str) -> str:
    """A text as searches compare it: without regard to case, accents, apostrophes, width, kinds of dashes and blanks.

    `ß` is `ss`, `ø` is `o`, `ł` is `l`, and neither dot nor none makes a difference to an `i`.
    """
    folded = value.lower().replace("'", "").replace("`", "") if value.isascii() else _unaccented(value)
    return " ".join(_JOINING.sub(" ", folded).split())


def search_words(value: str) -> tuple[str, ...]:
    """The words that a text has to contain, in any order, to be found by `value`; each once."""
    words = (word.strip("-") or word for word in search_form(value).split())
    # What consists of nothing but apostrophes and the like is in no text, rather than in every one.
    return tuple(dict.fromkeys(words)) or (value.strip(),)


def _unaccented(value: str) -> str:
    # Before the compatible forms are taken, which make a blank and an accent of an apostrophe.
    parts = normalize("NFKD", normalize("NFKD", value.translate(_SIGNS)).casefold()).translate(_SIGNS)
    return normalize("NFC", "".join(_plain(it) for it in parts).translate(_LETTERS))


def _plain(letter: str) -> str:
    if letter.isascii():
        return letter
    if combining(letter) in _ADDED or _printless(letter):
        return ""
    digit = decimal(letter, None)
    return letter if digit is None else str(digit)


def _printless(letter: str) -> bool:
    return category(letter) == "Cf" or letter in _SELECTORS


_SELECTORS = frozenset(map(chr, [*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x034F]))
