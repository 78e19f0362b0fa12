"""The article of a line: SKU, barcode, weight and other properties of the goods."""

import strawberry

from domain.quotes import item_details as rows
from domain.quotes.item_details import ArticleDraft
from schema.declare import column, type_of
from schema.quotes.enums import WeightUnit
from schema.shared.scalars import URL, Decimal


@type_of(rows.ItemProperty)
class ItemProperty:
    """A property of an article: a name and a value."""

    key: str = column("Name of the property.")
    value: str = column("Value of the property.")


@type_of(rows.Article)
class Article:
    """Article data of a line, as shops and warehouses use it."""

    sku: str | None = column("Stock keeping unit (SKU).")
    barcode: str | None = column("Number of the barcode.")
    url: URL | None = column("URL of a page about the article.")
    image_url: URL | None = column("URL of a picture.")
    weight: Decimal | None = column("Weight of one article, in `weightUnit`.")
    weight_unit: WeightUnit | None = column("Unit of the weight.")
    is_shipping_required: bool = column(
        "Whether the article has to be shipped. False for a service, for example.", attribute="requires_shipping"
    )
    price_unit: str | None = column("Unit that the price applies to, such as `each`.")
    properties: list[ItemProperty] = column("Other properties. Each name occurs once.")


@strawberry.input(description="Input fields for a property of an article.")
class ItemPropertyInput:
    key: str = strawberry.field(description="Name of the property. At most 200 characters.")
    value: str = strawberry.field(
        description="Value of the property. At most 500 characters; a property with an empty value is left out."
    )


@strawberry.input(description="Input fields for the article data of a line.")
class ArticleInput:
    sku: str | None = strawberry.field(default=None, description="Stock keeping unit (SKU). At most 200 characters.")
    barcode: str | None = strawberry.field(default=None, description="Number of the barcode. At most 200 characters.")
    url: URL | None = strawberry.field(default=None, description="URL of a page about the article.")
    image_url: URL | None = strawberry.field(default=None, description="URL of a picture.")
    weight: Decimal | None = strawberry.field(
        default=None, description="Weight of one article, in `weightUnit`. Not negative."
    )
    weight_unit: WeightUnit | None = strawberry.field(default=None, description="Unit of the weight. By default grams.")
    is_shipping_required: bool = strawberry.field(default=True, description="Whether the article has to be shipped.")
    price_unit: str | None = strawberry.field(
        default=None, description="Unit that the price applies to. At most 50 characters."
    )
    properties: list[ItemPropertyInput] | None = strawberry.field(
        default=None, description="Other properties. At most 50; each name occurs once, ignoring case."
    )

    def draft(self) -> ArticleDraft:
        return ArticleDraft(
            self.sku,
            self.barcode,
            self.url,
            self.image_url,
            self.weight,
            self.weight_unit,
            self.is_shipping_required,
            self.price_unit,
            tuple((it.key, it.value) for it in self.properties or ()),
        )
