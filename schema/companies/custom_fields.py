"""Custom fields: what a company wants noted of its quotes, and what a quote has for it."""

from typing import Annotated

import strawberry

from domain.companies import custom_fields as rows
from domain.companies.custom_fields import FieldDraft, ValueDraft
from domain.companies.custom_fields import FieldKind as FieldKind
from domain.shared.access import Scope
from domain.use_cases.companies import custom_fields as use_cases
from domain.use_cases.companies.custom_fields import CreateCustomField, DeleteCustomField, UpdateCustomField
from resolvers.companies import custom_fields
from schema.companies.company import Company
from schema.declare import Info, column, edge, identity, mutation, root, type_of
from schema.shared.addresses import Address, AddressInput
from schema.shared.common import Connection, Node
from schema.shared.enums import describe
from schema.shared.inputs import company_id_field
from schema.shared.paging import After, Before, First, Last, arguments
from schema.shared.payloads import deleted_id, payload, subject
from schema.shared.scalars import Date, DateTime, Decimal

describe(
    FieldKind,
    "What sort of value a custom field takes.",
    name="CustomFieldKind",
    TEXT="Text of any kind.",
    NUMBER="A decimal number.",
    DATE="A calendar date.",
    RADIO="One of the options, all of which are shown.",
    DROP_DOWN="One of the options, chosen from a list.",
    CHECKLIST="Any of the options.",
    ADDRESS="A postal address in parts.",
)


@type_of(rows.CustomField)
class CustomField(Node):
    """A field that a company has defined for its quotes."""

    id: strawberry.ID = identity("CustomField")
    name: str = column("What it is called. Unique in the company, in any case.")
    kind: FieldKind = column("What sort of value it takes. Stays as it is.")
    options: list[str] = column("What can be chosen, in this order; empty where nothing is chosen.")
    required: bool = column(
        "Whether every new quote needs a value. Where customers fill it in, they give it before they sign."
    )
    customer_sees: bool = column("Whether customers see the value.")
    customer_edits: bool = column("Whether customers fill in the value, by the public key.")
    archived_at: DateTime | None = column("When it was deleted: only values noted before are left.")
    company: Company = edge("The company that defined it.", loader="company_by_tenant", key="tenant_id")
    created_at: DateTime = column("When it was defined.")
    updated_at: DateTime = column("When its definition last changed.")


@strawberry.type(description="A page of custom fields.")
class CustomFieldConnection(Connection[CustomField]):
    pass


@strawberry.interface(description="What a quote has for a custom field, as it was when it was noted.")
class CustomFieldValue:
    field: CustomField = edge("The field.", loader="custom_field", key="field_id")
    display: str = column("The value as people read it.")


@type_of(rows.TextValue)
class TextFieldValue(CustomFieldValue):
    """The value of a TEXT field."""

    text: str = column("The text.", attribute="value")


@type_of(rows.NumberValue)
class NumberFieldValue(CustomFieldValue):
    """The value of a NUMBER field."""

    number: Decimal = column("The number.", attribute="value")


@type_of(rows.DateValue)
class DateFieldValue(CustomFieldValue):
    """The value of a DATE field."""

    date: Date = column("The date.", attribute="value")


@type_of(rows.OptionValue)
class OptionFieldValue(CustomFieldValue):
    """The value of a RADIO or DROP_DOWN field."""

    option: str = column("The option that was chosen.", attribute="value")


@type_of(rows.ChecklistValue)
class ChecklistFieldValue(CustomFieldValue):
    """The value of a CHECKLIST field."""

    options: list[str] = column("The options that were ticked, in the order of the field's.", attribute="value")


@type_of(rows.AddressValue)
class AddressFieldValue(CustomFieldValue):
    """The value of an ADDRESS field."""

    address: Address = column("The address.", attribute="value")


VALUE_TYPES = [
    TextFieldValue,
    NumberFieldValue,
    DateFieldValue,
    OptionFieldValue,
    ChecklistFieldValue,
    AddressFieldValue,
]


@strawberry.input(one_of=True, description="A value, in the member of the field's kind. An empty one clears.")
class CustomFieldContentInput:
    text: str | None = strawberry.field(default=strawberry.UNSET, description="TEXT: at most 5,000 characters.")
    number: Decimal | None = strawberry.field(default=strawberry.UNSET, description="NUMBER: a decimal number as text.")
    date: str | None = strawberry.field(default=strawberry.UNSET, description="DATE: `YYYY-MM-DD` or `MM-DD-YYYY`.")
    option: str | None = strawberry.field(default=strawberry.UNSET, description="RADIO, DROP_DOWN: one of the options.")
    options: list[str] | None = strawberry.field(default=strawberry.UNSET, description="CHECKLIST: any of the options.")
    address: AddressInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="ADDRESS: its parts. What is left out of them stays as it was; null or empty takes a part off.",
    )


