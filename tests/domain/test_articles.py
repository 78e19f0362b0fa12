"""The article behind a line: what is kept of it, and what is refused."""

import pytest

from domain.articles import Article, ArticleDraft, ItemProperty, WeightUnit, parse_article
from domain.errors import ErrorCode, InvalidInput, Problems


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


def test_of_properties_of_one_name_the_last_counts():
    found = parsed(ArticleDraft(properties=[("Size", "S"), ("Colour", "Red"), ("Size", "M")]))
    assert found is not None
    assert dict(found.properties) == {"Size": "M", "Colour": "Red"}


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
    "51 properties": (ArticleDraft(properties=[("a", "b")] * 51), "article.properties", ErrorCode.TOO_MANY),
}


@pytest.mark.parametrize(("draft", "path", "code"), BAD.values(), ids=BAD.keys())
def test_a_bad_article_is_refused_at_the_field(draft, path, code):
    with pytest.raises(InvalidInput) as refusal:
        parsed(draft)
    assert [(".".join(it.path), it.code) for it in refusal.value.problems] == [(path, code)]
