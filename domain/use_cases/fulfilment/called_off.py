"""Orders that failed to be placed and are cancelled: the vendor may have them nevertheless."""

from domain.fulfilment.order_batches import vendor_job
from domain.fulfilment.vendor_orders import VendorOrder, VendorOrderStatus
from domain.ports.unit_of_work import UnitOfWork
from domain.shared.jobs import JobType


def look_for_called_off(work: UnitOfWork, before: VendorOrder) -> None:
    """Wake the dead job of a failed order that is cancelled now, which ends with that. If the fate of an attempt is not
    known, the job looks for the order at the vendor first and has it cancelled there (docs/domain.md#cancel-order)."""
    if before.status == VendorOrderStatus.FAILED:
        work.enqueue(before.tenant_id, vendor_job(JobType.PLACE_VENDOR_ORDER, before))
