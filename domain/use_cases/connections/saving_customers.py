"""Saves the customers that the records of quotes name."""

from datetime import datetime

from domain.companies.customers import Customer
from domain.connections.incoming_lines import Surroundings
from domain.connections.origins import ID_LENGTH, PartKey
from domain.connections.records import ForeignPerson, ForeignQuote
from domain.connections.values import UNKNOWN_COUNTRY, Values, storable
from domain.history.field_changes import field_changes
from domain.ports.unit_of_work import UnitOfWork
from domain.shared.addresses import Address
from domain.shared.events import EventType, NewEvent
from domain.shared.parsers import NAME_LENGTH, PHONE_LENGTH, fold
from domain.use_cases.connections.saved_parts import origins_of


async def save_customer(work: UnitOfWork, around: Surroundings, record: ForeignQuote, asked_at: datetime) -> str | None:
    """The id of the customer of a record, who is new or as the record says now; None if it names none.

    A customer without an id in the system is known by the e-mail address, or else by the name.
    """
    person = record.customer
    if person is None or not (external_id := _key(person)):
        return None
    connection = around.connection
    known = await work.origins.of_records(connection.id, ("Customer",), [external_id])
    before = await work.customers.lock(known[0].node_id) if known else None  # type: ignore[arg-type]
    after = _customer(person, before, around)
    if after is None:
        return None if before is None else before.id
    kind = EventType.CUSTOMER_CREATED if before is None else EventType.CUSTOMER_UPDATED
    if before is None:
        await work.customers.add(after)
    elif after != before:
        after = after._replace(updated_at=around.now)
        await work.customers.save(before, after)
    if after != before:
        fields = () if before is None else field_changes([before], [after])
        facts = {"origin": True}
        event = NewEvent(kind, after.tenant_id, after.ref, connection.actor, around.now, (), facts, fields)
        work.record(event)
    ids = {PartKey("Customer", "", external_id): after.id}
    [origin] = origins_of(record, ids, around, asked_at)
    await work.origins.put([origin._replace(record_id=external_id, url=None, status_word=None, metadata=(), files=())])
    return after.id


def _key(person: ForeignPerson) -> str:
    """What a customer is known by."""
    named = (person.name or "", person.company_name or "")
    found = person.external_id or (person.email and fold(person.email)) or " / ".join(filter(None, named))
    return (storable(found) or "")[:ID_LENGTH].strip()


def _customer(person: ForeignPerson, before: Customer | None, around: Surroundings) -> Customer | None:
    values = Values()
    name = values.line("customer.name", person.name, NAME_LENGTH)
    company = values.line("customer.company_name", person.company_name, NAME_LENGTH)
    address = values.email("customer.email", person.email)
    street = values.line("customer.address", person.line1 or person.address)
    where = values.country("customer.country", person.country)
    shown = name or company or address
    if shown is None:
        return None
    blank = Customer(
        before.id if before else around.new_id(),
        around.connection.tenant_id,
        *("", None, None, None, None, None, None, None),
        around.now,
        around.now,
    )
    postal = Address(
        street,
        values.line("customer.line2", person.line2),
        values.line("customer.postal_code", person.postal_code, NAME_LENGTH),
        values.line("customer.city", person.city, NAME_LENGTH),
        country=None if where == UNKNOWN_COUNTRY else where,
    )
    return (before or blank)._replace(
        name=shown,
        first_name=values.line("customer.first_name", person.first_name, NAME_LENGTH),
        last_name=values.line("customer.last_name", person.last_name, NAME_LENGTH),
        company_name=company,
        email=address,
        phone_number=values.line("customer.phone_number", person.phone_number, PHONE_LENGTH),
        address=None if postal == Address() else postal,
    )
