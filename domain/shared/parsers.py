"""Parsers of single values as entered. Each returns the normalised value or raises `Invalid`.

The input scalars of the schema accept any text, so that errors are reported here, with a path and a correction.
"""

import re
from datetime import date
from unicodedata import decimal, normalize
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from domain.shared.countries import countries_with, country_code
from domain.shared.errors import ErrorCode, Invalid
from domain.shared.invisible_characters import check_marks, is_blank, without_direction, without_joiners, without_marks

NAME_LENGTH = 200
LINE_LENGTH = 500
NOTE_LENGTH = 5_000
URL_LENGTH = 2_000
PHONE_LENGTH = 50

# `date.fromisoformat` also accepts week dates such as 2026-W10-1.
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

# What a spreadsheet shows where a formula fails or a column is too narrow.
_SPREADSHEET_ERROR = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|NUM!|NULL!|DIV/0!|ERROR!|SPILL!|CALC!)|##+", re.IGNORECASE)


def text(value: str, longest: int = LINE_LENGTH, lines: bool = False) -> str:
    """A trimmed text with a visible character, of at most `longest` characters, on one line unless `lines`. Raises:
    Invalid.

    Invisible characters are removed from a single line; notes keep them.
    """
    clean = value.strip() if lines else without_marks(value)
    if len(clean) > longest:
        raise Invalid(ErrorCode.TOO_LONG, f"At most {longest:,} characters, not {len(value):,}.")
    check_marks(clean, value, lines)
    if is_blank(clean):
        raise Invalid(ErrorCode.REQUIRED, "This must not be empty.")
    return clean


def optional_text(value: str | None, longest: int = LINE_LENGTH, lines: bool = False) -> str | None:
    """Like `text`; None for None and for a text without visible characters."""
    return None if value is None or is_blank(value) else text(value, longest, lines)


def given_text(value: str | None, longest: int = LINE_LENGTH) -> str | None:
    """Like `text`, but None stays None. A blank text is refused, because as a filter it would match everything."""
    return None if value is None else text(value, longest)


def email(value: str) -> str:
    """An e-mail address, its domain in lower case. Whether it receives mail is not checked. Raises: Invalid."""
    try:
        address = normalize("NFKC", without_joiners(text(value, 254)))
        return validate_email(address, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise Invalid(ErrorCode.INVALID_EMAIL, f"This is not an e-mail address: {error}") from None


def optional_email(value: str | None) -> str | None:
    return None if value is None or is_blank(value) else email(value)


def identifier(value: str, longest: int = NAME_LENGTH) -> str:
    """An identifier of another system, compared exactly after Unicode normalisation (NFC). Raises: Invalid."""
    return normalize("NFC", text(value, longest))


def optional_identifier(value: str | None, longest: int = NAME_LENGTH) -> str | None:
    """Like `identifier`; None for None and blank texts."""
    return None if value is None or is_blank(value) else identifier(value, longest)


def phone(value: str, longest: int = PHONE_LENGTH) -> str:
    """A telephone number as entered, with ASCII digits and without direction marks, which address books add."""
    return code(without_direction(value), longest)


def optional_phone(value: str | None, longest: int = PHONE_LENGTH) -> str | None:
    """Like `phone`; None for None and blank texts."""
    return None if value is None or is_blank(without_direction(value)) else phone(value, longest)


def code(value: str, longest: int) -> str:
    """A code or number: full-width letters and the digits of any script are converted to ASCII."""
    return _half_width(text(value, longest))


def optional_code(value: str | None, longest: int) -> str | None:
    """Like `code`; None for None and blank texts."""
    found = optional_text(value, longest)
    return None if found is None else _half_width(found)


def _half_width(value: str) -> str:
    if value.isascii():
        return value
    return "".join(str(decimal(it, it)) for it in normalize("NFKC", without_joiners(value)))


def country(value: str) -> str:
    """The ISO 3166-1 alpha-2 code of a country given by code or name; see `domain/shared/countries.py`. Raises:
    Invalid."""
    return country_code(text(value, NAME_LENGTH))


def countries_named(part: str) -> tuple[str, ...]:
    """The codes of the countries that a filter matches by code or name (docs/domain.md#lists). Raises: Invalid."""
    return countries_with(text(part, NAME_LENGTH))


def optional_date(value: str | None) -> date | None:
    """A calendar date, YYYY-MM-DD; None for None and blank texts. Raises: Invalid."""
    if value is None or is_blank(value):
        return None
    try:
        plain = without_marks(value)
        if not _DATE.fullmatch(plain):
            raise ValueError
        return date.fromisoformat(plain)
    except ValueError:
        raise Invalid(ErrorCode.INVALID_DATE, "Send a date as YYYY-MM-DD.") from None


def cell_text(cell: str) -> str:
    """The text of a spreadsheet cell. Raises: Invalid, for the error values of spreadsheets."""
    if _SPREADSHEET_ERROR.fullmatch(cell.strip()):
        message = f"This is a spreadsheet error: {cell.strip()[:20]}. Send the value, or leave the cell empty."
        raise Invalid(ErrorCode.INVALID_TEXT, message)
    return cell


def optional_url(value: str | None) -> str | None:
    """An http or https address; None for None and blank texts. Raises: Invalid."""
    if value is None or is_blank(value):
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
    """An attribute's name as the schema writes it, in camel case."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def with_full_stop(sentence: str) -> str:
    """A sentence with a full stop, unless it ends in one, as with `Acme Inc.`."""
    return sentence if sentence.endswith((".", "!", "?", "…", "。")) else f"{sentence}."


def fold(value: str) -> str:
    """A text as it is compared on every database: case-insensitive and in Unicode normalisation form C."""
    value = value.strip()
    return value.lower() if value.isascii() else normalize("NFC", normalize("NFD", value).casefold())
