"""Parsers of single values as people type them. Each returns the clean value or raises `Invalid`.

Input scalars of the graph accept any text, so that what is wrong is said here, once, with a place and a fix.
"""

import re
from datetime import UTC, date, datetime
from unicodedata import normalize
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from domain.countries import countries_with, country_code
from domain.errors import ErrorCode, Invalid

NAME_LENGTH = 200
LINE_LENGTH = 500
NOTE_LENGTH = 5_000
URL_LENGTH = 2_000

# Line breaks and tabs are part of a note; the other control characters are not part of any text.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# What nobody sees, or what turns text around: a name with them can look like another name. Left out are the
# two joiners, which Persian, Indic languages and emoji need, and the selectors of variants, which names in Japan have.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufeff\uffa0\ufff0-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)
# Long texts may come from where such characters are usual; what turns the text after it around is refused all the same.
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_UNSEEN = re.compile(f"(?:{_INVISIBLE.pattern}|[\\s\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef])*")
_BREAK = re.compile(r"[\r\n\t\u2028\u2029]")
# Python also reads the date of a week, 2026-W10-1.
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def text(value: str, longest: int = LINE_LENGTH, lines: bool = False) -> str:
    """A trimmed text with something to see in it, of at most `longest` characters, on one line unless `lines`."""
    if len(value) > longest:
        raise Invalid(ErrorCode.TOO_LONG, f"At most {longest:,} characters, not {len(value):,}.")
    if _CONTROL.search(value) or (not lines and _BREAK.search(value.strip())):
        raise Invalid(ErrorCode.INVALID_TEXT, "Control characters and line breaks are not allowed here.")
    if (_TURNING if lines else _INVISIBLE).search(value):
        raise Invalid(ErrorCode.INVALID_TEXT, "Characters that nobody sees, or that turn text around, are not allowed.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Invalid(ErrorCode.INVALID_TEXT, "This text is not valid Unicode.") from None
    if _UNSEEN.fullmatch(value):
        raise Invalid(ErrorCode.REQUIRED, "This may not be empty.")
    return value.strip()


def optional_text(value: str | None, longest: int = LINE_LENGTH, lines: bool = False) -> str | None:
    """As `text`; nothing and blanks are None."""
    return None if value is None or not value.strip() else text(value, longest, lines)


def given_text(value: str | None, longest: int = LINE_LENGTH) -> str | None:
    """As `text`, of what is given at all: where a blank would ask for everything, it is refused."""
    return None if value is None else text(value, longest)


def email(value: str) -> str:
    """An e-mail address, its domain in lower case. Whether it receives mail is not checked."""
    try:
        return validate_email(text(value, 254), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise Invalid(ErrorCode.INVALID_EMAIL, f"This is not an e-mail address: {error}") from None


def optional_email(value: str | None) -> str | None:
    return None if value is None or not value.strip() else email(value)


def country(value: str) -> str:
    """The ISO 3166-1 alpha-2 code of a country given by code or name; see `domain/countries.py` (domain-facts B.1)."""
    return country_code(text(value, NAME_LENGTH))


def countries_named(part: str) -> tuple[str, ...]:
    """The codes of the country with this code or name, or else of those with this in their name (domain-facts A.3.3).

    Raises: Invalid, when there is none.
    """
    return countries_with(text(part, NAME_LENGTH))


def optional_date(value: str | None) -> date | None:
    """A calendar date, YYYY-MM-DD."""
    if value is None:
        return None
    try:
        if not _DATE.fullmatch(value):
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise Invalid(ErrorCode.INVALID_DATE, "Send a date as YYYY-MM-DD.") from None


def moment(value: str) -> datetime:
    """A point in time, ISO 8601; without an offset it is UTC."""
    try:
        if len(value) > 40:
            raise ValueError
        parsed = datetime.fromisoformat(value)
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(ErrorCode.INVALID_DATE, "Send a time as in 2026-11-22T09:30:00Z.") from None


def optional_url(value: str | None) -> str | None:
    """An http or https address."""
    if value is None or not value.strip():
        return None
    trimmed = text(value, URL_LENGTH)
    try:
        parts = urlsplit(trimmed)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and " " not in trimmed
    except ValueError:
        good = False
    if not good:
        raise Invalid(ErrorCode.INVALID_URL, "Send a full http or https address.")
    return trimmed


def camel(name: str) -> str:
    """A name of ours as the graph writes it."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def fold(value: str) -> str:
    """How texts are compared, the same on every database: without regard to case, and to whether Unicode writes a
    character as one or as a letter and its accents (design: Writing)."""
    value = value.strip()
    return value.lower() if value.isascii() else normalize("NFC", normalize("NFD", value).casefold())
