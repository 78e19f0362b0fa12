"""English for what we say of numbers, devices and states: plurals, and why something cannot become what was asked."""


def counted(number: int, one: str, more: str | None = None) -> str:
    """A number of things, such as `1 price` or `2,000 prices`."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def refused(present: str, attempted: str) -> str:
    """What something is, and that it does not become what was asked, as the end of a sentence."""
    if present == attempted:
        return f"{present} already."
    return f"{present}; it cannot become {attempted}."
