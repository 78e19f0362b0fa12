"""Decisions on an item of a quote: by PATCH, perhaps for an alternative and with other recipients, or by its action.

They wait for the connected system that the quote comes from, so that the answer says what is decided.
"""

from typing import Any, NamedTuple

from app.rest.endpoints import Endpoint, LookUp, Sent, Variables, Write
from app.rest.errors import Fault, Names, Refused
from app.rest.quotes import new_recipients, quote_by
from app.rest.words import Data, uuid_of
from domain.quotes.statuses import Verdict
from domain.shared.errors import ErrorCode

_RESULTS = {"ACCEPT": "accepted", "REJECT": "rejected"}
_OFFERS = {"isForStorage": "storage", "offerId": "alternative_id"}


class Offer(NamedTuple):
    """What is decided on, and its status before."""

    type: str
    id: str
    quote_id: str
    status: str


def _row_id(given: str) -> str:
    return uuid_of(given).lower()


def _offer_in_path(found: Data, sent: Sent) -> Offer:
    """The item that the path names, or else the alternative. Raises: Refused, if the quote has neither."""
    wanted = _row_id(sent.path["itemId"])
    for item in found["items"]:
        if _row_id(item["id"]) == wanted:
            return Offer("item", item["id"], found["id"], item["status"])
    for item in found["items"]:
        for alternative in item["alternatives"]:
            if _row_id(alternative["id"]) == wanted:
                return Offer("alternative", alternative["id"], found["id"], alternative["status"])
    raise Refused("NOT_FOUND", "The quote has no such item or alternative.")


def _offer_in_body(found: Data, sent: Sent) -> Offer:
    """The item that the path names, or the alternative of it that the body names. Raises: Refused."""
    wanted = _row_id(sent.path["itemId"])
    item = next((it for it in found["items"] if _row_id(it["id"]) == wanted), None)
    if item is None:
        raise Refused("NOT_FOUND", "The quote has no such item.")
    named = sent.body.text("alternative_id")
    if named is None:
        return Offer("item", item["id"], found["id"], item["status"])
    for alternative in item["alternatives"]:
        if _row_id(alternative["id"]) == _row_id(named):
            return Offer("alternative", alternative["id"], found["id"], alternative["status"])
    fault = Fault("alternative_id", ErrorCode.UNKNOWN_REFERENCE, "The item has no such alternative.")
    raise Refused.of_faults("VALIDATION_ERROR", [fault])


def _checked(sent: Sent) -> Variables:
    """Reads what can be checked before the quote is looked up."""
    _verdict(sent)
    return {}


def _checked_update(sent: Sent) -> Variables:
    verdict = _verdict(sent)
    sent.body.text("alternative_id")
    new_recipients(sent.body)
    if "recipients" in sent.body and verdict == Verdict.REJECT:
        sent.body.fault("recipients", ErrorCode.NOT_ALLOWED, "Send recipients with `accept` only.")
    return {}


def _verdict(sent: Sent) -> str | None:
    return sent.body.word("action", tuple(Verdict), required=True)


def _update(sent: Sent, offer: Offer) -> Variables:
    decision: dict[str, Any] = {"offerId": offer.id, "decision": _verdict(sent)}
    if "recipients" in sent.body:
        decision["recipients"] = new_recipients(sent.body)
    return {"input": {"quoteId": offer.quote_id, "decisions": [decision], "wait": True}}


def _action(sent: Sent, offer: Offer) -> Variables:
    return {"input": {"offerId": offer.id, "decision": _verdict(sent), "wait": True}}


def _decided(payload: Data, sent: Sent, offer: Offer) -> dict[str, Any]:
    """The decision; the status as it was, while the system that the quote comes from has not answered."""
    is_settled = payload["quote"]["pendingChange"] is None
    status = _RESULTS[_verdict(sent) or ""] if is_settled else offer.status.lower()
    return {"id": uuid_of(offer.id), "type": offer.type, "status": status}


ENDPOINTS: tuple[Endpoint, ...] = (
    Write(
        method="PATCH",
        path="quotes/{id}/items/{itemId}",
        document="update_item",
        root="decideItems",
        variables=_checked_update,
        names=Names(_OFFERS, ("decisions", "0")),
        look_up=LookUp(operation="FindItem", root="quote", variables=quote_by, found=_offer_in_body),
        variables_of=_update,
        written=_decided,
    ),
    Write(
        method="POST",
        path="quotes/{id}/items/{itemId}/action",
        document="action_item",
        root="decideItem",
        variables=_checked,
        look_up=LookUp(operation="FindOffer", root="quote", variables=quote_by, found=_offer_in_path),
        variables_of=_action,
        written=_decided,
    ),
)
