"""Which serial numbers are none: what a spreadsheet has made of them, and what stands where none is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.inventory.serial_numbers import new_serial, parse_serial
from domain.shared.errors import ErrorCode, Invalid


def refusal(serial: str) -> str:
    with pytest.raises(Invalid) as refused:
        new_serial(serial)
    assert refused.value.code == ErrorCode.INVALID_SERIAL
    return refused.value.message


@pytest.mark.parametrize(
    "serial",
    [
        *("1.23E+15", "1,23E+15", "1E+15", "4.56789e+11", "-1.2E+9", "1.23E-05", "1.23E15", "1.23 E+15", '="1.23E+15"'),
        *("12345678.0", "98.00", "123,456,789", "#N/A", "#REF!", "#NAME?", "########"),
        *("1-Mar", "22-Sep-2024", "Mar-03", "03/01/2024", "1.3.24", "2024-03-01", "2024-03-01 00:00:00"),
        *("12345678901234500", "359881234567890000", "=00045678", "=A1", '=T("00045678")'),
    ],
)
def test_what_a_spreadsheet_has_destroyed_is_refused_with_the_remedy(serial: str):
    told = refusal(serial)
    assert "spreadsheet" in told
    assert "text" in told


@pytest.mark.parametrize(
    "serial",
    [
        *("To Be Filled By O.E.M.", "to be filled by oem", "Default string", "DEFAULT STRING", "System Serial Number"),
        *("Chassis Serial Number", "Base Board Serial Number", "None", "N/A", "n.a.", "NULL", "nil", "Unknown"),
        *("Not Specified", "Not Applicable", "not available", "Not Set", "No Asset Tag", "INVALID", "TBD", "-", "?"),
        *("0", "00000000", "0000-0000", "123456789", "1234567890", "0123456789", "987654321", "XXXXXXXX", "11111111"),
        *(
            "........",
            "FFFFFFFF",
            "O.E.M.",
            "MB-1234567890",
            "$(DEFAULT_STRING)",
            "Sin número de serie",
            "Serial Number",
            "S/N",
            "empty",
            "undefined",
        ),
    ],
)
def test_what_stands_where_no_serial_number_is_known_is_refused(serial: str):
    assert "is a placeholder" in refusal(serial)


@pytest.mark.parametrize(
    "serial",
    [
        *("C02XK1", "5CG1234ABC", "MXL0012345", "12E4567", "5E10", "E+15A", "S1", "A", "7", "123", "20240301"),
        *("490154203237518", "SN-0000001", "ABC-1", "PF1E+2X", "00045678", "1-MAR-X", "DEC-1234", "0A", "R90TBD12"),
    ],
)
def test_what_may_be_one_is_taken_as_it_is(serial: str):
    assert new_serial(serial) == serial


@pytest.mark.parametrize(
    ("given", "serial"),
    [
        ('="00045678"', "00045678"),
        ('= "00045678" ', "00045678"),
        ("'00045678", "00045678"),
        ('"00045678"', "00045678"),
        (" C02XK1 ", "C02XK1"),
        ("=1+1", "=1+1"),
    ],
)
def test_what_a_spreadsheet_has_put_around_it_is_taken_off(given: str, serial: str):
    assert parse_serial(given) == new_serial(given) == serial


@given(st.text(max_size=40))
def test_every_text_is_a_serial_number_or_refused_and_a_good_one_stays_one(given: str):
    try:
        serial = new_serial(given)
    except Invalid:
        return
    assert new_serial(serial) == serial
