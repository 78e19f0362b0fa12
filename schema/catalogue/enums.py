"""Kinds of devices, and the choices of lists of the catalogue."""

from enum import StrEnum

from domain.catalogue.products import ProductType
from domain.history.catalogue_events import CatalogueEventType
from schema.shared.enums import describe

__all__ = [
    "CatalogueEventType",
    "KitOrderField",
    "ProductType",
]

describe(
    ProductType,
    "Kinds of devices.",
    LAPTOP="A laptop.",
    MONITOR="A monitor.",
    MOUSE="A mouse.",
    KEYBOARD="A keyboard.",
    HEADPHONES="Headphones.",
    WEBCAM="A webcam.",
    WARRANTY_MAC="An extended warranty for a Mac; it has no specification.",
    WARRANTY_WINDOWS="An extended warranty for a Windows laptop; it has no specification.",
    ACCESSORY="Anything else.",
)


class KitOrderField(StrEnum):
    NAME = "NAME"
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"


describe(
    KitOrderField,
    "What kits can be ordered by.",
    NAME="Their names, in any case.",
    CREATED_AT="When they were made.",
    UPDATED_AT="When they last changed.",
)
describe(
    CatalogueEventType,
    "What can happen to a product of the catalogue.",
    PRODUCT_CREATED="It was put into the catalogue.",
    PRODUCT_UPDATED="It was changed.",
    PRODUCT_ARCHIVED="It can no longer be chosen.",
    PRODUCT_UNARCHIVED="It can be chosen again.",
    CONFIGURATION_ADDED="It comes in another way.",
    CONFIGURATION_UPDATED="A configuration was changed.",
    CONFIGURATION_ARCHIVED="A configuration can no longer be chosen.",
    CONFIGURATION_UNARCHIVED="A configuration can be chosen again.",
)
