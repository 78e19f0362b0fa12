"""What jobs do, and where they stand."""

from domain.shared.jobs import JobStatus, JobType
from schema.shared.enums import describe

__all__ = [
    "JobStatus",
    "JobType",
]

describe(
    JobType,
    "Type of a job.",
    SEND_QUOTE_CREATED="Sends an e-mail to one address: a quote was created.",
    SEND_ITEM_ACCEPTED="Sends an e-mail to one address: items of a quote were accepted.",
    SEND_QUOTE="Sends a quote to one address.",
    SEND_QUOTE_DECLINED="Sends an e-mail to one address: the customer declined a quote.",
    SEND_SIGNED_COPY="Sends a signer the signed quote.",
    SEND_DEVICE_ACTION="Sends an e-mail to one address: the status of a device action changed.",
    SEND_WEBHOOK_DISABLED="Sends an e-mail to the company's contact: a failing webhook endpoint was disabled.",
    SEND_INVITATION="Sends an e-mail that invites a person to sign in.",
    CREATE_TASK="Creates a task in Asana for the people who price a new quote.",
    PLACE_VENDOR_ORDER="Places an order at Tecspal.",
    PLACE_MOVEMENT="Requests a movement from Tecspal.",
    FOLLOW_MOVEMENT="Reads the status of a movement from Tecspal.",
    DELIVER_WEBHOOKS="Sends the due deliveries of a webhook endpoint.",
    SYNC_CONNECTION="Reads what has changed in a connected system.",
    SEND_ORIGIN_CHANGE="Sends a change of a quote to the connected system that the quote comes from.",
    READ_NOTICE="Reads again what a connected system says has changed there.",
    CREATE_ACTION_THERE="Creates a device action in the connected system that its device comes from.",
    DELETE_QUOTES="Deletes the quotes of a connection that was ended without keeping them.",
    FOLLOW_VENDOR_ORDER="Reads the status of an order from Tecspal, and sends pending requests such as a confirmation.",
)
describe(
    JobStatus,
    "Status of a job.",
    WAITING="The job will be attempted, for the first time or again.",
    DONE="The job is done.",
    DEAD="All attempts failed. An operator can retry or discard the job.",
    DISCARDED="An operator discarded the dead job. It is not attempted again.",
)
