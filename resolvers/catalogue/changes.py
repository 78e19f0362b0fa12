"""The ways to keep the catalogue, and the history of each product."""

from typing import Any

from domain.catalogue.product_drafts import Details
from domain.shared.paging import PageKey
from domain.use_cases.catalogue import products as use_cases
from resolvers.connections import PageArguments, page_key
from resolvers.mutations import perform

PRODUCT, CONFIGURATION = ("productId",), ("configurationId",)


def history_key(parent: str, **page: Any) -> PageKey:
    """The page of what happened to a product, the latest first. Raises: GraphQLError with VALIDATION_ERROR."""
    return page_key("catalogue_events", PageArguments(**page), "OCCURRED_AT", True, parent)


async def create_product(info: Any, input_: Any, details: Details, configurations: tuple[Details, ...]) -> Any:
    """Put a product into the catalogue."""
    return await perform(
        info, input_, lambda deps, caller: use_cases.create_product(deps, caller, details, configurations)
    )


async def update_product(info: Any, input_: Any, given: str, details: Details) -> Any:
    """Change a product."""
    return await perform(
        info, input_, lambda deps, caller: use_cases.update_product(deps, caller, given, details), PRODUCT
    )


async def set_product_active(info: Any, input_: Any, given: str, active: bool) -> Any:
    """Archive or unarchive a product."""
    return await perform(
        info, input_, lambda deps, caller: use_cases.set_product_active(deps, caller, given, active), PRODUCT
    )


async def add_configuration(info: Any, input_: Any, given: str, details: Details) -> Any:
    """Give a product another configuration."""
    return await perform(
        info, input_, lambda deps, caller: use_cases.add_configuration(deps, caller, given, details), PRODUCT
    )


async def update_configuration(info: Any, input_: Any, given: str, details: Details) -> Any:
    """Change a configuration."""
    return await perform(
        info, input_, lambda deps, caller: use_cases.update_configuration(deps, caller, given, details), CONFIGURATION
    )


async def set_configuration_active(info: Any, input_: Any, given: str, active: bool) -> Any:
    """Archive or unarchive a configuration."""
    return await perform(
        info,
        input_,
        lambda deps, caller: use_cases.set_configuration_active(deps, caller, given, active),
        CONFIGURATION,
    )
