"""Enums that many types share, and how an enum of the domain becomes one of the graph."""

from enum import Enum, StrEnum

import strawberry

from domain.shared.access import ActorType, Environment
from domain.shared.events import StatusField

__all__ = ["ActorType", "Environment", "OrderDirection", "StatusField", "describe"]


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


def descriptions(described: type[Enum]) -> dict[str, str]:
    """The descriptions of an enum's values in the graph."""
    values = described.__strawberry_definition__.values  # type: ignore[attr-defined]
    return {value.name: value.description for value in values}


class OrderDirection(StrEnum):
    ASC = "ASC"
    DESC = "DESC"


describe(
    OrderDirection,
    "Direction in which a list is ordered.",
    ASC="Ascending: smallest or oldest first.",
    DESC="Descending: largest or newest first.",
)
describe(
    Environment,
    "Set of a company's data that an API key gives access to.",
    LIVE="Live data and the real vendors.",
    TEST="Test data and the vendors' sandboxes.",
)
describe(
    ActorType,
    "Type of an actor.",
    API_KEY="A program that uses an API key.",
    PERSON="A person who uses an access token.",
    CUSTOMER="A customer who uses the public key of a quote.",
    SYSTEM="quotegraph itself, such as its worker, or a connected system, by the name of its connection.",
)
describe(
    StatusField,
    "Which of an object's statuses changed.",
    STATUS="The `status` of the object.",
    OFFER_STATUS="The `offerStatus` of a quote.",
    DECISION_STATUS="The `decisionStatus` of a quote.",
    FULFILMENT_STATUS="The `fulfilmentStatus` of a quote.",
)
