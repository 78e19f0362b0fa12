"""Rows of catalogue files. Each row describes a configuration, or a product without configurations.

A product is identified by its SKU, or else by brand and model; a configuration by its SKU, or else by its parts. A
missing column leaves values unchanged. A blank cell leaves a product's value unchanged, because its rows repeat it, and
clears a part of a configuration, because one row describes it completely. A row is imported as a whole or not at all.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum

from domain.catalogue.product_drafts import (
    CONFIGURED,
    AlreadyInCatalogue,
    changed_configuration,
    changed_product,
    new_configuration,
    new_product,
)
from domain.catalogue.products import Configuration, Product, ProductType, part_form
from domain.catalogue.snapshot import CatalogueKeys, CatalogueSnapshot, product_key
from domain.shared.errors import ErrorCode, Invalid, Path, Problems
from domain.shared.parsers import NAME_LENGTH, cell_text, fold, optional_text

Cells = Mapping[str, str]

OF_PRODUCT = ("product_type", "brand", "model", "sku", "image_url")
COLUMNS = (*OF_PRODUCT, "product_archived", "configuration_sku", *CONFIGURED, "configuration_archived")
# The path of a configuration's problems.
CONFIGURATION: Path = ("configuration",)

_YES, _NO = frozenset({"yes", "y", "true", "1"}), frozenset({"no", "n", "false", "0"})
# Long numbers in the scientific notation of spreadsheets.
_SCIENTIFIC = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)


class Taken(StrEnum):
    """The result of importing a row."""

    ADDED = "ADDED"
    UPDATED = "UPDATED"
    UNCHANGED = "UNCHANGED"


def keys_of(rows: Iterable[Cells]) -> CatalogueKeys:
    """The keys of the products and configurations that must be loaded to import these rows."""
    names, skus, configuration_skus = set[str](), set[str](), set[str]()
    for cells in rows:
        brand, model, sku, own = (_cell(cells, it) for it in ("brand", "model", "sku", "configuration_sku"))
        names |= {product_key(brand, model)} if brand and model else set()
        skus |= {fold(sku)} if sku else set()
        configuration_skus |= {fold(own)} if own else set()
    return CatalogueKeys(names=sorted(names), skus=sorted(skus), configuration_skus=sorted(configuration_skus))


def take_row(cells: Cells, snapshot: CatalogueSnapshot, new_id: Callable[[], str]) -> Taken:
    """Import a row into the snapshot. Raises: InvalidInput, with every problem; nothing is imported then."""
    problems = Problems()
    snapshot.begin()
    for column in ("sku", "configuration_sku", "model"):
        problems.check(_place(column), _number, cells.get(column, ""))
    for column, cell in cells.items():
        problems.check(_place(column), cell_text, cell)
    product = _take_product(cells, snapshot, problems, new_id)
    if product is not None and any(cells.get(it) for it in ("configuration_sku", *CONFIGURED)):
        _take_configuration(product, cells, snapshot, problems, new_id)
    if problems.found:
        snapshot.undo()
        problems.raise_if_any()
    return result_of(snapshot)


def result_of(snapshot: CatalogueSnapshot) -> Taken:
    """The result of the changes since the snapshot's `begin`."""
    changes = snapshot.changes_since_begin()
    if not changes:
        return Taken.UNCHANGED
    return Taken.ADDED if any(before is None for before in changes) else Taken.UPDATED


