"""Brands as the vendor calls them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fulfilment.vendor_brands import VENDOR_BRANDS, vendor_brand


@pytest.mark.parametrize(
    ("name", "brand"),
    [
        ("Dell Inc.", "DELL"),
        ("DELL", "DELL"),
        ("Dell Technologies Inc.", "DELL"),
        ("Dell Marketing L.P.", "DELL"),
        ("Dell EMC", "DELL"),
        ("Hewlett-Packard", "HP"),
        ("Hewlett Packard Company", "HP"),
        ("HP Inc.", "HP"),
        ("HP Inc. (Hewlett-Packard)", "HP"),
        ("H.P.", "HP"),
        ("Lenovo Group Ltd", "LENOVO"),
        ("Lenovo (Beijing) Limited", "LENOVO"),
        ("LENOVO GROUP LTD.", "LENOVO"),
        ("ASUSTeK Computer", "ASUS"),
        ("ASUSTeK COMPUTER INC.", "ASUS"),
        ("Asus", "ASUS"),
        ("Apple Inc", "APPLE"),
        ("Apple Computer, Inc.", "APPLE"),
        ("Apple®", "APPLE"),
        ("Microsoft Corporation", "MICROSOFT"),
        ("Microsoft Corp.", "MICROSOFT"),
        ("Samsung Electronics", "SAMSUNG"),
        ("Samsung Electronics Co., Ltd.", "SAMSUNG"),
        ("SAMSUNG ELECTRONICS AMERICA, INC.", "SAMSUNG"),
        ("LG Electronics", "LG"),
        ("LG Electronics Inc.", "LG"),
        ("Acer Inc", "ACER"),
        ("Acer Incorporated", "ACER"),
        ("Vaio Corporation", "VAIO"),
        ("Sony VAIO", "VAIO"),
        ("Dell México, S.A. de C.V.", "DELL"),
        ("ＤＥＬＬ", "DELL"),
        ("联想", "LENOVO"),
        ("삼성전자", "SAMSUNG"),
        ("삼성전자 주식회사", "SAMSUNG"),
        ("삼성전자㈜", "SAMSUNG"),
        ("デル株式会社", "DELL"),
        ("联想集团有限公司", "LENOVO"),
        ("Lenovo PC HK Limited", "LENOVO"),
        ("Lenovo Singapore Pte. Ltd.", "LENOVO"),
        ("Acer Computer (Shanghai) Ltd.", "ACER"),
        ("Dell Canada Inc.", "DELL"),
        ("Apple MacBook", "APPLE"),
    ],
)
def test_the_names_of_the_companies_behind_a_brand_stand_for_it(name, brand):
    assert vendor_brand(name) == vendor_brand(f" {name.upper()} ") == brand


@pytest.mark.parametrize(
    "name",
    [
        None,
        "",
        "Framework",
        "Framework Computer Inc.",
        "LG Display",
        "Dell'Orto",
        "Delli",
        "HPE",
        "Inc.",
        "The",
        "株式会社",
    ],
)
def test_what_is_another_company_stands_for_no_brand(name):
    assert vendor_brand(name) is None


@given(st.text(max_size=60))
def test_any_text_stands_for_a_brand_of_the_vendor_or_none(name):
    assert vendor_brand(name) in {None, *VENDOR_BRANDS}
