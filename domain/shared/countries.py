"""Countries: the names that are recognised, and the one name that is printed.

Names are matched in this order: English names (ISO 3166-1 and the CLDR), names in the languages of the country itself,
then Spanish, Portuguese, French and German names. A name that several countries share is refused, unless ISO 3166-1
assigns it to one of them: `Congo` is the Republic of the Congo, and `Guinea` is not Equatorial Guinea. Kosovo is XK, a
user-assigned code in ISO 3166-1 that the CLDR names.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

import pycountry

from domain.shared.country_aliases import ALIASES, SHARED
from domain.shared.errors import ErrorCode, Invalid
from domain.shared.search import search_form

_SEPARATORS = re.compile(r"[/|;(),\[\]]|\s[-–—]\s")
# A dot after a word of several letters, without a following space: St.Kitts, but not U.S.A.
_RUN_ON = re.compile(r"(?<=[^\W\d_]{2})\.(?=[^\W\d_]{2})")
_FLAG = re.compile("\\s*([\U0001f1e6-\U0001f1ff])([\U0001f1e6-\U0001f1ff])\\s*")
_NOT_LETTERS = re.compile(r"[^\w\s]|_")
# Dots mark abbreviations and are dropped; `&` and `+` stand for "and".
_SIGNS = str.maketrans({".": None, "&": " and ", "+": " and "})
_SHORTENED = {"st": "saint", "ste": "saint", "sainte": "saint", "rep": "republic", "dem": "democratic",
              "fed": "federated", "sts": "states", "is": "islands", "isl": "islands", "island": "islands"}  # fmt: skip
_FORMERLY = re.compile(r"\s*\b(formerly|former|previously|fmr|ex|aka)\b\.?", re.IGNORECASE)
# Replacements for letters that keyboards without German, Danish or Swedish layouts lack.
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "å": "aa", "Å": "Aa"})
_IGNORED_WORDS = frozenset({"the", "of", "and"})
_ARTICLES = frozenset({"el", "la", "los", "las", "le", "les", "il", "die"})
# Words that may precede a country's name where the lists lack its formal name, as in Commonwealth of Australia.
_FORMS_OF_STATE = frozenset(
    {"republic", "kingdom", "commonwealth", "principality", "sultanate", "union", "duchy", "grand", "democratic",
     "federal", "federative", "federated", "peoples", "socialist", "islamic", "arab", "independent", "united",
     "republica", "oriental", "federativa", "bolivariana", "reino", "republique", "royaume", "republik", "konigreich",
     "furstentum", "principado", "principaute", "de", "del", "do", "da", "du", "des"}
)  # fmt: skip


class Country(NamedTuple):
    """A country: its ISO 3166-1 codes, the printed name, and its other names: English, local, and in other
    languages."""

    code: str
    alpha_3: str
    name: str
    english: tuple[str, ...]
    local: tuple[str, ...]
    elsewhere: tuple[str, ...]


def country_name(code: str) -> str:
    """The English name of a country in the CLDR; an unknown code is returned unchanged."""
    found = all_countries().get(code)
    return found.name if found else code


@lru_cache(maxsize=1)
def all_countries() -> Mapping[str, Country]:
    """All countries by code, ordered by name."""
    lines = files("domain.shared").joinpath("country_names.tsv").read_text("utf-8").splitlines()
    found = [_country(*line.split("\t")) for line in lines if not line.startswith("#")]
    return {it.code: it for it in sorted(found, key=lambda it: search_form(it.name))}


@lru_cache(maxsize=1024)
def country_code(typed: str) -> str:
    """The code of the country with this name or code. Raises: Invalid, if there is none or the name is ambiguous."""
    codes = _matches(typed)
    if len(codes) == 1:
        return codes[0]
    if codes:
        meant = " or ".join(f"{country_name(code)} ({code})" for code in codes)
        raise Invalid(ErrorCode.INVALID_COUNTRY, f"{typed[:60]!r} is ambiguous: {meant}. Send the country's code.")
    message = f"Unknown country {typed[:60]!r}. {_suggestion(typed)}"
    raise Invalid(ErrorCode.INVALID_COUNTRY, message)


@lru_cache(maxsize=1024)
def countries_with(typed: str) -> tuple[str, ...]:
    """The codes that a filter matches: the country with this code or name, or else every country with this text in an
    English or local name.

    Raises: Invalid, if there is none.
    """
    if codes := _matches(typed):
        return codes
    part = " ".join(_words(typed))
    found = {
        it.code for it in all_countries().values() if part and any(part in name for name in _searched_names(it.code))
    }
    if not found:
        message = f"No country matches {typed[:60]!r} by code or name. {_suggestion(typed)}"
        raise Invalid(ErrorCode.INVALID_COUNTRY, message)
    return tuple(sorted(found))


def _country(code: str, name: str, local: str, elsewhere: str) -> Country:
    iso = pycountry.countries.get(alpha_2=code)
    formal = [getattr(iso, kind, "") for kind in ("name", "common_name", "official_name")]
    aliases = ALIASES.get(code, "").split("|")
    english = dict.fromkeys(it for it in (name, *formal, *aliases) if it)
    alpha_3 = iso.alpha_3 if iso else "XKX"
    return Country(code, alpha_3, name, tuple(english), _split_names(local), _split_names(elsewhere))


def _split_names(names: str) -> tuple[str, ...]:
    return tuple(it for it in names.split("|") if it)


def _matches(typed: str) -> tuple[str, ...]:
    """The codes of the countries with this name: one, several that share it, or none."""
    if flag := _FLAG.fullmatch(typed):
        typed = "".join(chr(ord(it) - 0x1F1E6 + ord("A")) for it in flag.groups())
    for spelling in _word_orders(typed):
        if codes := _match(spelling):
            return codes
    parts = [it for it in _SEPARATORS.split(typed) if it.strip()]
    if 1 < len(parts) <= 8:
        meant = {_match(_FORMERLY.sub("", it)) for it in parts}
        if len(meant) == 1:
            return meant.pop()
    return ()


def _word_orders(typed: str) -> Iterator[str]:
    """The name as entered, and with an appended part moved to the front: `Korea, Republic of`, `Gambia (the)`."""
    yield typed
    head, found, tail = typed.partition("(")
    if not found:
        head, found, tail = typed.rpartition(",")
    if found and head.strip():
        yield f"{tail} {head}"


def _match(name: str) -> tuple[str, ...]:
    if code := _by_code().get(search_form(name)):
        return (code,)
    words = _words(name)
    if codes := _codes_of("".join(words)):
        return codes
    bare = list(words)
    while bare and bare[0] in _FORMS_OF_STATE:
        bare.pop(0)
    return _codes_of("".join(bare)) if bare and len(bare) < len(words) and len("".join(bare)) > 3 else ()


def _codes_of(form: str) -> tuple[str, ...]:
    return next((found for forms in _name_indexes() if (found := forms.get(form))), ())


@lru_cache(maxsize=1)
def _by_code() -> Mapping[str, str]:
    return {code.lower(): it.code for it in all_countries().values() for code in (it.code, it.alpha_3)}


@lru_cache(maxsize=1)
def _name_indexes() -> tuple[Mapping[str, tuple[str, ...]], ...]:
    """Country codes by name: one index per kind of name, in order of precedence."""
    countries = all_countries().values()
    return (
        _index((it.name, it.alpha_2) for it in pycountry.countries),
        _index((name, code) for name, shared in SHARED.items() for code in shared),
        _index((spelling, it.code) for it in countries for name in it.english for spelling in _word_orders(name)),
        _index((name, it.code) for it in countries for name in it.local),
        _index((name, it.code) for it in countries for name in it.elsewhere),
    )


def _index(names: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for name, code in names:
        for spelling in {name, name.translate(_UMLAUTS)}:
            found.setdefault("".join(_words(spelling)), set()).add(code)
    return {form: tuple(sorted(codes)) for form, codes in found.items() if form}


@lru_cache(maxsize=512)
def _searched_names(code: str) -> tuple[str, ...]:
    country = all_countries()[code]
    return tuple(" ".join(_words(name)) for name in (*country.english, *country.local))


def _words(name: str) -> list[str]:
    """The distinctive words of a name, in a normalised spelling."""
    plain = _NOT_LETTERS.sub(" ", search_form(_RUN_ON.sub(" ", name).translate(_SIGNS)))
    words = [it for it in plain.split() if it not in _IGNORED_WORDS]
    if len(words) > 1:
        words = [_SHORTENED.get(it, it) for it in words]
    return words[1:] if len(words) > 1 and words[0] in _ARTICLES else words


def _suggestion(typed: str) -> str:
    """A similar country name. Only names with the same first two letters are compared, so that refusing a long list
    stays cheap."""
    form = "".join(_words(typed))[:40]
    alike = {it: codes[0] for forms in _name_indexes()[2:4] for it, codes in forms.items() if it[:2] == form[:2]}
    near = get_close_matches(form, alike, n=1, cutoff=0.75) if len(form) > 3 else []
    if not near:
        return "Send an ISO 3166-1 code or a name, such as UY or Uruguay."
    return f"Did you mean {country_name(alike[near[0]])} ({alike[near[0]]})?"
