"""Products and configurations in an input: values are checked, then stored in the snapshot.

`details` are the given attributes of a product or configuration; others keep their values. Uniqueness is checked
against the snapshot, which is locked meanwhile.
"""

from collections.abc import Callable, Mapping
from typing import Any

from domain.catalogue.products import PARTS, WARRANTIES, Configuration, Product, ProductType, part_form
from domain.catalogue.snapshot import CatalogueSnapshot
from domain.shared.errors import Conflict, ErrorCode, NodeRef, Path, Problems
from domain.shared.parsers import NAME_LENGTH, camel, optional_text, optional_url, text

MOST_CONFIGURATIONS = 200
# The parts of a configuration, without its SKU.
CONFIGURED = ("os", *PARTS)
DETAILS_OF_PRODUCT = ("product_type", "brand", "model", "sku", "image_url")
DETAILS_OF_CONFIGURATION = (*CONFIGURED, "sku")

Details = Mapping[str, Any]


class AlreadyInCatalogue(Conflict):
    """Another entry of the catalogue has the same unique value."""

    code = ErrorCode.ALREADY_EXISTS


def new_product(
    details: Details,
    configurations: tuple[Details, ...],
    snapshot: CatalogueSnapshot,
    problems: Problems,
    new_id: Callable[[], str],
) -> Product:
    """Add a new product with its configurations to the snapshot, unless there are problems."""
    blank = Product(new_id(), ProductType.ACCESSORY, "", "", active=True)
    product = _checked_product(blank, {"brand": "", "model": "", **details}, snapshot, problems)
    if len(configurations) > MOST_CONFIGURATIONS:
        message = f"At most {MOST_CONFIGURATIONS} configurations, not {len(configurations)}."
        problems.add(("configurations",), ErrorCode.TOO_MANY, message)
    for number, given in enumerate(configurations[:MOST_CONFIGURATIONS]):
        new_configuration(product, given, snapshot, problems, new_id, ("configurations", str(number)))
    if not problems.found:
        snapshot.put_product(product)
    return product


def changed_product(before: Product, details: Details, snapshot: CatalogueSnapshot, problems: Problems) -> Product:
    """Change a product in the snapshot, unless there are problems."""
    product = _checked_product(before, details, snapshot, problems)
    if product.product_type in WARRANTIES and any(it.active for it in snapshot.configurations_of(product.id)):
        message = "A warranty cannot have configurations. Archive them first."
        problems.add(("type",), ErrorCode.NOT_ALLOWED, message)
    if not problems.found:
        snapshot.put_product(product)
    return product


def new_configuration(
    product: Product,
    details: Details,
    snapshot: CatalogueSnapshot,
    problems: Problems,
    new_id: Callable[[], str],
    path: Path = (),
) -> Configuration:
    """Add a configuration of a product to the snapshot, unless there are problems."""
    others = snapshot.configurations_of(product.id)
    place = 1 + max((it.position for it in others), default=-1)
    nothing = dict.fromkeys(CONFIGURED)
    configuration = Configuration(id=new_id(), product_id=product.id, position=place, active=True, **nothing)
    if product.product_type in WARRANTIES:
        problems.add(path or ("productId",), ErrorCode.NOT_ALLOWED, "A warranty has no configurations.")
    if len(others) >= MOST_CONFIGURATIONS:
        message = f"A product has at most {MOST_CONFIGURATIONS} configurations, archived ones included."
        problems.add(path or ("productId",), ErrorCode.TOO_MANY, message)
    return changed_configuration(configuration, details, snapshot, problems, path)


def changed_configuration(
    before: Configuration, details: Details, snapshot: CatalogueSnapshot, problems: Problems, path: Path = ()
) -> Configuration:
    """Change a configuration in the snapshot, unless there are problems."""
    found, known = len(problems.found), {name: details[name] for name in DETAILS_OF_CONFIGURATION if name in details}
    for name, given in known.items():
        known[name] = problems.check((*path, camel(name)), optional_text, given, NAME_LENGTH)
    configuration = before._replace(**known)
    if len(problems.found) == found:
        _check_configuration(configuration, snapshot, problems, path)
    if len(problems.found) == found:
        snapshot.put_configuration(configuration)
    return configuration


def same_parts(one: Configuration, other: Configuration) -> bool:
    """Whether two configurations have the same parts, regardless of spelling."""
    return _forms(one) == _forms(other)


def _checked_product(before: Product, details: Details, snapshot: CatalogueSnapshot, problems: Problems) -> Product:
    found, known = len(problems.found), {name: details[name] for name in DETAILS_OF_PRODUCT if name in details}
    parsers = {"brand": text, "model": text, "sku": optional_text}
    for name, parse in parsers.items():
        if name in known:
            given = known[name] if parse is optional_text else known[name] or ""
            known[name] = problems.check((name,), parse, given, NAME_LENGTH)
    if "image_url" in known:
        known["image_url"] = problems.check(("imageUrl",), optional_url, known["image_url"])
    if "product_type" in known and known["product_type"] is None:
        problems.add(("type",), ErrorCode.REQUIRED, "A product requires a type.")
    product = before._replace(**known)
    if len(problems.found) == found:
        _check_product(product, snapshot, problems)
    return product


def _check_product(product: Product, snapshot: CatalogueSnapshot, problems: Problems) -> None:
    named = snapshot.product_named(product.brand, product.model)
    if named is not None and named.id != product.id:
        problems.add_conflict(("model",), _taken(f"The product {named.title} already exists", named))
    numbered = snapshot.product_with(product.sku) if product.sku else None
    if numbered is not None and numbered.id != product.id:
        problems.add_conflict(("sku",), _taken(f"{numbered.title} has the SKU {numbered.sku}", numbered))


def _check_configuration(
    configuration: Configuration, snapshot: CatalogueSnapshot, problems: Problems, path: Path
) -> None:
    if not any(_forms(configuration)) and configuration.sku is None:
        message = "Send a part of the configuration, or its SKU."
        problems.add(path or ("cpu",), ErrorCode.REQUIRED, message)
        return
    others = (it for it in snapshot.configurations_of(configuration.product_id) if it.id != configuration.id)
    same = next((it for it in others if same_parts(it, configuration)), None)
    # Configurations with different SKUs may differ in a property that is not a part, such as the colour.
    if same is not None and (same.sku is None or configuration.sku is None):
        problems.add_conflict(path, _taken("The product already has this configuration", same))
    numbered = snapshot.configuration_with(configuration.sku) if configuration.sku else None
    if numbered is not None and numbered.id != configuration.id:
        problems.add_conflict((*path, "sku"), _taken(f"Another configuration has the SKU {numbered.sku}", numbered))


def _taken(message: str, by: Product | Configuration) -> AlreadyInCatalogue:
    described = message if by.active else f"{message}, which is archived; unarchive it"
    return AlreadyInCatalogue(f"{described}.", NodeRef(by.ref.type, by.id), by.status)


def _forms(configuration: Configuration) -> tuple[str, ...]:
    return tuple(part_form(getattr(configuration, name) or "") for name in CONFIGURED)
