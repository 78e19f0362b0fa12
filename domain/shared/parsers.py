"""Parsers of single values as people type them. Each returns the clean value or raises `Invalid`.

Input scalars of the graph accept any text, so that what is wrong is said here, once, with a place and a fix.
"""

import re
from datetime import date
from unicodedata import decimal, normalize
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from domain.shared.countries import countries_with, country_code
from domain.shared.errors import ErrorCode, Invalid
from domain.shared.invisible_characters import check_marks, is_unseen, without_direction, without_joiners, without_marks

NAME_LENGTH = 200
LINE_LENGTH = 500
NOTE_LENGTH = 5_000
URL_LENGTH = 2_000
PHONE_LENGTH = 50

# Python also reads the date of a week, 2026-W10-1.
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

# What stands in a spreadsheet where a formula has failed or a column is too narrow.
_FAILED = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|NUM!|NULL!|DIV/0!|ERROR!|SPILL!|CALC!)|##+", re.IGNORECASE)


def text(value: str, longest: int = LINE_LENGTH, lines: bool = False) -> str:
    """A trimmed text with something to see in it, of at most `longest` characters, on one line unless `lines`.

    Of one line, the marks that print nothing are taken off; notes may come from where they are usual, and keep them.
    """
    clean = value.strip() if lines else without_marks(value)
    if len(clean) > longest:
        raise Invalid(ErrorCode.TOO_LONG, f"At most {longest:,} characters, not {len(value):,}.")
    check_marks(clean, value, lines)
    if is_unseen(clean):
        raise Invalid(ErrorCode.REQUIRED, "This may not be empty.")
    return clean


def optional_text(value: str | None, longest: int = LINE_LENGTH, lines: bool = False) -> str | None:
    """As `text`; nothing, blanks and what prints nothing are None."""
    return None if value is None or is_unseen(value) else text(value, longest, lines)


def given_text(value: str | None, longest: int = LINE_LENGTH) -> str | None:
    """As `text`, of what is given at all: where a blank would ask for everything, it is refused."""
    return None if value is None else text(value, longest)


def email(value: str) -> str:
    """An e-mail address, its domain in lower case. Whether it receives mail is not checked."""
    try:
        address = normalize("NFKC", without_joiners(text(value, 254)))
        return validate_email(address, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise Invalid(ErrorCode.INVALID_EMAIL, f"This is not an e-mail address: {error}") from None


def optional_email(value: str | None) -> str | None:
    return None if value is None or is_unseen(value) else email(value)


def identifier(value: str, longest: int = NAME_LENGTH) -> str:
    """What another system calls something, compared exactly: letters that Unicode calls equal are the same."""
    return normalize("NFC", text(value, longest))


def optional_identifier(value: str | None, longest: int = NAME_LENGTH) -> str | None:
    """As `identifier`; nothing and blanks are None."""
    return None if value is None or is_unseen(value) else identifier(value, longest)


def phone(value: str, longest: int = PHONE_LENGTH) -> str:
    """A telephone number as people write it, in ASCII digits. Address books put marks of direction into it, which mean
    nothing there."""
    return code(without_direction(value), longest)


def optional_phone(value: str | None, longest: int = PHONE_LENGTH) -> str | None:
    """As `phone`; nothing and blanks are None."""
    return None if value is None or is_unseen(without_direction(value)) else phone(value, longest)


def code(value: str, longest: int) -> str:
    """A text that is no prose but a number of something: full-width letters and the digits of any script are ASCII."""
    return _half_width(text(value, longest))


def optional_code(value: str | None, longest: int) -> str | None:
    """As `code`; nothing and blanks are None."""
    found = optional_text(value, longest)
    return None if found is None else _half_width(found)


def _half_width(value: str) -> str:
    if value.isascii():
        return value
    return "".join(str(decimal(it, it)) for it in normalize("NFKC", without_joiners(value)))


def country(value: str) -> str:
    """The ISO 3166-1 alpha-2 code of a country given by code or name; see `domain/shared/countries.py`."""
    return country_code(text(value, NAME_LENGTH))


def countries_named(part: str) -> tuple[str, ...]:
    """The codes of the country with this code or name, or else of those with this in their name (docs/domain.md#lists).

    Raises: Invalid, when there is none.
    """
    return countries_with(text(part, NAME_LENGTH))


def optional_date(value: str | None) -> date | None:
    """A calendar date, YYYY-MM-DD; nothing and blanks are None."""
    if value is None or is_unseen(value):
        return None
    try:
        plain = without_marks(value)
        if not _DATE.fullmatch(plain):
            raise ValueError
        return date.fromisoformat(plain)
    except ValueError:
        raise Invalid(ErrorCode.INVALID_DATE, "Send a date as YYYY-MM-DD.") from None


def made_out(cell: str) -> str:
    """The text of a cell. Raises: Invalid, for what a spreadsheet writes where it has none."""
    if _FAILED.fullmatch(cell.strip()):
        message = f"A spreadsheet could not make this out: {cell.strip()[:20]}. Write what is meant, or nothing."
        raise Invalid(ErrorCode.INVALID_TEXT, message)
    return cell


def optional_url(value: str | None) -> str | None:
    """An http or https address."""
    if value is None or is_unseen(value):
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


def ended(sentence: str) -> str:
    """A sentence that ends in something typed, with its full stop: `Acme Inc.` brings its own."""
    return sentence if sentence.endswith((".", "!", "?", "…", "。")) else f"{sentence}."


def fold(value: str) -> str:
    """How texts are compared, the same on every database: without regard to case, and to whether Unicode writes a
    character as one or as a letter and its accents."""
    value = value.strip()
    return value.lower() if value.isascii() else normalize("NFC", normalize("NFD", value).casefold())
