"""Fields that inputs of many mutations have."""

from typing import Any

import strawberry


def dry_run_field() -> Any:
    return strawberry.field(
        default=False,
        description="Validate the input, without saving or sending anything. `userErrors` and `changes` are those "
        "that the mutation would give. Objects are as they are without it, and new ones are missing.",
    )


def asking_dry_run_field() -> Any:
    """Of a mutation that asks a system whether it answers before anything is saved."""
    return strawberry.field(
        default=False,
        description="Validate the input, without saving anything. The system is **not** called: whether it answers and "
        "accepts the credentials is found out without `dryRun` only.",
    )


_NOT_ASKED = "With `dryRun` the system is not asked."


def wait_field() -> Any:
    return strawberry.field(
        default=False,
        description="For a quote that comes from a connected system: wait, for up to ten seconds, until the system has "
        "confirmed or refused the change. A refusal is then a conflict (REFUSED_BY_ORIGIN). For other quotes it has no "
        f"effect. {_NOT_ASKED}",
    )


def creation_wait_field() -> Any:
    return strawberry.field(
        default=False,
        description="With `connectionId`: wait, for up to ten seconds, until the system has created or refused the "
        "quote. A refusal is then a conflict (REFUSED_BY_ORIGIN), and its `node` the VOIDED quote. Otherwise nothing "
        f"is waited for. {_NOT_ASKED}",
    )


def action_wait_field() -> Any:
    return strawberry.field(
        default=False,
        description="For actions that connected systems are to create: wait, for up to ten seconds, until they have "
        "created or refused them. A refusal is then a conflict (REFUSED_BY_ORIGIN), and its `node` the CANCELLED "
        f"action. For other actions it has no effect. {_NOT_ASKED}",
    )


def company_id_field() -> Any:
    return strawberry.field(
        default=None, description="The company. Required for platform keys; other API keys belong to one company."
    )
