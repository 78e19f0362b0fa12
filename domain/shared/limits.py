"""How many parts one input may have."""

from domain.shared.errors import ErrorCode, Path, Problems
from domain.shared.wording import counted

# Of the lists of an input, such as the items of a quote or the recipients of an item.
MOST_PARTS = 200
MOST_ADDRESSES = 200
# To whom one quote is sent at a time.
MOST_TO_ADDRESSES = 20
# Of a quote as a whole, so that no decision on all of it takes longer than a request may.
MOST_RECIPIENTS = 2_000
MOST_ALTERNATIVES = 2_000
MOST_DEVICES = 1_000


def check_count(parts: tuple[object, ...], problems: Problems, path: Path, noun: str) -> None:
    """A list of parts has from one to 200 members (docs/domain.md#part-limits)."""
    if not parts:
        problems.add(path, ErrorCode.REQUIRED, f"Name at least one {noun}.")
    if len(parts) > MOST_PARTS:
        problems.add(path, ErrorCode.TOO_MANY, f"At most {counted(MOST_PARTS, noun)}, not {len(parts)}.")
