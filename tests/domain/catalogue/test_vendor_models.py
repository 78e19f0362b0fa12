"""The vendor's models become products and configurations; what operators have decided stays."""

import random
from dataclasses import dataclass, field

import pytest

from domain.catalogue.file_rows import Taken
from domain.catalogue.products import ProductType
from domain.catalogue.snapshot import CatalogueSnapshot
from domain.catalogue.vendor_models import ModelIntake, VendorModel, in_order
from domain.shared.errors import InvalidInput
from domain.shared.ids import new_id
from tests.builders import a_configuration, a_product

ADDED, UPDATED, UNCHANGED = Taken.ADDED, Taken.UPDATED, Taken.UNCHANGED


def a_model(**given):
    parts = ("Ultra 5", "16GB", "512GB", "14")
    model = VendorModel("1", "UY", "Dell", "Pro 14", ProductType.LAPTOP, "PC", "PB14", *parts)
    return model._replace(**given)


@dataclass
class Shop:
    """A catalogue, and what is taken into it."""

    snapshot: CatalogueSnapshot = field(default_factory=CatalogueSnapshot)

    def take(self, *models):
        """The result of each model of one list, or why it was refused."""
        intake = ModelIntake(new_id)
        return [self._one(intake, it) for it in in_order(models)]

    def _one(self, intake, model):
        try:
            return intake.take(model, self.snapshot)
        except InvalidInput as invalid:
            return str(invalid)

    @property
    def product(self):
        [product] = self.snapshot.all()[0]
        return product

    @property
    def configurations(self):
        return [(it.cpu, it.ram, it.storage, it.screen_size, it.sku, it.active) for it in self.snapshot.all()[1]]


@pytest.fixture
def shop():
    return Shop()


def stocked(product, *configurations):
    return Shop(CatalogueSnapshot([product], configurations))


def test_a_new_model_becomes_a_product_with_a_configuration_and_a_second_time_nothing(shop):
    model = a_model(image_url="https://img.example/1.png")
    assert shop.take(model) == [ADDED]
    product = shop.product
    assert (product.product_type, product.brand, product.model) == (ProductType.LAPTOP, "Dell", "Pro 14")
    assert product.image_url == "https://img.example/1.png"
    assert shop.configurations == [("Ultra 5", "16GB", "512GB", "14", "PB14", True)]
    assert shop.take(model) == [UNCHANGED]


def test_another_configuration_is_added_to_the_product_that_is_there(shop):
    assert shop.take(a_model(), a_model(part_number="PB14-32", ram="32GB")) == [ADDED, ADDED]
    assert [(it[1], it[4]) for it in shop.configurations] == [("16GB", "PB14"), ("32GB", "PB14-32")]
    assert shop.product.model == "Pro 14"


def test_names_types_and_pictures_that_operators_have_given_stay():
    known = a_product(
        product_type=ProductType.OTHER, brand="DELL Inc", model="pro 14", image_url="https://img.example/own.png"
    )
    shop = stocked(known)
    model = a_model(brand="Dell inc", model="PRO 14", image_url="https://img.example/1.png", part_number=None)
    assert shop.take(model._replace(cpu=None, ram=None, storage=None, screen_size=None)) == [UNCHANGED]
    assert shop.product == known


def test_what_is_missing_of_a_known_configuration_is_filled_in_and_spelling_is_no_difference():
    product = a_product(brand="Dell", model="Pro 14")
    known = a_configuration(product, os="Windows", cpu="ultra 5", ram="16 GB", storage="512 GB", screen_size='14"')
    shop = stocked(product, known)
    assert shop.take(a_model(image_url="https://img.example/1.png")) == [UPDATED]
    assert shop.configurations == [("ultra 5", "16 GB", "512 GB", '14"', "PB14", True)]
    assert shop.product.image_url == "https://img.example/1.png"
    assert shop.take(a_model()) == [UNCHANGED]


def test_the_parts_of_a_known_part_number_are_updated():
    product = a_product(brand="Dell", model="Pro 14")
    shop = stocked(product, a_configuration(product, sku="pb14", ram="8 GB"))
    assert shop.take(a_model()) == [UPDATED]
    assert shop.configurations == [("Ultra 5", "16GB", "512 GB", '14"', "pb14", True)]


