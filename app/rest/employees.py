"""Employees: the list, and one with what the HR system says."""

from typing import Any

from app.rest.endpoints import Endpoint, One, Page, Sent, Variables, order_of
from app.rest.fields import given
from app.rest.words import Data, moment, optional_country, uuid_of
from domain.people.employees import EmployeeStatus


def employee(it: Data) -> dict[str, Any]:
    return {
        "id": uuid_of(it["id"]),
        "name": it["name"],
        "email": it["email"],
        "status": it["status"].lower(),
        "country": optional_country(it["country"]),
        "department": it["department"],
        "job_title": it["jobTitle"],
        "hire_date": it["hireDate"],
        "termination_date": it["terminationDate"],
    }


def details(it: Data) -> dict[str, Any]:
    return {
        **employee(it),
        "hris_id": it["hrisId"],
        "hris_provider": it["hrisProvider"],
        "metadata": {entry["key"]: entry["value"] for entry in it["metadata"]},
        "created_at": moment(it["createdAt"]),
        "updated_at": moment(it["updatedAt"]),
    }


def _listed(sent: Sent) -> Variables:
    status = sent.parameters.word("status", tuple(EmployeeStatus))
    narrowed = given(status=None if status is None else [status], search=sent.parameters.text("search"))
    return given(filter=narrowed, orderBy=order_of(sent.parameters, "name", "created_at", "updated_at"))


ENDPOINTS: tuple[Endpoint, ...] = (
    Page(method="GET", path="employees", document="list_employees", root="employees", variables=_listed, row=employee),
    One(
        method="GET",
        path="employees/{id}",
        document="get_employee",
        root="employee",
        variables=lambda sent: {"by": {"id": sent.path["id"]}},
        row=details,
    ),
)
