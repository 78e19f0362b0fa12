"""Countries by every name that people call them."""

from contextlib import suppress
from unicodedata import normalize

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.companies.custom_fields import AddressValue, FieldType
from domain.shared.addresses import Address
from domain.shared.countries import all_countries, country_code, country_name
from domain.shared.errors import ErrorCode, Invalid
from domain.shared.parsers import countries_named, country

EVERY = list(all_countries().values())
ALIASES = {
    "UK": "GB", "England": "GB", "USA": "US", "U.S.A.": "US", "Ivory Coast": "CI", "Holland": "NL", "South Korea": "KR",
    "Republic of Korea": "KR", "Macau": "MO", "Burma": "MM", "Swaziland": "SZ", "Czech Republic": "CZ",
    "Cape Verde": "CV", "East Timor": "TL", "Vatican": "VA", "Türkiye": "TR", "Turkey": "TR", "Palestine": "PS",
    "Kosovo": "XK", "Bolivia": "BO", "Tanzania": "TZ", "Micronesia": "FM", "Hong Kong SAR": "HK", "Hong Kong": "HK",
    "Macedonia": "MK", "DR Congo": "CD", "Republic of Ireland": "IE", "Commonwealth of Australia": "AU",
}  # fmt: skip
OWN = {
    "Deutschland": "DE", "España": "ES", "日本": "JP", "Schweiz": "CH", "Suisse": "CH", "Svizzera": "CH",
    "Schweiz/Suisse/Svizzera/Svizra": "CH", "Ελλάδα": "GR", "Россия": "RU", "中国": "CN", "대한민국": "KR",
    "Éire": "IE", "Magyarország": "HU", "ישראל": "IL", "مصر": "EG", "ไทย": "TH", "Česko": "CZ", "Kosovë": "XK",
}  # fmt: skip
WRITTEN = {
    "The Gambia": "GM", "Gambia, The": "GM", "Netherlands (the)": "NL", "the netherlands": "NL",
    "Korea (North)": "KP", "Korea, Rep.": "KR", "Bolivia (Plurinational State of)": "BO", "Congo, Dem. Rep.": "CD",
    "Virgin Islands (U.S.)": "VI",
    "Antigua and Barbuda": "AG", "antigua & barbuda": "AG", "St. Lucia": "LC", "St Lucia": "LC", "Saint Lucia": "LC",
    "Saint-Barthélemy": "BL", "Cote d'Ivoire": "CI", "Côte d’Ivoire": "CI", "CÔTE DʼIVOIRE": "CI",
    "Cote dIvoire": "CI",
    "Guinea Bissau": "GW", "Viet-Nam": "VN", "  Sri   Lanka ": "LK", "SriLanka": "LK", "TÜRKİYE": "TR", "türkıye": "TR",
    "Turkiye": "TR", "ＪＡＰＡＮ": "JP", "🇺🇾": "UY", "DE - Germany": "DE", "Germany (DE)": "DE",
    "Myanmar (Burma)": "MM",
    "Eswatini (formerly Swaziland)": "SZ", "Oesterreich": "AT", "and": "AD", "IS": "IS", "st": "ST",
    "St.Kitts and Nevis": "KN", "Rep.of Korea": "KR", "Gt.Britain": "GB", "U.S.Virgin Islands": "VI", "U.S.A": "US",
    "Bosnia and Herz.": "BA", "Eq. Guinea": "GQ", "Turks & Caicos": "TC", "Hong Kong, China": "HK",
    "Hong Kong (China)": "HK", "臺灣": "TW", "República Oriental del Uruguay": "UY", "Republik Österreich": "AT",
    "República de Chile": "CL", "República Dominicana": "DO", "République du Mali": "ML", "Royaume de Belgique": "BE",
    "República Federativa do Brasil": "BR",
}  # fmt: skip


def refusal_of(name: str) -> str:
    with pytest.raises(Invalid) as refusal:
        country(name)
    assert refusal.value.code == ErrorCode.INVALID_COUNTRY
    return refusal.value.message


