"""One person as an HR system or a file names one, and the employee that is made of it (docs/domain.md#hr-sync).

What is not told stays as it was; what is told as empty is emptied; what cannot be read stays as it was too, and is told
as a warning. Only what makes a person keeps one out: an id, a name, an address and a status.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from domain.people.employees import Employee, EmployeeProperty, EmployeeStatus, person_key
from domain.shared.errors import ErrorCode, Invalid, Problems
from domain.shared.parsers import NAME_LENGTH, cell_text, country, email, fold, optional_date, optional_text, text

NEEDED = ("name", "email", "status")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words of HR systems, compared without case, blanks and marks. Who is on leave or suspended, about to begin or in their
# last weeks works there, and has devices.
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
# Kinds of employment, which someone who has left had too.
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
# Who is about to begin or to leave works there.
_SOON = _words("pending upcoming scheduled planned future")
# With one of these, a phrase may say the contrary of its words.
_NEGATIONS = _words("not no non never longer un nicht kein keine nunca não nao pas ne plus niet geen")
# A day, and behind it midnight, as spreadsheets and databases write dates.
_DAY = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:(?:[Tt]|\s+)00:00(?::00(?:[.,]0+)?)?\s*(?:[Zz]|UTC|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """A person as told, all as text. None is not told, and empty text is told to be empty; likewise in `metadata`,
    where what is not told is missing."""

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
class Told:
    """A draft that has been read: by the employee's field, what it says, and why it cannot be read."""

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

    def without_email(self, reason: str) -> "Told":
        """As if the address could not be read."""
        rest = {name: value for name, value in self.values.items() if name != "email"}
        return replace(self, values=rest, unread={**self.unread, "email": reason})


def read_person(draft: PersonDraft) -> Told:
    """What a draft says."""
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
    return Told(hris_id, draft.name or "", values, unread, draft.metadata)


def lacking(told: Told, before: Employee | None) -> dict[str, str]:
    """What keeps a person from being taken over, by field. A leaving needs an id and a status only."""
    if "hris_id" in told.unread:
        return {"hris_id": told.unread["hris_id"]}
    if before is None:
        return {name: told.unread.get(name, "It is not told.") for name in NEEDED if name not in told.values}
    if told.leaves:
        return {}
    return {name: told.unread[name] for name in ("name", "email") if name in told.unread}


def applied(told: Told, before: Employee | None, provider: str, tenant_id: int, new_id: str) -> Employee:
    """The employee after what was told of them. `lacking` has found nothing."""
    employee = before or _nobody(tenant_id, new_id)
    key = person_key(tenant_id, told.email) if told.email else employee.email_key
    return employee._replace(
        **told.values,
        email_key=key,
        hris_id=told.hris_id,
        hris_provider=provider,
        metadata=_properties(employee, told.properties),
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


def _properties(before: Employee, told: Mapping[str, str]) -> tuple[EmployeeProperty, ...]:
    properties = {**{it.name: it.value for it in before.metadata}, **told}
    return tuple(EmployeeProperty(name, value) for name, value in sorted(properties.items()) if value)


def _name(given: str) -> str:
    return text(cell_text(given), NAME_LENGTH)


def _place(given: str) -> str | None:
    return optional_text(cell_text(given), NAME_LENGTH)


def _country(given: str) -> str | None:
    return country(given) if given.strip() else None


def _day(given: str) -> date | None:
    """A date, and midnight behind it is nothing. Raises: Invalid."""
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
