"""What operators do to the catalogue: put products and configurations in, change, archive and unarchive them.

The catalogue is every company's, so that nothing of it is told in a company's events: each product has a history of its
own (`catalogue_events.py`). Nothing is ever removed, since quotes and kits go on naming it.
"""

from collections.abc import Callable

from domain.catalogue.product_drafts import (
    Details,
    changed_configuration,
    changed_product,
    new_configuration,
    new_product,
)
from domain.catalogue.products import Configuration, Product
from domain.catalogue.snapshot import Shelf, ShelfKeys, product_key
from domain.history.catalogue_events import events_of
from domain.ports.dependencies import House
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.shared.access import Actor, Caller
from domain.shared.errors import NotFound, Problems
from domain.shared.ids import parse_id
from domain.shared.parsers import NAME_LENGTH, fold, optional_text

Change = Callable[[Shelf, Problems], str]


async def create_product(
    house: House, caller: Caller, details: Details, configurations: tuple[Details, ...]
) -> Outcome:
    """Put a product with its configurations into the catalogue. Raises: InvalidInput."""
    keys = ShelfKeys(
        names=_names(details),
        skus=_skus(details),
        configuration_skus=[sku for given in configurations for sku in _skus(given)],
    )

    def create(shelf: Shelf, problems: Problems) -> str:
        return new_product(details, configurations, shelf, problems, house.new_id).id

    return await _change(house, caller, keys, create)


async def update_product(house: House, caller: Caller, given: str, details: Details) -> Outcome:
    """Change what is given of a product. Quotes and kits keep what they say. Raises: InvalidInput, NotFound."""
    product_id = _row_id(given, "productId", "Product")
    async with house.begin(caller.reach, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        before = _product((await work.catalogue.shelf(ShelfKeys(products=[product_id]))), product_id)
        named = {"brand": before.brand, "model": before.model, **details}
        shelf = await work.catalogue.shelf(ShelfKeys(products=[product_id], names=_names(named), skus=_skus(details)))
        problems = Problems()
        changed_product(before, details, shelf, problems)
        problems.raise_if_any()
        return await _commit(work, house, caller.actor, shelf, product_id)


async def set_product_active(house: House, caller: Caller, given: str, active: bool) -> Outcome:
    """Archive a product, so that it can no longer be chosen, or unarchive it. Raises: InvalidInput, NotFound."""
    product_id = _row_id(given, "productId", "Product")

    def switch(shelf: Shelf, _problems: Problems) -> str:
        shelf.put_product(_product(shelf, product_id)._replace(active=active))
        return product_id

    return await _change(house, caller, ShelfKeys(products=[product_id]), switch)


async def add_configuration(house: House, caller: Caller, given: str, details: Details) -> Outcome:
    """Give a product another configuration. Raises: InvalidInput, NotFound."""
    product_id = _row_id(given, "productId", "Product")

    def add(shelf: Shelf, problems: Problems) -> str:
        return new_configuration(_product(shelf, product_id), details, shelf, problems, house.new_id).id

    keys = ShelfKeys(products=[product_id], configuration_skus=_skus(details))
    return await _change(house, caller, keys, add)


async def update_configuration(house: House, caller: Caller, given: str, details: Details) -> Outcome:
    """Change what is given of a configuration. Raises: InvalidInput, NotFound."""
    configuration_id = _row_id(given, "configurationId", "Configuration")

    def update(shelf: Shelf, problems: Problems) -> str:
        changed_configuration(_configuration(shelf, configuration_id), details, shelf, problems)
        return configuration_id

    keys = ShelfKeys(configurations=[configuration_id], configuration_skus=_skus(details))
    return await _change(house, caller, keys, update)


async def set_configuration_active(house: House, caller: Caller, given: str, active: bool) -> Outcome:
    """Archive or unarchive a configuration alone. Raises: InvalidInput, NotFound."""
    configuration_id = _row_id(given, "configurationId", "Configuration")

    def switch(shelf: Shelf, _problems: Problems) -> str:
        shelf.put_configuration(_configuration(shelf, configuration_id)._replace(active=active))
        return configuration_id

    return await _change(house, caller, ShelfKeys(configurations=[configuration_id]), switch)


async def save_shelf(work: UnitOfWork, house: House, actor: Actor, shelf: Shelf) -> None:
    """Write what was changed on a shelf, and who did it."""
    events = events_of(shelf, actor, house.now(), house.new_id)
    await work.catalogue.save(shelf.changed_products(), shelf.changed_configurations(), events)


async def _change(house: House, caller: Caller, keys: ShelfKeys, change: Change) -> Outcome:
    """Do one thing to what is concerned of the catalogue. `change` answers with the id of what it is about."""
    async with house.begin(caller.reach, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        shelf, problems = await work.catalogue.shelf(keys), Problems()
        subject_id = change(shelf, problems)
        problems.raise_if_any()
        return await _commit(work, house, caller.actor, shelf, subject_id)


async def _commit(work: UnitOfWork, house: House, actor: Actor, shelf: Shelf, subject_id: str) -> Outcome:
    await save_shelf(work, house, actor, shelf)
    outcome = Outcome(subject_id=subject_id)
    await work.commit(outcome)
    return outcome


def _names(details: Details) -> list[str]:
    return [product_key(_told(details, "brand"), _told(details, "model"))]


def _skus(details: Details) -> list[str]:
    return [fold(sku)] if (sku := _told(details, "sku")) else []


def _told(details: Details, name: str) -> str:
    # What is no text at all is told when the draft is checked.
    return Problems().check((), optional_text, details.get(name), NAME_LENGTH) or ""


def _row_id(given: str, field: str, type_name: str) -> str:
    problems = Problems()
    parsed = problems.check((field,), parse_id, given, type_name)
    problems.raise_if_any()
    return parsed[1] if parsed else ""


def _product(shelf: Shelf, product_id: str) -> Product:
    if (found := shelf.product(product_id)) is None:
        raise NotFound("product", ("productId",))
    return found


def _configuration(shelf: Shelf, configuration_id: str) -> Configuration:
    if (found := shelf.configuration(configuration_id)) is None:
        raise NotFound("configuration", ("configurationId",))
    return found
