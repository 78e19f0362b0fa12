"""The person or program that caused an event."""

import strawberry

from domain.shared.access import Actor as ActorRow
from domain.shared.access import Person as PersonRow
from schema.declare import column, identity_of, type_of
from schema.shared.enums import ActorType
from schema.shared.scalars import EmailAddress


@type_of(ActorRow)
class Actor:
    """The person or program that caused an event."""

    type: ActorType = column("Type of actor.", attribute="kind")
    name: str = column("Name of the API key, of the person, of the connection, or as the customer entered it.")
    api_key_id: strawberry.ID | None = column(
        "ID of the API key; `null` for other actors. Several keys may have the same name."
    )
    email: EmailAddress | None = column("E-mail address of the person; `null` for other actors.")
    connection_id: strawberry.ID | None = identity_of(
        "ID of the connection whose system caused the event; `null` for other actors.",
        type_name="Connection",
        attribute="connection_id",
    )


@type_of(PersonRow)
class Person:
    """A person who signs in, or works with an access token."""

    name: str = column("Name of the person.")
    email: EmailAddress = column("E-mail address of the person.")
