"""What is done around the lines in the test of a quote's whole life: prices for all of it, papers, parcels, keys."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from domain.quotes.aggregate import QuoteAggregate
from domain.quotes.statuses import DecisionStatus
from tests.api.support.in_process import InProcess
from tests.api.support.makers import a_price

OPTIONS = "query($id: ID!) { quote(by: {id: $id}) { priceOptions { id name status } } }"


class AroundTheLines(RuleBasedStateMachine):
    """Rules that `Life` has besides its own; it says what holds of each."""

    service: InProcess
    given: str
    key: str
    steps: int
    quote: Any

    def act(self, mutation: str, input_: dict[str, Any]) -> list[Any]:
        raise NotImplementedError

    def edit(self, mutation: str, input_: dict[str, Any]) -> None:
        raise NotImplementedError

    def look(self, do: Any) -> None:
        raise NotImplementedError

    def lines(self) -> Any:
        raise NotImplementedError

    @rule(names=st.lists(st.sampled_from(["Bought", "Leased"]), unique=True, max_size=2))
    def offer_it_at_several_prices(self, names: list[str]) -> None:
        options = [{"name": name, "price": a_price("900.00"), "upfront": a_price("100.00")} for name in names]
        self.act("setPriceOptions", {"quoteId": self.given, "options": options})

    @rule(data=st.data())
    def take_it_at_a_price(self, data: Any) -> None:
        options = self.options()
        if options:
            errors = self.act("selectPriceOption", {"priceOptionId": data.draw(st.sampled_from(options))["id"]})
            if not errors:
                assert self.quote is not None
                assert self.quote.quote.decision_status == DecisionStatus.APPROVED
                assert sorted(it["status"] for it in self.options()) == ["ACCEPTED", "REJECTED"][: len(options)]

    @rule(data=st.data())
    def sign_it_at_a_price(self, data: Any) -> None:
        options = self.options()
        name = data.draw(st.sampled_from([it["name"] for it in options])) if options else "Stolen"
        before: QuoteAggregate | None = self.quote
        signer = {"key": self.key, "name": "Eva", "email": "eva@customer.example", "priceOption": name}
        errors = self.act("signQuote", signer)
        assert errors or options
        if not errors and before is not None and before.quote.decision_status == DecisionStatus.PENDING:
            assert self.quote is not None
            accepted = [it["name"] for it in self.options() if it["status"] == "ACCEPTED"]
            assert accepted == ([name] if self.quote.quote.is_fully_signed else [])

    @rule(price=st.sampled_from(["1450.00", "1450.00", "990.00", None]), discount=st.sampled_from(["0", "12.5"]))
    def price_it_as_a_whole(self, price: str | None, discount: str) -> None:
        items = [{"itemId": it.item.id, "price": a_price(price) if price else None} for it in self.lines()]
        off = {"type": "PERCENTAGE", "value": discount}
        self.act("priceQuote", {"quoteId": self.given, "items": items, "discount": off})

    @rule()
    def open_it_by_key(self) -> None:
        query = "query($key: String!) { publicQuote(key: $key) { status } }"
        self.look(lambda: self.service.data(query, {"key": self.key}))

    @rule(name=st.sampled_from(["Terms", "Annex"]))
    def attach_a_document(self, name: str) -> None:
        document = {"name": name, "url": "https://austral.example/terms.pdf", "isSignatureRequired": False}
        self.act("attachDocument", {"quoteId": self.given, **document})

    @rule()
    def ask_for_the_project(self) -> None:
        self.act("requestProjectApproval", {"quoteId": self.given})

    @rule()
    def approve_the_project(self) -> None:
        self.act("approveProject", {"key": self.key, "name": "Eva", "email": "eva@customer.example"})

    @rule(data=st.data(), code=st.sampled_from([None, "TRACK1"]))
    def track_a_parcel(self, data: Any, code: str | None) -> None:
        people = [it.id for line in self.lines() for it in line.recipients]
        chosen = data.draw(st.sampled_from(people))
        self.act("setRecipientTracking", {"recipientId": chosen, "trackingCode": code})

    @precondition(lambda self: self.steps > 8)
    @rule()
    def change_its_key(self) -> None:
        if not self.act("rotatePublicKey", {"quoteId": self.given}):
            query = "query($id: ID!) { quote(by: {id: $id}) { publicKey { key } } }"
            self.key = self.service.data(query, {"id": self.given})["quote"]["publicKey"]["key"]

    def options(self) -> list[Any]:
        found = self.service.data(OPTIONS, {"id": self.given})["quote"]
        return found["priceOptions"] if found else []
