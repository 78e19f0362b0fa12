"""Tags: words to find objects by. Tags that differ only in case are the same."""

from collections.abc import Sequence

from domain.shared.errors import ErrorCode, Path, Problems
from domain.shared.parsers import fold, text

MOST_TAGS = 50
TAG_LENGTH = 50


def parse_tags(given: Sequence[str], problems: Problems, path: Path) -> tuple[str, ...]:
    """The tags as entered, trimmed and without duplicates; problems are added under `path`."""
    if len(given) > MOST_TAGS:
        problems.add(path, ErrorCode.TOO_MANY, f"At most {MOST_TAGS} tags, not {len(given)}.")
    found = [problems.check((*path, str(index)), text, tag, TAG_LENGTH) for index, tag in enumerate(given[:MOST_TAGS])]
    unique: dict[str, str] = {}
    for tag in found:
        if tag is not None:
            unique.setdefault(fold(tag), tag)
    return tuple(unique.values())
