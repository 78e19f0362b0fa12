"""Tags: words people put on things to find them again. The same word in another case is the same tag."""

from collections.abc import Sequence

from domain.shared.errors import ErrorCode, Path, Problems
from domain.shared.parsers import fold, text

MOST_TAGS = 50
TAG_LENGTH = 50


def parse_tags(given: Sequence[str], problems: Problems, path: Path) -> tuple[str, ...]:
    """Tags as typed, trimmed and each once; what is wrong is noted under `path`."""
    if len(given) > MOST_TAGS:
        problems.add(path, ErrorCode.TOO_MANY, f"At most {MOST_TAGS} tags, not {len(given)}.")
    found = [problems.check((*path, str(index)), text, tag, TAG_LENGTH) for index, tag in enumerate(given[:MOST_TAGS])]
    kept: dict[str, str] = {}
    for tag in found:
        if tag is not None:
            kept.setdefault(fold(tag), tag)
    return tuple(kept.values())
