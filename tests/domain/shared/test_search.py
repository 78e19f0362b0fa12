"""Search: what is the same to somebody who looks for something."""

from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.shared.search import search_form, search_words


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("Müller", "muller"),
        ("José Peña", "JOSE PENA"),
        ("Straße", "strasse"),
        ("Søren Kierkegård", "soren kierkegard"),
        ("Łódź", "lodz"),
        ("Đặng Thị", "dang thi"),
        ("Æsir Œuvre Þór", "aesir oeuvre thor"),
        ("İstanbul", "istanbul"),
        ("ISPARTA", "ısparta"),
        ("O’Neil", "O'Neil"),
        ("OʼNeil", "oneil"),
        ("ＡＢＣ１２３", "abc123"),
        ("ｶﾀｶﾅ", "カタカナ"),
        ("Jean-Luc", "jean luc"),
        ("Jean‐Luc", "jean-luc"),
        ("C02–123", "c02-123"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("Андрей", "андреи"),
        ("أحمد", "احمد"),
        ("٣٤", "34"),
        ("soft\u00adware\u200b", "software"),
        ("Ana\u3000Paz", " ana  paz"),
    ],
)
def test_accents_case_apostrophes_width_dashes_and_blanks_make_no_difference(stored, typed):
    assert search_form(stored) == search_form(typed)


@pytest.mark.parametrize(("one", "other"), [("バン", "ハン"), ("कि", "क"), ("東京", "京都"), ("C02-1", "C021")])
def test_what_makes_another_letter_makes_a_difference(one, other):
    assert search_form(one) != search_form(other)


@given(st.text(max_size=60))
def test_a_text_is_found_however_unicode_writes_it(value):
    assert search_form(normalize("NFD", value)) == search_form(normalize("NFC", value))


@given(st.text(max_size=60))
def test_what_is_in_the_form_of_searches_stays_as_it_is(value):
    assert search_form(search_form(value)) == search_form(value)


@given(st.text(max_size=60))
def test_a_text_is_found_by_each_of_its_own_words(value):
    if search_form(value):
        assert all(word in search_form(value) for word in search_words(value))


def test_words_are_looked_for_once_and_a_hyphen_at_their_ends_is_not():
    assert search_words(" Ana  ana paz- ") == ("ana", "paz")
    assert search_words("--") == ("--",)


def test_what_is_nothing_but_apostrophes_is_looked_for_as_it_is():
    assert search_words("’") == ("’",)
