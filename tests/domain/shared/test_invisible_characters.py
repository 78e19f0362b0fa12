"""Characters that print nothing: taken off where they change nothing, refused where they turn a text around."""

import pytest

from domain.shared.errors import Invalid
from domain.shared.invisible_characters import (
    check_marks,
    is_blank,
    without_direction,
    without_joiners,
    without_marks,
)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ana \u200b", "Ana"),
        ("\ufeffAna", "Ana"),
        ("\u2066Ana\u2069", "Ana"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("Ana\u200d", "Ana"),
    ],
)
def test_what_prints_nothing_is_taken_off_and_joiners_stay_inside_words(typed, kept):
    assert without_marks(typed) == kept


def test_numbers_have_no_direction_and_codes_no_joiners():
    assert without_direction("\u202a+598 2 123\u202c") == "+598 2 123"
    assert without_joiners("C02\u200dX") == "C02X"


@pytest.mark.parametrize(
    ("text", "unseen"), [("", True), (" \u200b\u2060", True), ("\u3164", True), ("a\u200b", False)]
)
def test_a_text_of_nothing_but_such_characters_is_unseen(text, unseen):
    assert is_blank(text) is unseen


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a\0b", r"U\+0000 \(NUL\) at character 2"),
        ("a\u202eb", r"U\+202E .* at character 2: it changes the direction of the text"),
        ("a\nb", r"a line break.* at character 2: this field is a single line"),
    ],
)
def test_what_may_not_stand_in_a_text_is_told_with_its_place(text, told):
    with pytest.raises(Invalid, match=told):
        check_marks(text, text, lines=False)


def test_a_note_has_line_breaks():
    check_marks("a\nb", "a\nb", lines=True)
