"""The rules of proposing an alternative (docs/domain.md#alternatives)."""

from domain.quotes.alternatives import propose
from domain.quotes.statuses import OfferStatus
from tests.builders import (
    NOW,
    a_quote,
    an_alternative,
    item_of,
    line,
    priced,
    statuses,
)


def test_an_alternative_is_proposed_at_the_end_of_an_open_line_and_leaves_the_statuses_alone():
    quote = a_quote(line(priced, alternatives=1))
    rule_result = propose(quote, an_alternative(item_id=item_of(quote)), NOW)
    assert statuses(rule_result.quote)["alternatives"] == [OfferStatus.SOURCED, OfferStatus.PENDING]
    assert rule_result.changes == ()
