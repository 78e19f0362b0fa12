"""Models of the vendor's catalogue, and how they become products and configurations (docs/domain.md#vendor-models).

The catalogue is the operators': what they have named, typed or archived stays, and nothing is deleted.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from domain.catalogue.file_rows import Taken, configuration_of, result_of
from domain.catalogue.product_drafts import changed_configuration, changed_product, new_configuration, new_product
from domain.catalogue.products import Configuration, Product, ProductType, part_form
from domain.catalogue.snapshot import CatalogueKeys, CatalogueSnapshot, product_key
from domain.shared.errors import ErrorCode, Path, Problems
from domain.shared.parsers import fold

# The path of a configuration's problems.
CONFIGURATION: Path = ("configuration",)
PARTS = ("cpu", "ram", "storage", "screen_size")


class VendorModel(NamedTuple):
    """A model that the vendor sells in a country. A missing value is empty or None; `type_name` is the vendor's type.
    `flaws` say which of its values could not be read."""

    model_id: str
    country: str
    brand: str
    model: str
    product_type: ProductType | None = None
    type_name: str | None = None
    part_number: str | None = None
    cpu: str | None = None
    ram: str | None = None
    storage: str | None = None
    screen_size: str | None = None
    image_url: str | None = None
    deprecated: bool = False
    flaws: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The model as people know it, with the vendor's id."""
        title = " ".join(part for part in (self.brand, self.model) if part) or "A model"
        return f"{title} ({', '.join((self.country, *self.parts().values(), self.model_id))})"

    def parts(self) -> dict[str, str]:
        """The parts of the configuration that the vendor gives."""
        return {name: value for name in PARTS if (value := getattr(self, name))}


def in_order(models: Iterable[VendorModel]) -> list[VendorModel]:
    """The models in the order in which they are to be taken: those that are sold first, and of them those with a type,
    so that the result does not depend on the order of the list."""
    return sorted(models, key=lambda it: (it.deprecated, it.product_type is None))


def keys_of_models(models: Iterable[VendorModel]) -> CatalogueKeys:
    """The keys of the products and configurations that must be loaded to take these models."""
    found = list(models)
    names = {product_key(it.brand, it.model) for it in found if it.brand and it.model}
    numbers = {fold(it.part_number) for it in found if it.part_number}
    return CatalogueKeys(names=sorted(names), configuration_skus=sorted(numbers))


class ModelIntake:
    """Takes the models of one list, in the order of `in_order`. Of several models for one configuration, as of several
    countries, the first one says what its parts are, and it is archived only if all of them are deprecated."""

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._taken: set[str] = set()

    def take(self, model: VendorModel, snapshot: CatalogueSnapshot) -> Taken:
        """Take a model into the snapshot. Raises: InvalidInput, with every problem; nothing is taken then."""
        problems = Problems()
        snapshot.begin()
        product = self._product(model, snapshot, problems)
        if product is not None and product.active and not problems.found:
            if model.parts() or model.part_number:
                self._configuration(product, model, snapshot, problems)
            elif not model.deprecated:
                self._taken.add(product.id)
            elif product.id not in self._taken and not snapshot.configurations_of(product.id):
                snapshot.put_product(product._replace(active=False))
        if problems.found:
            snapshot.undo()
            problems.raise_if_any()
        return result_of(snapshot)

    def _product(self, model: VendorModel, snapshot: CatalogueSnapshot, problems: Problems) -> Product | None:
        """The product of a model, made if there is none. A deprecated model makes none."""
        found = snapshot.product_named(model.brand, model.model)
        if found is None and model.deprecated:
            return None
        if found is None:
            return self._new_product(model, snapshot, problems)
        if found.image_url is None and model.image_url and found.active:
            return changed_product(found, {"image_url": model.image_url}, snapshot, problems)
        return found

    def _new_product(self, model: VendorModel, snapshot: CatalogueSnapshot, problems: Problems) -> Product:
        details: dict[str, str | None] = {"brand": model.brand, "model": model.model, "image_url": model.image_url}
        if model.product_type is None:
            given = f"the type {model.type_name!r}, which is not known" if model.type_name else "no type"
            message = f"The vendor gives {given}. Create the product, with its type; its configurations follow."
            problems.add(("type",), ErrorCode.REQUIRED, message)
        else:
            details["product_type"] = model.product_type
        return new_product(details, (), snapshot, problems, self._new_id)

    def _configuration(
        self, product: Product, model: VendorModel, snapshot: CatalogueSnapshot, problems: Problems
    ) -> None:
        details = {**model.parts(), **({"sku": model.part_number} if model.part_number else {})}
        found = problems.check(CONFIGURATION, configuration_of, product, details, snapshot)
        if problems.found:
            return
        if model.deprecated:
            if found is not None and found.id not in self._taken:
                snapshot.put_configuration(found._replace(active=False))
            return
        if found is None:
            found = new_configuration(product, details, snapshot, problems, self._new_id, CONFIGURATION)
        elif changes := _changes(found, details):
            if found.id in self._taken and changes.keys() - {"sku"}:
                message = "An earlier model of the list has the same part number and other parts."
                problems.add((*CONFIGURATION, "sku"), ErrorCode.AMBIGUOUS, message)
                return
            changed_configuration(found, changes, snapshot, problems, CONFIGURATION)
        if not problems.found:
            self._taken.add(found.id)


def _changes(before: Configuration, details: dict[str, str]) -> dict[str, str]:
    """The details that differ by more than their spelling. A SKU that is there stays."""
    changes = {name: it for name, it in details.items() if part_form(getattr(before, name) or "") != part_form(it)}
    if before.sku:
        changes.pop("sku", None)
    return changes
