"""Enums that many types share, and how an enum of the domain becomes one of the graph."""

from enum import Enum, StrEnum

import strawberry

from domain.shared.access import ActorKind, Environment
from domain.shared.events import StatusField

__all__ = ["ActorKind", "Environment", "OrderDirection", "StatusField", "describe"]


def describe(domain: type[Enum], description: str, name: str | None = None, **values: str) -> None:
    """Make a domain enum an enum of the graph, each value described.

    Other modules import the enum from the module that describes it, never from the domain: Strawberry makes a second,
    undescribed enum for a field that is declared before the description.

    Raises: TypeError, for an enum that a field has used already.
    """
    if "__strawberry_definition__" in vars(domain):
        raise TypeError(f"{domain.__name__} is used before it is described; import it from the module that does.")
    missing = {member.name for member in domain} - values.keys()
    assert not missing, f"{domain.__name__} has values without a description: {missing}"
    described = strawberry.enum(domain, name=name, description=description)
    for value in described.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = values[value.name]


class OrderDirection(StrEnum):
    ASC = "ASC"
    DESC = "DESC"


describe(
    OrderDirection, "Which way a list runs.", ASC="The smallest or earliest first.", DESC="The largest or latest first."
)
describe(
    Environment,
    "Which set of a company's data a key reaches.",
    LIVE="Live data and real vendors.",
    TEST="Test data and the vendors' sandboxes.",
)
describe(
    ActorKind,
    "Who can act.",
    API_KEY="A program, by its API key.",
    PERSON="A person, by an access token.",
    CUSTOMER="A customer, by a quote's public key.",
    SYSTEM="quotegraph itself.",
)
describe(
    StatusField,
    "Which status of an object it is.",
    STATUS="The object's `status`.",
    OFFER_STATUS="A quote's `offerStatus`.",
    DECISION_STATUS="A quote's `decisionStatus`.",
    FULFILMENT_STATUS="A quote's `fulfilmentStatus`.",
)
