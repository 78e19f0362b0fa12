"""Orders at the vendor, and what operators do about them.

A mutation here writes down what the vendor is to be asked and does not wait for the answer: `VendorOrder.asked` says
that it is still to come.
"""

from typing import Any

import strawberry

from domain.fulfilment.vendor_api import AlternativeGroup, Candidate, HardwareType
from domain.fulfilment.vendor_orders import VendorAction, VendorAttention, VendorOrderStatus
from domain.fulfilment.vendor_orders import VendorOrder as VendorOrderRow
from domain.shared.access import Scope
from domain.use_cases.fulfilment import vendor_orders as use_cases
from domain.use_cases.fulfilment.vendor_orders import (
    CancelOrder,
    CompleteOrder,
    ConfirmOrder,
    EmployeeDraft,
    RetryOrder,
    SelectAlternative,
)
from resolvers.fulfilment import vendor_orders
from resolvers.fulfilment.vendor_orders import VendorOrderFilters
from schema.declare import column, edge, identity, list_root, mutation, type_of
from schema.quotes.enums import SendTo
from schema.shared.common import MUST_HOLD, Connection, Money, MoneyInput, Node, optional_money
from schema.shared.enums import describe
from schema.shared.inputs import dry_run_field
from schema.shared.lazy import LazyQuote, LazyQuoteItem, LazyRecipient
from schema.shared.payloads import CHANGES, QUOTE, payload, subject
from schema.shared.scalars import URL, Date, DateTime, EmailAddress

describe(
    VendorOrderStatus,
    "Where an order at the vendor stands.",
    NEEDS_DATA="It cannot be placed before something is known; `problem` says what.",
    NOT_ORDERABLE="The vendor does not sell this; `problem` says why.",
    QUEUED="It is being placed, or will be tried again.",
    FAILED="It could not be placed and was given up; an operator can retry it.",
    PENDING="The vendor has it and will price it.",
    QUOTED="The vendor has priced it.",
    ACCEPTED="It was confirmed at the vendor.",
    IN_PROGRESS="The vendor is at work on it.",
    DELIVERED="It was delivered.",
    CANCELLED="It was called off at the vendor.",
)
describe(
    HardwareType,
    "What the vendor calls a device.",
    MACBOOK="A MacBook.",
    PC="A laptop of another brand.",
    EXTENDED_WARRANTY_MAC="A longer warranty for a Mac.",
    EXTENDED_WARRANTY_WINDOWS="A longer warranty for a Windows laptop.",
)
describe(
    VendorAction,
    "What the vendor can be asked to do with an order.",
    CONFIRM="To order what it quoted.",
    CANCEL="To call it off.",
    SELECT="To take one of its alternatives in place of the device.",
)
describe(
    VendorAttention,
    "Why an operator has to look at an order.",
    PRICE_ABOVE_AGREED="The vendor quotes more than was agreed: confirm it all the same, or cancel it.",
    OTHER_CURRENCY="The vendor quotes in another currency than was agreed: confirm it all the same, or cancel it.",
    UNREADABLE_PRICE="What the vendor quotes is no price.",
    CANCELLED_BY_VENDOR="The vendor has called it off.",
    REFUSED="The vendor refused what it was asked; `problem` has its words.",
    DUPLICATE_SERIAL="A device was delivered with a serial number that another one has.",
    LOST="The vendor says that it does not have it.",
)


@type_of(Candidate)
class VendorCandidate:
    """A device that the vendor offers in place of the one ordered."""

    id: strawberry.ID = column("Names the candidate to `selectVendorAlternative`.")
    brand: str | None = column("Brand.")
    model: str | None = column("Model.")
    cpu: str | None = column("Processor.")
    ram: str | None = column("Memory.")
    storage: str | None = column("Storage.")
    screen_size: str | None = column("Size of the screen.")
    price: Money | None = column(
        "The vendor's price of one device, when told; for operators. Scope: `quotes:manage`.",
        scope=Scope.QUOTES_MANAGE,
    )


@type_of(AlternativeGroup)
class VendorAlternativeGroup:
    """Devices of which one can take the place of the device ordered."""

    id: strawberry.ID = column("Names the group to `selectVendorAlternative`.")
    candidates: list[VendorCandidate] = column("The devices.")


