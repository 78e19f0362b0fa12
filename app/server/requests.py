"""Operations as clients send them."""

from dataclasses import dataclass, field
from typing import Any

from app.server.costs import NO_DETAILS, CostDetails
from app.server.document_cache import Prepared
from app.server.persisted_documents import UNNAMED, DocumentName
from app.server.usage import NO_CLIENT, Client
from domain.portal.public_keys import UNKNOWN_VISITOR, ClientInfo


@dataclass(frozen=True, slots=True)
class Request:
    """An operation as a client sends it. If it only names its document, `query` is empty."""

    query: str
    variables: dict[str, Any] | None = None
    operation_name: str | None = None
    idempotency_key: str | None = None
    client_info: ClientInfo = UNKNOWN_VISITOR
    # The cursor of the last event that a client received before it connected again (`Last-Event-ID`).
    last_event_id: str | None = None
    # How a client names the operation among those that are answered on one connection.
    operation_id: str | None = None
    document: DocumentName = UNNAMED
    # Whether fields that the key may not select are to be null, instead of the whole operation being refused.
    partial: bool = False
    # What the answer is to say of its cost, in `extensions.cost`, beside the sums.
    cost_details: CostDetails = NO_DETAILS
    client: Client = NO_CLIENT
    # The operation, once its document has been prepared.
    prepared: Prepared | None = field(default=None, compare=False, repr=False)

    @property
    def document_key(self) -> tuple[str, str | None]:
        """What the operation is known by."""
        return self.query, self.operation_name
