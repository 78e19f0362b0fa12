"""Mutations that change a quote while it can be edited."""

from dataclasses import fields
from typing import cast

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
from schema.quotes.inputs import QuoteItemInput, RecipientInput, attribute_of, item, plain, recipients
from schema.quotes.item_details import ArticleInput
from schema.quotes.payloads import QuotePayload
from schema.quotes.types import Quote, QuoteItem
from schema.shared.audiences import CONTACT, CUSTOMER, CUSTOMER_AND_VENDOR, INTERNAL, VENDOR
from schema.shared.inputs import dry_run_field, wait_field
from schema.shared.metadata import MetadataEntryInput, external_id_field, given_metadata, metadata_field
from schema.shared.payloads import CHANGES, ITEM, QUOTE, payload, subject
from schema.shared.scalars import DateTime, EmailAddress


@payload(changes=CHANGES)
class UpdateItemPayload:
    """For `updateItem`."""

    quote: Quote | None = subject(QUOTE, "quote")
    item: QuoteItem | None = subject(ITEM, "item")


@strawberry.input(description="Input for `updateQuote`. Omitted fields stay unchanged; `null` removes the value.")
class UpdateQuoteInput:
    quote_id: strawberry.ID = strawberry.field(description="The quote.")
    requester_email: EmailAddress | None = strawberry.field(
        default=strawberry.UNSET, description="E-mail address of the requester. It cannot be removed."
    )
    requester_name: str | None = strawberry.field(
        default=strawberry.UNSET, description=f"Name of the requester. At most 200 characters. {CUSTOMER}"
    )
    notification_emails: list[EmailAddress] | None = strawberry.field(
        default=strawberry.UNSET,
        description="Additional e-mail addresses that receive notifications. Replaces the current ones. At most 200.",
    )
    po_number: str | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"The purchase order number. At most 200 characters. {CUSTOMER_AND_VENDOR}",
    )
    project_reference: str | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"The project that the quote belongs to. At most 200 characters. {INTERNAL}",
    )
    client_name: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Name of the company's own client. At most 200 characters. It is passed on with "
        f"vendor orders, and stored with the delivered devices. {VENDOR}",
    )
    abm_id: str | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"The company's ABM ID. At most 200 characters. It is passed on with vendor orders. {VENDOR}",
    )
    assignee_email: EmailAddress | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"E-mail address of the assignee, the operator who is responsible for the quote. {CONTACT}",
    )
    assignee_name: str | None = strawberry.field(
        default=strawberry.UNSET, description=f"Name of the assignee. At most 200 characters. {CONTACT}"
    )
    tags: list[str] | None = strawberry.field(
        default=strawberry.UNSET,
        description="Tags, which quotes can be filtered by. Replaces the current ones. At most 50, each of at "
        f"most 50 characters. {INTERNAL}",
    )
    notes: str | None = strawberry.field(
        default=strawberry.UNSET, description=f"Notes on the quote. At most 5,000 characters. {INTERNAL}"
    )
    public_notes: str | None = strawberry.field(
        default=strawberry.UNSET, description="Notes for the customer, as plain text. At most 5,000 characters."
    )
    body: str | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"Text for the customer before the lines of the quote; {MARKDOWN}",
    )
    customer_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET,
        description="The customer of the company that the quote is made for; `null` removes the customer from "
        "the quote.",
    )
    title: str | None = strawberry.field(
        default=strawberry.UNSET, description=f"Title of the quote. At most 200 characters. {CUSTOMER}"
    )
    remarks: str | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"Remarks of the customer about the quote as a whole. At most 5,000 characters. {INTERNAL}",
    )
    custom_fields: list[CustomFieldValueInput] | None = strawberry.field(
        default=strawberry.UNSET,
        description="Values of custom fields, at most 100. Fields that are not listed keep their values. The "
        "customer sees the values of fields with `isVisibleToCustomer`.",
    )
    is_accepting_documents: bool | None = strawberry.field(
        default=strawberry.UNSET,
        description="Whether the customer can upload documents with the public key: up to 10, of at most 5 MiB each.",
    )
    expires_at: DateTime | None = strawberry.field(
        default=strawberry.UNSET,
        description="Date and time until which the quote can be decided, in the future; `null` removes the "
        "limit. If an expired quote is undecided, either value restores its former offer status.",
    )
    external_id: str | None = external_id_field(default=strawberry.UNSET)
    metadata: list[MetadataEntryInput] | None = metadata_field(strawberry.UNSET)
    wait: bool = wait_field()
    dry_run: bool = dry_run_field()

    def command(self) -> UpdateQuote:
        return UpdateQuote(self.quote_id, given_details(self), self.wait)