def _take_product(
    cells: Cells, snapshot: CatalogueSnapshot, problems: Problems, new_id: Callable[[], str]
) -> Product | None:
    brand, model, sku = (_cell(cells, it) for it in ("brand", "model", "sku"))
    named = snapshot.product_named(brand, model) if brand and model else None
    found = (snapshot.product_with(sku) if sku else None) or named
    if found is not None and sku and found.sku and fold(found.sku) != fold(sku):
        message = f"{found.title} has the SKU {found.sku}. Send the SKU of a configuration as configuration_sku."
        problems.add_conflict(("sku",), AlreadyInCatalogue(message, found.ref, found.status))
        return None
    details = {name: cells[name] for name in OF_PRODUCT if cells.get(name)}
    if "product_type" in details:
        details["product_type"] = problems.check(("productType",), _product_type, details["product_type"]) or ""
    elif found is None:
        problems.add(("productType",), ErrorCode.REQUIRED, "A new product requires a type.")
    archived = problems.check(("productArchived",), _yes_or_no, cells.get("product_archived", ""))
    known = len(problems.found)
    if found is None:
        product = new_product(details, (), snapshot, problems, new_id)
    else:
        product = changed_product(found, details, snapshot, problems)
    if known or problems.found:
        return None
    if archived is not None:
        product = product._replace(active=not archived)
        snapshot.put_product(product)
    return product


def _take_configuration(
    product: Product, cells: Cells, snapshot: CatalogueSnapshot, problems: Problems, new_id: Callable[[], str]
) -> None:
    archived = problems.check(("configurationArchived",), _yes_or_no, cells.get("configuration_archived", ""))
    details = {name: cells[name] for name in CONFIGURED if name in cells}
    if sku := _cell(cells, "configuration_sku"):
        details["sku"] = sku
    found = problems.check(CONFIGURATION, configuration_of, product, details, snapshot)
    if problems.found:
        return
    if found is None:
        made = new_configuration(product, details, snapshot, problems, new_id, CONFIGURATION)
    else:
        made = changed_configuration(found, details, snapshot, problems, CONFIGURATION)
    if archived is not None and not problems.found:
        snapshot.put_configuration(made._replace(active=not archived))


def configuration_of(product: Product, details: Cells, snapshot: CatalogueSnapshot) -> Configuration | None:
    """The configuration with this SKU, or else with these parts, if it exists. Raises: Invalid, if several match."""
    sku = details.get("sku")
    numbered = snapshot.configuration_with(sku) if sku else None
    if numbered is not None and numbered.product_id == product.id:
        return numbered
    parts = {name: part_form(value) for name, value in details.items() if name in CONFIGURED}
    alike = [
        it
        for it in snapshot.configurations_of(product.id)
        if not (sku and it.sku) and all(part_form(getattr(it, name) or "") == form for name, form in parts.items())
    ]
    if len(alike) > 1:
        alike = [it for it in alike if not any(getattr(it, name) for name in CONFIGURED if name not in parts)] or alike
    if len(alike) > 1:
        message = f"{product.title} has {len(alike)} matching configurations. Send every part, or configuration_sku."
        raise Invalid(ErrorCode.AMBIGUOUS, message)
    return alike[0] if alike else None


def _cell(cells: Cells, name: str) -> str:
    # Invalid texts are reported when the draft is checked.
    return Problems().check((), optional_text, cells.get(name), NAME_LENGTH) or ""


def _place(column: str) -> Path:
    return (*CONFIGURATION, "sku") if column == "configuration_sku" else (column,)


def _number(given: str) -> None:
    if _SCIENTIFIC.fullmatch(given.strip()):
        message = f"A spreadsheet has shortened this number to {given}. Format the column as text and enter it again."
        raise Invalid(ErrorCode.INVALID_TEXT, message)


def _product_type(given: str) -> ProductType:
    wanted = re.sub(r"[\s_-]+", "_", given.strip()).upper()
    try:
        return ProductType(wanted)
    except ValueError:
        known = ", ".join(it.capitalize().replace("_", " ") for it in ProductType)
        message = f"Unknown product type {given[:40]!r}. Send one of {known}. A phone is an Accessory."
        raise Invalid(ErrorCode.INVALID_DEVICE_TYPE, message) from None


def _yes_or_no(given: str) -> bool | None:
    word = fold(given)
    if not word:
        return None
    if word not in _YES | _NO:
        raise Invalid(ErrorCode.INVALID_TEXT, f"Send yes or no, not {given[:40]!r}.")
    return word in _YES
