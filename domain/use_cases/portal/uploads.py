"""Customers upload documents to a quote."""

from dataclasses import dataclass

from domain.portal.public_keys import UnknownPublicKey, may_see
from domain.portal.uploads import build_document
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome
from domain.shared.access import Caller
from domain.shared.events import EventType
from domain.use_cases.connections.origins import is_foreign
from domain.use_cases.portal.signing import CustomerCommand
from domain.use_cases.quotes.steps import event_of


@dataclass(frozen=True, slots=True)
class HandIn(CustomerCommand):
    """Upload a document to a quote."""

    name: str
    content: bytes


async def hand_in(deps: Dependencies, customer: Caller, command: HandIn) -> Outcome:
    """Upload a document to a quote (docs/domain.md#customer-documents). Repeating it changes nothing.

    Raises: InvalidInput, NotFound, DocumentsNotAccepted.
    """
    async with deps.unit_of_work(customer.tenant_scope) as work:
        quote, now = await work.quotes.lock(command.quote_id), deps.now()
        if quote is None or is_foreign(quote) or not may_see(quote.quote, now):
            raise UnknownPublicKey
        head, earlier = quote.quote, await work.signatures.handed_in(command.quote_id)
        document = build_document(command.name, command.content, head, earlier, now, deps.new_id())
        if document is not None:
            await work.signatures.hand_in(document, command.content)
            work.record(event_of(EventType.QUOTE_DOCUMENT_HANDED_IN, head, customer.actor, deps))
            await work.commit()
        return Outcome((head.ref,))