def test_of_several_countries_the_first_says_what_the_parts_are(shop):
    conflicting = a_model(country="BR", ram="32GB")
    first, second, third = shop.take(a_model(), a_model(country="AR", ram="16 gb"), conflicting)
    assert (first, second) == (ADDED, UNCHANGED)
    assert "An earlier model of the list has the same part number and other parts." in third
    assert shop.configurations == [("Ultra 5", "16GB", "512GB", "14", "PB14", True)]


@pytest.mark.parametrize("seed", range(6))
def test_in_whichever_order_a_second_run_changes_nothing(shop, seed):
    models = [
        a_model(product_type=None, type_name=None),
        a_model(country="BR", part_number=None, deprecated=True),
        a_model(country="AR", ram="32GB", part_number=None),
        a_model(country="CL", image_url="https://img.example/1.png"),
    ]
    random.Random(seed).shuffle(models)
    shop.take(*models)
    before = shop.snapshot.all()
    assert set(shop.take(*models)) == {UNCHANGED}
    assert shop.snapshot.all() == before
    assert len(before[1]) == 2


def test_a_configuration_is_archived_when_all_its_models_are_deprecated_and_stays_so():
    product = a_product(brand="Dell", model="Pro 14")
    shop = stocked(product, a_configuration(product, sku="PB14"))
    gone = a_model(deprecated=True)
    assert shop.take(gone, a_model(country="BR"))[1] == UNCHANGED
    assert shop.take(gone) == [UPDATED]
    assert [it[5] for it in shop.configurations] == [False]
    assert shop.take(gone) == [UNCHANGED]
    # Somebody may have archived it for another reason.
    shop.take(a_model())
    assert [it[5] for it in shop.configurations] == [False]


def test_a_deprecated_model_adds_nothing(shop):
    assert shop.take(a_model(deprecated=True)) == [UNCHANGED]
    assert shop.snapshot.all() == ([], [])


def test_a_product_without_configurations_is_archived_with_its_model():
    bare = a_model(part_number=None, cpu=None, ram=None, storage=None, screen_size=None)
    shop = Shop()
    assert shop.take(bare) == [ADDED]
    assert shop.take(bare._replace(deprecated=True), bare) == [UNCHANGED, UNCHANGED]
    assert shop.take(bare._replace(deprecated=True)) == [UPDATED]
    assert not shop.product.active


def test_nothing_is_added_to_an_archived_product():
    shop = stocked(a_product(brand="Dell", model="Pro 14", active=False))
    assert shop.take(a_model(image_url="https://img.example/1.png")) == [UNCHANGED]
    assert shop.snapshot.all()[1] == []


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"product_type": None, "type_name": None}, "The vendor gives no type."),
        ({"product_type": None, "type_name": "TABLET"}, "The vendor gives the type 'TABLET', which is not known."),
        ({"brand": ""}, "brand: This must not be empty."),
        ({"model": "x" * 201}, "model: "),
        ({"product_type": ProductType.WARRANTY_MAC}, "A warranty has no configurations."),
        ({"cpu": "x" * 201}, "configuration.cpu: "),
    ],
)
def test_a_model_that_cannot_be_used_is_refused_as_a_whole(shop, given, reason):
    [refused] = shop.take(a_model(**given))
    assert reason in refused
    assert shop.snapshot.all() == ([], [])


def test_a_part_number_of_another_product_is_refused():
    other = a_product(brand="HP", model="EliteBook")
    shop = stocked(other, a_configuration(other, sku="PB14"))
    [refused] = shop.take(a_model())
    assert "Another configuration has the SKU PB14." in refused
    assert shop.product == other


def test_parts_that_fit_several_configurations_are_refused():
    product = a_product(brand="Dell", model="Pro 14")
    twins = [a_configuration(product, ram="8 GB", cpu=it, sku=it) for it in ("A", "B")]
    shop = stocked(product, *twins)
    bare = a_model(part_number=None, cpu=None, storage=None, screen_size=None, ram="8 GB")
    [refused] = shop.take(bare)
    assert "has 2 matching configurations" in refused
