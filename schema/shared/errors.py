"""Refusals as the graph shows them: which type of user error each is, and its codes."""

import strawberry

from domain.shared.errors import ErrorCode, Problem
from resolvers.errors import ConflictData, NotFoundData
from schema.declare import column, reference, type_of
from schema.shared.enums import describe
from schema.shared.nodes import Node

describe(
    ErrorCode,
    "Why an input was refused.",
    name="UserErrorCode",
    REQUIRED="Something that is needed is missing or empty.",
    TOO_LONG="A text is longer than allowed.",
    TOO_MANY="A list is longer than allowed.",
    OUT_OF_RANGE="A number is outside its limits.",
    INVALID_ID="Not an id, or the id of another type.",
    INVALID_TEXT="A text has a control character, or one that turns text around; the message names it and its place.",
    INVALID_EMAIL="Not an e-mail address.",
    INVALID_COUNTRY="Not a country's ISO 3166-1 code or name.",
    INVALID_DATE="Not a date or time of the form asked for.",
    INVALID_URL="Not a full http or https address.",
    INVALID_AMOUNT="Not an amount that the currency can express.",
    INVALID_CURRENCY="Not an ISO 4217 currency code.",
    INVALID_PERCENTAGE="Not a percentage from 0 to 100 with at most four digits behind the point.",
    CURRENCY_MISMATCH="Not the currency that the other amounts of the quote are in.",
    INVALID_CURSOR="Not a cursor of this list.",
    CURSOR_TOO_OLD="Events after this cursor are no longer kept. Read the present state and subscribe anew.",
    INVALID_DEVICE_TYPE="Not one of the device types.",
    INVALID_SERIAL="Not a serial number: a spreadsheet has changed it, or it stands where none is known.",
    RECIPIENT_COUNT="A line has one recipient, or exactly one for each device.",
    AMBIGUOUS="Several companies have what a platform key named by its number; the message lists their ids.",
    UNKNOWN_REFERENCE="The input refers to something that does not exist.",
    UNKNOWN_OPTION="Not one of the options of a custom field.",
    ALREADY_EXISTS="Something else has what must be unique.",
    NOT_SUPPORTED="Not possible yet.",
    NOT_FOUND="The object to act on does not exist.",
    NOT_PRICED="An offer without a price cannot be accepted.",
    PRICE_CHANGED="The price is no longer the expected one.",
    PRICE_OPTION_REQUIRED="The quote is offered at several prices, and one must be chosen.",
    ALTERNATIVE_REQUIRED="An item was rejected with several alternatives left, and one must be chosen.",
    ALREADY_DECIDED="The offer or its line was decided before, otherwise.",
    NOT_DEAD="Only a dead job can be retried.",
    WRONG_STATUS="No move leads from the present status to the one asked for.",
    NOT_EDITABLE="The quote, or this line of it, can no longer be changed.",
    EXPIRED="The quote's time is over.",
    ALREADY_ORDERED="The vendor has an order for it, which has to be called off first.",
    LAST_ITEM="A quote keeps at least one line.",
    DUPLICATE_SERIAL="Another device has this serial number.",
    NOT_ALLOWED="Something has to be left out here.",
    ACTIVE_ACTION="The device has an action that is not over.",
    IN_INVENTORY="The device is in the inventory.",
    ASSET_RETIRED="The device is retired.",
    WIPE_PENDING="The device has to be wiped first.",
    NO_WIPE="No wipe was asked for.",
    ACTION_UNDER_WAY="Something else is being done to it; wait until that has ended.",
    ALREADY_SIGNED="The quote was signed, which settles it.",
    DOCUMENT_CHANGED="The document is no longer the one that was seen.",
    NOT_SIGNED="The quote has to be approved or signed first.",
)


@strawberry.interface(description="Why an action was refused. Nothing of it was done.")
class UserError:
    message: str = column("For people: what is wrong and how to mend it.")
    code: ErrorCode = column("For programs: what is wrong.")
    path: list[str] = column('Where in `input` it is wrong, as in `["items", "0", "quantity"]`.')


@type_of(Problem)
class ValidationError(UserError):
    """A value of the input is wrong."""


@type_of(NotFoundData)
class NotFoundError(UserError):
    """What the action is about does not exist within the key's reach."""


@type_of(ConflictData)
class ConflictError(UserError):
    """The action clashes with the present state of an object."""

    node: Node | None = reference("The object as it is now.")
    current_status: str = column("The status it has now; of a quote, that of the offer, decision or fulfilment.")
    attempted_status: str | None = column(
        "The status that the action would have moved it to; of a quote's action that moves none, the one it needs."
    )
