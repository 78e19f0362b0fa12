"""Resolvers for the history of products."""

from typing import Any

from domain.shared.paging import PageKey
from resolvers.connections import PageArguments, page_key


def history_key(parent: str, **page: Any) -> PageKey:
    """The page of a product's catalogue events, newest first. Raises: GraphQLError with VALIDATION_ERROR."""
    return page_key("catalogue_events", PageArguments(**page), "OCCURRED_AT", True, parent)
