"""Marks: characters that print nothing, and what becomes of them in texts that people paste.

What prints nothing and changes nothing is taken off. Joiners stay inside words, and the parts of emoji in emoji, which
need them. What turns text around is refused, because a name would look like another: the overrides U+202D and U+202E
wherever they stand, embeddings and isolates unless they enclose the whole text, where they change nothing in it.
"""

import re
from unicodedata import combining, name

from domain.shared.errors import ErrorCode, Invalid

# Line breaks and tabs are part of a note; the other control characters are not part of any text.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BREAK = re.compile(r"[\r\n\t\u2028\u2029]")
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# An embedding or isolate around all of it, as address books and messengers copy what they show.
_PLAIN = f"([^{_TURNING.pattern[1:]}*)"
_ENCLOSED = re.compile(f"[\u202a\u202b]{_PLAIN}\u202c|[\u2066-\u2068]{_PLAIN}\u2069")
_PRINT_NOTHING = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2060-\u2065\u206a-\u206f\u2800\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_JOINERS = "\u200c\u200d"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
# The first alternative is the flag of a part of a country, an emoji that is made of these very marks.
_NOTHING = re.compile(f"(\U0001f3f4[\U000e0020-\U000e007e]++\U000e007f)|[{_PRINT_NOTHING}]++")
_LEADING = re.compile(f"(?<!\\S)[{_JOINERS}{_SELECTORS}]++")
_TRAILING = re.compile(f"([^{_JOINERS}])[{_JOINERS}]++(?!\\S)")
_UNSEEN = re.compile(f"[\\s{_PRINT_NOTHING}{_JOINERS}{_SELECTORS}]*")
# How Unicode classes the sign that joins two Indic consonants; a joiner after it shows at a word's end too.
_VIRAMA = 9


def without_marks(value: str) -> str:
    """A text on one line without the marks that print nothing, trimmed."""
    value = value.strip()
    if value.isascii():
        return value
    value = _NOTHING.sub(lambda found: found[1] or "", value).strip()
    if enclosed := _ENCLOSED.fullmatch(value):
        value = enclosed[1] or enclosed[2] or ""
    value = _LEADING.sub("", value)
    return _TRAILING.sub(lambda found: found[0] if combining(found[1]) == _VIRAMA else found[1], value).strip()


def without_direction(value: str) -> str:
    """A text in which the direction of writing means nothing, such as a telephone number, without its marks."""
    return value if value.isascii() else _DIRECTION.sub("", value)


def without_joiners(value: str) -> str:
    """A text that is no prose, such as a serial number, without what only joins letters."""
    return value if value.isascii() else re.sub(f"[{_JOINERS}]", "", value)


def is_unseen(value: str) -> bool:
    """Whether there is nothing to see in a text."""
    return _UNSEEN.fullmatch(value) is not None


def check_marks(value: str, typed: str, lines: bool) -> None:
    """Refuse what may not stand in a text, with the place at which it stands in what was typed. Raises: Invalid."""
    kinds = [(_CONTROL, "control characters are not allowed"), (_TURNING, "it turns the text around"),
             (_SURROGATE, "it is half a character, which no text can have")]  # fmt: skip
    if not lines:
        kinds.append((_BREAK, "this is one line"))
    for pattern, why in kinds:
        if found := pattern.search(value):
            place = typed.index(found[0], typed.index(value[0])) + 1
            raise Invalid(ErrorCode.INVALID_TEXT, f"Take out {_called(found[0])} at character {place}: {why}.")


def _called(mark: str) -> str:
    words = _NAMES.get(mark) or name(mark, "").lower()
    return f"U+{ord(mark):04X}" + (f" ({words})" if words else "")


_NAMES = {"\0": "NUL", "\t": "a tab", "\n": "a line break", "\r": "a line break", "\x1b": "escape", "\x7f": "delete"}
