"""Postal addresses in parts (docs/domain.md#postal-addresses). A recipient's address is a single text and is not
parsed here."""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from domain.shared.countries import country_name
from domain.shared.errors import ErrorCode, Path, Problems
from domain.shared.parsers import LINE_LENGTH, NAME_LENGTH, camel, country, optional_code, optional_text


class Address(NamedTuple):
    """A postal address. `province` is the name of the province or state, `province_code` its postal code, such as
    `CA`."""

    line1: str | None = None
    line2: str | None = None
    postal_code: str | None = None
    city: str | None = None
    province_code: str | None = None
    province: str | None = None
    country: str | None = None

    @property
    def country_name(self) -> str | None:
        """The English name of the country."""
        return None if self.country is None else country_name(self.country)


class NotGiven(Enum):
    """A part that the input leaves out, as opposed to null."""

    NOT_GIVEN = "NOT_GIVEN"


NOT_GIVEN = NotGiven.NOT_GIVEN
Part = str | NotGiven | None


@dataclass(frozen=True, slots=True)
class AddressDraft:
    """An address as entered. A part that is not given keeps its value; null or an empty text clears it."""

    line1: Part = NOT_GIVEN
    line2: Part = NOT_GIVEN
    postal_code: Part = NOT_GIVEN
    city: Part = NOT_GIVEN
    province_code: Part = NOT_GIVEN
    province: Part = NOT_GIVEN
    country: Part = NOT_GIVEN


# Maximum length of each part, in characters; `LINE_LENGTH` for the rest.
LENGTHS = {"postal_code": 20, "city": NAME_LENGTH, "province_code": 20, "province": NAME_LENGTH}


def parse_address(draft: AddressDraft, problems: Problems, path: Path, before: Address | None = None) -> Address | None:
    """The address as entered, merged into the one `before`; None if every part is empty. Problems are added under
    `path`."""
    current = before or Address()
    parts = {name: _part(name, getattr(draft, name), current, problems, path) for name in Address._fields}
    address = Address(**parts)
    return address if any(address) else None


def _part(name: str, given: Part, current: Address, problems: Problems, path: Path) -> str | None:
    if isinstance(given, NotGiven):
        value: str | None = getattr(current, name)
        return value
    here = (*path, camel(name))
    if name == "country":
        return problems.check(here, country, given) if given and given.strip() else None
    parse = optional_code if name == "postal_code" else optional_text
    return problems.check(here, parse, given, LENGTHS.get(name, LINE_LENGTH))


def require_address(draft: AddressDraft, problems: Problems, path: Path) -> Address | None:
    """Like `parse_address`, but at least one part is required."""
    before = len(problems.found)
    address = parse_address(draft, problems, path)
    if address is None and len(problems.found) == before:
        problems.add(path, ErrorCode.REQUIRED, "Send at least one part of the address.")
    return address
