"""Refusals as the graph shows them: which type of user error each is, and its codes."""

import strawberry

from domain.shared.errors import ErrorCode, Problem
from resolvers.errors import ConflictData, NotFoundData
from schema.declare import column, reference, type_of
from schema.shared.enums import describe
from schema.shared.nodes import Node
from schema.shared.statuses import Status

describe(
    ErrorCode,
    "Machine-readable reason why a mutation was refused.",
    name="UserErrorCode",
    REQUIRED="A required value is missing or empty.",
    TOO_LONG="The text is longer than allowed.",
    TOO_MANY="The list has more entries than allowed.",
    OUT_OF_RANGE="The number is outside the allowed range.",
    INVALID_ID="The value is not an ID, or is the ID of an object of another type.",
    INVALID_TEXT="The text contains a control character or a character that changes the text direction. The "
    "message names the character and its position.",
    INVALID_EMAIL="The value is not an e-mail address.",
    INVALID_COUNTRY="The value is neither an ISO 3166-1 country code nor the name of a country.",
    INVALID_DATE="The value is not a date or time in the expected format.",
    INVALID_DURATION="The value is not an ISO 8601 duration in weeks, days, hours, minutes and seconds.",
    INVALID_URL="The value is not an absolute `http` or `https` URL.",
    INVALID_NETWORK="The value is not an IP address or a network in CIDR notation.",
    INVALID_AMOUNT="The value is not an amount, or has more decimal places than the currency.",
    INVALID_CURRENCY="The value is not an ISO 4217 currency code.",
    INVALID_PERCENTAGE="The value is not a percentage from 0 to 100 with at most four decimal places.",
    CURRENCY_MISMATCH="The currency differs from the currency of the quote.",
    INVALID_CURSOR="The value is not a cursor of this list.",
    INVALID_QUERY="The document is not a subscription of `events` that fits the schema and the limits.",
    CURSOR_TOO_OLD="Events after this cursor are no longer retained. Query the current state and subscribe again "
    "without `after`.",
    INVALID_DEVICE_TYPE="The value is not a device type.",
    INVALID_SERIAL="The value is not a serial number: it was altered by a spreadsheet, or is a placeholder for an "
    "unknown serial number.",
    RECIPIENT_COUNT="More than one recipient is named, and not as many as the quantity of the item.",
    AMBIGUOUS="More than one company has an object with this number. The message lists the IDs. Only platform "
    "keys get this error.",
    UNKNOWN_REFERENCE="The input refers to an object that does not exist.",
    UNKNOWN_OPTION="The value is not one of the options, such as those of a custom field or the names of events.",
    ALREADY_EXISTS="Another object already has a value that must be unique.",
    NOT_SUPPORTED="The action is not supported.",
    NOT_FOUND="The object does not exist.",
    NOT_PRICED="The item or alternative has no price and cannot be accepted.",
    PRICE_CHANGED="The price differs from the expected price.",
    PRICE_OPTION_REQUIRED="The quote has price options, and none was selected.",
    ALTERNATIVE_REQUIRED="The item was rejected and more than one alternative is open; one must be selected.",
    ALREADY_DECIDED="A different decision on the item or alternative was made before.",
    NOT_DEAD="The job is not dead. Only dead jobs can be retried or discarded.",
    WRONG_STATUS="The current status does not allow the action.",
    NOT_EDITABLE="The quote or item can no longer be changed.",
    EXPIRED="The quote has expired.",
    ALREADY_ORDERED="The vendor has an order for it. Cancel the order first.",
    LAST_ITEM="The last item of a quote cannot be removed.",
    LAST_ADMIN="The last active admin of a company cannot be removed or get another role.",
    DUPLICATE_SERIAL="Another device already has this serial number.",
    NOT_ALLOWED="The value is not allowed here. Omit it.",
    ACTIVE_ACTION="The device has an open device action.",
    IN_INVENTORY="The device is in the inventory. Use `createDeviceAction`.",
    ASSET_RETIRED="The asset is retired.",
    WIPE_PENDING="The device must be wiped first.",
    NO_WIPE="No wipe was requested.",
    ACTION_UNDER_WAY="Another operation on the object is in progress. Try again when it has ended.",
    ALREADY_SIGNED="The quote is signed and can no longer be changed in this way.",
    DOCUMENT_CHANGED="The document has changed since it was shown.",
    NOT_SIGNED="The quote must be approved or signed first.",
    ENDPOINT_DISABLED="The webhook endpoint is disabled. Enable it first.",
    NOT_CONFIGURED="The server lacks a setting that the action needs. The message names it.",
    UNREACHABLE="A system does not answer at the address, or not as expected.",
    INVALID_CREDENTIALS="A system does not accept the credentials.",
    OTHER_ACCOUNT="The credentials are for another account of the system than the connection has read so far.",
    NOT_SUPPORTED_BY_ORIGIN="The system that the quote comes from has no call for this. The message names the system, "
    "and where to do it.",
    CHANGE_PENDING="Another change was asked of the system that the quote comes from. Wait until it is settled.",
    REFUSED_BY_ORIGIN="The system that the quote comes from has refused the change.",
)


@strawberry.interface(description="Reason why a mutation was refused. Nothing was changed.")
class UserError:
    message: str = column("Message for people: what is wrong and how to fix it.")
    code: ErrorCode = column("Code for programs.")
    path: list[str] = column('Path of the invalid value in `input`, such as `["items", "0", "quantity"]`.')


@type_of(Problem)
class ValidationError(UserError):
    """A value of the input is invalid."""


@type_of(NotFoundData)
class NotFoundError(UserError):
    """The object of the mutation does not exist, or the API key has no access to it."""


@type_of(ConflictData)
class ConflictError(UserError):
    """The mutation conflicts with the current state of an object."""

    node: Node | None = reference("Current state of the object.")
    current_status: Status = column(
        "Current status of the object. For a quote, its offer, decision or fulfilment status."
    )
    attempted_status: Status | None = column(
        "Status that the mutation would have set. For a mutation of a quote that sets no status, the "
        "status it requires."
    )
