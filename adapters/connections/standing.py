"""Statuses of a connected system in ours, and what is answered where it has no call for something."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from adapters.connections.fields import Fields
from domain.connections.records import ForeignDeviceAction
from domain.ports.connections import NewForeignAction
from domain.quotes.statuses import DecisionStatus, FulfilmentStatus, QuoteOfferStatus
from domain.shared.outbound_errors import Refused


class Standing(NamedTuple):
    """Where a quote is: its offer, the decision on it, and its fulfilment."""

    offer: QuoteOfferStatus
    decision: DecisionStatus = DecisionStatus.PENDING
    fulfilment: FulfilmentStatus = FulfilmentStatus.NONE


def standing_of(fields: Fields, name: str, words: Mapping[str, Standing]) -> Standing | None:
    """What a status word means. One that is missing or not known is a flaw, and None."""
    found = fields.word(name, words)
    if found is None and fields.value(name) is None:
        fields.flaw(name, "This field is missing.")
    return found


class NoDeviceActions:
    """A system in which there are no device actions."""

    async def device_action(self, external_id: str) -> ForeignDeviceAction | None:
        return None

    async def create_device_action(self, action: NewForeignAction) -> ForeignDeviceAction:
        raise not_possible("The system", "creates device actions")

    async def find_device_action(self, action: NewForeignAction, since: datetime) -> ForeignDeviceAction | None:
        raise not_possible("The system", "creates device actions")


def not_possible(system: str, what: str) -> Refused:
    """The refusal of something that the API of a system cannot do."""
    reason = f"{system} has no call that {what}"
    return Refused(reason, reason=reason)
