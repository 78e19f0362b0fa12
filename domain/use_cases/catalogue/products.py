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
from domain.catalogue.snapshot import CatalogueKeys, CatalogueSnapshot, product_key
from domain.history.catalogue_events import events_of
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import Outcome, UnitOfWork
from domain.shared.access import Actor, Caller
from domain.shared.errors import NodeRef, NotFound, Problems
from domain.shared.ids import parse_id
from domain.shared.parsers import NAME_LENGTH, fold, optional_text

Change = Callable[[CatalogueSnapshot, Problems], NodeRef]


async def create_product(
    deps: Dependencies, caller: Caller, details: Details, configurations: tuple[Details, ...]
) -> Outcome:
    """Put a product with its configurations into the catalogue. Raises: InvalidInput."""
    keys = CatalogueKeys(
        names=_names(details),
        skus=_skus(details),
        configuration_skus=[sku for given in configurations for sku in _skus(given)],
    )

    def create(snapshot: CatalogueSnapshot, problems: Problems) -> NodeRef:
        return new_product(details, configurations, snapshot, problems, deps.new_id).ref

    return await _change(deps, caller, keys, create)


async def update_product(deps: Dependencies, caller: Caller, given: str, details: Details) -> Outcome:
    """Change what is given of a product. Quotes and kits keep what they say. Raises: InvalidInput, NotFound."""
    product_id = _row_id(given, "productId", "Product")
    async with deps.unit_of_work(caller.tenant_scope, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        before = _product((await work.catalogue.snapshot(CatalogueKeys(products=[product_id]))), product_id)
        named = {"brand": before.brand, "model": before.model, **details}
        snapshot = await work.catalogue.snapshot(
            CatalogueKeys(products=[product_id], names=_names(named), skus=_skus(details))
        )
        problems = Problems()
        changed_product(before, details, snapshot, problems)
        problems.raise_if_any()
        return await _commit(work, deps, caller.actor, snapshot, before.ref)


async def set_product_active(deps: Dependencies, caller: Caller, given: str, active: bool) -> Outcome:
    """Archive a product, so that it can no longer be chosen, or unarchive it. Raises: InvalidInput, NotFound."""
    product_id = _row_id(given, "productId", "Product")

    def switch(snapshot: CatalogueSnapshot, _problems: Problems) -> NodeRef:
        before = _product(snapshot, product_id)
        snapshot.put_product(before._replace(active=active))
        return before.ref

    return await _change(deps, caller, CatalogueKeys(products=[product_id]), switch)


async def add_configuration(deps: Dependencies, caller: Caller, given: str, details: Details) -> Outcome:
    """Give a product another configuration. Raises: InvalidInput, NotFound."""
    product_id = _row_id(given, "productId", "Product")

    def add(snapshot: CatalogueSnapshot, problems: Problems) -> NodeRef:
        return new_configuration(_product(snapshot, product_id), details, snapshot, problems, deps.new_id).ref

    keys = CatalogueKeys(products=[product_id], configuration_skus=_skus(details))
    return await _change(deps, caller, keys, add)


async def update_configuration(deps: Dependencies, caller: Caller, given: str, details: Details) -> Outcome:
    """Change what is given of a configuration. Raises: InvalidInput, NotFound."""
    configuration_id = _row_id(given, "configurationId", "Configuration")

    def update(snapshot: CatalogueSnapshot, problems: Problems) -> NodeRef:
        before = _configuration(snapshot, configuration_id)
        changed_configuration(before, details, snapshot, problems)
        return before.ref

    keys = CatalogueKeys(configurations=[configuration_id], configuration_skus=_skus(details))
    return await _change(deps, caller, keys, update)


async def set_configuration_active(deps: Dependencies, caller: Caller, given: str, active: bool) -> Outcome:
    """Archive or unarchive a configuration alone. Raises: InvalidInput, NotFound."""
    configuration_id = _row_id(given, "configurationId", "Configuration")

    def switch(snapshot: CatalogueSnapshot, _problems: Problems) -> NodeRef:
        before = _configuration(snapshot, configuration_id)
        snapshot.put_configuration(before._replace(active=active))
        return before.ref

    return await _change(deps, caller, CatalogueKeys(configurations=[configuration_id]), switch)


async def save_snapshot(work: UnitOfWork, deps: Dependencies, actor: Actor, snapshot: CatalogueSnapshot) -> None:
    """Write what was changed on a shelf, and who did it."""
    events = events_of(snapshot, actor, deps.now(), deps.new_id)
    await work.catalogue.save(snapshot.changed_products(), snapshot.changed_configurations(), events)


async def _change(deps: Dependencies, caller: Caller, keys: CatalogueKeys, change: Change) -> Outcome:
    """Do one thing to what is concerned of the catalogue. `change` answers with what it is about."""
    async with deps.unit_of_work(caller.tenant_scope, caller.key_id, caller.idempotency) as work:
        if (earlier := await work.replayed()) is not None:
            return earlier
        snapshot, problems = await work.catalogue.snapshot(keys), Problems()
        subject = change(snapshot, problems)
        problems.raise_if_any()
        return await _commit(work, deps, caller.actor, snapshot, subject)


async def _commit(
    work: UnitOfWork, deps: Dependencies, actor: Actor, snapshot: CatalogueSnapshot, subject: NodeRef
) -> Outcome:
    await save_snapshot(work, deps, actor, snapshot)
    outcome = Outcome((subject,))
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


def _product(snapshot: CatalogueSnapshot, product_id: str) -> Product:
    if (found := snapshot.product(product_id)) is None:
        raise NotFound("product", ("productId",))
    return found


def _configuration(snapshot: CatalogueSnapshot, configuration_id: str) -> Configuration:
    if (found := snapshot.configuration(configuration_id)) is None:
        raise NotFound("configuration", ("configurationId",))
    return found
