"""Postal addresses in parts."""

import strawberry

from domain.shared import addresses as rows
from domain.shared.addresses import AddressDraft
from schema.declare import column, type_of


@type_of(rows.Address)
class Address:
    """A postal address in parts."""

    line1: str | None = column("The first line: street and number.")
    line2: str | None = column("The second line.")
    postal_code: str | None = column("The postal code.")
    city: str | None = column("The city.")
    province_code: str | None = column("The province or state as the post abbreviates it, such as `CA`.")
    province: str | None = column("The province or state by name, such as `California`.")
    country: str | None = column("The country, ISO 3166-1 alpha-2.")
    country_name: str | None = column("The English name of the country.")


@strawberry.input(description="A postal address in parts.")
class AddressInput:
    line1: str | None = strawberry.field(default=strawberry.UNSET, description="The first line: street and number.")
    line2: str | None = strawberry.field(default=strawberry.UNSET, description="The second line.")
    postal_code: str | None = strawberry.field(
        default=strawberry.UNSET, description="The postal code, at most 20 characters."
    )
    city: str | None = strawberry.field(default=strawberry.UNSET, description="The city.")
    province_code: str | None = strawberry.field(
        default=strawberry.UNSET, description="The province or state as the post abbreviates it, such as `CA`."
    )
    province: str | None = strawberry.field(default=strawberry.UNSET, description="The province or state by name.")
    country: str | None = strawberry.field(default=strawberry.UNSET, description="ISO 3166-1 code or name.")

    def draft(self) -> AddressDraft:
        told = {name: value for name in rows.Address._fields if (value := getattr(self, name)) is not strawberry.UNSET}
        return AddressDraft(**told)
