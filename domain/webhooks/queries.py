"""An endpoint's own selection: a subscription document whose result is the data of its deliveries
(docs/domain.md#webhook-queries)."""

from domain.shared.errors import ErrorCode, Invalid

LONGEST_QUERY = 10_000


def check_length(document: str) -> None:
    """Raises: Invalid."""
    if len(document) > LONGEST_QUERY:
        message = (
            f"This document has {len(document):,} characters; the limit is {LONGEST_QUERY:,}. Select fewer fields."
        )
        raise Invalid(ErrorCode.TOO_LONG, message)
