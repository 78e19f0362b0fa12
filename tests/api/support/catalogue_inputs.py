"""Every mutation of the catalogue with an input that says everything it can."""

from tests.api.support.world import MACBOOK, SMALL_MACBOOK

# Of a configuration in the catalogue.
CONFIGURATION = dict.fromkeys(
    ("sku", "os", "cpu", "ram", "storage", "screenSize", "resolution", "connectionType"), "Good"
)
CATALOGUE_INPUTS = {
    "createProduct": {
        "type": "LAPTOP",
        "brand": "Good",
        "model": "Better",
        "sku": "G-1",
        "imageUrl": "https://pictures.example/good.png",
        "configurations": [CONFIGURATION],
    },
    "updateProduct": {
        "productId": MACBOOK,
        "type": "LAPTOP",
        "brand": "Good",
        "model": "Better",
        "sku": "G-1",
        "imageUrl": "https://pictures.example/good.png",
    },
    "archiveProduct": {"productId": MACBOOK},
    "unarchiveProduct": {"productId": MACBOOK},
    "addConfiguration": {"productId": MACBOOK, **CONFIGURATION},
    "updateConfiguration": {"configurationId": SMALL_MACBOOK, **CONFIGURATION},
    "archiveConfiguration": {"configurationId": SMALL_MACBOOK},
    "unarchiveConfiguration": {"configurationId": SMALL_MACBOOK},
}
