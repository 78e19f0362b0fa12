"""Demo quotes in every offer status and decision status, made with the use cases of companies, customers and operators.

Fulfilment is in `fulfilment.py`.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from domain.portal.drafts import SendDraft, SignDraft
from domain.portal.public_keys import ClientInfo
from domain.ports.dependencies import Dependencies
from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.details import Details
from domain.quotes.discounts import DiscountType
from domain.quotes.price_options import PriceOptionDraft
from domain.quotes.pricing import DiscountDraft, ItemPrices, QuotePrices, ShippingDraft
from domain.quotes.statuses import Verdict
from domain.shared.access import ActorType, Caller
from domain.shared.money import Money, MoneyDraft
from domain.use_cases.portal.sending import SendQuote, send_quote
from domain.use_cases.portal.signing import SignQuote, ViewQuote, sign_quote, view_quote
from domain.use_cases.quotes.closings import Close, cancel_quote, decline_quote, delete_quote, expire_quotes, void_quote
from domain.use_cases.quotes.decisions import DecideItems, OneDecision, decide_items
from domain.use_cases.quotes.edits import UpdateQuote, update_quote
from domain.use_cases.quotes.price_options import SetPriceOptions, set_price_options
from domain.use_cases.quotes.pricing import PriceQuote, price_quote


class MovedClock(Protocol):
    """A clock that the seed sets itself."""

    now: datetime

    def __call__(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class States:
    """Creates quotes in each state. `priced` creates a priced quote and returns its row id."""

    deps: Dependencies
    caller: Caller
    clock: MovedClock
    priced: Callable[[], Awaitable[str]]

    async def write(self) -> None:
        """Creates one quote for each offer status and decision status."""
        for bring in (
            self.sent,
            self.viewed,
            self.signed,
            self.voided,
            self.cancelled,
            self.deleted,
            self.declined,
            self.rejected,
            self.expired,
        ):
            quote_id = await self.priced()
            self.clock.now += timedelta(hours=3)
            await bring(quote_id)

    async def sent(self, quote_id: str) -> None:
        await send_quote(self.deps, self.caller, SendQuote(quote_id, SendDraft(message="Here is what you asked for.")))

    async def viewed(self, quote_id: str) -> None:
        """With two price options, viewed by the customer, and undecided."""
        await set_price_options(self.deps, self.caller, SetPriceOptions(quote_id, await self._two_prices(quote_id)))
        await self.sent(quote_id)
        self.clock.now += timedelta(hours=1)
        await view_quote(self.deps, self.customer, ViewQuote(quote_id))

    async def signed(self, quote_id: str) -> None:
        """With a title, a body, a discount, shipping and tax; sent and signed."""
        words: Details = {
            "title": "Devices for the new office",
            "body": "As discussed on Monday.",
            "notes": "Pays on time.",
        }
        await update_quote(self.deps, self.caller, UpdateQuote(quote_id, words))
        [line] = (await self._quote(quote_id)).lines
        shipping = ShippingDraft("Courier, two days", MoneyDraft("45.00", "USD"))
        discount = DiscountDraft(DiscountType.PERCENTAGE, "5", "For the first order")
        taxed = ItemPrices(line.item.id, {"taxable": True, "tax_rate": "21"})
        terms = QuotePrices({"shipping": shipping, "discount": discount}, (taxed,))
        await price_quote(self.deps, self.caller, PriceQuote(quote_id, terms))
        await self.sent(quote_id)
        self.clock.now += timedelta(hours=2)
        signer = SignDraft("Carla Paz", "carla.paz@customer.example")
        await sign_quote(self.deps, self.customer, SignQuote(quote_id, ClientInfo("192.0.2.7", "Demo browser"), signer))

    @property
    def customer(self) -> Caller:
        """The caller of someone who uses a quote's public key."""
        caller = Caller("customer", "Demo customer", self.caller.environment, None, self.caller.tenant_id, frozenset())
        return replace(caller, kind=ActorType.CUSTOMER)

    async def expired(self, quote_id: str) -> None:
        until = self.clock() + timedelta(hours=12)
        await update_quote(self.deps, self.caller, UpdateQuote(quote_id, {"expires_at": until.isoformat()}))
        await self.sent(quote_id)
        self.clock.now += timedelta(days=1)
        await expire_quotes(self.deps, self.caller.environment)

    async def voided(self, quote_id: str) -> None:
        await void_quote(self.deps, self.caller, Close(quote_id, "The vendor is out of stock."))

    async def cancelled(self, quote_id: str) -> None:
        await cancel_quote(self.deps, self.caller, Close(quote_id, "The new employee will not start."))

    async def deleted(self, quote_id: str) -> None:
        await delete_quote(self.deps, self.caller, Close(quote_id))

    async def declined(self, quote_id: str) -> None:
        await self.sent(quote_id)
        await decline_quote(self.deps, self.caller, Close(quote_id, "Too expensive this year."))

    async def rejected(self, quote_id: str) -> None:
        quote = await self._quote(quote_id)
        verdicts = [OneDecision(offer.id, Verdict.REJECT) for line in quote.lines for offer in line.offers]
        await decide_items(self.deps, self.caller, DecideItems(quote_id, verdicts))

    async def _two_prices(self, quote_id: str) -> list[PriceOptionDraft]:
        """Returns two price options: the total at once, or 5% more in two instalments."""
        total = (await self._quote(quote_id)).quote.total
        assert total is not None
        higher = total._replace(minor=total.minor + total.minor // 20)
        half = higher._replace(minor=higher.minor // 2)
        return [
            PriceOptionDraft("At once", _typed(total)),
            PriceOptionDraft("In two instalments", _typed(higher), _typed(half)),
        ]

    async def _quote(self, quote_id: str) -> QuoteAggregate:
        async with self.deps.unit_of_work(self.caller.tenant_scope) as work:
            quote = await work.quotes.lock(quote_id)
        assert quote is not None
        return quote


def _typed(money: Money) -> MoneyDraft:
    return MoneyDraft(money.amount, money.currency)
