"""Postal addresses in parts (docs/domain.md#postal-addresses). A recipient's address is one line and no business of
this module."""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from domain.shared.countries import country_name
from domain.shared.errors import ErrorCode, Path, Problems
from domain.shared.parsers import LINE_LENGTH, NAME_LENGTH, camel, country, optional_code, optional_text


class Address(NamedTuple):
    """A postal address. `province` is its name, `province_code` what the post calls it, such as `CA`."""

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


class Untold(Enum):
    """What is not told, which is not the same as nothing."""

    UNTOLD = "UNTOLD"


UNTOLD = Untold.UNTOLD
Part = str | Untold | None


@dataclass(frozen=True, slots=True)
class AddressDraft:
    """An address as typed. A part that is not told stays as it was, one that is None or empty is taken off."""

    line1: Part = UNTOLD
    line2: Part = UNTOLD
    postal_code: Part = UNTOLD
    city: Part = UNTOLD
    province_code: Part = UNTOLD
    province: Part = UNTOLD
    country: Part = UNTOLD


# How long each part may be.
LENGTHS = {"postal_code": 20, "city": NAME_LENGTH, "province_code": 20, "province": NAME_LENGTH}


def parse_address(draft: AddressDraft, problems: Problems, path: Path, before: Address | None = None) -> Address | None:
    """An address as typed, trimmed, over what it was `before`; None when nothing is in it. What is wrong is noted under
    `path`."""
    kept = before or Address()
    parts = {name: _part(name, getattr(draft, name), kept, problems, path) for name in Address._fields}
    address = Address(**parts)
    return address if any(address) else None


def _part(name: str, given: Part, kept: Address, problems: Problems, path: Path) -> str | None:
    if isinstance(given, Untold):
        was: str | None = getattr(kept, name)
        return was
    here = (*path, camel(name))
    if name == "country":
        return problems.check(here, country, given) if given and given.strip() else None
    parse = optional_code if name == "postal_code" else optional_text
    return problems.check(here, parse, given, LENGTHS.get(name, LINE_LENGTH))


def require_address(draft: AddressDraft, problems: Problems, path: Path) -> Address | None:
    """As `parse_address`, but something has to be in it."""
    before = len(problems.found)
    address = parse_address(draft, problems, path)
    if address is None and len(problems.found) == before:
        problems.add(path, ErrorCode.REQUIRED, "An address has at least one part.")
    return address
