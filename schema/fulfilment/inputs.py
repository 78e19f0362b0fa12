"""What operators send about orders at the vendor and about the devices of recipients."""

from typing import Any

import strawberry

from domain.use_cases.fulfilment.shipments import (
    CompleteQuote,
    DeliverRecipient,
    SetInvoice,
    SetSerialNumbers,
    SetTracking,
    ShipRecipient,
    TrackingDraft,
)
from domain.use_cases.fulfilment.vendor_orders import (
    CancelOrder,
    CompleteOrder,
    ConfirmOrder,
    EmployeeDraft,
    RetryOrder,
    SelectAlternative,
)
from resolvers.fulfilment.vendor_orders import VendorOrderFilters
from schema.fulfilment.enums import VendorAttention, VendorOrderStatus
from schema.shared.filters import MUST_HOLD
from schema.shared.inputs import dry_run_field
from schema.shared.money import MoneyInput, optional_money
from schema.shared.scalars import URL, EmailAddress


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


@strawberry.input(description=f"Which orders. {MUST_HOLD}")
class VendorOrderFilter:
    status: list[VendorOrderStatus] | None = strawberry.field(default=None, description="With one of these statuses.")
    attention: list[VendorAttention] | None = strawberry.field(
        default=None, description="That an operator has to look at for one of these reasons."
    )

    def filters(self) -> VendorOrderFilters:
        return VendorOrderFilters(self.status, self.attention)


def _recipient() -> Any:
    return strawberry.field(description="The recipient.")


@strawberry.input(description="How a recipient's device can be followed: a code, a link, or both.")
class SetRecipientTrackingInput:
    recipient_id: strawberry.ID = _recipient()
    tracking_code: str | None = strawberry.field(default=None, description="The carrier's code.")
    tracking_link: URL | None = strawberry.field(default=None, description="The carrier's page.")
    dry_run: bool = dry_run_field()

    def command(self) -> SetTracking:
        tracking = TrackingDraft(self.tracking_code, self.tracking_link)
        return SetTracking(self.recipient_id, tracking, dry_run=self.dry_run)


@strawberry.input(description="A recipient's device is on its way.")
class ShipRecipientInput:
    recipient_id: strawberry.ID = _recipient()
    tracking_code: str | None = strawberry.field(default=None, description="The carrier's code, when known.")
    tracking_link: URL | None = strawberry.field(default=None, description="The carrier's page, when known.")
    dry_run: bool = dry_run_field()

    def command(self) -> ShipRecipient:
        tracking = TrackingDraft(self.tracking_code, self.tracking_link)
        return ShipRecipient(self.recipient_id, tracking, dry_run=self.dry_run)


@strawberry.input(description="A recipient has its device.")
class DeliverRecipientInput:
    recipient_id: strawberry.ID = _recipient()
    dry_run: bool = dry_run_field()

    def command(self) -> DeliverRecipient:
        return DeliverRecipient(self.recipient_id, dry_run=self.dry_run)


@strawberry.input(description="Which devices a recipient gets.")
class SetRecipientSerialNumbersInput:
    recipient_id: strawberry.ID = _recipient()
    serial_numbers: list[str] = strawberry.field(
        description="One for each device at most. They take the place of those that were there."
    )
    dry_run: bool = dry_run_field()

    def command(self) -> SetSerialNumbers:
        return SetSerialNumbers(self.recipient_id, tuple(self.serial_numbers), dry_run=self.dry_run)


@strawberry.input(description="On which invoice a recipient's device stands.")
class SetRecipientInvoiceInput:
    recipient_id: strawberry.ID = _recipient()
    invoice_number: str | None = strawberry.field(default=None, description="The invoice; null for none.")
    dry_run: bool = dry_run_field()

    def command(self) -> SetInvoice:
        return SetInvoice(self.recipient_id, self.invoice_number, dry_run=self.dry_run)


@strawberry.input(description="Close a delivered quote.")
class CompleteQuoteInput:
    quote_id: strawberry.ID = strawberry.field(description="The quote.")
    dry_run: bool = dry_run_field()

    def command(self) -> CompleteQuote:
        return CompleteQuote(self.quote_id, dry_run=self.dry_run)
