"""English for what we say of numbers, devices and states: plurals, and why something cannot become what was asked."""

from domain.catalogue import ProductType

# How several devices of a kind are called.
DEVICES: dict[ProductType, str] = {
    ProductType.LAPTOP: "laptops",
    ProductType.MONITOR: "monitors",
    ProductType.MOUSE: "mice",
    ProductType.KEYBOARD: "keyboards",
    ProductType.HEADPHONES: "headphones",
    ProductType.WEBCAM: "webcams",
    ProductType.ACCESSORY: "accessories",
    ProductType.WARRANTY_MAC: "warranties for Macs",
    ProductType.WARRANTY_WINDOWS: "warranties for Windows laptops",
}


def counted(number: int, one: str, more: str | None = None) -> str:
    """A number of things, such as `1 price` or `2,000 prices`."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def refused(present: str, attempted: str) -> str:
    """What something is, and that it does not become what was asked, as the end of a sentence."""
    if present == attempted:
        return f"{present} already."
    return f"{present}; it cannot become {attempted}."
