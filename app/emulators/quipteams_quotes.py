"""The quotes of the emulated quipteams: creation from the catalogue, from kits and in free form, the list, decisions,
and the work of quipteams' own people (`POST /control/quotes/{id}`)."""

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from app.emulators.http import Answer, format_time
from app.emulators.quipteams_decisions import (
    ACTIONS,
    action_of,
    decide,
    find_offer,
    new_recipient,
    replaced_recipients,
    set_status,
)
from app.emulators.quipteams_lists import (
    Paging,
    Record,
    contains,
    created_within,
    invalid,
    matches,
    not_found,
    one_of,
    page,
    public,
)
from app.emulators.quipteams_pace import next_step
from app.emulators.quipteams_records import EVERYBODY, Company, Records, company_of

STATUSES = ("pending", "approved", "in_progress", "delivered", "completed", "rejected", "cancelled")
SPECIFICATION = ("brand", "model", "os", "cpu", "ram", "storage", "screen_size", "keyboard_layout")
TYPES = ("Laptop", "Monitor", "Mouse", "Keyboard", "Headphones", "Webcam", "Accessory")
MODES = ("product_id", "kit_id", "product_type")


class Quotes:
    """The quotes of all companies."""

    def __init__(self, records: Records, paging: Paging) -> None:
        self._records = records
        self._paging = paging

    def listed(self, company: Company, query: Any) -> Answer:
        one_of(query, "status", STATUSES)
        found = [
            it
            for it in self._records.all("quote", company.key)
            if matches(query, "status", it["status"])
            and contains(query, "country", *it["countries"])
            and created_within(query, it["created_at"])
        ]
        return page(found, query, self._paging, shown)

    def one(self, company: Company, id_: str) -> Answer:
        return Answer(200, {"data": shown(self.find(company, id_))})

    def create(self, company: Company, body: Any) -> Answer:
        """A new quote, whose prices are not known yet. Staff are told by e-mail and by a task."""
        at = self._records.now()
        quote = self._new(company, body, at)
        self._records.put("quote", company.key, quote)
        self._happened(company, "notification_emails", quote)
        self._happened(company, "asana_task", quote)
        data = {"requester_email": quote["requester"]["email"], "items_count": len(quote["items"])}
        self._emit(company, "quote.created", quote, **data)
        return Answer(202, {"data": shown(quote)})

    def patch(self, company: Company, id_: str, item_id: str, body: Any) -> Answer:
        """A decision on an item, or on the alternative that the body names."""
        action, quote = action_of(body), deepcopy(self.find(company, id_))
        item = next((it for it in quote["items"] if it["id"] == item_id), None)
        if item is None:
            raise not_found("Quote item")
        offer, kind = item, "item"
        if body.get("alternative_id") is not None:
            kind = "alternative"
            offer = next((it for it in item["alternatives"] if it["id"] == body["alternative_id"]), None)
            if offer is None:
                raise invalid("alternative_id", "The alternative does not belong to this item")
        if body.get("recipients") is not None:
            if action != "accept":
                raise invalid("recipients", "recipients can be replaced with accept only")
            at = self._records.now()
            replaced_recipients(item, body["recipients"], lambda given, path: new_recipient(given, path, at))
            quote["countries"] = _countries(quote["items"])
        return self._decide(company, quote, item, offer, kind, action)

    def act(self, company: Company, id_: str, offer_id: str, body: Any) -> Answer:
        """A decision on an item or an alternative, by its own id."""
        action, quote = action_of(body), deepcopy(self.find(company, id_))
        found = find_offer(quote, offer_id)
        if found is None:
            raise not_found("Quote item")
        item, offer, kind = found
        return self._decide(company, quote, item, offer, kind, action)

    def find(self, company: Company, id_: str) -> Record:
        quote = self._records.find("quote", company.key, id_, "order_id", "id")
        if quote is None:
            raise not_found("Quote")
        return quote

    def delivered(self, company: Company) -> list[Record]:
        """The devices that quotes have brought to people or into the storage, as assets."""
        return [
            _asset(quote, item, recipient, company.name)
            for quote in self._records.all("quote", company.key)
            for item in quote["items"]
            for recipient in item["recipients"]
            if recipient["status"] == "Delivered" and recipient["serial_number"]
        ]

    def _decide(self, company: Company, quote: Record, item: Record, offer: Record, kind: str, action: str) -> Answer:
        at, before = self._records.now(), quote["status"]
        if decide(quote, item, offer, action, at):
            quote["updated_at"] = at
            self._records.put("quote", company.key, quote)
            self._emit(company, f"quote.item_{ACTIONS[action]}", quote, item_id=item["id"], offer_id=offer["id"])
            if action == "accept":
                self._happened(company, "acceptance_email", quote)
                self._happened(company, "tecspal_order", quote)
            if quote["status"] != before:
                self._emit(company, f"quote.{quote['status'].lower()}", quote)
        return Answer(200, {"data": {"id": offer["id"], "type": kind, "status": ACTIONS[action]}})

    def work(self, company: Company, id_: str, wanted: Any) -> Record | None:
        """What quipteams' people do with a quote: `prices` and `alternatives` by the id of an item or alternative (`*`
        for all), what happens to `recipients` by their id, its `status`, and `"delete": true`."""
        quote, at = deepcopy(self.find(company, id_)), self._records.now()
        if wanted.get("delete"):
            self._records.remove("quote", company.key, quote)
            return None
        quote["updated_at"] = at
        for item in quote["items"]:
            item["alternatives"] += [_alternative(it) for it in _for(wanted.get("alternatives"), item["id"]) or ()]
            for offer in (item, *item["alternatives"]):
                price = _for(wanted.get("prices"), offer["id"])
                if price is not None and offer["status"] in ("Pending", "Sourced"):
                    offer |= {"price": price, "status": "Sourced"}
        events = [
            event
            for item in quote["items"]
            for recipient in item["recipients"]
            if (change := _for(wanted.get("recipients"), recipient["id"])) is not None
            for event in _moved(quote, item, recipient, change, at)
        ]
        if wanted.get("status") and wanted["status"] != quote["status"]:
            set_status(quote, wanted["status"], at)
            events.append((f"quote.{wanted['status'].lower().replace(' ', '_')}", {}))
        if all(it["price"] is not None for it in quote["items"]) and not quote.get("_priced_at"):
            quote["_priced_at"] = at
            events.append(("quote.pending", {}))
        self._records.put("quote", company.key, quote)
        for event, data in events:
            self._emit(company, event, quote, **data)
        return shown(quote)

    def advance(self, pace: timedelta) -> None:
        """Takes the next step with each quote that has not changed for a period."""
        due = format_time(self._records.clock() - pace)
        for quote in self._records.everybodys("quote"):
            step = next_step(quote) if quote["updated_at"] <= due else None
            if step is not None:
                self.work(company_of(quote), quote["order_id"], step)

    def _emit(self, company: Company, event: str, quote: Record, **data: Any) -> None:
        ids = {"quote_id": quote["id"], "order_id": quote["order_id"]}
        self._records.emit(company.key, event, {**ids, **data})

    def _happened(self, company: Company, what: str, quote: Record) -> None:
        """Notes what is done after a change, outside the API."""
        effect = {"id": str(uuid4()), "effect": what, "order_id": quote["order_id"]}
        self._records.put("effect", company.key, effect)

    def _new(self, company: Company, body: Any, at: str) -> Record:
        if not isinstance(body, dict):
            raise invalid("", "The body must be a JSON object")
        if not isinstance(body.get("requester_email"), str) or "@" not in body["requester_email"]:
            raise invalid("requester_email", "requester_email must be an e-mail address")
        if not isinstance(body.get("items"), list) or not body["items"]:
            raise invalid("items", "items must have at least one item")
        for name in ("requester_name", "po_number"):
            if not isinstance(body.get(name), str | None):
                raise invalid(name, f"{name} must be a string")
        emails = body.get("notification_emails", [])
        if not isinstance(emails, list) or not all(isinstance(it, str) for it in emails):
            raise invalid("notification_emails", "notification_emails must be a list of strings")
        items = [it for place, given in enumerate(body["items"]) for it in self._items(company, given, place, at)]
        return {
            "order_id": self._order_id(company, at),
            "id": str(uuid4()),
            "po_number": body.get("po_number"),
            "status": "Pending",
            "status_timestamps": {"Pending": at},
            "countries": _countries(items),
            "requester": {"email": body["requester_email"], "name": body.get("requester_name")},
            "items": items,
            "created_at": at,
            "updated_at": at,
        }

    def _order_id(self, company: Company, at: str) -> str:
        """The time in milliseconds, or the next number that is free."""
        number = round(datetime.fromisoformat(at).timestamp() * 1_000)
        taken = {it["order_id"] for it in self._records.all("quote", company.key)}
        while str(number) in taken:
            number += 1
        return str(number)

    def _items(self, company: Company, given: Any, place: int, at: str) -> list[Record]:
        """The items of one item of the body: several for a kit. Exactly one of the modes is used."""
        path = f"items.{place}"
        if not isinstance(given, dict):
            raise invalid(path, "An item must be an object")
        modes = [it for it in MODES if given.get(it) is not None]
        if len(modes) != 1:
            raise invalid(path, "Use exactly one of product_id, kit_id, or product_type with specification")
        quantity = given.get("quantity", 1)
        if isinstance(quantity, bool) or not isinstance(quantity, int) or quantity < 1:
            raise invalid(f"{path}.quantity", "quantity must be a positive integer")
        if not isinstance(given.get("recipients"), list) or not given["recipients"]:
            raise invalid(f"{path}.recipients", "recipients must have at least one recipient")
        devices = self._devices(company, given, modes[0], path)
        return [
            _item(it["product_type"], it["specification"], quantity * it.get("quantity", 1), given, path, at)
            for it in devices
        ]

    def _devices(self, company: Company, given: Record, mode: str, path: str) -> list[Record]:
        own = given.get("specification") or {}
        if not isinstance(own, dict):
            raise invalid(f"{path}.specification", "specification must be an object")
        if mode == "kit_id":
            kit = self._records.find("kit", company.key, given["kit_id"])
            if kit is None:
                raise invalid(f"{path}.kit_id", "Kit not found")
            return list(kit["devices"])
        if mode == "product_id":
            product, base = self._chosen(given, path)
            return [{"product_type": product["product_type"], "specification": {**base, **own}}]
        if given["product_type"] not in TYPES:
            raise invalid(f"{path}.product_type", f"product_type must be one of {', '.join(TYPES)}")
        if not own.get("brand") and not own.get("model"):
            raise invalid(f"{path}.specification", "specification needs a brand or a model")
        return [{"product_type": given["product_type"], "specification": own}]

    def _chosen(self, given: Record, path: str) -> tuple[Record, Record]:
        """The product, and the specification of its configuration."""
        product = self._records.find("product", EVERYBODY, given["product_id"])
        if product is None or not product.get("is_active", True):
            raise invalid(f"{path}.product_id", "Product not found")
        base = {"brand": product["brand"], "model": product["model"]}
        if given.get("configuration_id") is None:
            return product, base
        configuration = next((it for it in product["configurations"] if it["id"] == given["configuration_id"]), None)
        if configuration is None:
            raise invalid(f"{path}.configuration_id", "The configuration does not belong to this product")
        return product, base | {name: configuration[name] for name in SPECIFICATION if configuration.get(name)}


