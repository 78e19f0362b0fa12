"""Fields that inputs of many mutations have."""

from typing import Any

import strawberry


def dry_run_field() -> Any:
    return strawberry.field(
        default=False,
        description="Validate the input, without saving or sending anything. `userErrors` and `changes` are those "
        "that the mutation would give. Objects are as they are without it, and new ones are missing.",
    )


def wait_field() -> Any:
    return strawberry.field(
        default=False,
        description="For a quote that comes from a connected system: wait, for up to ten seconds, until the system has "
        "confirmed or refused the change. A refusal is then a conflict. Without a system, nothing is waited for.",
    )


def company_id_field() -> Any:
    return strawberry.field(
        default=None, description="The company. Required for platform keys; other API keys belong to one company."
    )
