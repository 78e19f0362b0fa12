"""What is sent to quipteams: new quotes, decisions and device actions."""

from collections.abc import Mapping
from typing import Any

from adapters.connections.quipteams.words import ACTION, product_type_word, title_case
from adapters.connections.references import reference_in, with_reference
from domain.connections.records import ForeignItem, ForeignPerson, ForeignRecipient
from domain.ports.connections import ForeignDecision, NewForeignAction, NewForeignQuote
from domain.shared.outbound_errors import Refused

# The metadata of an item by which it is taken from the catalogue or a kit there.
CATALOGUE = ("product_id", "configuration_id")
KIT = ("kit_id",)


def new_quote(quote: NewForeignQuote) -> dict[str, Any]:
    """The body of a new quote. Our reference is in the comments of the first item: there is no field for it. Raises:
    Refused, for what a quote there must have."""
    if not quote.requester.email:
        raise _refused("A quote has a requester with an e-mail address there.")
    if not quote.items:
        raise _refused("A quote has at least one item there.")
    items = [_item(it) for it in quote.items]
    items[0]["comments"] = with_reference(quote.reference, quote.message, items[0].get("comments"))
    return _present(
        {
            "requester_email": quote.requester.email,
            "requester_name": quote.requester.name,
            "po_number": quote.po_number,
            "notification_emails": list(quote.notification_emails),
            "items": items,
        }
    )


def reference_of(quote: Mapping[str, Any]) -> str | None:
    """Our reference, which is in the comments of the first item, if the quote was created for us."""
    items = quote.get("items")
    comments = [it.get("comments") for it in items if isinstance(it, dict)] if isinstance(items, list) else []
    return reference_in(*(it for it in comments if isinstance(it, str)))


def decision(decided: ForeignDecision) -> dict[str, Any]:
    """The body of a decision on an item, or on one of its alternatives."""
    body: dict[str, Any] = {"action": ACTION[decided.verdict], "alternative_id": decided.alternative_id}
    if decided.recipients is not None:
        names = ("name", "email", "country", "phone_number", "address")
        body["recipients"] = [_present({name: getattr(it, name) for name in names}) for it in decided.recipients]
    return _present(body)


def device_action(action: NewForeignAction) -> dict[str, Any]:
    """The body of a new device action. Our reference is the last line of its notes."""
    return _present(
        {
            "action_type": title_case(action.type),
            "serial_number": action.serial_number,
            "model": action.model,
            "type": None if action.device_type is None else product_type_word(action.device_type),
            "country": action.country,
            "current_user": _person(action.current_user),
            "new_recipient": None if action.new_recipient is None else _person(action.new_recipient),
            "wipe": action.wipe or None,
            "notes": with_reference(action.reference, action.notes) if action.reference else action.notes,
            "notification_emails": list(action.notification_emails),
        }
    )


def _item(item: ForeignItem) -> dict[str, Any]:
    """An item of the catalogue, of a kit, or in free form. Raises: Refused, without recipients."""
    if not item.recipients:
        raise _refused("Each item has at least one recipient there.")
    chosen = {name: item.metadata[name] for name in (*CATALOGUE, *KIT) if name in item.metadata}
    free = {} if chosen else {"product_type": product_type_word(item.product_type)}
    return _present(
        {
            **chosen,
            **free,
            # That of a kit's devices is in the kit.
            "specification": None if "kit_id" in chosen else _present(item.specification._asdict()),
            "quantity": item.quantity,
            "comments": item.comments,
            "recipients": [_recipient(it) for it in item.recipients],
        }
    )


def _recipient(recipient: ForeignRecipient) -> dict[str, Any]:
    if not recipient.country:
        raise _refused("Each recipient has a country there.")
    return _present(
        {
            "name": recipient.name,
            "email": recipient.email,
            "country": recipient.country,
            "phone_number": recipient.phone_number,
            "address": recipient.address,
            "storage": recipient.is_storage or None,
            "hire_date": recipient.hire_date.isoformat() if recipient.hire_date else None,
        }
    )


def _person(person: ForeignPerson) -> dict[str, Any]:
    return _present(
        {
            "name": person.name,
            "email": person.email,
            "country": person.country,
            "address": person.address,
            "phone": person.phone_number,
        }
    )


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, [], {})}


def _refused(reason: str) -> Refused:
    return Refused(f"quipteams: {reason}", reason=reason)
