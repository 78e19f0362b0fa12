"""Changing quotes while they are on offer."""

from typing import Any

import strawberry

from domain.quotes.details import DETAILS, Details
from domain.quotes.edits import ItemChange
from domain.shared.access import Scope
from domain.use_cases.quotes import edits
from domain.use_cases.quotes.edits import AddItems, RemoveItem, UpdateItem, UpdateQuote
from schema.catalogue.inputs import SpecificationInput
from schema.companies.inputs import CustomFieldValueInput
from schema.declare import mutation
from schema.portal.rich_text import MARKDOWN
from schema.quotes.inputs import QuoteItemInput, RecipientInput, item, plain, recipients
from schema.quotes.item_details import ArticleInput
from schema.quotes.payloads import QuotePayload
from schema.quotes.types import Quote, QuoteItem
from schema.shared.audiences import CONTACT, CUSTOMER, CUSTOMER_AND_VENDOR, INTERNAL, VENDOR
from schema.shared.payloads import CHANGES, ITEM, QUOTE, payload, subject
from schema.shared.scalars import DateTime, EmailAddress


@payload(changes=CHANGES)
class UpdateItemPayload:
    """What came of changing a line."""

    quote: Quote | None = subject(QUOTE, "quote")
    item: QuoteItem | None = subject(ITEM, "item")


@strawberry.input(description="Other things to note of a quote. What is left out stays; null clears.")
class UpdateQuoteInput:
    quote_id: strawberry.ID = strawberry.field(description="The quote.")
    requester_email: EmailAddress | None = strawberry.field(
        default=strawberry.UNSET, description="Who asks; cannot be cleared."
    )
    requester_name: str | None = strawberry.field(
        default=strawberry.UNSET, description=f"The requester's name. {CUSTOMER}"
    )
    notification_emails: list[EmailAddress] | None = strawberry.field(
        default=strawberry.UNSET, description="Who else gets letters, instead of those before. At most 200."
    )
    po_number: str | None = strawberry.field(
        default=strawberry.UNSET, description=f"The purchase order. {CUSTOMER_AND_VENDOR}"
    )
    project_reference: str | None = strawberry.field(
        default=strawberry.UNSET, description=f"The project it belongs to; at most 200 characters. {INTERNAL}"
    )
    client_name: str | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"Your own client's name, noted on the orders and at last on the devices. {VENDOR}",
    )
    abm_id: str | None = strawberry.field(
        default=strawberry.UNSET, description=f"Your ABM id, noted on the orders. {VENDOR}"
    )
    assignee_email: EmailAddress | None = strawberry.field(
        default=strawberry.UNSET, description=f"Who on our side looks after it. {CONTACT}"
    )
    assignee_name: str | None = strawberry.field(
        default=strawberry.UNSET, description=f"The assignee's name. {CONTACT}"
    )
    tags: list[str] | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"Words to find it by, instead of those before: at most 50 of 50 characters. {INTERNAL}",
    )
    notes: str | None = strawberry.field(
        default=strawberry.UNSET, description=f"Notes of it; at most 5,000 characters. {INTERNAL}"
    )
    public_notes: str | None = strawberry.field(
        default=strawberry.UNSET, description="Notes for the customer, as plain text; at most 5,000 characters."
    )
    body: str | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"What it says to the customer before its lines; {MARKDOWN}",
    )
    customer_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Whom it is made for, one of the company's customers; null detaches."
    )
    title: str | None = strawberry.field(default=strawberry.UNSET, description=f"What people call it. {CUSTOMER}")
    remarks: str | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"What the customer says of it as a whole; at most 5,000 characters. {INTERNAL}",
    )
    custom_fields: list[CustomFieldValueInput] | None = strawberry.field(
        default=strawberry.UNSET,
        description="Values for custom fields, at most 100. Fields that are not named keep what they have. The "
        "customer reads those of fields that say `customerSees`.",
    )
    accepts_documents: bool | None = strawberry.field(
        default=strawberry.UNSET,
        description="Whether the customer may hand in documents with its public key: up to 10, of at most 5 MiB each.",
    )
    expires_at: DateTime | None = strawberry.field(
        default=strawberry.UNSET,
        description="Until when it can be decided; in the future. Null takes the end off. Of an expired quote that "
        "nobody has decided on, either brings the offer back to what it was.",
    )

    def command(self) -> UpdateQuote:
        return UpdateQuote(self.quote_id, given_details(self))