def test_the_list_of_names_is_what_the_cldr_says():
    pytest.importorskip("babel")
    from tests.country_names import FILE, collected

    assert FILE.read_text("utf-8") == collected(), "run: python -m tests.country_names"


def test_every_country_of_iso_3166_is_there_and_kosovo():
    assert {it.code for it in EVERY} == {it.alpha_2 for it in pycountry.countries} | {"XK"}


@pytest.mark.parametrize("one", EVERY, ids=lambda it: it.code)
def test_a_country_is_known_by_each_of_its_codes_and_names_however_unicode_writes_them(one):
    for name in (one.code, one.alpha_3, *one.english, *one.local, *one.elsewhere):
        for form in ("NFC", "NFD", "NFKC", "NFKD"):
            assert country(normalize(form, name)) == one.code
        assert country(name.upper()) == country(name.casefold()) == country(f" {name} ".replace(" ", "\u00a0"))


@pytest.mark.parametrize("iso", list(pycountry.countries), ids=lambda it: it.alpha_2)
def test_a_country_is_known_by_each_name_that_iso_3166_gives_it(iso):
    for name in (iso.name, getattr(iso, "common_name", iso.name), getattr(iso, "official_name", iso.name)):
        assert country(name) == country(f"The {name}") == country(f"{name} (the)") == iso.alpha_2


@pytest.mark.parametrize(("name", "code"), [*ALIASES.items(), *WRITTEN.items()])
def test_a_country_is_known_by_what_people_call_it_and_however_they_write_it(name, code):
    assert country(name) == code


@pytest.mark.parametrize(("name", "code"), OWN.items())
def test_a_country_is_known_by_what_it_calls_itself(name, code):
    assert country(name) == country(normalize("NFD", name)) == code


def test_a_name_that_countries_share_is_refused_unless_iso_3166_gives_it_to_one():
    assert refusal_of("Korea") == "'Korea' is ambiguous: North Korea (KP) or South Korea (KR). Send the country's code."
    assert "(VG) or " in refusal_of("Virgin Islands")
    assert [country(name) for name in ("Congo", "Guinea", "Samoa", "Dominica")] == ["CG", "GN", "WS", "DM"]


@pytest.mark.parametrize(
    ("name", "meant"), [("Germny", "Germany (DE)"), ("Uruguaj", "Uruguay (UY)"), ("Sankt Lucia", "St. Lucia (LC)")]
)
def test_a_name_that_is_nearly_right_is_refused_with_what_may_be_meant(name, meant):
    assert refusal_of(name) == f"Unknown country {name!r}. Did you mean {meant}?"


@pytest.mark.parametrize("name", ["Atlantis", "EU", "ZZ", "DE/AT", "Saint", "The", "&", "🇺🇺"])
def test_what_is_no_country_is_refused_with_an_example(name):
    assert refusal_of(name).endswith("such as UY or Uruguay.")


@given(st.text(max_size=80))
def test_any_text_is_a_country_or_refused(name):
    with suppress(Invalid):
        assert country_code(name) in all_countries()


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("BO", "Bolivia"),
        ("TR", "Türkiye"),
        ("XK", "Kosovo"),
        ("KR", "South Korea"),
        ("CI", "Côte d’Ivoire"),
        ("??", "??"),
    ],
)
def test_a_country_is_printed_by_the_cldr_s_english_name(code, name):
    assert country_name(code) == name


def test_an_address_prints_the_country_s_name_wherever_it_stands():
    address = Address(city="La Paz", country="BO")
    assert address.country_name == "Bolivia"
    assert AddressValue("f", FieldType.ADDRESS, address).display == "La Paz, Bolivia"


@pytest.mark.parametrize("name", [it.name for it in EVERY])
def test_a_filter_with_a_whole_name_means_that_country_alone(name):
    assert countries_named(name) == (country(name),)
