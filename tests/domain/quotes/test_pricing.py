"""The rules of pricing an offer (docs/domain.md#price-offer)."""

from domain.quotes.pricing import price_offer
from domain.quotes.statuses import OfferStatus
from domain.shared.events import StatusChange
from tests.builders import (
    LATER,
    NOW,
    a_quote,
    cheaper,
    item_of,
    line,
    priced,
    unpriced,
)


def test_pricing_an_offer_sources_it_and_pricing_it_again_corrects_the_price():
    quote = a_quote(line(unpriced))
    rule_result = price_offer(quote, item_of(quote), priced, NOW)
    corrected = price_offer(rule_result.quote, item_of(quote), cheaper, LATER)
    assert rule_result.changes == (StatusChange(quote.lines[0].item.ref, OfferStatus.PENDING, OfferStatus.SOURCED),)
    assert corrected.changes == ()
    assert corrected.quote.lines[0].item.price == cheaper


def test_a_quote_is_priced_once_when_the_last_undecided_line_has_its_price():
    quote = a_quote(line(unpriced), line(unpriced))
    half = price_offer(quote, item_of(quote, 0), priced, NOW).quote
    whole = price_offer(half, item_of(quote, 1), priced, LATER).quote
    again = price_offer(whole, item_of(quote, 1), cheaper, LATER.replace(year=2027)).quote
    assert [it.quote.priced_at for it in (half, whole, again)] == [None, LATER, LATER]