@strawberry.input(description="More lines for a quote.")
class AddItemsInput:
    quote_id: strawberry.ID = strawberry.field(description="The quote.")
    items: list[QuoteItemInput] = strawberry.field(description="The lines; with those there are, at most 200.")

    def command(self) -> AddItems:
        return AddItems(self.quote_id, tuple(item.draft() for item in self.items))


@strawberry.input(description="What is to be otherwise in a line. What is left out stays.")
class UpdateItemInput:
    item_id: strawberry.ID = strawberry.field(description="The line.")
    quantity: int | None = strawberry.field(
        default=None, description="How many devices, 1 to 1,000. Null leaves it as it is."
    )
    comments: str | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"What is said of it; at most 5,000 characters, null or empty takes it off. {CUSTOMER_AND_VENDOR}",
    )
    internal_notes: str | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"Notes of it; at most 5,000 characters, null or empty takes them off. {INTERNAL}",
    )
    specification: SpecificationInput | None = strawberry.field(
        default=None,
        description="What is to be otherwise in the device; null leaves it as it is. Another device has to be "
        "priced anew, and with another brand or model it is no longer a product of the catalogue.",
    )
    recipients: list[RecipientInput] | None = strawberry.field(
        default=None, description="Replace all recipients: one, or one for each device. Null leaves them as they are."
    )
    article: ArticleInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="What shops and warehouses know of it, in place of all that was known; null takes it off.",
    )

    def command(self) -> UpdateItem:
        specification = None if self.specification is None else self.specification.draft()
        comments, notes = _emptied(self.comments), _emptied(self.internal_notes)
        article = None if self.article is strawberry.UNSET else (self.article or ArticleInput()).draft()
        people = recipients(self.recipients)
        change = ItemChange(self.quantity, comments, specification, people, article, notes)
        return UpdateItem(item(self.item_id), change)


@strawberry.input(description="Which line to take off.")
class RemoveItemInput:
    item_id: strawberry.ID = strawberry.field(description="The line.")

    def command(self) -> RemoveItem:
        return RemoveItem(item(self.item_id))


@strawberry.type
class EditMutations:
    update_quote: QuotePayload | None = mutation(
        "Note other things of a quote while its offer is DRAFT, SENT or VIEWED and its decision PENDING. An EXPIRED "
        "one is renewed by another `expiresAt`.",
        Scope.QUOTES_WRITE,
        UpdateQuoteInput,
        edits.update_quote,
    )
    add_items: QuotePayload | None = mutation(
        "Put lines after those of a quote that can still be changed.",
        Scope.QUOTES_WRITE,
        AddItemsInput,
        edits.add_items,
    )
    update_item: UpdateItemPayload | None = mutation(
        "Change an undecided line of a quote that can still be changed.",
        Scope.QUOTES_WRITE,
        UpdateItemInput,
        edits.update_item,
    )
    remove_item: QuotePayload | None = mutation(
        "Take an undecided line off a quote that can still be changed; one line stays. Without its last undecided line "
        "the quote is decided: APPROVED where a line was accepted, else REJECTED. `changes` says so.",
        Scope.QUOTES_WRITE,
        RemoveItemInput,
        edits.remove_item,
    )


def _emptied(given: str | None) -> str | None:
    """A text as a change has it: None stays, an empty one is taken off."""
    return None if given is strawberry.UNSET else given or ""


def given_details(input: Any) -> Details:
    """What an input gives of the details of a quote."""
    values = {name: getattr(input, name, strawberry.UNSET) for name in DETAILS}
    return {name: plain(value) for name, value in values.items() if value is not strawberry.UNSET}
