"""Postal addresses in parts (domain-facts D, E). A recipient's address is one line and no business of this module."""

from dataclasses import dataclass
from typing import NamedTuple

from domain.countries import country_name
from domain.errors import ErrorCode, Path, Problems
from domain.values import NAME_LENGTH, country, optional_code, optional_text


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


@dataclass(frozen=True, slots=True)
class AddressDraft:
    """An address as typed."""

    line1: str | None = None
    line2: str | None = None
    postal_code: str | None = None
    city: str | None = None
    province_code: str | None = None
    province: str | None = None
    country: str | None = None


def parse_address(draft: AddressDraft, problems: Problems, path: Path) -> Address | None:
    """An address as typed, trimmed; None when nothing is in it. What is wrong is noted under `path`."""
    given = draft.country if draft.country and draft.country.strip() else None
    address = Address(
        problems.check((*path, "line1"), optional_text, draft.line1),
        problems.check((*path, "line2"), optional_text, draft.line2),
        problems.check((*path, "postalCode"), optional_code, draft.postal_code, 20),
        problems.check((*path, "city"), optional_text, draft.city, NAME_LENGTH),
        problems.check((*path, "provinceCode"), optional_text, draft.province_code, 20),
        problems.check((*path, "province"), optional_text, draft.province, NAME_LENGTH),
        None if given is None else problems.check((*path, "country"), country, given),
    )
    return address if any(address) else None


def require_address(draft: AddressDraft, problems: Problems, path: Path) -> Address | None:
    """As `parse_address`, but something has to be in it."""
    before = len(problems.found)
    address = parse_address(draft, problems, path)
    if address is None and len(problems.found) == before:
        problems.add(path, ErrorCode.REQUIRED, "An address has at least one part.")
    return address
