"""Employees, as the company's HR system knows them."""

import strawberry

from domain.people.employees import Employee as EmployeeRow
from domain.shared.access import Scope
from schema.companies.types import Company
from schema.declare import column, edge, identity, paged, type_of
from schema.history.types import history_of
from schema.inventory.lists import ASSETS, DEVICE_ACTIONS
from schema.inventory.types import AssetConnection, DeviceActionConnection
from schema.people.enums import EmployeeStatus
from schema.quotes.lists import RECIPIENTS
from schema.quotes.recipients import RecipientConnection
from schema.shared.connections import Connection
from schema.shared.lazy import LazyEventConnection, LazyOrigin
from schema.shared.metadata import MetadataEntry
from schema.shared.nodes import Node
from schema.shared.origins import origin
from schema.shared.scalars import CountryCode, Date, DateTime, EmailAddress
from schema.shared.statuses import HasStatus


@type_of(EmployeeRow)
class Employee(Node, HasStatus):
    """A person who works or worked at a company. Synchronized from the HR system; read-only in this API."""

    id: strawberry.ID = identity("Employee")
    origin: LazyOrigin | None = origin()
    name: str = column("Name.")
    email: EmailAddress = column("E-mail address.")
    status: EmployeeStatus = column("Employment status.")
    country: CountryCode | None = column("Country, ISO 3166-1 alpha-2.")
    department: str | None = column("Department.")
    job_title: str | None = column("Job title.")
    hire_date: Date | None = column("Date on which the employment starts or started.")
    termination_date: Date | None = column("Date on which the employment ends or ended.")
    hris_id: str | None = column("ID of the person in the HR system.")
    hris_provider: str | None = column("The HR system that the employee comes from, such as `bamboo`.")
    metadata: list[MetadataEntry] = column(
        "Values of the person in the HR system that have no field here. The keys are what the HR system calls them."
    )
    history: LazyEventConnection = history_of(Scope.EMPLOYEES_READ)
    company: Company = edge("The company that the object belongs to.", loader="company_by_tenant", key="tenant_id")
    recipients: RecipientConnection = paged(
        "Recipients of quotes with this person's e-mail address, by default newest first.",
        loader="recipients_by_email",
        key="email_key",
        of=RECIPIENTS,
        scope=Scope.QUOTES_READ,
    )
    assets: AssetConnection = paged(
        "Assets assigned to the person, most recently assigned first.",
        loader="assets_by_employee",
        key="email_key",
        of=ASSETS,
        scope=Scope.ASSETS_READ,
    )
    device_actions: DeviceActionConnection = paged(
        "Device actions that take a device from the person or give one to the person, by default newest first.",
        loader="device_actions_by_person",
        key="email_key",
        of=DEVICE_ACTIONS,
        scope=Scope.DEVICE_ACTIONS_READ,
    )
    created_at: DateTime = column("Date and time when the object was created.")
    updated_at: DateTime = column("Date and time when the object was last updated.")


@strawberry.type(description="A page of employees.")
class EmployeeConnection(Connection[Employee]):
    pass
