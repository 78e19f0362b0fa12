"""What one sends to act on quotes, each input knowing the plain data it stands for."""

from typing import Any

import strawberry

from domain.catalogue.device_selection import CatalogueDevice, CustomDevice, KitDevices, NamedDevice
from domain.quotes.drafts import AlternativeDraft, ItemDraft, QuoteDraft, RecipientDraft
from domain.quotes.statuses import Verdict as Verdict
from domain.shared.money import MoneyDraft
from domain.use_cases.quotes.offers import CreateQuote, Decide, PriceOffer, ProposeAlternative
from domain.use_cases.quotes.steps import OfferRef
from schema.catalogue.products import ProductType, SpecificationInput
from schema.companies.custom_fields import CustomFieldValueInput
from schema.portal.rich_text import MARKDOWN
from schema.quotes.destinations import SendTo
from schema.quotes.item_details import ArticleInput
from schema.shared.audiences import CONTACT, CUSTOMER, CUSTOMER_AND_VENDOR, INTERNAL, VENDOR
from schema.shared.common import MoneyInput
from schema.shared.enums import describe
from schema.shared.inputs import company_id_field, dry_run_field
from schema.shared.scalars import URL, CurrencyCode, Date, DateTime, EmailAddress

describe(Verdict, "What to say to an offer.", ACCEPT="Accept it.", REJECT="Reject it.")


@strawberry.input(
    description="Who, or which store, gets a device. The customer reads name and country of it; the vendor all that it "
    "needs to ship."
)
class RecipientInput:
    name: str = strawberry.field(description="Name, at most 200 characters.")
    country: str = strawberry.field(description="ISO 3166-1 code or name, such as `UY` or `Uruguay`.")
    email: EmailAddress | None = strawberry.field(default=None, description="The vendor needs it to ship to a person.")
    phone_number: str | None = strawberry.field(default=None, description="Telephone number.")
    address: str | None = strawberry.field(default=None, description="Where to deliver to, on one line.")
    storage: bool = strawberry.field(default=False, description="To a store rather than to a person.")
    hire_date: Date | None = strawberry.field(default=None, description="When the person starts.")
    destination: SendTo | None = strawberry.field(
        default=None, description="Where the device goes; by default to the person, or with `storage` to a store."
    )
    city: str | None = strawberry.field(default=None, description="City, for a person the vendor does not know.")
    post_code: str | None = strawberry.field(
        default=None, description="Postal code, for a person the vendor does not know."
    )
    address_extra: str | None = strawberry.field(default=None, description="Floor, door and the like.")
    government_id: str | None = strawberry.field(
        default=None,
        description="Number of the identity document, for a person the vendor does not know. It is never shown again.",
    )

    def draft(self) -> RecipientDraft:
        hire_date: Any = self.hire_date
        return RecipientDraft(
            self.name,
            self.country,
            self.email,
            self.phone_number,
            self.address,
            self.storage,
            hire_date,
            self.destination,
            self.city,
            self.post_code,
            self.address_extra,
            self.government_id,
        )


@strawberry.input(description="A device chosen from the catalogue.")
class CatalogueDeviceInput:
    product_id: strawberry.ID = strawberry.field(description="The product.")
    configuration_id: strawberry.ID | None = strawberry.field(default=None, description="One of its configurations.")
    specification: SpecificationInput | None = strawberry.field(
        default=None, description="What is to be otherwise than in the configuration."
    )


@strawberry.input(description="A device the catalogue does not have.")
class CustomDeviceInput:
    product_type: ProductType = strawberry.field(description="What kind of device it is.")
    specification: SpecificationInput = strawberry.field(
        description="The device: at least its brand or model; of a warranty nothing."
    )


@strawberry.input(one_of=True, description="A device, named in exactly one way.")
class DeviceInput:
    catalogue: CatalogueDeviceInput | None = strawberry.field(
        default=strawberry.UNSET, description="From the catalogue."
    )
    kit_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The devices of one of the company's kits: each becomes a line, its quantity multiplied.",
    )
    custom: CustomDeviceInput | None = strawberry.field(default=strawberry.UNSET, description="Outside the catalogue.")

    def draft(self) -> NamedDevice:
        if self.catalogue:
            specification = (self.catalogue.specification or SpecificationInput()).draft()
            return CatalogueDevice(self.catalogue.product_id, self.catalogue.configuration_id, specification)
        if self.custom:
            return CustomDevice(self.custom.product_type, self.custom.specification.draft())
        return KitDevices(str(self.kit_id))


