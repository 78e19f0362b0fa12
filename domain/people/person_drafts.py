"""A person in an HR system or file, and the resulting employee (docs/domain.md#hr-sync).

Fields that are not given keep their values, and empty fields are cleared. Fields that cannot be read keep their values
with a warning. A person is rejected only without an id, name, e-mail address or status.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from domain.people.employees import Employee, EmployeeStatus, person_key
from domain.shared.errors import ErrorCode, Invalid, Problems
from domain.shared.metadata import MetadataEntry
from domain.shared.parsers import NAME_LENGTH, cell_text, country, email, fold, optional_date, optional_text, text

NEEDED = ("name", "email", "status")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Status words of HR systems, compared without case, spaces and punctuation. People on leave,
# suspended, about to start or in their last weeks are employees with devices.
_HERE = _words(
    "active activated working works employed current hired hire onboarding onboarded preboarding prehire newhire "
    "joining joiner start starting starter incoming probation probationary trial offboarding leaving notice onnotice "
    "noticeperiod resigning suspended suspension leave furlough furloughed sabbatical away absent vacation holiday "
    "sick disability maternity paternity parental secondment seconded retiring loa enabled "
    # German, Spanish, Portuguese, French, Italian and Dutch.
    "aktiv beurlaubt elternzeit suspendiert activo activa licencia vacaciones suspendido suspendida ativo ativa "
    "licença férias suspenso suspensa afastado afastada actif active congé suspendu suspendue attivo attiva sospeso "
    "sospesa actief verlof geschorst"
)
# Kinds of employment. They say nothing about whether someone has left.
_KINDS = _words(
    "employee worker staff member fulltime parttime permanent regular temporary temp contract contractor freelance "
    "freelancer intern internship apprentice trainee fixedterm casual seasonal consultant salaried hourly"
)
_GONE = _words(
    "inactive inactivated deactivated terminated termination left leaver former formerly past previous ex exemployee "
    "alumni alumnus resigned dismissed fired retired deceased dead separated offboarded departed discharged laidoff "
    "redundant quit ended exited archived deleted removed notactive nonactive notemployed unemployed "
    "nolongeremployed nolongeractive nolongerworking didnotstart neverstarted noshow "
    "inaktiv ausgeschieden ausgetreten ehemalig ehemalige gekündigt inactivo inactiva despedido despedida cesado "
    "cesada desvinculado desvinculada egresado egresada inativo inativa demitido demitida desligado desligada inactif "
    "licencié licenciée démissionné inattivo inattiva licenziato licenziata inactief uitdienst"
)
# With these words, both starters and leavers are still active.
_SOON = _words("pending upcoming scheduled planned future")
# Words that may reverse the meaning of a phrase.
_NEGATIONS = _words("not no non never longer un nicht kein keine nunca não nao pas ne plus niet geen")
# A date, optionally followed by midnight, as spreadsheets and databases write dates.
_DAY = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:(?:[Tt]|\s+)00:00(?::00(?:[.,]0+)?)?\s*(?:[Zz]|UTC|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """A person as entered, all fields as text. None means not given, an empty text clears the field; in `metadata`,
    missing keys are not given."""

    hris_id: str
    name: str | None = None
    email: str | None = None
    status: str | None = None
    country: str | None = None
    department: str | None = None
    job_title: str | None = None
    hire_date: str | None = None
    termination_date: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ParsedPerson:
    """A parsed draft: the values by field, and why other fields could not be read."""

    hris_id: str
    name: str
    values: Mapping[str, Any]
    unread: Mapping[str, str]
    properties: Mapping[str, str]

    @property
    def leaves(self) -> bool:
        return self.values.get("status") == EmployeeStatus.INACTIVE

    @property
    def email(self) -> str | None:
        return self.values.get("email")

    def without_email(self, reason: str) -> "ParsedPerson":
        """The person as if the address could not be read, for this reason."""
        rest = {name: value for name, value in self.values.items() if name != "email"}
        return replace(self, values=rest, unread={**self.unread, "email": reason})


def read_person(draft: PersonDraft) -> ParsedPerson:
    """The parsed draft."""
    values: dict[str, Any] = {}
    unread: dict[str, str] = {}
    for name, parse in _FIELDS.items():
        if (given := getattr(draft, name)) is None:
            continue
        problems = Problems()
        value = problems.check((name,), parse, given)
        if problems.found:
            unread[name] = problems.found[0].message
        else:
            values[name] = value
    problems = Problems()
    hris_id = problems.check((), text, draft.hris_id, NAME_LENGTH) or ""
    if problems.found:
        unread["hris_id"] = problems.found[0].message
    return ParsedPerson(hris_id, draft.name or "", values, unread, draft.metadata)


def missing_fields(person: ParsedPerson, before: Employee | None) -> dict[str, str]:
    """Why a person cannot be imported, by field. Leaving requires only an id and a status."""
    if "hris_id" in person.unread:
        return {"hris_id": person.unread["hris_id"]}
    if before is None:
        return {
            name: person.unread.get(name, "This field is required.") for name in NEEDED if name not in person.values
        }
    if person.leaves:
        return {}
    return {name: person.unread[name] for name in ("name", "email") if name in person.unread}


def applied(person: ParsedPerson, before: Employee | None, provider: str, tenant_id: int, new_id: str) -> Employee:
    """The employee with the values of a person for whom `missing_fields` is empty."""
    employee = before or _nobody(tenant_id, new_id)
    key = person_key(tenant_id, person.email) if person.email else employee.email_key
    return employee._replace(
        **person.values,
        email_key=key,
        hris_id=person.hris_id,
        hris_provider=provider,
        metadata=_properties(employee, person.properties),
    )


def _nobody(tenant_id: int, new_id: str) -> Employee:
    return Employee(
        id=new_id,
        tenant_id=tenant_id,
        name="",
        email="",
        email_key="",
        status=EmployeeStatus.ACTIVE,
        country=None,
        department=None,
        job_title=None,
        hire_date=None,
        termination_date=None,
        hris_id=None,
        hris_provider=None,
    )


def _properties(before: Employee, given: Mapping[str, str]) -> tuple[MetadataEntry, ...]:
    properties = {**{it.key: it.value for it in before.metadata}, **given}
    return tuple(MetadataEntry(key, value) for key, value in sorted(properties.items()) if value)


def _name(given: str) -> str:
    return text(cell_text(given), NAME_LENGTH)


def _place(given: str) -> str | None:
    return optional_text(cell_text(given), NAME_LENGTH)


def _country(given: str) -> str | None:
    return country(given) if given.strip() else None


def _day(given: str) -> date | None:
    """A date, optionally followed by midnight. Raises: Invalid."""
    if not given.strip():
        return None
    found = _DAY.fullmatch(given.strip())
    return optional_date(found[1] if found else given)


def _status(given: str) -> EmployeeStatus:
    words = re.findall(r"[^\W_]+", fold(given))
    found = {"".join(words), *words} if not _NEGATIONS.intersection(words) else {"".join(words)}
    here, gone = bool(found & _HERE), bool(found & _GONE)
    soon = (here or gone) and not _SOON.isdisjoint(words)
    if soon or ((here or found & _KINDS) and not gone):
        return EmployeeStatus.ACTIVE
    if gone and not here:
        return EmployeeStatus.INACTIVE
    raise Invalid(ErrorCode.INVALID_TEXT, f"Send Active or Inactive, not {given[:40]!r}.")


_FIELDS: dict[str, Callable[[str], Any]] = {
    "name": _name,
    "email": email,
    "status": _status,
    "country": _country,
    "department": _place,
    "job_title": _place,
    "hire_date": _day,
    "termination_date": _day,
}
