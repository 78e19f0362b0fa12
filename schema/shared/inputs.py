"""Fields that inputs of many mutations have."""

from typing import Any

import strawberry


def dry_run_field() -> Any:
    return strawberry.field(default=False, description="Only say what would change.")


def company_id_field() -> Any:
    return strawberry.field(default=None, description="The company. Platform keys name it; other keys have their own.")
