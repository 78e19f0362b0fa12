"""Records of ours as quipteams writes them, to compare with what was received."""

from datetime import datetime
from typing import Any

from app.emulators.http import format_time
from domain.connections.records import (
    ForeignAlternative,
    ForeignAsset,
    ForeignDeviceAction,
    ForeignEmployee,
    ForeignItem,
    ForeignPerson,
    ForeignProduct,
    ForeignQuote,
    ForeignRecipient,
)


def quote_as_received(quote: ForeignQuote) -> dict[str, Any]:
    return {
        "order_id": quote.external_id,
        "id": quote.metadata["id"],
        "po_number": quote.po_number,
        "status": quote.status_word,
        "status_timestamps": _times(quote.times),
        "countries": list(dict.fromkeys(one.country for it in quote.items for one in it.recipients)),
        "requester": {"email": _known(quote.requester).email, "name": _known(quote.requester).name},
        "items": [_item(it) for it in quote.items],
        "created_at": _at(quote.created_at),
        "updated_at": _at(quote.updated_at),
    }


def asset_as_received(asset: ForeignAsset) -> dict[str, Any]:
    stored = asset.created_at is not None
    only_in_use = {"purchase_order": asset.purchase_order, "assigned_date": _day(asset.assigned_date)}
    return {
        "id": asset.metadata.get("id"),
        "serial_number": asset.serial_number,
        "company": asset.metadata["company"],
        "country": asset.country,
        "device_type": _title(asset.device_type),
        "description": asset.description,
        "employee": asset.employee_name,
        "condition": asset.condition,
        "status": asset.status.lower(),
        "price": asset.price,
        "price_currency": asset.currency,
        "purchase_source": asset.purchase_source,
        **({} if stored else only_in_use),
        "quantity": int(asset.metadata["quantity"]),
        "completion_date": _at(asset.completion_date),
        "created_at": _at(asset.created_at),
        "updated_at": _at(asset.updated_at),
    }


def device_action_as_received(action: ForeignDeviceAction, read: Any) -> dict[str, Any]:
    """`read` reads JSON, in which values are kept that have no field of ours."""
    return {
        "id": action.external_id,
        "action_id": action.number,
        "action_type": _title(action.type),
        "status": _title(action.status),
        "company": action.metadata["company"],
        "device": {
            "serial_number": action.serial_number,
            "model": action.model,
            "type": _title(action.device_type),
            "country": action.country,
        },
        "current_user": _person(action.current_user),
        "new_recipient": _person(action.new_recipient),
        "wipe": action.wipe,
        "wipe_completed": action.wipe_completed,
        "tracking_code": action.tracking_code,
        "tracking_link": action.tracking_link,
        "created_at": _at(action.created_at),
        "updated_at": _at(action.updated_at),
        "notes": action.notes,
        "status_timestamps": _times(action.times),
        "notification_emails": read(action.metadata["notification_emails"]),
        "batch_id": action.metadata["batch_id"],
        "requested_by": action.metadata["requested_by"],
        "user_email": action.metadata["user_email"],
        "comments": read(action.metadata["comments"]),
    }


def employee_as_received(employee: ForeignEmployee) -> dict[str, Any]:
    return {
        "id": employee.external_id,
        "name": employee.name,
        "email": employee.email,
        "status": employee.status.lower(),
        "country": employee.country,
        "department": employee.department,
        "job_title": employee.job_title,
        "hire_date": _day(employee.hire_date),
        "termination_date": _day(employee.termination_date),
    }


def product_as_received(product: ForeignProduct) -> dict[str, Any]:
    parts = ("os", "cpu", "ram", "storage", "screen_size")
    return {
        "id": product.external_id,
        "brand": product.brand,
        "model": product.model,
        "product_type": _title(product.product_type),
        "configurations": [
            {
                "id": it.external_id,
                **{name: getattr(it.specification, name) for name in parts},
                "resolution": it.resolution,
                "connection_type": it.connection_type,
            }
            for it in product.configurations
        ],
    }


def _item(item: ForeignItem) -> dict[str, Any]:
    return {
        "id": item.external_id,
        "product_type": _title(item.product_type),
        "quantity": item.quantity,
        "status": _title(item.status),
        "price": item.price,
        "specification": {name: it for name, it in item.specification._asdict().items() if it is not None},
        "comments": item.comments,
        "recipients": [_recipient(it) for it in item.recipients],
        "alternatives": [_alternative(it) for it in item.alternatives],
        "created_at": item.metadata["created_at"],
    }


def _recipient(recipient: ForeignRecipient) -> dict[str, Any]:
    return {
        "id": recipient.external_id,
        "name": recipient.name,
        "email": recipient.email,
        "country": recipient.country,
        "status": _title(recipient.status),
        "status_timestamps": _times(recipient.times),
        "phone_number": recipient.phone_number,
        "address": recipient.address,
        "storage": recipient.is_storage,
        "serial_number": recipient.serial_number,
        "tracking_code": recipient.tracking_code,
        "tracking_link": recipient.tracking_link,
        "invoice_number": recipient.invoice_number,
        "hire_date": _day(recipient.hire_date),
    }


def _alternative(alternative: ForeignAlternative) -> dict[str, Any]:
    return {
        "id": alternative.external_id,
        "brand": alternative.specification.brand,
        "model": alternative.specification.model,
        "description": alternative.description,
        "price": alternative.price,
        "status": "Selected" if alternative.status == "ACCEPTED" else _title(alternative.status),
        "is_exact_match": alternative.is_exact_match,
        "image_url": alternative.image_url,
    }


def _person(person: ForeignPerson | None) -> dict[str, Any] | None:
    if person is None:
        return None
    return {
        "name": person.name,
        "email": person.email,
        "country": person.country,
        "address": person.address,
        "phone": person.phone_number,
    }


def _known(person: ForeignPerson | None) -> ForeignPerson:
    assert person is not None
    return person


def _times(times: Any) -> dict[str, str | None]:
    return {str(_title(name)): _at(at) for name, at in times.items()}


def _title(word: str | None) -> str | None:
    return None if word is None else word.replace("_", " ").title()


def _at(at: datetime | None) -> str | None:
    return None if at is None else format_time(at)


def _day(day: Any) -> str | None:
    return None if day is None else day.isoformat()
