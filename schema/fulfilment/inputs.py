"""Inputs for vendor orders and for the devices of recipients. For operators."""

from typing import Any

import strawberry

from domain.fulfilment.vendor_people import EmployeeDraft
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
    RetryOrder,
    SelectAlternative,
)
from domain.use_cases.fulfilment.vendor_prices import RequestPrices
from schema.shared.inputs import dry_run_field
from schema.shared.money import MoneyInput, optional_money
from schema.shared.scalars import URL, CountryCode, EmailAddress


@strawberry.input(one_of=True, description="Identifies a vendor order.")
class VendorOrderBy:
    id: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description="The ID of the vendor order.")


def _order() -> Any:
    return strawberry.field(description="The vendor order.")


@strawberry.input(description="Input for `confirmVendorOrder`.")
class ConfirmVendorOrderInput:
    vendor_order_id: strawberry.ID = _order()
    expected_price: MoneyInput | None = strawberry.field(
        default=None,
        description="The vendor's price that the caller saw. If the price has changed since, the mutation is refused.",
    )
    dry_run: bool = dry_run_field()

    def command(self) -> ConfirmOrder:
        return ConfirmOrder(self.vendor_order_id, optional_money(self.expected_price))


@strawberry.input(description="Input for `cancelVendorOrder`.")
class CancelVendorOrderInput:
    vendor_order_id: strawberry.ID = _order()
    dry_run: bool = dry_run_field()

    def command(self) -> CancelOrder:
        return CancelOrder(self.vendor_order_id)


@strawberry.input(description="Input for `selectVendorAlternative`.")
class SelectVendorAlternativeInput:
    vendor_order_id: strawberry.ID = _order()
    group_id: strawberry.ID = strawberry.field(
        description="The ID of the alternative group, from `VendorOrder.alternatives`."
    )
    candidate_id: strawberry.ID = strawberry.field(description="The ID of a candidate in that group.")
    dry_run: bool = dry_run_field()

    def command(self) -> SelectAlternative:
        return SelectAlternative(self.vendor_order_id, self.group_id, self.candidate_id)


@strawberry.input(description="Input fields that describe a person whom the vendor does not know yet.")
class VendorEmployeeInput:
    first_name: str = strawberry.field(description="The person's first name. At most 200 characters.")
    last_name: str = strawberry.field(description="The person's last name. At most 200 characters.")
    email: EmailAddress = strawberry.field(description="The person's e-mail address.")
    phone_number: str = strawberry.field(description="The person's telephone number. At most 200 characters.")
    government_id: str = strawberry.field(
        description="The number of the person's identity document. At most 200 characters. It is never returned "
        "by the API."
    )
    address: str = strawberry.field(description="Street and number. At most 200 characters.")
    city: str = strawberry.field(description="City. At most 200 characters.")
    postal_code: str = strawberry.field(description="Postal code. At most 200 characters.")
    country: CountryCode = strawberry.field(description="ISO 3166-1 country code or country name.")
    address_extra: str | None = strawberry.field(
        default=None, description="Additional address details, such as floor or door. At most 200 characters."
    )

    def draft(self) -> EmployeeDraft:
        return EmployeeDraft(
            self.first_name,
            self.last_name,
            self.email,
            self.phone_number,
            self.government_id,
            self.address,
            self.city,
            self.postal_code,
            self.country,
            self.address_extra,
        )


@strawberry.input(
    description="Input for `completeVendorOrder`. Exactly one of `employeeEmail` and `employee` is required."
)
class CompleteVendorOrderInput:
    vendor_order_id: strawberry.ID = _order()
    employee_email: EmailAddress | None = strawberry.field(
        default=None, description="The e-mail address under which the vendor knows the person."
    )
    employee: VendorEmployeeInput | None = strawberry.field(
        default=None, description="Details of the person, if the vendor does not know them."
    )
    dry_run: bool = dry_run_field()

    def command(self) -> CompleteOrder:
        employee = self.employee.draft() if self.employee else None
        return CompleteOrder(self.vendor_order_id, self.employee_email, employee)


@strawberry.input(description="Input for `retryVendorOrder`.")
class RetryVendorOrderInput:
    vendor_order_id: strawberry.ID = _order()
    dry_run: bool = dry_run_field()

    def command(self) -> RetryOrder:
        return RetryOrder(self.vendor_order_id)


@strawberry.input(description="Input for `requestVendorPrices`. Exactly one of `itemIds` and `quoteId` is required.")
class RequestVendorPricesInput:
    item_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Undecided items of one quote. At most 200."
    )
    quote_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="The quote, for all of its undecided items that the vendor sells.",
    )
    dry_run: bool = dry_run_field()

    def command(self) -> RequestPrices:
        return RequestPrices(self.quote_id, None if self.item_ids is None else tuple(self.item_ids))


def _recipient() -> Any:
    return strawberry.field(description="The recipient.")


@strawberry.input(description="Input for `setRecipientTracking`. A tracking code, a tracking link, or both.")
class SetRecipientTrackingInput:
    recipient_id: strawberry.ID = _recipient()
    tracking_code: str | None = strawberry.field(
        default=None, description="The carrier's tracking code. At most 200 characters."
    )
    tracking_link: URL | None = strawberry.field(default=None, description="URL of the carrier's tracking page.")
    dry_run: bool = dry_run_field()

    def command(self) -> SetTracking:
        tracking = TrackingDraft(self.tracking_code, self.tracking_link)
        return SetTracking(self.recipient_id, tracking)


@strawberry.input(description="Input for `shipRecipient`.")
class ShipRecipientInput:
    recipient_id: strawberry.ID = _recipient()
    tracking_code: str | None = strawberry.field(
        default=None, description="The carrier's tracking code, if known. At most 200 characters."
    )
    tracking_link: URL | None = strawberry.field(
        default=None, description="URL of the carrier's tracking page, if known."
    )
    dry_run: bool = dry_run_field()

    def command(self) -> ShipRecipient:
        tracking = TrackingDraft(self.tracking_code, self.tracking_link)
        return ShipRecipient(self.recipient_id, tracking)


@strawberry.input(description="Input for `deliverRecipient`.")
class DeliverRecipientInput:
    recipient_id: strawberry.ID = _recipient()
    dry_run: bool = dry_run_field()

    def command(self) -> DeliverRecipient:
        return DeliverRecipient(self.recipient_id)


@strawberry.input(description="Input for `setRecipientSerialNumbers`.")
class SetRecipientSerialNumbersInput:
    recipient_id: strawberry.ID = _recipient()
    serial_numbers: list[str] = strawberry.field(
        description="Serial numbers, at most one for each of the recipient's devices. Replaces the current "
        "serial numbers."
    )
    dry_run: bool = dry_run_field()

    def command(self) -> SetSerialNumbers:
        return SetSerialNumbers(self.recipient_id, tuple(self.serial_numbers))


@strawberry.input(description="Input for `setRecipientInvoice`.")
class SetRecipientInvoiceInput:
    recipient_id: strawberry.ID = _recipient()
    invoice_number: str | None = strawberry.field(
        default=None, description="The invoice number, at most 200 characters; `null` removes it."
    )
    dry_run: bool = dry_run_field()

    def command(self) -> SetInvoice:
        return SetInvoice(self.recipient_id, self.invoice_number)


@strawberry.input(description="Input for `completeQuote`.")
class CompleteQuoteInput:
    quote_id: strawberry.ID = strawberry.field(description="The quote.")
    dry_run: bool = dry_run_field()

    def command(self) -> CompleteQuote:
        return CompleteQuote(self.quote_id)
