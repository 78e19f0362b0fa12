"""Serial numbers in inputs and files, and values that are not serial numbers (docs/domain.md#serial-numbers).

A serial number corrupted by a spreadsheet, or a placeholder of a firmware, must be refused: it would merge different
devices.
"""

import re
from unicodedata import normalize

from domain.shared.errors import ErrorCode, Invalid
from domain.shared.parsers import code, fold

SERIAL_LENGTH = 100

# Notations that keep spreadsheets from changing digits: ="000123", or a leading apostrophe.
_WRAPPED = re.compile(r'=\s*"(.*)"')
_QUOTED = re.compile(r'"([^"]*)"|\'([^\'"]+)\'?')

# How spreadsheets change long numbers (1.23E+15, 1,23E+15), numbers (123.0) and values that look like dates.
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)"
_CORRUPTED = re.compile(
    r"[+-]?\d{1,3}(?:[.,]\d*)?\s?e\s?[+-]\s?\d{1,3}|[+-]?\d{1,3}[.,]\d+e\d{1,3}|\d+[.,]0+|\d{1,3}(?:,\d{3})+"
    rf"|\d{{1,2}}-{_MONTH}(?:-\d{{2,4}})?|{_MONTH}-\d{{2}}"
    r"|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}|\d{4}-\d{2}-\d{2}(?:[ t]\d{2}:\d{2}(?::\d{2})?)?"
    r"|=\s?\d+|=\s?[a-z]{1,3}\d+|=\s?[a-z]+\(.*\)|#+|#(?:n/a|ref!|value!|name\?|num!|null!|div/0!|error!|spill!|calc!)"
)
# Spreadsheets keep fifteen digits of a number and replace the others by zeros.
_ROUNDED = re.compile(r"\d{15}0{2,}")

# Placeholders of firmware and inventory tools, compared by letters and digits only.
_PLACEHOLDERS = frozenset(
    {
        *("tobefilledbyoem", "tobefilledbyoemoem", "tobefilled", "obefilledbyoem", "filledbyoem", "fillbyoem"),
        *("tobesetbyoem", "oem", "oemdefault", "oemserial", "oemserialnumber"),
        *("defaultstring", "default", "defaultserial", "defaultserialnumber", "string", "standard", "generic"),
        *("systemserialnumber", "systemserialnumb", "systemserial", "systemmanufacturer", "systemproductname"),
        *("systemversion", "systemname", "productserialnumber", "productserial", "boardserialnumber"),
        *("baseboardserialnumber", "baseboardserial", "mbserialnumber", "motherboardserialnumber"),
        *("chassisserialnumber", "chassisserial", "inputserialnumber", "enterserialnumber", "yourserialnumber"),
        *("serialnumber", "serialno", "serialnum", "serial", "sernum", "sernum0", "sn", "sno"),
        *("assettag", "noassettag", "noassettagspecified", "defaultassettag", "noassetinformation", "tag"),
        *("none", "no", "nil", "null", "nan", "na", "notapplicable", "notavailable", "unavailable", "notsettable"),
        *("notspecified", "unspecified", "notset", "unset", "notprovided", "notpresent", "notdefined", "undefined"),
        *("notfound", "notknown", "unknown", "unknownserial", "unknownserialnumber", "empty", "blank", "missing"),
        *("invalid", "error", "noserial", "noserialnumber", "nosn", "noserialno", "withoutserial"),
        *("tbd", "tba", "tobedetermined", "tobedefined", "tobeannounced", "pending", "todo", "placeholder"),
        *("test", "dummy", "sample", "example", "asdf", "qwerty", "eval", "true", "false", "0123456789abcdef"),
        *("bsn12345678901234567", "ssn12345678901234567", "csn12345678901234567", "mb1234567890", "deadbeef"),
        *("sinserie", "sinnumero", "sinnumerodeserie", "noaplica", "ninguno", "desconocido", "keine", "unbekannt"),
    }
)
_ASCENDING = ("01234567890123456789", "12345678901234567890")
_DESCENDING = "98765432109876543210"
# Shorter values may be real serial numbers.
_SHORTEST_RUN, _SHORTEST_REPEAT = 5, 3


def parse_serial(value: str) -> str:
    """A serial number to search for, trimmed and without the notation of spreadsheets."""
    serial = code(value, SERIAL_LENGTH)
    if (wrapped := _WRAPPED.fullmatch(serial)) is not None:
        serial = wrapped[1].replace('""', '"').strip()
    if (quoted := _QUOTED.fullmatch(serial)) is not None:
        serial = (quoted[1] or quoted[2] or "").strip()
    return code(serial, SERIAL_LENGTH)


def given_serial(value: str | None) -> str | None:
    """Like `parse_serial` for a part of a serial number; None for None."""
    return None if value is None else code(value, SERIAL_LENGTH)


def new_serial(value: str) -> str:
    """A serial number for a new device. Raises: Invalid, for values that are certainly not serial numbers."""
    serial = parse_serial(value)
    folded = fold(serial)
    if _CORRUPTED.fullmatch(folded) or _ROUNDED.fullmatch(folded):
        message = (
            f"A spreadsheet has changed this serial number into {serial!r}. Format its column as text there, "
            "enter the serial number again, and save the file."
        )
        raise Invalid(ErrorCode.INVALID_SERIAL, message)
    if is_placeholder(serial):
        message = f"{serial!r} is a placeholder, not a serial number. Send the one printed on the device."
        raise Invalid(ErrorCode.INVALID_SERIAL, message)
    return serial


def is_placeholder(serial: str) -> bool:
    """Whether this is a placeholder for a missing serial number."""
    # Decomposition separates accents from letters.
    letters = "".join(letter for letter in normalize("NFD", fold(serial)) if letter.isalnum())
    if letters in _PLACEHOLDERS or not letters.strip("0"):
        return True
    if len(letters) >= _SHORTEST_REPEAT and len(set(letters)) == 1:
        return True
    run = len(letters) >= _SHORTEST_RUN and letters.isdecimal()
    return run and (any(row.startswith(letters) for row in _ASCENDING) or _DESCENDING.startswith(letters))
