"""Inputs that several mutations of quotes share, and the filters and order of the list of quotes."""

from typing import Any

import strawberry

from domain.quotes.drafts import ItemDraft, RecipientDraft
from domain.quotes.pricing import GivenItemPrices
from domain.use_cases.quotes.steps import OfferRef
from schema.catalogue.inputs import DeviceInput
from schema.companies.inputs import CustomFieldValueInput
from schema.quotes.enums import Destination
from schema.quotes.item_details import ArticleInput
from schema.quotes.new_prices import OPERATORS, DiscountInput
from schema.shared.audiences import CUSTOMER_AND_VENDOR, INTERNAL, VENDOR
from schema.shared.metadata import MetadataEntryInput, external_id_field, given_metadata, metadata_field
from schema.shared.money import MoneyInput, money
from schema.shared.origins import ExternalBy, external_field
from schema.shared.scalars import CountryCode, Date, Decimal, EmailAddress


@strawberry.input(
    description="Input fields for the recipient of a device: a person, store or office. The customer sees "
    "the name and country; the vendor sees everything it needs to ship."
)
class RecipientInput:
    name: str = strawberry.field(description="Name of the recipient. At most 200 characters.")
    country: CountryCode = strawberry.field(
        description="ISO 3166-1 country code or country name, such as `UY` or `Uruguay`."
    )
    email: EmailAddress | None = strawberry.field(
        default=None, description="E-mail address. The vendor needs it to ship to a person."
    )
    phone_number: str | None = strawberry.field(default=None, description="Telephone number. At most 50 characters.")
    address: str | None = strawberry.field(
        default=None, description="Delivery address, on one line. At most 500 characters."
    )
    is_for_storage: bool = strawberry.field(
        default=False, description="Whether the device goes to a storage instead of to a person."
    )
    hire_date: Date | None = strawberry.field(default=None, description="Date on which the person starts.")
    destination: Destination | None = strawberry.field(
        default=None, description="Type of destination. By default EMPLOYEE, or STORAGE if `isForStorage` is true."
    )
    city: str | None = strawberry.field(
        default=None, description="City, for a person whom the vendor does not know. At most 200 characters."
    )
    postal_code: str | None = strawberry.field(
        default=None, description="Postal code, for a person whom the vendor does not know. At most 50 characters."
    )
    address_extra: str | None = strawberry.field(
        default=None, description="Additional address details, such as floor or door. At most 200 characters."
    )
    government_id: str | None = strawberry.field(
        default=None,
        description="Number of the identity document, for a person whom the vendor does not know. At most 50 "
        "characters. It is never returned by the API.",
    )
    external_id: str | None = external_id_field()
    metadata: list[MetadataEntryInput] | None = metadata_field()

    def draft(self) -> RecipientDraft:
        hire_date: Any = self.hire_date
        return RecipientDraft(
            self.name,
            self.country,
            self.email,
            self.phone_number,
            self.address,
            self.is_for_storage,
            hire_date,
            self.destination,
            self.city,
            self.postal_code,
            self.address_extra,
            self.government_id,
            self.external_id,
            given_metadata(self.metadata),
        )


@strawberry.input(description="Input fields for a line: a device or service, a quantity and recipients.")
class QuoteItemInput:
    device: DeviceInput = strawberry.field(description="The device.")
    recipients: list[RecipientInput] | None = strawberry.field(
        default=None,
        description="One recipient, or one for each device; none if they are not known yet or nothing is delivered. At "
        "most 200.",
    )
    quantity: int | None = strawberry.field(
        default=None,
        description="Number of devices, 1 to 1,000. By default the number of recipients, or 1 without recipients.",
    )
    comments: str | None = strawberry.field(
        default=None, description=f"Comments on the line. At most 5,000 characters. {CUSTOMER_AND_VENDOR}"
    )
    internal_notes: str | None = strawberry.field(
        default=None, description=f"Notes on the line. At most 5,000 characters. {INTERNAL}"
    )
    article: ArticleInput | None = strawberry.field(
        default=None, description="Article data such as SKU, barcode and weight. For a kit, it applies to each device."
    )
    external_id: str | None = external_id_field(VENDOR)
    metadata: list[MetadataEntryInput] | None = metadata_field()
    price: MoneyInput | None = strawberry.field(
        default=None, description=f"Price of one device. It cannot be given for a kit. {OPERATORS}"
    )
    discount: DiscountInput | None = strawberry.field(
        default=None,
        description="Discount on the whole line. A fixed amount is at most the price of the line. It cannot be given "
        f"for a kit. {OPERATORS}",
    )
    is_taxable: bool | None = strawberry.field(
        default=None, description=f"Whether the line is taxed. By default true. {OPERATORS}"
    )
    tax_rate: Decimal | None = strawberry.field(
        default=None,
        description="Tax rate in per cent, from 0 to 100 with at most four decimal places, such as `8.875`. By default "
        f"0. {OPERATORS}",
    )

    def draft(self) -> ItemDraft:
        article = self.article.draft() if self.article else None
        return ItemDraft(
            self.device.draft(),
            recipients(self.recipients) or (),
            self.quantity,
            self.comments,
            article,
            self.internal_notes,
            self.external_id,
            given_metadata(self.metadata),
            self._prices(),
        )

    def _prices(self) -> GivenItemPrices:
        given = GivenItemPrices()
        if self.price is not None:
            given["price"] = money(self.price)
        if self.discount is not None:
            given["discount"] = self.discount.draft()
        if self.is_taxable is not None:
            given["taxable"] = self.is_taxable
        if self.tax_rate is not None:
            given["tax_rate"] = self.tax_rate
        return given


# The attributes of a quote whose fields have other names.
_ATTRIBUTES = {"currency_code": "currency", "is_accepting_documents": "accepts_documents"}


def attribute_of(name: str) -> str:
    """The attribute of a quote that an input field sets."""
    return _ATTRIBUTES.get(name, name)


def plain(given: object) -> object:
    """A detail of a quote in the form that the domain takes."""
    if isinstance(given, list) and given and isinstance(given[0], CustomFieldValueInput | MetadataEntryInput):
        return tuple(it.draft() for it in given)
    return given


def recipients(given: list[RecipientInput] | None) -> tuple[RecipientDraft, ...] | None:
    return None if given is None else tuple(recipient.draft() for recipient in given)


def item(given: str) -> OfferRef:
    return OfferRef(given, ("itemId",), ("QuoteItem",))


def alternative(given: str) -> OfferRef:
    return OfferRef(given, ("alternativeId",), ("Alternative",))


@strawberry.input(one_of=True, description="Identifies a quote by exactly one of these fields.")
class QuoteBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="The ID of the quote.")
    order_id: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The number of the quote. If several companies have a quote with this number, a platform key "
        "gets an error (AMBIGUOUS) that lists their IDs.",
    )
    public_key: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The public key of the quote, unless it is revoked. The quote is not marked as viewed.",
    )
    external: ExternalBy | None = external_field()
    external_id: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="External ID, which an integrator gave the quote here; for the ID in a connected system use "
        "`external`. If several quotes have it, the error (AMBIGUOUS) lists their IDs.",
    )
