"""Wording of messages: plurals, and cannot_become changes of status."""


def counted(number: int, one: str, more: str | None = None) -> str:
    """A number with its noun, such as `1 price` or `2,000 prices`."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def cannot_become(present: str, attempted: str) -> str:
    """The end of a sentence that says why a change of status is refused: the present status, and the attempted one."""
    if present == attempted:
        return f"{present} already."
    return f"{present}; it cannot become {attempted}."
