"""People as the vendor describes them, and which of their data is not sent (docs/domain.md#order-blockers)."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.fulfilment.vendor_api import EmployeeDetails
from domain.quotes.recipients import Destination, Recipient
from domain.shared.errors import Path, Problems
from domain.shared.parsers import NAME_LENGTH, code, country, email, optional_text, phone, text

# Required data besides the names: attributes of the recipient, and their names in the graph.
_NEEDED = {
    "email": "email",
    "phone_number": "phoneNumber",
    "government_id": "governmentId",
    "address": "address",
    "city": "city",
    "post_code": "postalCode",
}
# Data of a recipient that is sent only with a complete description.
_SENT = {name: called for name, called in _NEEDED.items() if name != "email"} | {"address_extra": "addressExtra"}


@dataclass(frozen=True, slots=True)
class EmployeeDraft:
    """A person as entered, for a vendor who does not know them."""

    first_name: str
    last_name: str
    email: str
    phone_number: str
    government_id: str
    address: str
    city: str
    postal_code: str
    country: str
    address_extra: str | None = None


def parse_employee(draft: EmployeeDraft, problems: Problems, path: Path) -> EmployeeDetails:
    """A person as the vendor wants them described (docs/domain.md#tecspal-order-fields); problems are added under
    `path`."""

    def line(name: str, value: str) -> str:
        return problems.check((*path, name), text, value, NAME_LENGTH) or ""

    return EmployeeDetails(
        first_name=line("firstName", draft.first_name),
        last_name=line("lastName", draft.last_name),
        email=problems.check((*path, "email"), email, draft.email) or "",
        phone=problems.check((*path, "phoneNumber"), phone, draft.phone_number, NAME_LENGTH) or "",
        government_id=problems.check((*path, "governmentId"), code, draft.government_id, NAME_LENGTH) or "",
        address=line("address", draft.address),
        city=line("city", draft.city),
        post_code=problems.check((*path, "postalCode"), code, draft.postal_code, NAME_LENGTH) or "",
        country_code=problems.check((*path, "country"), country, draft.country) or "",
        address_extra=problems.check((*path, "addressExtra"), optional_text, draft.address_extra, NAME_LENGTH),
    )


def described(recipient: Recipient) -> EmployeeDetails | None:
    """The description of the recipient for the vendor, if all required data is known.

    If the name is one word, the last name is empty and the order waits for it.
    """
    if any(not getattr(recipient, name) for name in _NEEDED):
        return None
    first, *rest = recipient.name.split(maxsplit=1)
    known = (recipient.email, recipient.phone_number, recipient.government_id, recipient.address, recipient.city)
    return EmployeeDetails._make(
        [first, *(rest or [""]), *known, recipient.post_code, recipient.country, recipient.address_extra]
    )


def unsent_notice(recipients: Sequence[Recipient], send_to: Destination, whole: bool) -> str | None:
    """A sentence for operators about the recipients' data that is not sent to the vendor; None if everything is
    sent. `whole` is set if the person is described in full, not only by e-mail address."""
    kept = {"hire_date": "hireDate"} | ({} if whole else _SENT)
    if send_to != Destination.EMPLOYEE:
        kept = {"email": "email", **kept}
    if send_to == Destination.OFFICE:
        kept = {"name": "name", **kept}
    unsent = [called for name, called in kept.items() if any(getattr(it, name) for it in recipients)]
    if not unsent:
        return None
    notice = f"The vendor is not sent {_listed(unsent)}"
    if send_to != Destination.EMPLOYEE:
        return f"{notice}: it accepts no person for {send_to}."
    if whole:
        return f"{notice}: it has no field for it."
    missing = [called for name, called in _NEEDED.items() if any(not getattr(it, name) for it in recipients)]
    if any(len(it.name.split()) == 1 for it in recipients):
        missing.insert(0, "lastName")
    unknown = f", and {_listed(missing)} {'are' if len(missing) > 1 else 'is'} not known" if missing else ""
    return f"{notice}: a person is sent either in full or by e-mail address{unknown}."


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]
