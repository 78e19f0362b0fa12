"""The loaders of price options. They are written with their quote."""

from adapters.database.core.composite_attributes import money
from adapters.database.core.loader_specs import LoaderSpec, many, one
from adapters.database.core.row_mapping import row_mapping
from adapters.database.quotes.tables import price_options as _options
from domain.quotes.price_option_rows import PriceOption

OPTIONS = row_mapping(
    PriceOption,
    _options,
    composites={"price": money(_options, "price"), "upfront": money(_options, "upfront", "price_currency")},
)
PRICE_OPTION_LOADERS: dict[str, LoaderSpec] = {
    "price_option": one(OPTIONS),
    "price_options_by_quote": many(OPTIONS, key="quote_id"),
}
