"""Numbers of connected systems keep their digits."""

from decimal import Decimal

import pytest

from adapters.connections.exact_json import read_json, write_json


@pytest.mark.parametrize("digits", ["1450.10", "0.1", "1E+400", "12345678901234567890.12", "-0.0"])
def test_a_number_is_written_with_the_digits_that_were_read(digits):
    value = read_json(digits.encode())
    assert value == Decimal(digits)
    assert write_json([value]) == f"[{digits}]"


def test_all_other_values_are_written_as_they_were_read():
    text = '{"a": [1, true, null, "\\u00f1\\u0000\\ud800"], "b": {}}'
    assert write_json(read_json(text.encode())) == text


@pytest.mark.parametrize(
    "content",
    [b"", b"NaN", b"[Infinity]", b"[" * 100_000, b"1e99999999999999999999999", b"1" * 5_000, b"\xff", b"{"],
)
def test_what_is_not_json_is_a_value_error(content):
    with pytest.raises(ValueError):  # noqa: PT011 - any of its kinds
        read_json(content)
