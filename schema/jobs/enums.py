"""What jobs do, and where they stand."""

from domain.shared.jobs import JobKind, JobStatus
from schema.shared.enums import describe

__all__ = [
    "JobKind",
    "JobStatus",
]

describe(
    JobKind,
    "What a job does.",
    SEND_QUOTE_CREATED="Tells one address that a quote was asked for.",
    SEND_ITEM_ACCEPTED="Tells one address what was accepted in one go.",
    SEND_QUOTE="Sends a quote to one address.",
    SEND_QUOTE_DECLINED="Tells one address that the customer has declined a quote.",
    SEND_SIGNED_COPY="Gives whoever has signed a quote what they have signed.",
    SEND_DEVICE_ACTION="Tells one address how a device action stands.",
    CREATE_TASK="Puts a new quote before the people who price it, in Asana.",
    PLACE_VENDOR_ORDER="Places an order at Tecspal.",
    PLACE_MOVEMENT="Asks Tecspal to bring or fetch a device.",
    FOLLOW_MOVEMENT="Looks how a movement stands at Tecspal.",
    FOLLOW_VENDOR_ORDER="Looks how an order stands at Tecspal, and asks for what is still to be asked.",
)
describe(
    JobStatus,
    "Where a job stands.",
    WAITING="It will be tried, or tried again.",
    DONE="It was done.",
    DEAD="It was given up; an operator can retry it.",
)
