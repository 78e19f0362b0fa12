"""Employees, as the company's HR system knows them."""

import strawberry

from domain.people.employees import Employee as EmployeeRow
from domain.people.employees import EmployeeProperty as EmployeePropertyRow
from domain.shared.access import Scope
from resolvers.inventory import assets, device_actions
from resolvers.people import employees
from schema.companies.types import Company
from schema.declare import column, edge, identity, paged, type_of
from schema.history.types import history_of
from schema.inventory.types import AssetConnection, DeviceActionConnection
from schema.people.enums import EmployeeStatus
from schema.quotes.types import RecipientConnection
from schema.shared.connections import Connection
from schema.shared.lazy import LazyEventConnection
from schema.shared.nodes import Node
from schema.shared.scalars import Date, EmailAddress


@type_of(EmployeePropertyRow)
class EmployeeProperty:
    """Something else that the HR system knows of a person."""

    name: str = column("What it is.")
    value: str = column("The value, as text.")


@type_of(EmployeeRow)
class Employee(Node):
    """A person at the company. Kept by its HR system; read-only here."""

    id: strawberry.ID = identity("Employee")
    name: str = column("Name.")
    email: EmailAddress = column("Address at the company.")
    status: EmployeeStatus = column("Whether the person works there today.")
    country: str | None = column("Country, ISO 3166-1 alpha-2.")
    department: str | None = column("Department.")
    job_title: str | None = column("Job title.")
    hire_date: Date | None = column("When the person started or starts.")
    termination_date: Date | None = column("When the person left or leaves.")
    hris_id: str | None = column("The person's id in the HR system.")
    hris_provider: str | None = column("The HR system that knows the person, such as `bamboo`.")
    metadata: list[EmployeeProperty] = column("What else the HR system knows.")
    history: LazyEventConnection = history_of(Scope.EMPLOYEES_READ)
    company: Company = edge("The company.", loader="company_by_tenant", key="tenant_id")
    recipients: RecipientConnection = paged(
        "What was asked for for this person, newest first.",
        loader="recipients_by_email",
        key="email_key",
        page=employees.recipients_key,
        scope=Scope.QUOTES_READ,
    )
    assets: AssetConnection = paged(
        "The devices the person has, the latest first.",
        loader="assets_by_employee",
        key="email_key",
        page=assets.held_key,
        scope=Scope.ASSETS_READ,
    )
    device_actions: DeviceActionConnection = paged(
        "What is done with devices that the person has or gets, newest first.",
        loader="device_actions_by_person",
        key="email_key",
        page=device_actions.of_person_key,
        scope=Scope.DEVICE_ACTIONS_READ,
    )


@strawberry.type(description="A page of employees.")
class EmployeeConnection(Connection[Employee]):
    pass