@type_of(VendorOrderRow)
class VendorOrder(Node):
    """One order at Tecspal: one accepted line to one destination."""

    id: strawberry.ID = identity("VendorOrder")
    quote: LazyQuote = edge("The quote.", loader="quote", key="quote_id")
    item: LazyQuoteItem = edge("The line.", loader="item", key="item_id")
    recipients: list[LazyRecipient] = edge("Who gets its devices.", loader="recipients_by_vendor_order", many=True)
    status: VendorOrderStatus = column("Where it stands.")
    send_to: SendTo = column("What kind of destination it goes to.")
    country: str = column("The country it goes to, ISO 3166-1 alpha-2.")
    employee_email: EmailAddress | None = column("The person it goes to.")
    hardware_type: HardwareType | None = column("What the vendor calls the device.")
    amount: int = column("How many devices.")
    vendor_order_id: str | None = column("The vendor's id of the order, once placed.")
    order_number: str | None = column("The vendor's number of the order, once placed.")
    problem: str | None = column("Why it cannot be placed, was given up, or needs an operator.")
    notice: str | None = column(
        "What an operator should know of an order that goes all the same: what is known of its recipients that the "
        "vendor has no place for, or takes only with what is not known."
    )
    attention: VendorAttention | None = column("Why an operator has to look at it; null while nobody has to.")
    asked: VendorAction | None = column("What the vendor is being asked, and has not answered yet.")
    vendor_status: str | None = column("The vendor's own word for where it stands, once known.")
    quoted_price: Money | None = column(
        "The vendor's own price of one device, once known; for operators. Scope: `quotes:manage`.",
        scope=Scope.QUOTES_MANAGE,
    )
    eta: Date | None = column("When the vendor expects to deliver.")
    min_eta: Date | None = column("When it may be delivered at the earliest.")
    max_eta: Date | None = column("When it may be delivered at the latest.")
    delivered_on: Date | None = column("The day on which it was or is to be delivered.")
    tracking_code: str | None = column("The carrier's code, once shipped.")
    tracking_link: URL | None = column("The carrier's page, once shipped.")
    serial_numbers: list[str] = column("The serial numbers of its devices, once known.")
    alternatives: list[VendorAlternativeGroup] = column(
        "What the vendor offers in place of the device; for operators. Scope: `quotes:manage`.",
        scope=Scope.QUOTES_MANAGE,
    )
    selected_candidate: VendorCandidate | None = column(
        "The vendor's device that was taken in place of the one accepted; assets are named after it.",
        attribute="selected",
    )
    created_at: DateTime = column("When the line was accepted.")
    updated_at: DateTime = column("When anything of it last changed.")


@payload(changes=CHANGES)
class VendorOrderPayload:
    """What came of an action about an order at the vendor."""

    quote: LazyQuote | None = subject(QUOTE, "quote")
    vendor_order: VendorOrder | None = subject(
        "The order as it is now; null when the action was refused.", "vendor_order"
    )


def _order() -> Any:
    return strawberry.field(description="The order.")


@strawberry.input(description="Confirm a quoted order.")
class ConfirmVendorOrderInput:
    vendor_order_id: strawberry.ID = _order()
    expected_price: MoneyInput | None = strawberry.field(
        default=None, description="The vendor's price you saw; when it is another one now, nothing is done."
    )
    dry_run: bool = dry_run_field()

    def command(self) -> ConfirmOrder:
        return ConfirmOrder(self.vendor_order_id, optional_money(self.expected_price), dry_run=self.dry_run)


@strawberry.input(description="Cancel an order.")
class CancelVendorOrderInput:
    vendor_order_id: strawberry.ID = _order()
    dry_run: bool = dry_run_field()

    def command(self) -> CancelOrder:
        return CancelOrder(self.vendor_order_id, dry_run=self.dry_run)


@strawberry.input(description="Take one of the vendor's alternatives.")
class SelectVendorAlternativeInput:
    vendor_order_id: strawberry.ID = _order()
    group_id: strawberry.ID = strawberry.field(description="The group, from `VendorOrder.alternatives`.")
    candidate_id: strawberry.ID = strawberry.field(description="The candidate of that group.")
    dry_run: bool = dry_run_field()

    def command(self) -> SelectAlternative:
        return SelectAlternative(self.vendor_order_id, self.group_id, self.candidate_id, dry_run=self.dry_run)