def shown(quote: Record) -> Record:
    return {**public(quote), "items": [public(it) for it in quote["items"]]}


def _item(product_type: str, specification: Record, quantity: int, given: Record, path: str, at: str) -> Record:
    recipients = [new_recipient(it, f"{path}.recipients.{place}", at) for place, it in enumerate(given["recipients"])]
    return {
        "id": str(uuid4()),
        "product_type": product_type,
        "quantity": quantity,
        "status": "Pending",
        "price": None,
        "specification": specification,
        "comments": given.get("comments"),
        "recipients": recipients,
        "alternatives": [],
        "created_at": at,
    }


def _alternative(given: Record) -> Record:
    empty: Record = dict.fromkeys(("brand", "model", "description", "price", "image_url"))
    status = "Pending" if given.get("price") is None else "Sourced"
    return {"id": str(uuid4()), **empty, "status": status, "is_exact_match": False, **given}


def _moved(quote: Record, item: Record, recipient: Record, change: Record, at: str) -> list[tuple[str, Record]]:
    """The events of what happens to a recipient. The quote follows its recipients."""
    tracking: Record = {name: change[name] for name in ("tracking_code", "tracking_link") if name in change}
    recipient |= {name: it for name, it in change.items() if name in recipient and name != "status"}
    if change.get("status"):
        set_status(recipient, change["status"], at)
    ids = {"item_id": item["id"], "recipient_id": recipient["id"]}
    events: list[tuple[str, Record]] = [("quote.tracking_added", {**ids, **tracking})] if tracking else []
    going = [one["status"] for it in quote["items"] for one in it["recipients"] if one["status"] != "Rejected"]
    if quote["status"] == "Approved" and any(it in ("Shipped", "Delivered") for it in going):
        set_status(quote, "In Progress", at)
    if quote["status"] == "In Progress" and all(it == "Delivered" for it in going):
        set_status(quote, "Delivered", at)
        events.append(("quote.delivered", {}))
    return events


