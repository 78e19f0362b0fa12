"""The systems that a company can connect, and what each of them can do."""

from dataclasses import dataclass
from enum import StrEnum


class System(StrEnum):
    """A quote system that a company can connect."""

    QUIPTEAMS = "QUIPTEAMS"
    KITCHEN = "KITCHEN"
    SALESBYTE = "SALESBYTE"
    QUICK_QUOTE = "QUICK_QUOTE"


# What people call them.
NAMES = {
    System.QUIPTEAMS: "quipteams",
    System.KITCHEN: "kitchen.co",
    System.SALESBYTE: "SalesByte",
    System.QUICK_QUOTE: "Quick Quote",
}


# What `baseUrl` is.
BASE_URLS = {
    System.QUIPTEAMS: "the address of the API, with or without `/api/v1`",
    System.KITCHEN: "the address of the API of the workspace, with or without `/v1`",
    System.SALESBYTE: "the address below which `/api/quotes` is",
    System.QUICK_QUOTE: "the address below which `/quotes` is, such as `https://quotes.example.com/api/v1`",
}
# What may stand at the end of the address of a system, or be left out.
ADDRESS_ENDS = {System.QUIPTEAMS: "/api/v1"}


class Capability(StrEnum):
    """What a system lets a client do. A quote is decided as a whole by one call, or by one for each of its lines."""

    LIST = "LIST"
    CREATE = "CREATE"
    DECIDE_LINES = "DECIDE_LINES"
    DECIDE_QUOTE = "DECIDE_QUOTE"
    EDIT = "EDIT"
    SEND = "SEND"
    CANCEL = "CANCEL"
    WEBHOOKS = "WEBHOOKS"


CAPABILITIES = {
    System.QUIPTEAMS: frozenset(
        {
            Capability.LIST,
            Capability.CREATE,
            Capability.DECIDE_LINES,
            Capability.DECIDE_QUOTE,
            Capability.WEBHOOKS,
        }
    ),
    System.KITCHEN: frozenset({Capability.LIST}),
    System.SALESBYTE: frozenset({Capability.LIST, Capability.CREATE, Capability.WEBHOOKS}),
    System.QUICK_QUOTE: frozenset(
        {
            Capability.LIST,
            Capability.CREATE,
            Capability.DECIDE_QUOTE,
            Capability.EDIT,
            Capability.SEND,
            Capability.CANCEL,
        }
    ),
}


# Where quotes have a status of being sent. A quote of quipteams is there for its customer from the beginning.
SAYS_SENT = frozenset({System.KITCHEN, System.SALESBYTE, System.QUICK_QUOTE})


# Which create device actions.
TAKE_ACTIONS = frozenset({System.QUIPTEAMS})


_OURS = frozenset({"custom_fields", "client_name", "abm_id", "external_id"})
_WITHOUT_DELIVERY = _OURS | {"delivery_date"}
# The attributes of a quote that its system does not have: they are ours, and no record changes them.
OURS = {
    System.QUIPTEAMS: _WITHOUT_DELIVERY | {"tags", "notes", "assignee_email", "assignee_name", "project_reference"},
    System.KITCHEN: _OURS,
    System.SALESBYTE: _WITHOUT_DELIVERY | {"tags", "notes", "project_reference"},
    System.QUICK_QUOTE: _WITHOUT_DELIVERY | {"project_reference"},
}
# What a system is sent with a new quote and shows nowhere in its records: it stays as it was sent.
UNSHOWN = {
    System.QUIPTEAMS: frozenset[str](),
    System.KITCHEN: frozenset[str](),
    System.SALESBYTE: frozenset({"title", "public_notes"}),
    System.QUICK_QUOTE: frozenset({"title", "po_number"}),
}
# Where the lines of a new quote may be added by calls of their own, after the quote.
LINES_LATER = frozenset({System.QUICK_QUOTE})


class Collection(StrEnum):
    """A kind of records that is read from a system."""

    QUOTES = "QUOTES"
    ASSETS = "ASSETS"
    DEVICE_ACTIONS = "DEVICE_ACTIONS"
    EMPLOYEES = "EMPLOYEES"
    PRODUCTS = "PRODUCTS"
    KITS = "KITS"


# What is read of each system, in this order: what others refer to comes first.
COLLECTIONS = {
    System.QUIPTEAMS: (
        Collection.PRODUCTS,
        Collection.EMPLOYEES,
        Collection.QUOTES,
        Collection.ASSETS,
        Collection.DEVICE_ACTIONS,
        Collection.KITS,
    ),
    System.KITCHEN: (Collection.QUOTES,),
    System.SALESBYTE: (Collection.QUOTES,),
    System.QUICK_QUOTE: (Collection.QUOTES,),
}


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What a connected system asks for. A system uses the fields that it needs: a `token` (quipteams and kitchen.co:
    bearer; SalesByte: bearer; Quick Quote: `x-api-key`), the `uuid` of an integration and its `profile_id`
    (SalesByte), the `webhook_secret` by which the system signs what it sends (quipteams)."""

    token: str
    uuid: str | None = None
    profile_id: int | None = None
    webhook_secret: str | None = None
