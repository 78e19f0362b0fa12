"""What the CLDR calls the countries, as `domain/shared/country_names.tsv` keeps it: `python -m tests.country_names`
writes it.

The CLDR comes with Babel, which loads whole languages and keeps them (118 MB of memory for these), so that the product
runs on the names alone.
"""

from pathlib import Path

import pycountry
from babel.core import get_global
from babel.localedata import exists, load

FILE = Path(__file__).parent.parent / "domain" / "shared" / "country_names.tsv"
HEAD = "# Made of the CLDR by tests/country_names.py: code, English name, names in its languages, names in others.\n"
# The languages of those who buy here, whatever the country they speak of.
OTHERS = ("es", "pt", "fr", "de")


def collected() -> str:
    """The file as the CLDR would have it."""
    codes = sorted({*(it.alpha_2 for it in pycountry.countries), "XK"})
    english = _names("en")
    lines = ("\t".join((code, english[code], _own(code), _others(code))) for code in codes)
    return HEAD + "".join(f"{line}\n" for line in lines)


def _own(code: str) -> str:
    spoken = get_global("territory_languages").get(code, {})
    official = [language for language, it in spoken.items() if it["official_status"]]
    return _joined(sorted(official), code)


def _others(code: str) -> str:
    return _joined(OTHERS, code)


def _joined(languages: tuple[str, ...] | list[str], code: str) -> str:
    names = (_names(it).get(code, "") for it in languages if it != "en" and exists(it))
    return "|".join(dict.fromkeys(it for it in names if it and it != code))


def _names(language: str) -> dict[str, str]:
    return load(language)["territories"]  # type: ignore[no-any-return]


if __name__ == "__main__":
    FILE.write_text(collected(), "utf-8")
