"""What of the catalogue a change looks at, and what becomes of it: indexed by names and SKUs, and remembering what was
changed. Rules that change it are in `catalogue_drafts.py`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from domain.catalogue.products import Configuration, Product
from domain.shared.parsers import fold


@dataclass(frozen=True, slots=True)
class CatalogueKeys:
    """What a change names: the products concerned are those with one of these, and those of the configurations."""

    products: Sequence[str] = ()
    configurations: Sequence[str] = ()
    names: Sequence[str] = ()
    skus: Sequence[str] = ()
    configuration_skus: Sequence[str] = ()


class CatalogueSnapshot:
    """Products, each with all its configurations, in their order, archived ones too."""

    def __init__(self, products: Iterable[Product] = (), configurations: Iterable[Configuration] = ()) -> None:
        self._products: dict[str, Product] = {}
        self._configurations: dict[str, Configuration] = {}
        self._of_product: dict[str, dict[str, None]] = {}
        self._named: dict[str, str] = {}
        self._with_sku: dict[str, str] = {}
        self._configuration_with_sku: dict[str, str] = {}
        self._before: dict[str, Product | Configuration | None] = {}
        self._steps: list[tuple[Product | Configuration, Product | Configuration | None, bool]] = []
        self.show(products, configurations)

    def show(self, products: Iterable[Product], configurations: Iterable[Configuration]) -> None:
        """Put in what is stored, unless it is here already."""
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
        """A new product, or what becomes of one that is here."""
        before = self._products.get(product.id)
        if before == product:
            return
        self._note(product, before)
        if before is not None:
            self._forget_product(before)
        self._index_product(product)

    def put_configuration(self, configuration: Configuration) -> None:
        """A new configuration, or what becomes of one that is here."""
        before = self._configurations.get(configuration.id)
        if before == configuration:
            return
        self._note(configuration, before)
        if before is not None:
            self._configuration_with_sku.pop(fold(before.sku or ""), None)
        self._index_configuration(configuration)

    def begin(self) -> None:
        """Begin a change that is either made whole or undone."""
        self._steps.clear()

    def undo(self) -> None:
        """Put everything back as it was at `begin`."""
        while self._steps:
            now, before, noted = self._steps.pop()
            if isinstance(now, Product):
                self._forget_product(now)
                del self._products[now.id]
            else:
                self._configuration_with_sku.pop(fold(now.sku or ""), None)
                del self._configurations[now.id]
                if before is None:
                    del self._of_product[now.product_id][now.id]
            if isinstance(before, Product):
                self._index_product(before)
            elif before is not None:
                self._index_configuration(before)
            if noted:
                del self._before[now.id]

    def changes_since_begin(self) -> list[Product | Configuration | None]:
        """What was put in since `begin`: each as it was, None where it is new."""
        return [before for _, before, _ in self._steps]

    def changed_products(self) -> list[tuple[Product | None, Product]]:
        """What was put in: each as it was, None where it is new, and as it is now."""
        found = ((self._before[it], now) for it, now in self._products.items() if it in self._before)
        return [(before, now) for before, now in found if before != now]  # type: ignore[misc]

    def changed_configurations(self) -> list[tuple[Configuration | None, Configuration]]:
        """The same of configurations."""
        found = ((self._before[it], now) for it, now in self._configurations.items() if it in self._before)
        return [(before, now) for before, now in found if before != now]  # type: ignore[misc]

    def all(self) -> tuple[list[Product], list[Configuration]]:
        return list(self._products.values()), list(self._configurations.values())

    def _note(self, now: Product | Configuration, before: Product | Configuration | None) -> None:
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
    """What no two products have in common: brand and model, however they are written. Neither has a line break."""
    return f"{fold(brand)}\n{fold(model)}"
