"""Answers about custom fields, and the ways to define them."""

from typing import Any

from domain.companies.custom_fields import FieldDraft, FieldKind
from domain.shared.paging import PageKey
from domain.use_cases.companies import custom_fields as use_cases
from resolvers.connections import Connection, PageArguments, page_key
from resolvers.context import Context
from resolvers.mutations import perform

FIELD = ("fieldId",)


def custom_fields_key(parent: int | None, page: PageArguments, with_deleted: bool = False) -> PageKey:
    """The page of a company's fields by name, or with None of all in reach."""
    return page_key("custom_fields", page, "NAME", False, parent, [] if with_deleted else [("used", True)])


async def custom_fields(context: Context, page: PageArguments, with_deleted: bool) -> Any:
    """Custom fields in reach."""
    key = custom_fields_key(None, page, with_deleted)
    return Connection("custom_fields", key, await context.load("custom_fields", key))


async def create_custom_field(
    info: Any, input_: Any, kind: FieldKind, draft: FieldDraft, company_id: str | None
) -> Any:
    """Define a field."""
    return await perform(
        info, input_, lambda deps, caller: use_cases.create_custom_field(deps, caller, kind, draft, company_id)
    )


async def update_custom_field(info: Any, input_: Any, given: str, draft: FieldDraft) -> Any:
    """Change a field."""
    return await perform(
        info, input_, lambda deps, caller: use_cases.update_custom_field(deps, caller, given, draft), FIELD
    )


async def delete_custom_field(info: Any, input_: Any, given: str) -> Any:
    """Archive a field."""
    return await perform(info, input_, lambda deps, caller: use_cases.delete_custom_field(deps, caller, given), FIELD)