@strawberry.input(description="One line: a device, how many, and for whom.")
class QuoteItemInput:
    device: DeviceInput = strawberry.field(description="The device.")
    recipients: list[RecipientInput] = strawberry.field(
        description="One recipient, or one for each device. At most 200."
    )
    quantity: int | None = strawberry.field(
        default=None, description="How many, 1 to 1,000; by default as many as there are recipients."
    )
    comments: str | None = strawberry.field(
        default=None, description=f"What is said of it; at most 5,000 characters. {CUSTOMER_AND_VENDOR}"
    )
    internal_notes: str | None = strawberry.field(
        default=None, description=f"Notes of it; at most 5,000 characters. {INTERNAL}"
    )
    article: ArticleInput | None = strawberry.field(
        default=None, description="What shops and warehouses know of it; of a kit, of each device."
    )

    def draft(self) -> ItemDraft:
        recipients = tuple(recipient.draft() for recipient in self.recipients)
        article = self.article.draft() if self.article else None
        return ItemDraft(self.device.draft(), recipients, self.quantity, self.comments, article, self.internal_notes)


# What a quote can be told of itself from the start, beside who asks for it.
_NOTED = (
    "project_reference",
    "client_name",
    "abm_id",
    "assignee_email",
    "assignee_name",
    "tags",
    "notes",
    "public_notes",
    "body",
    "expires_at",
    "title",
    "remarks",
    "customer_id",
    "custom_fields",
    "currency",
    "accepts_documents",
)


def plain(given: Any) -> Any:
    """A detail of a quote as the domain takes it."""
    if isinstance(given, list) and given and isinstance(given[0], CustomFieldValueInput):
        return tuple(it.draft() for it in given)
    return given


@strawberry.input(description="A request for devices.")
class CreateQuoteInput:
    requester_email: EmailAddress = strawberry.field(description="Who asks; gets a letter.")
    items: list[QuoteItemInput] = strawberry.field(description="The lines, 1 to 200.")
    company_id: strawberry.ID | None = company_id_field()
    requester_name: str | None = strawberry.field(default=None, description=f"The requester's name. {CUSTOMER}")
    po_number: str | None = strawberry.field(default=None, description=f"Your purchase order. {CUSTOMER_AND_VENDOR}")
    notification_emails: list[EmailAddress] | None = strawberry.field(
        default=None, description="Who else gets letters. At most 200."
    )
    customer_id: strawberry.ID | None = strawberry.field(
        default=None, description="Whom the quote is made for, one of the company's customers."
    )
    title: str | None = strawberry.field(
        default=None, description=f"What people call it; at most 200 characters. {CUSTOMER}"
    )
    remarks: str | None = strawberry.field(
        default=None, description=f"What the customer says of it as a whole; at most 5,000 characters. {INTERNAL}"
    )
    custom_fields: list[CustomFieldValueInput] | None = strawberry.field(
        default=None,
        description="Values for the company's custom fields, at most 100. The customer reads those of fields that say "
        "`customerSees`.",
    )
    project_reference: str | None = strawberry.field(
        default=None, description=f"The project it belongs to; at most 200 characters. {INTERNAL}"
    )
    assignee_email: EmailAddress | None = strawberry.field(
        default=None, description=f"Who on our side looks after it. {CONTACT}"
    )
    assignee_name: str | None = strawberry.field(default=None, description=f"The assignee's name. {CONTACT}")
    tags: list[str] | None = strawberry.field(
        default=None, description=f"Words to find it by: at most 50, each of at most 50 characters. {INTERNAL}"
    )
    notes: str | None = strawberry.field(default=None, description=f"Notes of it; at most 5,000 characters. {INTERNAL}")
    public_notes: str | None = strawberry.field(
        default=None, description="Notes for the customer, as plain text; at most 5,000 characters."
    )
    body: str | None = strawberry.field(
        default=None, description=f"What it says to the customer before its lines; {MARKDOWN}"
    )
    accepts_documents: bool | None = strawberry.field(
        default=None,
        description="Whether the customer may hand in documents with its public key: up to 10, of at most 5 MiB each.",
    )
    expires_at: DateTime | None = strawberry.field(
        default=None, description="Until when it can be decided; in the future."
    )
    client_name: str | None = strawberry.field(
        default=None, description=f"Your own client's name, noted on the orders and at last on the devices. {VENDOR}"
    )
    abm_id: str | None = strawberry.field(default=None, description=f"Your ABM id, noted on the orders. {VENDOR}")
    auto_quote: bool | None = strawberry.field(
        default=None, description="Let the vendor's sandbox price the orders at once. With a test key only."
    )
    currency: CurrencyCode | None = strawberry.field(
        default=None, description="The currency of all its amounts; by default that of its first price."
    )

    def draft(self) -> QuoteDraft:
        return QuoteDraft(
            self.requester_email,
            tuple(item.draft() for item in self.items),
            self.requester_name,
            self.po_number,
            tuple(self.notification_emails or ()),
            {name: plain(value) for name in _NOTED if (value := getattr(self, name)) is not None},
            self.auto_quote or False,
        )

    def command(self) -> CreateQuote:
        return CreateQuote(self.draft(), self.company_id)


