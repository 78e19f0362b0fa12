"""What the people of the emulated quipteams do by themselves in the demo: they price each quote, offer an alternative
to each laptop, and deliver what was accepted, one step in each period."""

from typing import Any

from app.emulators.quipteams_lists import Record

PRICES = {"Laptop": 1450.5, "Monitor": 289.9, "Headphones": 119.99}
OTHER_PRICE = 39.5


def next_step(quote: Record) -> dict[str, Any] | None:
    """What is done next with a quote, in the form of `POST /control/quotes/{id}`; None if that is nothing."""
    match quote["status"]:
        case "Pending":
            return _priced(quote)
        case "Approved":
            return {"recipients": _going(quote, "Approved", _shipped)}
        case "In Progress":
            return {"recipients": _going(quote, "Shipped", _delivered)}
        case "Delivered":
            return {"status": "Completed"}
    return None


def _priced(quote: Record) -> dict[str, Any] | None:
    unpriced = [it for it in quote["items"] if it["price"] is None]
    if not unpriced:
        return None
    prices = {it["id"]: PRICES.get(it["product_type"], OTHER_PRICE) for it in unpriced}
    return {
        "prices": prices,
        "alternatives": {it["id"]: [_alternative(it)] for it in unpriced if it["product_type"] == "Laptop"},
    }


def _alternative(item: Record) -> Record:
    device = item["specification"]
    named = {"brand": device.get("brand"), "model": f"{device.get('model') or 'Laptop'}, refurbished"}
    return {**named, "description": "In stock, with a warranty of one year", "price": PRICES["Laptop"] - 400}


def _going(quote: Record, status: str, change: Any) -> dict[str, Any]:
    recipients = [it for item in quote["items"] for it in item["recipients"] if it["status"] == status]
    return {it["id"]: change(quote, position) for position, it in enumerate(recipients)}


def _shipped(quote: Record, position: int) -> Record:
    code = f"QT{quote['order_id']}-{position + 1}"
    return {"status": "Shipped", "tracking_code": code, "tracking_link": f"https://carrier.example/track/{code}"}


def _delivered(quote: Record, position: int) -> Record:
    return {"status": "Delivered", "serial_number": f"QT{quote['order_id'][-8:]}{position + 1:02}"}