def _asset(quote: Record, item: Record, recipient: Record, company: str) -> Record:
    accepted = next((it for it in item["alternatives"] if it["status"] == "Selected"), item)
    device = item["specification"] if accepted is item else accepted
    at = recipient["status_timestamps"]["Delivered"]
    stored = recipient["storage"]
    return {
        "id": recipient["id"] if stored else None,
        "serial_number": recipient["serial_number"],
        "company": company,
        "country": recipient["country"],
        "device_type": item["product_type"],
        "description": " ".join(it for it in (device.get("brand"), device.get("model")) if it),
        "employee": None if stored else recipient["name"],
        "condition": "New" if stored else None,
        "status": "in_storage" if stored else "in_use",
        "price": accepted["price"],
        "price_currency": "USD",
        "purchase_source": "quipteams",
        "purchase_order": quote["po_number"],
        "assigned_date": at[:10],
        "quantity": 1,
        "completion_date": at if stored else None,
        "created_at": at if stored else None,
        "updated_at": at if stored else None,
    }


def _countries(items: list[Record]) -> list[str]:
    return list(dict.fromkeys(recipient["country"] for item in items for recipient in item["recipients"]))


def _for(values: Any, id_: str) -> Any:
    """What is given for this id, or for all."""
    return values.get(id_, values.get("*")) if isinstance(values, dict) else None