@strawberry.input(description="A price for an item.")
class PriceItemInput:
    item_id: strawberry.ID = strawberry.field(description="The item.")
    price: MoneyInput = strawberry.field(description="The price of one device.")

    def command(self) -> PriceOffer:
        return PriceOffer(item(self.item_id), money(self.price))


@strawberry.input(description="A price for an alternative.")
class PriceAlternativeInput:
    alternative_id: strawberry.ID = strawberry.field(description="The alternative.")
    price: MoneyInput = strawberry.field(description="The price of one device.")

    def command(self) -> PriceOffer:
        return PriceOffer(alternative(self.alternative_id), money(self.price))


@strawberry.input(description="Another device in place of an item.")
class ProposeAlternativeInput:
    item_id: strawberry.ID = strawberry.field(description="The item.")
    specification: SpecificationInput = strawberry.field(description="The device: at least its brand or model.")
    description: str | None = strawberry.field(default=None, description=f"What there is to know of it. {CUSTOMER}")
    price: MoneyInput | None = strawberry.field(default=None, description="The price of one device, when known.")
    is_exact_match: bool = strawberry.field(default=False, description="Whether it is exactly what was asked for.")
    image_url: URL | None = strawberry.field(
        default=None,
        description="A picture. The customer's page shows it where its address is `https`: the customer's browser then "
        "loads it from there, without saying from which page.",
    )

    def command(self) -> ProposeAlternative:
        draft = AlternativeDraft(self.specification.draft(), self.description, self.is_exact_match, self.image_url)
        return ProposeAlternative(item(self.item_id), draft, optional_money(self.price))


@strawberry.input(description="Accept an item.")
class AcceptItemInput:
    item_id: strawberry.ID = strawberry.field(description="The item.")
    recipients: list[RecipientInput] | None = strawberry.field(
        default=None, description="Replace all recipients of the line: one, or one for each device."
    )
    expected_price: MoneyInput | None = strawberry.field(
        default=None, description="The price you saw; when it is another one now, nothing is accepted."
    )
    dry_run: bool = dry_run_field()

    def command(self) -> Decide:
        people, price = recipients(self.recipients), optional_money(self.expected_price)
        return Decide(item(self.item_id), Verdict.ACCEPT, people, price, dry_run=self.dry_run)


@strawberry.input(description="Reject an item.")
class RejectItemInput:
    item_id: strawberry.ID = strawberry.field(description="The item.")
    dry_run: bool = dry_run_field()

    def command(self) -> Decide:
        return Decide(item(self.item_id), Verdict.REJECT, dry_run=self.dry_run)


@strawberry.input(description="Accept an alternative.")
class AcceptAlternativeInput:
    alternative_id: strawberry.ID = strawberry.field(description="The alternative.")
    recipients: list[RecipientInput] | None = strawberry.field(
        default=None, description="Replace all recipients of the line: one, or one for each device."
    )
    expected_price: MoneyInput | None = strawberry.field(
        default=None, description="The price you saw; when it is another one now, nothing is accepted."
    )
    dry_run: bool = dry_run_field()

    def command(self) -> Decide:
        people, price = recipients(self.recipients), optional_money(self.expected_price)
        return Decide(alternative(self.alternative_id), Verdict.ACCEPT, people, price, dry_run=self.dry_run)


@strawberry.input(description="Reject an alternative.")
class RejectAlternativeInput:
    alternative_id: strawberry.ID = strawberry.field(description="The alternative.")
    dry_run: bool = dry_run_field()

    def command(self) -> Decide:
        return Decide(alternative(self.alternative_id), Verdict.REJECT, dry_run=self.dry_run)


@strawberry.input(description="Accept or reject an item or an alternative.")
class DecideItemInput:
    id: strawberry.ID = strawberry.field(
        description="The item or alternative. Of a bare UUID, items are looked at first."
    )
    decision: Verdict = strawberry.field(description="Accept or reject.")
    dry_run: bool = dry_run_field()

    def command(self) -> Decide:
        return Decide(OfferRef(self.id, ("id",)), self.decision, dry_run=self.dry_run)


def money(given: MoneyInput) -> MoneyDraft:
    return MoneyDraft(given.amount, given.currency_code)


def optional_money(given: MoneyInput | None) -> MoneyDraft | None:
    return None if given is None else money(given)


def recipients(given: list[RecipientInput] | None) -> tuple[RecipientDraft, ...] | None:
    return None if given is None else tuple(recipient.draft() for recipient in given)


def item(given: str) -> OfferRef:
    return OfferRef(given, ("itemId",), ("QuoteItem",))


def alternative(given: str) -> OfferRef:
    return OfferRef(given, ("alternativeId",), ("Alternative",))
