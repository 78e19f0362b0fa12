"""People as the vendor wants them described, and what of them it is not told (docs/domain.md#order-blockers)."""

from collections.abc import Sequence

from domain.fulfilment.vendor_api import EmployeeDetails
from domain.quotes.recipients import Recipient, SendTo

# What a description needs beyond the two names, by attribute of the recipient and its name in the graph.
_NEEDED = {
    "email": "email",
    "phone_number": "phoneNumber",
    "government_id": "governmentId",
    "address": "address",
    "city": "city",
    "post_code": "postCode",
}
# What a recipient may have that only a description carries, or nothing.
_SENT = {name: called for name, called in _NEEDED.items() if name != "email"} | {"address_extra": "addressExtra"}


def described(recipient: Recipient) -> EmployeeDetails | None:
    """The recipient as the vendor wants a person described, when all of that is known.

    Of a name in one word, the last name stays empty: the order then waits for somebody to say it.
    """
    if any(not getattr(recipient, name) for name in _NEEDED):
        return None
    first, *rest = recipient.name.split(maxsplit=1)
    known = (recipient.email, recipient.phone_number, recipient.government_id, recipient.address, recipient.city)
    return EmployeeDetails._make(
        [first, *(rest or [""]), *known, recipient.post_code, recipient.country, recipient.address_extra]
    )


def untold(recipients: Sequence[Recipient], send_to: SendTo, whole: bool) -> str | None:
    """What is known of the recipients of an order and is not sent to the vendor, in a sentence for operators; None when
    everything is sent. `whole` says that a person is described rather than named by e-mail address."""
    kept = {"hire_date": "hireDate"} | ({} if whole else _SENT)
    if send_to != SendTo.EMPLOYEE:
        kept = {"email": "email", **kept}
    if send_to == SendTo.OFFICE:
        kept = {"name": "name", **kept}
    unsent = [called for name, called in kept.items() if any(getattr(it, name) for it in recipients)]
    if not unsent:
        return None
    said = f"The vendor is not sent {_listed(unsent)}"
    if send_to != SendTo.EMPLOYEE:
        return f"{said}: it takes no person for {send_to}."
    if whole:
        return f"{said}: it takes none."
    lacking = [called for name, called in _NEEDED.items() if any(not getattr(it, name) for it in recipients)]
    if any(len(it.name.split()) == 1 for it in recipients):
        lacking.insert(0, "lastName")
    unknown = f", and {_listed(lacking)} {'are' if len(lacking) > 1 else 'is'} not known" if lacking else ""
    return f"{said}: a person is described as a whole or by e-mail address{unknown}."


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]
