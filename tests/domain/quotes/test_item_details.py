"""The article behind a line: what is kept of it, and what is refused."""

import pytest

from domain.quotes.item_details import Article, ArticleDraft, ItemProperty, WeightUnit, parse_article
from domain.shared.errors import ErrorCode, InvalidInput, Problems


def parsed(draft: ArticleDraft | None) -> Article | None:
    problems = Problems()
    found = parse_article(draft, problems, ("article",))
    problems.raise_if_any()
    return found


def test_an_article_is_kept_trimmed_and_as_it_was_typed():
    given = ArticleDraft(" SKU-1 ", weight="1.550", requires_shipping=False, properties=[("Engraving", " A. R. ")])
    properties = (ItemProperty("Engraving", "A. R."),)
    expected = Article(
        "SKU-1", weight="1.550", weight_unit=WeightUnit.G, requires_shipping=False, properties=properties
    )
    assert parsed(given) == expected


def test_nothing_known_is_no_article():
    assert parsed(None) is None
    assert parsed(ArticleDraft(sku=" ", properties=[("Engraving", " ")])) is None


BAD = {
    "a sku too long": (ArticleDraft(sku="s" * 201), "article.sku", ErrorCode.TOO_LONG),
    "no address": (ArticleDraft(url="shop"), "article.url", ErrorCode.INVALID_URL),
    "no picture": (ArticleDraft(image_url="ftp://x"), "article.imageUrl", ErrorCode.INVALID_URL),
    "no number": (ArticleDraft(weight="heavy"), "article.weight", ErrorCode.INVALID_AMOUNT),
    "a negative weight": (ArticleDraft(weight="-1"), "article.weight", ErrorCode.OUT_OF_RANGE),
    "a property without a name": (
        ArticleDraft(properties=[(" ", "x")]),
        "article.properties.0.key",
        ErrorCode.REQUIRED,
    ),
    "51 properties": (
        ArticleDraft(properties=[(f"a{it}", "b") for it in range(51)]),
        "article.properties",
        ErrorCode.TOO_MANY,
    ),
    "a property twice": (
        ArticleDraft(properties=[("Size", "S"), ("Colour", "Red"), ("size ", "M")]),
        "article.properties.2.key",
        ErrorCode.ALREADY_EXISTS,
    ),
}


@pytest.mark.parametrize(("draft", "path", "code"), BAD.values(), ids=BAD.keys())
def test_a_bad_article_is_refused_at_the_field(draft, path, code):
    with pytest.raises(InvalidInput) as refusal:
        parsed(draft)
    assert [(".".join(it.path), it.code) for it in refusal.value.problems] == [(path, code)]