@strawberry.input(description="Input for `addItems`.")
class AddItemsInput:
    quote_id: strawberry.ID = strawberry.field(description="The quote.")
    items: list[QuoteItemInput] = strawberry.field(
        description="The lines to add. The quote can have at most 200 lines."
    )
    dry_run: bool = dry_run_field()

    def command(self) -> AddItems:
        return AddItems(self.quote_id, tuple(item.draft() for item in self.items))


@strawberry.input(description="Input for `updateItem`. Omitted fields stay unchanged.")
class UpdateItemInput:
    item_id: strawberry.ID = strawberry.field(description="The line.")
    quantity: int | None = strawberry.field(
        default=None, description="Number of devices, 1 to 1,000. `null` leaves it unchanged."
    )
    comments: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Comments on the line. At most 5,000 characters; `null` or an empty text removes them. "
        f"{CUSTOMER_AND_VENDOR}",
    )
    internal_notes: str | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"Notes on the line. At most 5,000 characters; `null` or an empty text removes them. {INTERNAL}",
    )
    specification: SpecificationInput | None = strawberry.field(
        default=None,
        description="Changes to the device; `null` leaves it unchanged. A changed device has to be priced again. "
        "With another brand or model it is no longer a product of the catalogue.",
    )
    recipients: list[RecipientInput] | None = strawberry.field(
        default=None,
        description="Replaces all recipients: none, one, or one for each device. `null` leaves them unchanged. An "
        "accepted line without recipients can be given them as well, with nothing else: it is ordered then.",
    )
    article: ArticleInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="Article data such as SKU, barcode and weight. Replaces all current article data; `null` "
        "removes it.",
    )
    external_id: str | None = external_id_field(VENDOR, strawberry.UNSET)
    metadata: list[MetadataEntryInput] | None = metadata_field(strawberry.UNSET)
    wait: bool = wait_field()
    dry_run: bool = dry_run_field()

    def command(self) -> UpdateItem:
        specification = None if self.specification is None else self.specification.draft()
        comments, notes = _emptied(self.comments), _emptied(self.internal_notes)
        article = None if self.article is strawberry.UNSET else (self.article or ArticleInput()).draft()
        people = recipients(self.recipients)
        named = _emptied(self.external_id)
        noted = None if self.metadata is strawberry.UNSET else given_metadata(self.metadata)
        change = ItemChange(self.quantity, comments, specification, people, article, notes, named, noted)
        return UpdateItem(item(self.item_id), change, self.wait)


@strawberry.input(description="Input for `removeItem`.")
class RemoveItemInput:
    item_id: strawberry.ID = strawberry.field(description="The line.")
    dry_run: bool = dry_run_field()

    def command(self) -> RemoveItem:
        return RemoveItem(item(self.item_id))


@strawberry.type
class EditMutations:
    update_quote = mutation(
        "Updates a quote while its offer status is DRAFT, SENT or VIEWED and its decision status "
        "PENDING. An EXPIRED quote is renewed by another `expiresAt`. `externalId` and `metadata` can "
        "be changed at any time.",
        Scope.QUOTES_WRITE,
        UpdateQuoteInput,
        edits.update_quote,
        QuotePayload,
    )
    add_items = mutation(
        "Adds lines at the end of a quote that can still be changed.",
        Scope.QUOTES_WRITE,
        AddItemsInput,
        edits.add_items,
        QuotePayload,
    )
    update_item = mutation(
        "Updates an undecided line of a quote that can still be changed, or gives an accepted line without recipients "
        "the ones it is ordered for. `externalId` and `metadata` can be changed at any time.",
        Scope.QUOTES_WRITE,
        UpdateItemInput,
        edits.update_item,
        UpdateItemPayload,
    )
    remove_item = mutation(
        "Removes an undecided line from a quote that can still be changed. The last line cannot be "
        "removed. If the last undecided line is removed, the quote is decided: APPROVED if a line "
        "was accepted, otherwise REJECTED. `changes` lists these changes. It is refused while the vendor has an "
        "order for the price of the line.",
        Scope.QUOTES_WRITE,
        RemoveItemInput,
        edits.remove_item,
        QuotePayload,
    )


def _emptied(given: str | None) -> str | None:
    """The text of a change: None leaves it unchanged, an empty text removes it."""
    return None if given is strawberry.UNSET else given or ""


def given_details(input: UpdateQuoteInput) -> Details:
    """The details of a quote that an input contains."""
    values = {attribute_of(it.name): getattr(input, it.name) for it in fields(input)}
    given = {name: value for name, value in values.items() if name in DETAILS and value is not strawberry.UNSET}
    return cast(Details, {name: plain(value) for name, value in given.items()})
