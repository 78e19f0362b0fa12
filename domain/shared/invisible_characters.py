"""Invisible characters in texts that are copied and pasted.

Characters that have no visible effect are removed. Joiners are kept inside words, and the components of emoji in emoji.
Characters that reverse the direction of text are refused, because they make names look like others: the overrides
U+202D and U+202E anywhere, embeddings and isolates unless they enclose the whole text.
"""

import re
from unicodedata import combining, name

from domain.shared.errors import ErrorCode, Invalid

# Line breaks and tabs are allowed in notes; other control characters are never allowed.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BREAK = re.compile(r"[\r\n\t\u2028\u2029]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# An embedding or isolate around the whole text, as address books and messengers add it when copying.
_PLAIN = f"([^{_BIDI.pattern[1:]}*)"
_ENCLOSED = re.compile(f"[\u202a\u202b]{_PLAIN}\u202c|[\u2066-\u2068]{_PLAIN}\u2069")
_INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f\u2800\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_JOINERS = "\u200c\u200d"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
# The first alternative is the flag emoji of a region, which consists of such characters and is kept.
_REMOVED = re.compile(f"(\U0001f3f4[\U000e0020-\U000e007e]++\U000e007f)|[{_INVISIBLE}]++")
_LEADING = re.compile(f"(?<!\\S)[{_JOINERS}{_SELECTORS}]++")
_TRAILING = re.compile(f"([^{_JOINERS}])[{_JOINERS}]++(?!\\S)")
_BLANK = re.compile(f"[\\s{_INVISIBLE}{_JOINERS}{_SELECTORS}]*")
# The combining class of the Indic virama; a joiner after it is visible at the end of a word too.
_VIRAMA = 9


def without_marks(value: str) -> str:
    """A single-line text, trimmed, without characters that have no visible effect."""
    value = value.strip()
    if value.isascii():
        return value
    value = _REMOVED.sub(lambda found: found[1] or "", value).strip()
    if enclosed := _ENCLOSED.fullmatch(value):
        value = enclosed[1] or enclosed[2] or ""
    value = _LEADING.sub("", value)
    return _TRAILING.sub(lambda found: found[0] if combining(found[1]) == _VIRAMA else found[1], value).strip()


def without_direction(value: str) -> str:
    """A text without direction marks, for values such as telephone numbers."""
    return value if value.isascii() else _DIRECTION.sub("", value)


def without_joiners(value: str) -> str:
    """A text without joiners, for values such as serial numbers."""
    return value if value.isascii() else re.sub(f"[{_JOINERS}]", "", value)


def is_blank(value: str) -> bool:
    """Whether a text has no visible character."""
    return _BLANK.fullmatch(value) is not None


def check_marks(value: str, typed: str, lines: bool) -> None:
    """Refuse characters that are not allowed, with their position in `typed`. Raises: Invalid."""
    kinds = [(_CONTROL, "control characters are not allowed"), (_BIDI, "it changes the direction of the text"),
             (_SURROGATE, "it is half of a surrogate pair")]  # fmt: skip
    if not lines:
        kinds.append((_BREAK, "this field is a single line"))
    for pattern, why in kinds:
        if found := pattern.search(value):
            place = typed.index(found[0], typed.index(value[0])) + 1
            raise Invalid(ErrorCode.INVALID_TEXT, f"Remove {_character_name(found[0])} at character {place}: {why}.")


def _character_name(mark: str) -> str:
    words = _NAMES.get(mark) or name(mark, "").lower()
    return f"U+{ord(mark):04X}" + (f" ({words})" if words else "")


_NAMES = {"\0": "NUL", "\t": "a tab", "\n": "a line break", "\r": "a line break", "\x1b": "escape", "\x7f": "delete"}
