"""The article behind a line: how shops and warehouses tell goods apart and ship them."""

import strawberry

from domain.quotes import item_details as rows
from domain.quotes.item_details import ArticleDraft
from schema.declare import column, type_of
from schema.quotes.enums import WeightUnit
from schema.shared.scalars import URL, Decimal


@type_of(rows.ItemProperty)
class ItemProperty:
    """Something that is to be known of a line, by name."""

    key: str = column("Its name.")
    value: str = column("What it is.")


@type_of(rows.Article)
class Article:
    """What shops and warehouses know of the goods on a line."""

    sku: str | None = column("The number by which goods are kept in stock.")
    barcode: str | None = column("The number in its bar code.")
    url: URL | None = column("A page about it.")
    image_url: URL | None = column("A picture.")
    weight: Decimal | None = column("What one weighs.")
    weight_unit: WeightUnit | None = column("What the weight is given in.")
    requires_shipping: bool = column("Whether it has to be shipped, as opposed to a service.")
    price_unit: str | None = column("What the price is for, such as `each`.")
    properties: list[ItemProperty] = column("What else is to be known, each name once.")


@strawberry.input(description="Something that is to be known of a line.")
class ItemPropertyInput:
    key: str = strawberry.field(description="Its name, at most 200 characters.")
    value: str = strawberry.field(description="What it is, at most 500 characters; empty leaves it out.")


@strawberry.input(description="What shops and warehouses know of the goods on a line.")
class ArticleInput:
    sku: str | None = strawberry.field(default=None, description="The number by which goods are kept in stock.")
    barcode: str | None = strawberry.field(default=None, description="The number in its bar code.")
    url: URL | None = strawberry.field(default=None, description="A page about it.")
    image_url: URL | None = strawberry.field(default=None, description="A picture.")
    weight: Decimal | None = strawberry.field(default=None, description="What one weighs, not negative.")
    weight_unit: WeightUnit | None = strawberry.field(default=None, description="By default grams.")
    requires_shipping: bool = strawberry.field(default=True, description="Whether it has to be shipped.")
    price_unit: str | None = strawberry.field(default=None, description="What the price is for; at most 50 characters.")
    properties: list[ItemPropertyInput] | None = strawberry.field(
        default=None, description="What else is to be known: at most 50, each name once, in any case."
    )

    def draft(self) -> ArticleDraft:
        return ArticleDraft(
            self.sku,
            self.barcode,
            self.url,
            self.image_url,
            self.weight,
            self.weight_unit,
            self.requires_shipping,
            self.price_unit,
            tuple((it.key, it.value) for it in self.properties or ()),
        )
