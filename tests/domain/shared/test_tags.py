"""Tags: trimmed, each once, and not too many of them."""

from domain.shared.errors import ErrorCode, Problems
from domain.shared.tags import MOST_TAGS, TAG_LENGTH, parse_tags


def test_the_same_word_in_another_case_is_the_same_tag_as_it_was_typed_first():
    assert parse_tags([" Desk ", "DESK", "Büro"], Problems(), ("tags",)) == ("Desk", "Büro")


def test_each_tag_that_is_wrong_is_told_at_its_place_and_the_others_are_kept():
    problems = Problems()
    assert parse_tags(["good", "x" * (TAG_LENGTH + 1)], problems, ("tags",)) == ("good",)
    assert [it.path for it in problems.found] == [("tags", "1")]


def test_too_many_tags_are_told_once_and_not_one_by_one():
    problems = Problems()
    parse_tags(["", *map(str, range(MOST_TAGS))], problems, ("tags",))
    assert (problems.found[0].path, problems.found[0].code) == (("tags",), ErrorCode.TOO_MANY)
    assert len(problems.found) == 2
