"""Postal addresses in parts."""

import strawberry

from domain.shared import addresses as rows
from domain.shared.addresses import AddressDraft
from schema.declare import column, type_of
from schema.shared.scalars import CountryCode


@type_of(rows.Address)
class Address:
    """Postal address in separate fields."""

    line1: str | None = column("Street and house number.")
    line2: str | None = column("Second address line.")
    postal_code: str | None = column("Postal code.")
    city: str | None = column("City.")
    province_code: str | None = column("Postal abbreviation of the province or state, such as `CA`.")
    province: str | None = column("Name of the province or state, such as `California`.")
    country: CountryCode | None = column("ISO 3166-1 alpha-2 country code.")
    country_name: str | None = column("English name of the country.")


@strawberry.input(description="Postal address in separate fields.")
class AddressInput:
    line1: str | None = strawberry.field(default=strawberry.UNSET, description="Street and house number.")
    line2: str | None = strawberry.field(default=strawberry.UNSET, description="Second address line.")
    postal_code: str | None = strawberry.field(
        default=strawberry.UNSET, description="Postal code. At most 20 characters."
    )
    city: str | None = strawberry.field(default=strawberry.UNSET, description="City.")
    province_code: str | None = strawberry.field(
        default=strawberry.UNSET, description="Postal abbreviation of the province or state, such as `CA`."
    )
    province: str | None = strawberry.field(default=strawberry.UNSET, description="Name of the province or state.")
    country: CountryCode | None = strawberry.field(default=strawberry.UNSET, description="ISO 3166-1 code or name.")

    def draft(self) -> AddressDraft:
        given = {name: value for name in rows.Address._fields if (value := getattr(self, name)) is not strawberry.UNSET}
        return AddressDraft(**given)