@strawberry.input(description="A person, described for a vendor who does not know them yet.")
class VendorEmployeeInput:
    first_name: str = strawberry.field(description="First name.")
    last_name: str = strawberry.field(description="Last name.")
    email: EmailAddress = strawberry.field(description="E-mail address.")
    phone: str = strawberry.field(description="Telephone number.")
    government_id: str = strawberry.field(description="Number of the identity document. It is never shown again.")
    address: str = strawberry.field(description="Street and number.")
    city: str = strawberry.field(description="City.")
    post_code: str = strawberry.field(description="Postal code.")
    country: str = strawberry.field(description="ISO 3166-1 code or name.")
    address_extra: str | None = strawberry.field(default=None, description="Floor, door and the like.")

    def draft(self) -> EmployeeDraft:
        return EmployeeDraft(
            self.first_name,
            self.last_name,
            self.email,
            self.phone,
            self.government_id,
            self.address,
            self.city,
            self.post_code,
            self.country,
            self.address_extra,
        )


@strawberry.input(description="Say who an order is for: exactly one of `employeeEmail` and `employee`.")
class CompleteVendorOrderInput:
    vendor_order_id: strawberry.ID = _order()
    employee_email: EmailAddress | None = strawberry.field(
        default=None, description="The address by which the vendor knows the person."
    )
    employee: VendorEmployeeInput | None = strawberry.field(
        default=None, description="The person, where the vendor does not know them."
    )
    dry_run: bool = dry_run_field()

    def command(self) -> CompleteOrder:
        employee = self.employee.draft() if self.employee else None
        return CompleteOrder(self.vendor_order_id, self.employee_email, employee, dry_run=self.dry_run)


@strawberry.input(description="Place an order again that was given up.")
class RetryVendorOrderInput:
    vendor_order_id: strawberry.ID = _order()
    dry_run: bool = dry_run_field()

    def command(self) -> RetryOrder:
        return RetryOrder(self.vendor_order_id, dry_run=self.dry_run)


@strawberry.type(description="A page of orders at the vendor.")
class VendorOrderConnection(Connection[VendorOrder]):
    pass


@strawberry.input(description=f"Which orders. {MUST_HOLD}")
class VendorOrderFilter:
    status: list[VendorOrderStatus] | None = strawberry.field(default=None, description="With one of these statuses.")
    attention: list[VendorAttention] | None = strawberry.field(
        default=None, description="That an operator has to look at for one of these reasons."
    )

    def filters(self) -> VendorOrderFilters:
        return VendorOrderFilters(self.status, self.attention)


@strawberry.type
class VendorOrderQueries:
    vendor_orders: VendorOrderConnection = list_root(
        "Orders at the vendor, the newest first: all, or those that wait for somebody.",
        Scope.QUOTES_READ,
        vendor_orders.vendor_orders,
        VendorOrderFilter,
        "Which orders.",
    )


@strawberry.type
class VendorOrderMutations:
    confirm_vendor_order: VendorOrderPayload | None = mutation(
        "Have a quoted order confirmed at its price, whatever was agreed with the customer.",
        Scope.QUOTES_MANAGE,
        ConfirmVendorOrderInput,
        use_cases.confirm_order,
    )
    cancel_vendor_order: VendorOrderPayload | None = mutation(
        "Have an order cancelled that the vendor has not confirmed, or does not have.",
        Scope.QUOTES_MANAGE,
        CancelVendorOrderInput,
        use_cases.cancel_order,
    )
    select_vendor_alternative: VendorOrderPayload | None = mutation(
        "Have one of the vendor's alternatives taken in place of the device ordered.",
        Scope.QUOTES_MANAGE,
        SelectVendorAlternativeInput,
        use_cases.select_alternative,
    )
    complete_vendor_order: VendorOrderPayload | None = mutation(
        "Say who an order is for that needs data or was given up, and place it.",
        Scope.QUOTES_MANAGE,
        CompleteVendorOrderInput,
        use_cases.complete_order,
    )
    retry_vendor_order: VendorOrderPayload | None = mutation(
        "Place an order again that was given up, or another in place of a cancelled one; what cannot be ordered or "
        "lacks data stays so. What was done before is looked for first.",
        Scope.QUOTES_MANAGE,
        RetryVendorOrderInput,
        use_cases.retry_order,
    )
