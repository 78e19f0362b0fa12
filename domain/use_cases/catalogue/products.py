"""Use cases of the catalogue: create, update, archive and unarchive products and configurations.

The catalogue belongs to no company, so its changes are catalogue events of the product (`catalogue_events.py`) and not
events of a company. Nothing is ever deleted, because quotes and kits refer to it.
"""

from dataclasses import dataclass

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
from domain.shared.errors import NotFound, Path, Problems
from domain.shared.ids import parse_reference
from domain.shared.parsers import NAME_LENGTH, fold, optional_text
from domain.use_cases.frame import Command, use_case

PRODUCT: Path = ("productId",)
CONFIGURATION: Path = ("configurationId",)


@dataclass(frozen=True, slots=True)
class ProductCommand(Command):
    """A command for the product that the input field `productId` names."""

    product_id: str

    @property
    def subject(self) -> Path:
        return PRODUCT


@dataclass(frozen=True, slots=True)
class ConfigurationCommand(Command):
    """A command for the configuration that the input field `configurationId` names."""

    configuration_id: str

    @property
    def subject(self) -> Path:
        return CONFIGURATION


@dataclass(frozen=True, slots=True)
class CreateProduct(Command):
    """Create a product with its configurations."""

    details: Details
    configurations: tuple[Details, ...] = ()


@dataclass(frozen=True, slots=True)
class UpdateProduct(ProductCommand):
    """Change the given fields of a product."""

    details: Details


@dataclass(frozen=True, slots=True)
class SetProductActive(ProductCommand):
    """Archive or unarchive a product."""

    active: bool


@dataclass(frozen=True, slots=True)
class AddConfiguration(ProductCommand):
    """Add a configuration to a product."""

    details: Details


@dataclass(frozen=True, slots=True)
class UpdateConfiguration(ConfigurationCommand):
    """Change the given fields of a configuration."""

    details: Details


@dataclass(frozen=True, slots=True)
class SetConfigurationActive(ConfigurationCommand):
    """Archive or unarchive a configuration."""

    active: bool


@use_case
async def create_product(work: UnitOfWork, deps: Dependencies, caller: Caller, command: CreateProduct) -> Outcome:
    """Create a product with its configurations. Raises: InvalidInput."""
    keys = CatalogueKeys(
        names=_names(command.details),
        skus=_skus(command.details),
        configuration_skus=[sku for given in command.configurations for sku in _skus(given)],
    )
    snapshot, problems = await work.catalogue.snapshot(keys), Problems()
    product = new_product(command.details, command.configurations, snapshot, problems, deps.new_id)
    problems.raise_if_any()
    await save_snapshot(work, deps, caller.actor, snapshot)
    return Outcome((product.ref,))


@use_case
async def update_product(work: UnitOfWork, deps: Dependencies, caller: Caller, command: UpdateProduct) -> Outcome:
    """Change the given fields of a product. Quotes keep their specifications. Raises: InvalidInput, NotFound."""
    product_id, details = parse_reference(PRODUCT, command.product_id, "Product"), command.details
    before = _product((await work.catalogue.snapshot(CatalogueKeys(products=[product_id]))), product_id)
    named = {"brand": before.brand, "model": before.model, **details}
    keys = CatalogueKeys(products=[product_id], names=_names(named), skus=_skus(details))
    snapshot, problems = await work.catalogue.snapshot(keys), Problems()
    changed_product(before, details, snapshot, problems)
    problems.raise_if_any()
    await save_snapshot(work, deps, caller.actor, snapshot)
    return Outcome((before.ref,))


@use_case
async def set_product_active(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: SetProductActive
) -> Outcome:
    """Archive a product, so that it is no longer selectable, or unarchive it. Raises: InvalidInput, NotFound."""
    product_id = parse_reference(PRODUCT, command.product_id, "Product")
    snapshot = await work.catalogue.snapshot(CatalogueKeys(products=[product_id]))
    before = _product(snapshot, product_id)
    snapshot.put_product(before._replace(active=command.active))
    await save_snapshot(work, deps, caller.actor, snapshot)
    return Outcome((before.ref,))


@use_case
async def add_configuration(work: UnitOfWork, deps: Dependencies, caller: Caller, command: AddConfiguration) -> Outcome:
    """Add a configuration to a product. Raises: InvalidInput, NotFound."""
    product_id = parse_reference(PRODUCT, command.product_id, "Product")
    keys = CatalogueKeys(products=[product_id], configuration_skus=_skus(command.details))
    snapshot, problems = await work.catalogue.snapshot(keys), Problems()
    made = new_configuration(_product(snapshot, product_id), command.details, snapshot, problems, deps.new_id)
    problems.raise_if_any()
    await save_snapshot(work, deps, caller.actor, snapshot)
    return Outcome((made.ref,))


@use_case
async def update_configuration(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: UpdateConfiguration
) -> Outcome:
    """Change the given fields of a configuration. Raises: InvalidInput, NotFound."""
    configuration_id = parse_reference(CONFIGURATION, command.configuration_id, "Configuration")
    keys = CatalogueKeys(configurations=[configuration_id], configuration_skus=_skus(command.details))
    snapshot, problems = await work.catalogue.snapshot(keys), Problems()
    before = _configuration(snapshot, configuration_id)
    changed_configuration(before, command.details, snapshot, problems)
    problems.raise_if_any()
    await save_snapshot(work, deps, caller.actor, snapshot)
    return Outcome((before.ref,))


@use_case
async def set_configuration_active(
    work: UnitOfWork, deps: Dependencies, caller: Caller, command: SetConfigurationActive
) -> Outcome:
    """Archive or unarchive a configuration, without its product. Raises: InvalidInput, NotFound."""
    configuration_id = parse_reference(CONFIGURATION, command.configuration_id, "Configuration")
    snapshot = await work.catalogue.snapshot(CatalogueKeys(configurations=[configuration_id]))
    before = _configuration(snapshot, configuration_id)
    snapshot.put_configuration(before._replace(active=command.active))
    await save_snapshot(work, deps, caller.actor, snapshot)
    return Outcome((before.ref,))


async def save_snapshot(work: UnitOfWork, deps: Dependencies, actor: Actor, snapshot: CatalogueSnapshot) -> None:
    """Save the changes of a catalogue snapshot, with their catalogue events."""
    events = events_of(snapshot, actor, deps.now(), deps.new_id)
    await work.catalogue.save(snapshot.changed_products(), snapshot.changed_configurations(), events)


def _names(details: Details) -> list[str]:
    return [product_key(_given(details, "brand"), _given(details, "model"))]


def _skus(details: Details) -> list[str]:
    return [fold(sku)] if (sku := _given(details, "sku")) else []


def _given(details: Details, name: str) -> str:
    # A value that is not a text is reported when the draft is checked.
    return Problems().check((), optional_text, details.get(name), NAME_LENGTH) or ""


def _product(snapshot: CatalogueSnapshot, product_id: str) -> Product:
    if (found := snapshot.product(product_id)) is None:
        raise NotFound("product", PRODUCT)
    return found


def _configuration(snapshot: CatalogueSnapshot, configuration_id: str) -> Configuration:
    if (found := snapshot.configuration(configuration_id)) is None:
        raise NotFound("configuration", CONFIGURATION)
    return found
