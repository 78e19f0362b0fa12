"""The resolver for the caller."""

from dataclasses import dataclass
from typing import Any

from domain.shared.access import Environment
from resolvers.context import Context


@dataclass(frozen=True, slots=True)
class Viewer:
    """The caller, as in the graph."""

    company_id: str | None
    environment: Environment
    scopes: list[str]


def viewer(context: Context) -> Any:
    """The caller of the request."""
    caller = context.caller
    return Viewer(caller.company_id, caller.environment, sorted(caller.scopes))
