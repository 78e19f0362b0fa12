"""What all files of comma-separated values have in common."""

# What some spreadsheets put between cells where others put commas.
_SEPARATORS = {";": "semicolons", "\t": "tabs"}


def separated_otherwise(header: list[str]) -> str | None:
    """What is wrong with a first line that was read as one cell, if that is because commas do not part its cells."""
    if len(header) != 1:
        return None
    found = next((name for mark, name in _SEPARATORS.items() if mark in header[0]), None)
    return f"its cells are separated by {found}; save it with commas between them" if found else None
