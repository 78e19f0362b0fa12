"""The vendor's brands, for brands as companies write them, such as `Dell Inc.` or `Hewlett-Packard`."""

import re

from domain.shared.search import search_form

# The brand of a MACBOOK, which is not in the vendor's documented list.
APPLE = "APPLE"
# `POST /orders/quote` takes these brands (docs/domain.md#tecspal-brands).
VENDOR_BRANDS = frozenset({"ACER", "ASUS", "DELL", "HP", "LENOVO", "SAMSUNG", "LG", "VAIO", "MICROSOFT", APPLE})

# Further names of the brands' companies.
_ALIASES = {
    "asustek": "ASUS",
    "hewlettpackard": "HP",
    "hewlettpackardhp": "HP",
    "hphewlettpackard": "HP",
    "lge": "LG",
    "luckygoldstar": "LG",
    "goldstar": "LG",
    "sonyvaio": "VAIO",
    "dellemc": "DELL",
    "microsoftsurface": "MICROSOFT",
    "macbook": "APPLE",
    "macbookair": "APPLE",
    "macbookpro": "APPLE",
    "applemacbook": "APPLE",
    "苹果": "APPLE",
    "蘋果": "APPLE",
    "宏碁": "ACER",
    "华硕": "ASUS",
    "華碩": "ASUS",
    "戴尔": "DELL",
    "戴爾": "DELL",
    "惠普": "HP",
    "联想": "LENOVO",
    "聯想": "LENOVO",
    "微软": "MICROSOFT",
    "微軟": "MICROSOFT",
    "三星": "SAMSUNG",
    "삼성": "SAMSUNG",
    "삼성전자": "SAMSUNG",
    "lg전자": "LG",
    "マイクロソフト": "MICROSOFT",
    "アップル": "APPLE",
    "デル": "DELL",
    "レノボ": "LENOVO",
}
# Legal forms and common additions to company names.
_ADDED_WORDS = """
    inc incorporated corp corporation co company companies ltd limited llc llp lp plc pty pte pvt private gmbh mbh ag kg
    se sa sas sarl srl sl spa bv nv oy ab as aps kft sro kk sdn bhd cv de ltda eireli group holding holdings the
    technology technologies tech computer computers electronic electronics international global worldwide enterprise
    products development marketing sales services distribution operations trading brand america americas usa us uk
    europe emea apac latam asia pacific china japan deutschland mexico brasil argentina uruguay chile colombia peru
    beijing shanghai hk hongkong singapore taiwan korea india canada australia france espana iberica italia nederland
    nordic pc personal
"""
_ADDED = frozenset(_ADDED_WORDS.split())
# Legal forms that are written without spaces around them.
_EASTERN_FORMS = re.compile(
    "株式会社|有限会社|合同会社|股份有限公司|有限公司|集团|集團|公司|주식회사|[㈱㈜]|[(（](?:株|주)[)）]"
)
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_NOT_LETTERS = re.compile(r"[^\w\s]|_")


def vendor_brand(brand: str | None) -> str | None:
    """The vendor's brand for a brand or company name; None if the vendor does not sell it."""
    if brand is None:
        return None
    brand = _EASTERN_FORMS.sub(" ", brand)
    words = _words(_IN_BRACKETS.sub(" ", brand)) or _words(brand)
    while words:
        if (found := _brand("".join(words))) is not None:
            return found
        if words[-1] in _ADDED:
            words.pop()
        elif words[0] == "the":
            words.pop(0)
        else:
            return None
    return None


def _words(name: str) -> list[str]:
    return _NOT_LETTERS.sub(" ", search_form(name.replace(".", "").replace("™", "").replace("®", ""))).split()


def _brand(form: str) -> str | None:
    return form.upper() if form.upper() in VENDOR_BRANDS else _ALIASES.get(form)
