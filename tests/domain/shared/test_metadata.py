"""External IDs and metadata: exact, each key once, and not too many of them."""

import pytest

from domain.shared.errors import ErrorCode, Problems
from domain.shared.metadata import (
    EXTERNAL_ID_LENGTH,
    KEY_LENGTH,
    MOST_METADATA,
    VALUE_LENGTH,
    MetadataEntry,
    parse_external_id,
    parse_metadata,
)


def problems_of(*entries: tuple[str, str]) -> list[tuple[str, ErrorCode]]:
    problems = Problems()
    parse_metadata(entries, problems, ("metadata",))
    return [(".".join(it.path), it.code) for it in problems.found]


def test_entries_are_kept_in_order_and_trimmed_and_case_matters():
    given = [(" cost ", " 4711 "), ("Cost", "x"), ("team", "Bu\u0308ro")]
    kept = parse_metadata(given, Problems(), ("metadata",))
    assert kept == (MetadataEntry("cost", "4711"), MetadataEntry("Cost", "x"), MetadataEntry("team", "B\u00fcro"))


@pytest.mark.parametrize(
    ("entry", "path", "code"),
    [
        (("", "x"), "metadata.0.key", ErrorCode.REQUIRED),
        (("\u200b ", "x"), "metadata.0.key", ErrorCode.REQUIRED),
        (("k", " "), "metadata.0.value", ErrorCode.REQUIRED),
        (("k" * (KEY_LENGTH + 1), "x"), "metadata.0.key", ErrorCode.TOO_LONG),
        (("k", "x" * (VALUE_LENGTH + 1)), "metadata.0.value", ErrorCode.TOO_LONG),
        (("a\0b", "x"), "metadata.0.key", ErrorCode.INVALID_TEXT),
        (("k", "a\x1bb"), "metadata.0.value", ErrorCode.INVALID_TEXT),
        (("k", "a\nb"), "metadata.0.value", ErrorCode.INVALID_TEXT),
    ],
)
def test_what_is_wrong_with_an_entry_is_told_at_its_place(entry, path, code):
    assert problems_of(entry) == [(path, code)]


def test_a_key_that_is_repeated_is_told_where_it_is_repeated():
    assert problems_of(("a", "1"), ("b", "2"), (" a", "3")) == [("metadata.2.key", ErrorCode.ALREADY_EXISTS)]


def test_too_many_entries_are_told_once():
    entries = [(str(number), "x") for number in range(MOST_METADATA + 1)]
    assert problems_of(*entries) == [("metadata", ErrorCode.TOO_MANY)]
    assert problems_of(*entries[:MOST_METADATA]) == []


def test_the_longest_entries_and_external_ids_are_kept():
    longest = ("k" * KEY_LENGTH, "x" * VALUE_LENGTH)
    assert parse_metadata([longest], Problems(), ()) == (MetadataEntry(*longest),)
    assert parse_external_id("x" * EXTERNAL_ID_LENGTH, Problems(), ()) == "x" * EXTERNAL_ID_LENGTH


def test_an_external_id_with_nothing_in_it_is_none_and_one_that_is_too_long_is_refused():
    assert [parse_external_id(it, Problems(), ()) for it in (None, "", " ")] == [None, None, None]
    problems = Problems()
    parse_external_id("x" * (EXTERNAL_ID_LENGTH + 1), problems, ("externalId",))
    assert [(it.path, it.code) for it in problems.found] == [(("externalId",), ErrorCode.TOO_LONG)]
