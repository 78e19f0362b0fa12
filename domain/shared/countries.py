"""Countries: every name by which people call one, and the one name by which we print it.

What ISO 3166-1 and the CLDR call a country in English comes first, then what it is called in its own languages, then
in Spanish, Portuguese, French and German. A name that several countries share is refused, unless ISO 3166-1 gives it to
one of them: `Congo` is the Republic of the Congo, `Guinea` not Equatorial Guinea. Kosovo is XK, which ISO leaves to
users and the CLDR names.
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
# A dot that ends a word of several letters, where no blank follows it: St.Kitts, but not U.S.A.
_RUN_ON = re.compile(r"(?<=[^\W\d_]{2})\.(?=[^\W\d_]{2})")
_FLAG = re.compile("\\s*([\U0001f1e6-\U0001f1ff])([\U0001f1e6-\U0001f1ff])\\s*")
_NOT_LETTERS = re.compile(r"[^\w\s]|_")
# Dots only shorten a word, and what other signs stand for or part is the same without them.
_SIGNS = str.maketrans({".": None, "&": " and ", "+": " and "})
_SHORTENED = {"st": "saint", "ste": "saint", "sainte": "saint", "rep": "republic", "dem": "democratic",
              "fed": "federated", "sts": "states", "is": "islands", "isl": "islands", "island": "islands"}  # fmt: skip
_FORMERLY = re.compile(r"\s*\b(formerly|former|previously|fmr|ex|aka)\b\.?", re.IGNORECASE)
# How German, Danish and Swedish names are written where these letters are missing.
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "å": "aa", "Å": "Aa"})
_LEFT_OUT = frozenset({"the", "of", "and"})
_ARTICLES = frozenset({"el", "la", "los", "las", "le", "les", "il", "die"})
# What may stand before the name of a state whose formal name the lists do not have, as in Commonwealth of Australia.
_FORMS_OF_STATE = frozenset(
    {"republic", "kingdom", "commonwealth", "principality", "sultanate", "union", "duchy", "grand", "democratic",
     "federal", "federative", "federated", "peoples", "socialist", "islamic", "arab", "independent", "united",
     "republica", "oriental", "federativa", "bolivariana", "reino", "republique", "royaume", "republik", "konigreich",
     "furstentum", "principado", "principaute", "de", "del", "do", "da", "du", "des"}
)  # fmt: skip


class Country(NamedTuple):
    """One country: its ISO 3166-1 codes, the name that is printed, and what else it is called, by how near it is."""

    code: str
    alpha_3: str
    name: str
    english: tuple[str, ...]
    own: tuple[str, ...]
    elsewhere: tuple[str, ...]


def country_name(code: str) -> str:
    """The English name of a country as the CLDR has it, which is the one we print; of what is no country, its code."""
    found = all_countries().get(code)
    return found.name if found else code


@lru_cache(maxsize=1)
def all_countries() -> Mapping[str, Country]:
    """Every country by its code, in the order of their names."""
    lines = files("domain.shared").joinpath("country_names.tsv").read_text("utf-8").splitlines()
    found = [_country(*line.split("\t")) for line in lines if not line.startswith("#")]
    return {it.code: it for it in sorted(found, key=lambda it: search_form(it.name))}


@lru_cache(maxsize=1024)
def country_code(typed: str) -> str:
    """The code of the country that is called so. Raises: Invalid, also for what several countries are called."""
    codes = _called(typed)
    if len(codes) == 1:
        return codes[0]
    if codes:
        meant = " or ".join(f"{country_name(code)} ({code})" for code in codes)
        raise Invalid(ErrorCode.INVALID_COUNTRY, f"{typed[:60]!r} may be {meant}. Send the code of the one you mean.")
    message = f"There is no country {typed[:60]!r}. {_suggestion(typed)}"
    raise Invalid(ErrorCode.INVALID_COUNTRY, message)


@lru_cache(maxsize=1024)
def countries_with(typed: str) -> tuple[str, ...]:
    """The codes that a filter means: of the country with this code or name, else of all with this in one of their names
    in English or in their own languages. Raises: Invalid, when there is none.
    """
    if codes := _called(typed):
        return codes
    part = " ".join(_words(typed))
    found = {it.code for it in all_countries().values() if part and any(part in name for name in _searched(it.code))}
    if not found:
        message = f"No country has {typed[:60]!r} as its code or in its name. {_suggestion(typed)}"
        raise Invalid(ErrorCode.INVALID_COUNTRY, message)
    return tuple(sorted(found))


def _country(code: str, name: str, own: str, elsewhere: str) -> Country:
    iso = pycountry.countries.get(alpha_2=code)
    formal = [getattr(iso, kind, "") for kind in ("name", "common_name", "official_name")]
    aliases = ALIASES.get(code, "").split("|")
    english = dict.fromkeys(it for it in (name, *formal, *aliases) if it)
    alpha_3 = iso.alpha_3 if iso else "XKX"
    return Country(code, alpha_3, name, tuple(english), _listed(own), _listed(elsewhere))


def _listed(names: str) -> tuple[str, ...]:
    return tuple(it for it in names.split("|") if it)


def _called(typed: str) -> tuple[str, ...]:
    """The codes of the countries that are called so: one, those that share the name, or none."""
    if flag := _FLAG.fullmatch(typed):
        typed = "".join(chr(ord(it) - 0x1F1E6 + ord("A")) for it in flag.groups())
    for way in _ways(typed):
        if codes := _named(way):
            return codes
    parts = [it for it in _SEPARATORS.split(typed) if it.strip()]
    if 1 < len(parts) <= 8:
        meant = {_named(_FORMERLY.sub("", it)) for it in parts}
        if len(meant) == 1:
            return meant.pop()
    return ()


def _ways(typed: str) -> Iterator[str]:
    """A name as it stands, and with what is set behind it put before it: `Korea, Republic of`, `Gambia (the)`."""
    yield typed
    head, found, tail = typed.partition("(")
    if not found:
        head, found, tail = typed.rpartition(",")
    if found and head.strip():
        yield f"{tail} {head}"


def _named(name: str) -> tuple[str, ...]:
    if code := _coded().get(search_form(name)):
        return (code,)
    words = _words(name)
    if codes := _codes_of("".join(words)):
        return codes
    bare = list(words)
    while bare and bare[0] in _FORMS_OF_STATE:
        bare.pop(0)
    return _codes_of("".join(bare)) if bare and len(bare) < len(words) and len("".join(bare)) > 3 else ()


def _codes_of(form: str) -> tuple[str, ...]:
    return next((found for forms in _forms() if (found := forms.get(form))), ())


@lru_cache(maxsize=1)
def _coded() -> Mapping[str, str]:
    return {code.lower(): it.code for it in all_countries().values() for code in (it.code, it.alpha_3)}


@lru_cache(maxsize=1)
def _forms() -> tuple[Mapping[str, tuple[str, ...]], ...]:
    """The countries with each name, in the order in which the kinds of names count."""
    countries = all_countries().values()
    return (
        _index((it.name, it.alpha_2) for it in pycountry.countries),
        _index((name, code) for name, shared in SHARED.items() for code in shared),
        _index((way, it.code) for it in countries for name in it.english for way in _ways(name)),
        _index((name, it.code) for it in countries for name in it.own),
        _index((name, it.code) for it in countries for name in it.elsewhere),
    )


def _index(names: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, set[str]] = {}
    for name, code in names:
        for spelling in {name, name.translate(_UMLAUTS)}:
            found.setdefault("".join(_words(spelling)), set()).add(code)
    return {form: tuple(sorted(codes)) for form, codes in found.items() if form}


@lru_cache(maxsize=512)
def _searched(code: str) -> tuple[str, ...]:
    country = all_countries()[code]
    return tuple(" ".join(_words(name)) for name in (*country.english, *country.own))


def _words(name: str) -> list[str]:
    """The words by which a name is told from others, each in one spelling."""
    plain = _NOT_LETTERS.sub(" ", search_form(_RUN_ON.sub(" ", name).translate(_SIGNS)))
    words = [it for it in plain.split() if it not in _LEFT_OUT]
    if len(words) > 1:
        words = [_SHORTENED.get(it, it) for it in words]
    return words[1:] if len(words) > 1 and words[0] in _ARTICLES else words


def _suggestion(typed: str) -> str:
    """What may have been meant, among names that begin alike: a long list of wrong names must stay cheap to refuse."""
    form = "".join(_words(typed))[:40]
    alike = {it: codes[0] for forms in _forms()[2:4] for it, codes in forms.items() if it[:2] == form[:2]}
    near = get_close_matches(form, alike, n=1, cutoff=0.75) if len(form) > 3 else []
    if not near:
        return "Send an ISO 3166-1 code or a name, such as UY or Uruguay."
    return f"Did you mean {country_name(alike[near[0]])} ({alike[near[0]]})?"