@strawberry.input(description="A value for a custom field.")
class CustomFieldValueInput:
    field_id: strawberry.ID = strawberry.field(description="The field.")
    value: CustomFieldContentInput | None = strawberry.field(default=None, description="The value; null clears it.")

    def draft(self) -> ValueDraft:
        for member in ("text", "number", "date", "option", "options", "address"):
            given = getattr(self.value, member, strawberry.UNSET)
            if given is not strawberry.UNSET:
                return ValueDraft(self.field_id, member, given.draft() if isinstance(given, AddressInput) else given)
        return ValueDraft(self.field_id)


@strawberry.input(description="A new field for quotes.")
class CreateCustomFieldInput:
    name: str = strawberry.field(description="What it is called, at most 200 characters.")
    kind: FieldKind = strawberry.field(description="What sort of value it takes.")
    options: list[str] | None = strawberry.field(
        default=None, description="What can be chosen with RADIO, DROP_DOWN and CHECKLIST: 1 to 100."
    )
    required: bool = strawberry.field(
        default=False,
        description="Whether every new quote needs a value, or where customers fill it in, a signature does.",
    )
    customer_sees: bool = strawberry.field(default=True, description="Whether customers see the value.")
    customer_edits: bool = strawberry.field(default=False, description="Whether customers fill in the value.")
    company_id: strawberry.ID | None = company_id_field()

    def command(self) -> CreateCustomField:
        names = ("name", "required", "customer_sees", "customer_edits")
        draft = FieldDraft({**{name: getattr(self, name) for name in names}, "options": tuple(self.options or ())})
        return CreateCustomField(self.kind, draft, self.company_id)


@strawberry.input(description="What changes of a field. What is left out or null stays.")
class UpdateCustomFieldInput:
    field_id: strawberry.ID = strawberry.field(description="The field.")
    name: str | None = strawberry.field(default=None, description="What it is called, at most 200 characters.")
    options: list[str] | None = strawberry.field(default=None, description="What can be chosen from now on: 1 to 100.")
    required: bool | None = strawberry.field(
        default=None,
        description="Whether every new quote needs a value, or where customers fill it in, a signature does.",
    )
    customer_sees: bool | None = strawberry.field(default=None, description="Whether customers see the value.")
    customer_edits: bool | None = strawberry.field(default=None, description="Whether customers fill in the value.")

    def command(self) -> UpdateCustomField:
        names = ("name", "options", "required", "customer_sees", "customer_edits")
        draft = FieldDraft({name: value for name in names if (value := getattr(self, name)) is not None})
        return UpdateCustomField(self.field_id, draft)


@strawberry.input(description="Which field to delete.")
class DeleteCustomFieldInput:
    field_id: strawberry.ID = strawberry.field(description="The field.")

    def command(self) -> DeleteCustomField:
        return DeleteCustomField(self.field_id)


@payload()
class CreateCustomFieldPayload:
    """What came of defining a field."""

    custom_field: CustomField | None = subject("The new field; null when refused.", "custom_field")


@payload()
class UpdateCustomFieldPayload:
    """What came of changing a field."""

    custom_field: CustomField | None = subject("The field as it is now; null when refused.", "custom_field")


@payload()
class DeleteCustomFieldPayload:
    """What came of deleting a field."""

    deleted_custom_field_id: strawberry.ID | None = deleted_id(
        "The field's id, under which values noted before still show it; null when refused.",
        "CustomField",
        "custom_field_id",
    )


@strawberry.type
class CustomFieldQueries:
    @root("The fields that companies have defined for their quotes, by name.", Scope.QUOTES_READ)
    async def custom_fields(
        info: Info,
        with_deleted: Annotated[bool, strawberry.argument(description="Also those that were deleted.")] = False,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> CustomFieldConnection:
        page = arguments(first, after, last, before)
        return await custom_fields.custom_fields(info.context, page, with_deleted)


@strawberry.type
class CustomFieldMutations:
    create_custom_field: CreateCustomFieldPayload | None = mutation(
        "Define a field for quotes.",
        Scope.CUSTOM_FIELDS_MANAGE,
        CreateCustomFieldInput,
        use_cases.create_custom_field,
    )
    update_custom_field: UpdateCustomFieldPayload | None = mutation(
        "Change a field. What quotes have for it stays as it is.",
        Scope.CUSTOM_FIELDS_MANAGE,
        UpdateCustomFieldInput,
        use_cases.update_custom_field,
    )
    delete_custom_field: DeleteCustomFieldPayload | None = mutation(
        "Delete a field. Quotes keep what they have for it, and get no more.",
        Scope.CUSTOM_FIELDS_MANAGE,
        DeleteCustomFieldInput,
        use_cases.delete_custom_field,
    )
