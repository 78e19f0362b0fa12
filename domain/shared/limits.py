"""Limits on the number of parts of an input."""

from domain.shared.errors import ErrorCode, Path, Problems
from domain.shared.wording import counted

# Length of a list in an input, such as the items of a quote or the recipients of an item.
MOST_PARTS = 200
MOST_ADDRESSES = 200
# Number of addresses that a quote is sent to at once.
MOST_TO_ADDRESSES = 20
# Of a quote as a whole, so that decisions on all of its lines finish within a request's time limit.
MOST_RECIPIENTS = 2_000
MOST_ALTERNATIVES = 2_000
MOST_DEVICES = 1_000


def check_count(parts: tuple[object, ...], problems: Problems, path: Path, noun: str) -> None:
    """Check that a list has 1 to `MOST_PARTS` entries (docs/domain.md#part-limits)."""
    if not parts:
        problems.add(path, ErrorCode.REQUIRED, f"Send at least one {noun}.")
    check_most(parts, problems, path, noun)


def check_most(parts: tuple[object, ...], problems: Problems, path: Path, noun: str) -> None:
    """Check that a list, which may be empty, has at most `MOST_PARTS` entries (docs/domain.md#part-limits)."""
    if len(parts) > MOST_PARTS:
        problems.add(path, ErrorCode.TOO_MANY, f"At most {counted(MOST_PARTS, noun)}, not {len(parts)}.")
