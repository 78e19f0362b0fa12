"""Products by the parts of their configurations, on both databases."""

import pytest
import pytest_asyncio

from adapters.database.catalogue.products import CATALOGUE_LOADERS
from adapters.database.core.reader import SqlReader
from domain.catalogue.products import ProductType
from domain.shared.paging import PageKey, Window
from tests.builders import a_configuration, a_product
from tests.databases import LIVE, write_product


@pytest_asyncio.fixture
async def reader(database):
    """Three laptops and a monitor; one laptop has a configuration that cannot be asked for any more."""
    pro, air = a_product(model="Pro"), a_product(model="Air", brand="Apple ÇA")
    latitude = a_product(model="Latitude", brand="Dell")
    monitor = a_product(model="UltraFine", brand="LG", product_type=ProductType.MONITOR)
    none = {"cpu": None, "ram": None, "storage": None, "screen_size": '27"'}
    await write_product(database, pro, a_configuration(pro), a_configuration(pro, ram="64 GB", cpu="M5 Pro"))
    await write_product(database, air, a_configuration(air, ram="8 GB"))
    old = a_configuration(latitude, cpu="Core i5", active=False)
    await write_product(database, latitude, a_configuration(latitude, cpu="Core Ultra"), old)
    usb = {**none, "resolution": "4K", "connection_type": "USB-C"}
    await write_product(database, monitor, a_configuration(monitor, **usb))
    return SqlReader(database, CATALOGUE_LOADERS)


FOUND = {
    "one value": (("configured_1", (("ram", "64 gb"),)), {"Pro"}),
    "one of several": (("configured_1", (("ram", "64 GB"), ("ram", "8 GB"))), {"Pro", "Air"}),
    "written otherwise": (("configured_1", (("screen_size", "27 \u2033"), ("ram", "64gb"))), {"Pro", "UltraFine"}),
    "two parts of one configuration": (("configured_2", (("ram", "64 GB"), ("cpu", "m5 pro"))), {"Pro"}),
    "two parts of two configurations": (("configured_2", (("ram", "16 GB"), ("cpu", "m5 pro"))), set()),
    "two parts of a monitor": (("configured_2", (("resolution", "4k"), ("connection_type", "usb-c"))), {"UltraFine"}),
    "an inactive configuration": (("configured_1", (("cpu", "core i5"),)), set()),
    "an inactive configuration, asked for": (("ever_configured_1", (("cpu", "core i5"),)), {"Latitude"}),
    "no value": (("configured_1", ()), set()),
    "the value of another part": (("configured_1", (("storage", "16 GB"),)), set()),
    "exactly a brand": (("brand", "APPLE"), {"Pro"}),
    "a brand in any case": (("brand", "apple ça"), {"Air"}),
    "a type": (("product_type", (ProductType.MONITOR,)), {"UltraFine"}),
}  # fmt: skip


@pytest.mark.parametrize(("wanted", "models"), FOUND.values(), ids=FOUND.keys())
async def test_products_are_found_by_what_one_of_their_configurations_has(reader, wanted, models):
    key = PageKey(None, (wanted,), "NAME", False, Window(10))
    [page] = await reader.load("products", [key], LIVE)
    assert {it.model for it in page.rows} == models
    assert await reader.count("products", [key.whole()], LIVE) == [len(models)]


async def test_known_values_are_those_that_can_be_asked_for(reader):
    cpus, brands, nothing = await reader.load("known_values", ["cpu", "brand", "keyboard"], LIVE)
    assert {it.value for it in cpus} == {"Apple M5", "M5 Pro", "Core Ultra"}
    assert {it.value for it in brands} == {"Apple", "Apple ÇA", "Dell", "LG"}
    assert nothing == []
