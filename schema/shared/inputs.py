"""Fields that inputs of many mutations have."""

from typing import Any

import strawberry


def dry_run_field() -> Any:
    return strawberry.field(
        default=False,
        description="Validate the input and return the changes that the mutation would make, without saving anything.",
    )


def company_id_field() -> Any:
    return strawberry.field(
        default=None, description="The company. Required for platform keys; other API keys belong to one company."
    )
