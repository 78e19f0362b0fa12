"""Types of devices, and the choices of lists of the catalogue."""

from domain.catalogue.products import ProductType
from domain.history.catalogue_events import CatalogueEventType
from schema.shared.enums import describe

__all__ = [
    "CatalogueEventType",
    "ProductType",
]

describe(
    ProductType,
    "Type of device.",
    LAPTOP="A laptop.",
    MONITOR="A monitor.",
    MOUSE="A mouse.",
    KEYBOARD="A keyboard.",
    HEADPHONES="Headphones.",
    WEBCAM="A webcam.",
    WARRANTY_MAC="An extended warranty for a Mac. It has no specification.",
    WARRANTY_WINDOWS="An extended warranty for a Windows laptop. It has no specification.",
    ACCESSORY="Any other device.",
    OTHER="Anything else, which no vendor is asked for.",
    SERVICE="A service. It is no device, and no vendor is asked for it.",
)
describe(
    CatalogueEventType,
    "Type of a catalogue event.",
    PRODUCT_CREATED="A product was created.",
    PRODUCT_UPDATED="A product was updated.",
    PRODUCT_ARCHIVED="A product was archived.",
    PRODUCT_UNARCHIVED="A product was unarchived.",
    CONFIGURATION_ADDED="A configuration was added to a product.",
    CONFIGURATION_UPDATED="A configuration was updated.",
    CONFIGURATION_ARCHIVED="A configuration was archived.",
    CONFIGURATION_UNARCHIVED="A configuration was unarchived.",
)
