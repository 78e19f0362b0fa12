"""Inputs that several mutations of quotes take, and what quotes are found by."""

from typing import Any

import strawberry

from domain.quotes.drafts import ItemDraft, RecipientDraft
from domain.use_cases.quotes.steps import OfferRef
from resolvers.quotes.offers import QuoteFilters
from schema.catalogue.inputs import DeviceInput
from schema.companies.inputs import CustomFieldValueInput
from schema.quotes.enums import QuoteOrderField, QuoteStatus, SendTo
from schema.quotes.item_details import ArticleInput
from schema.shared.audiences import CUSTOMER_AND_VENDOR, INTERNAL
from schema.shared.enums import OrderDirection
from schema.shared.filters import MUST_HOLD, WHICH_COUNTRY, DateTimeRange
from schema.shared.ordering import order_input
from schema.shared.scalars import Date, EmailAddress


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


def plain(given: Any) -> Any:
    """A detail of a quote as the domain takes it."""
    if isinstance(given, list) and given and isinstance(given[0], CustomFieldValueInput):
        return tuple(it.draft() for it in given)
    return given


def recipients(given: list[RecipientInput] | None) -> tuple[RecipientDraft, ...] | None:
    return None if given is None else tuple(recipient.draft() for recipient in given)


def item(given: str) -> OfferRef:
    return OfferRef(given, ("itemId",), ("QuoteItem",))


def alternative(given: str) -> OfferRef:
    return OfferRef(given, ("alternativeId",), ("Alternative",))


QuoteOrder = order_input("QuoteOrder", "How to order quotes.", QuoteOrderField.CREATED_AT, OrderDirection.DESC)


@strawberry.input(description=f"Which quotes. {MUST_HOLD}")
class QuoteFilter:
    status: list[QuoteStatus] | None = strawberry.field(default=None, description="With one of these statuses.")
    country: str | None = strawberry.field(
        default=None, description=f"With a recipient in this country. {WHICH_COUNTRY}"
    )
    created_at: DateTimeRange | None = strawberry.field(default=None, description="Asked for in this span of time.")
    updated_at: DateTimeRange | None = strawberry.field(default=None, description="Last changed in this span of time.")

    customer_id: strawberry.ID | None = strawberry.field(default=None, description="For this customer.")
    project_reference: str | None = strawberry.field(
        default=None, description="Belonging to exactly this project, in any case."
    )
    tag: str | None = strawberry.field(default=None, description="With this tag, in any case.")
    assignee_email: EmailAddress | None = strawberry.field(
        default=None, description="Looked after by the person with this address."
    )

    def filters(self) -> QuoteFilters:
        created: Any = self.created_at or DateTimeRange()
        updated: Any = self.updated_at or DateTimeRange()
        return QuoteFilters(
            self.status,
            self.country,
            created.after,
            created.before,
            updated.after,
            updated.before,
            self.customer_id,
            self.project_reference,
            self.tag,
            self.assignee_email,
        )


@strawberry.input(one_of=True, description="How to name a quote.")
class QuoteBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="By id.")
    order_id: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="By its number. If several companies have one, a platform key is told their ids.",
    )
    public_key: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="By the key that its customer opens it with, unless that was revoked. It does not count as viewed.",
    )
