"""The products and configurations that a change reads and writes, indexed by name and SKU. It records changes.

The rules that change it are in `product_drafts.py`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.catalogue.products import Configuration, Product
from domain.shared.parsers import fold


@dataclass(frozen=True, slots=True)
class CatalogueKeys:
    """Keys of a change. Products with one of these keys are loaded, and the products of such configurations."""

    products: Sequence[str] = ()
    configurations: Sequence[str] = ()
    names: Sequence[str] = ()
    skus: Sequence[str] = ()
    configuration_skus: Sequence[str] = ()


class CatalogueSnapshot:
    """Products with all of their configurations in order, including archived ones."""

    def __init__(self, products: Iterable[Product] = (), configurations: Iterable[Configuration] = ()) -> None:
        self._products: dict[str, Product] = {}
        self._configurations: dict[str, Configuration] = {}
        self._of_product: dict[str, dict[str, None]] = {}
        self._named: dict[str, str] = {}
        self._with_sku: dict[str, str] = {}
        self._configuration_with_sku: dict[str, str] = {}
        self._before: dict[str, Product | Configuration | None] = {}
        self._steps: list[tuple[Product | Configuration, Product | Configuration | None, bool]] = []
        self.load(products, configurations)

    def load(self, products: Iterable[Product], configurations: Iterable[Configuration]) -> None:
        """Add stored rows that are not loaded yet."""
        for product in products:
            if product.id not in self._products:
                self._index_product(product)
        for configuration in configurations:
            if configuration.id not in self._configurations:
                self._index_configuration(configuration)

    def product(self, product_id: str) -> Product | None:
        return self._products.get(product_id)

    def configuration(self, configuration_id: str) -> Configuration | None:
        return self._configurations.get(configuration_id)

    def product_named(self, brand: str, model: str) -> Product | None:
        return self._products.get(self._named.get(product_key(brand, model), ""))

    def product_with(self, sku: str) -> Product | None:
        return self._products.get(self._with_sku.get(fold(sku), ""))

    def configuration_with(self, sku: str) -> Configuration | None:
        return self._configurations.get(self._configuration_with_sku.get(fold(sku), ""))

    def configurations_of(self, product_id: str) -> list[Configuration]:
        return [self._configurations[it] for it in self._of_product.get(product_id, ())]

    def put_product(self, product: Product) -> None:
        """Add or replace a product."""
        before = self._products.get(product.id)
        if before == product:
            return
        self._record(product, before)
        if before is not None:
            self._forget_product(before)
        self._index_product(product)

    def put_configuration(self, configuration: Configuration) -> None:
        """Add or replace a configuration."""
        before = self._configurations.get(configuration.id)
        if before == configuration:
            return
        self._record(configuration, before)
        if before is not None:
            self._configuration_with_sku.pop(fold(before.sku or ""), None)
        self._index_configuration(configuration)

    def begin(self) -> None:
        """Start a change that can be undone."""
        self._steps.clear()

    def undo(self) -> None:
        """Restore the state at `begin`."""
        while self._steps:
            now, before, recorded = self._steps.pop()
            if isinstance(now, Product):
                self._forget_product(now)
                if before is None:
                    del self._products[now.id]
            else:
                self._configuration_with_sku.pop(fold(now.sku or ""), None)
                if before is None:
                    del self._configurations[now.id]
                    del self._of_product[now.product_id][now.id]
            if isinstance(before, Product):
                self._index_product(before)
            elif before is not None:
                self._index_configuration(before)
            if recorded:
                del self._before[now.id]

    def changes_since_begin(self) -> list[Product | Configuration | None]:
        """The rows changed since `begin`, each as it was before; None for new rows."""
        return [before for _, before, _ in self._steps]

    def changed_products(self) -> list[tuple[Product | None, Product]]:
        """The changed products, each before (None for new ones) and after."""
        found = ((self._before[it], now) for it, now in self._products.items() if it in self._before)
        return [(before, now) for before, now in found if before != now]  # type: ignore[misc]

    def changed_configurations(self) -> list[tuple[Configuration | None, Configuration]]:
        """The changed configurations, each before (None for new ones) and after."""
        found = ((self._before[it], now) for it, now in self._configurations.items() if it in self._before)
        return [(before, now) for before, now in found if before != now]  # type: ignore[misc]

    def all(self) -> tuple[list[Product], list[Configuration]]:
        return list(self._products.values()), list(self._configurations.values())

    def _record(self, now: Product | Configuration, before: Product | Configuration | None) -> None:
        self._steps.append((now, before, now.id not in self._before))
        self._before.setdefault(now.id, before)

    def _forget_product(self, product: Product) -> None:
        self._named.pop(product_key(product.brand, product.model), None)
        self._with_sku.pop(fold(product.sku or ""), None)

    def _index_product(self, product: Product) -> None:
        self._products[product.id] = product
        self._named[product_key(product.brand, product.model)] = product.id
        if product.sku is not None:
            self._with_sku[fold(product.sku)] = product.id

    def _index_configuration(self, configuration: Configuration) -> None:
        self._configurations[configuration.id] = configuration
        self._of_product.setdefault(configuration.product_id, {})[configuration.id] = None
        if configuration.sku is not None:
            self._configuration_with_sku[fold(configuration.sku)] = configuration.id


def product_key(brand: str, model: str) -> str:
    """The unique key of a product: the case-folded brand and model. Neither contains a line break."""
    return f"{fold(brand)}\n{fold(model)}"
