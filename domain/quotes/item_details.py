"""The article of an item: data for shops and warehouses (docs/domain.md#articles)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from domain.shared.errors import ErrorCode, Invalid, Path, Problems
from domain.shared.money import decimal_text
from domain.shared.parsers import NAME_LENGTH, fold, optional_text, optional_url, text

MOST_PROPERTIES = 50


class WeightUnit(StrEnum):
    """The unit of a weight (docs/domain.md#articles)."""

    G = "G"
    KG = "KG"
    OZ = "OZ"
    LB = "LB"


class ItemProperty(NamedTuple):
    """A further property of an item, by name."""

    key: str
    value: str


class Article(NamedTuple):
    """The data of an article. `weight` is that of one piece, as decimal text; `price_unit` is the unit that the
    price refers to."""

    sku: str | None = None
    barcode: str | None = None
    url: str | None = None
    image_url: str | None = None
    weight: str | None = None
    weight_unit: WeightUnit | None = None
    requires_shipping: bool = True
    price_unit: str | None = None
    properties: tuple[ItemProperty, ...] = ()


@dataclass(frozen=True, slots=True)
class ArticleDraft:
    """An article as entered."""

    sku: str | None = None
    barcode: str | None = None
    url: str | None = None
    image_url: str | None = None
    weight: object = None
    weight_unit: WeightUnit | None = None
    requires_shipping: bool = True
    price_unit: str | None = None
    properties: Sequence[tuple[str, str]] = ()


UNKNOWN_ARTICLE = Article()


def parse_article(draft: ArticleDraft | None, problems: Problems, path: Path) -> Article | None:
    """The article as entered, trimmed; None if it is empty. Problems are added under `path`."""
    if draft is None:
        return None
    article = Article(
        problems.check((*path, "sku"), optional_text, draft.sku, NAME_LENGTH),
        problems.check((*path, "barcode"), optional_text, draft.barcode, NAME_LENGTH),
        problems.check((*path, "url"), optional_url, draft.url),
        problems.check((*path, "imageUrl"), optional_url, draft.image_url),
        None if draft.weight is None else problems.check((*path, "weight"), _weight, draft.weight),
        draft.weight_unit if draft.weight_unit or draft.weight is None else WeightUnit.G,
        draft.requires_shipping,
        problems.check((*path, "priceUnit"), optional_text, draft.price_unit, 50),
        _properties(draft.properties, problems, (*path, "properties")),
    )
    return None if article == UNKNOWN_ARTICLE else article


def _weight(given: object) -> str:
    typed = decimal_text(given)
    if Decimal(typed) < 0:
        raise Invalid(ErrorCode.OUT_OF_RANGE, "A weight cannot be negative.")
    return typed


def _properties(given: Sequence[tuple[str, str]], problems: Problems, path: Path) -> tuple[ItemProperty, ...]:
    if len(given) > MOST_PROPERTIES:
        problems.add(path, ErrorCode.TOO_MANY, f"At most {MOST_PROPERTIES} properties, not {len(given)}.")
    found: dict[str, ItemProperty | None] = {}
    for index, (key, value) in enumerate(given[:MOST_PROPERTIES]):
        here = (*path, str(index))
        name = problems.check((*here, "key"), text, key, NAME_LENGTH)
        content = problems.check((*here, "value"), optional_text, value)
        if name is not None and fold(name) in found:
            problems.add((*here, "key"), ErrorCode.ALREADY_EXISTS, "This name is repeated. Send each name once.")
        elif name is not None:
            found[fold(name)] = None if content is None else ItemProperty(name, content)
    return tuple(it for it in found.values() if it is not None)
