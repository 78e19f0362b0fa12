"""What holds of a quote's whole life through the API, whatever is asked in any order: found by trying thousands of
mutations, legal and not, against the tables of domain/quotes/lifecycle.py."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from domain.history.field_changes import field_changes
from domain.quotes.aggregate import Line, QuoteAggregate
from domain.quotes.lifecycle import attribute, is_over, state_of, status_of
from domain.quotes.state_machines import (
    APPROVE,
    CANCEL,
    COMPLETE,
    DECLINE,
    DELETE,
    LINE_OFFER,
    LIVE,
    MACHINE_OF,
    MACHINES,
    RECIPIENT,
    VOID,
)
from domain.quotes.statuses import DecisionStatus, LineDecision, QuoteOfferStatus
from domain.shared.errors import NodeRef
from domain.shared.events import Event, StatusField
from domain.shared.ids import global_id, parse_id
from domain.shared.state_machine import Transition
from tests.api.conftest import MakeDatabase
from tests.api.support.in_process import InProcess
from tests.api.support.makers import a_draft, a_price, a_recipient, an_item
from tests.api.support.quote_life_emails import AroundTheLines

# Each leads to one state of one machine, and may be kept from it by what the tables do not tell of.
WHOLE: dict[str, tuple[Transition, set[str]]] = {
    "cancelQuote": (CANCEL, {"ALREADY_ORDERED"}),
    "voidQuote": (VOID, {"ALREADY_ORDERED"}),
    "deleteQuote": (DELETE, {"ALREADY_ORDERED"}),
    "declineQuote": (DECLINE, {"ALREADY_DECIDED"}),
    "acceptQuote": (APPROVE, {"NOT_PRICED", "ALTERNATIVE_REQUIRED", "PRICE_OPTION_REQUIRED"}),
    "completeQuote": (COMPLETE, set()),
}
STAGES = ["asked", "priced", "accepted", "shipped"]
STARTS = {machine.field: str(machine.start) for machine in MACHINES}


class Life(AroundTheLines):
    """A quote in the hands of everybody at once."""

    tried = 0

    @initialize(lines=st.integers(1, 3), hours=st.none() | st.integers(1, 4), stage=st.sampled_from(STAGES))
    def ask(self, lines: int, hours: int | None, stage: str) -> None:
        draft = a_draft(*[an_item()] * lines, companyId=global_id("Company", self.service.customer.company_id or ""))
        if hours is not None:
            draft["expiresAt"] = self.in_hours(hours)
        made = self.service.act("createQuote", draft, "quote { id publicKey { key } }")
        assert made["userErrors"] == []
        self.given, self.key = made["quote"]["id"], made["quote"]["publicKey"]["key"]
        self.id = parse_id(self.given)[1]
        self.quote = self.service.quote(self.id)
        self.gone = False
        self.steps = 0
        for reached in STAGES[1 : STAGES.index(stage) + 1]:
            self.tenant_scope(reached, lines)

    def tenant_scope(self, stage: str, lines: int) -> None:
        """Bring the quote to where something more can be tried of it than at the start."""
        for number, line in enumerate(self.lines()):
            if stage == "priced":
                self.act("priceItem", {"itemId": line.item.id, "price": a_price()})
                other = {"itemId": line.item.id, "specification": {"model": "T14"}, "price": a_price("1190.00")}
                self.act("proposeAlternative", other)
            elif stage == "accepted" and (number > 0 or lines == 1):
                self.act("decideItem", {"offerId": line.item.id, "decision": "ACCEPT"})
            elif stage == "shipped" and line.item.decision != LineDecision.UNDECIDED:
                self.act("shipRecipient", {"recipientId": line.recipients[0].id})

    # ---- what can be done

    @rule(name=st.sampled_from(["acceptQuote", "completeQuote"]))
    def accept_or_complete_it(self, name: str) -> None:
        self.as_a_whole(name)

    @precondition(lambda self: self.steps > 8)
    @rule(name=st.sampled_from(["cancelQuote", "voidQuote", "declineQuote"]))
    def end_it(self, name: str) -> None:
        self.as_a_whole(name)

    @precondition(lambda self: self.steps > 25)
    @rule()
    def delete_it(self) -> None:
        self.as_a_whole("deleteQuote")

    def as_a_whole(self, name: str) -> None:
        step, guards = WHOLE[name]
        expected = "gone" if self.gone else self.by_the_table(step)
        errors = self.act(name, {"quoteId": self.given})
        if expected == "gone":
            return
        if expected == "refused":
            assert errors, f"{name} is not in the table"
            assert errors[0]["attemptedStatus"] == step.to
        elif errors:
            assert {it["code"] for it in errors} <= guards
        elif name != "deleteQuote":
            assert self.quote is not None
            assert getattr(self.quote.quote, attribute(MACHINE_OF[step.name].field)) == step.to

    @rule(data=st.data(), verdict=st.sampled_from(["ACCEPT", "ACCEPT", "REJECT"]))
    def decide_on_an_offer(self, data: Any, verdict: str) -> None:
        self.act("decideItem", {"offerId": self.offer(data), "decision": verdict})

    @rule(data=st.data(), verdicts=st.lists(st.sampled_from(["ACCEPT", "REJECT"]), min_size=1, max_size=3))
    def decide_on_several_offers(self, data: Any, verdicts: list[str]) -> None:
        decisions = [{"offerId": self.offer(data), "decision": verdict} for verdict in verdicts]
        self.act("decideItems", {"quoteId": self.given, "decisions": decisions})

    @rule(data=st.data(), all_of_it=st.booleans())
    def price_offers(self, data: Any, all_of_it: bool) -> None:
        offers = [it.id for line in self.lines() for it in line.offers] if all_of_it else [self.offer(data)]
        for offer_id in offers[:4]:
            if any(it.item.id == offer_id for it in self.lines()):
                self.act("priceItem", {"itemId": offer_id, "price": a_price()})
            else:
                self.act("priceAlternative", {"alternativeId": offer_id, "price": a_price()})

    @rule(data=st.data(), priced=st.booleans())
    def propose_an_alternative(self, data: Any, priced: bool) -> None:
        given = {"itemId": self.item(data), "specification": {"model": "T14"}}
        self.act("proposeAlternative", {**given, **({"price": a_price("1190.00")} if priced else {})})

    @rule(data=st.data(), name=st.sampled_from(["Carla", "Dan"]), chooses=st.booleans())
    def sign_it(self, data: Any, name: str, chooses: bool) -> None:
        alternatives = [it.id for line in self.lines() for it in line.alternatives]
        chosen = [data.draw(st.sampled_from(alternatives))] if alternatives and chooses else []
        signer = {"key": self.key, "name": name, "email": f"{name}@customer.example", "alternatives": chosen}
        before = self.quote
        errors = self.act("signQuote", signer)
        if not errors and before is not None and before.quote.decision_status == DecisionStatus.PENDING:
            assert self.quote is not None
            signed = self.quote.quote
            assert signed.decision_status == DecisionStatus.APPROVED or not signed.is_fully_signed
            taken = [line for line in self.quote.lines if line.item.closing_offer_id in chosen]
            assert len(taken) == len(chosen) or not signed.is_fully_signed

    @rule(count=st.integers(1, 2))
    def ask_for_signatures(self, count: int) -> None:
        self.act("requireSignatures", {"quoteId": self.given, "count": count})

    @precondition(lambda self: self.steps > 8)
    @rule()
    def decline_it_by_key(self) -> None:
        self.act("declineQuoteByKey", {"key": self.key})

    @rule(hours=st.none() | st.integers(1, 4), notes=st.sampled_from(["Ask", "Wait"]))
    def note_something(self, hours: int | None, notes: str) -> None:
        until = None if hours is None else self.in_hours(hours)
        self.edit("updateQuote", {"quoteId": self.given, "notes": notes, "expiresAt": until})

    @rule()
    def send_it(self) -> None:
        self.act("sendQuote", {"quoteId": self.given, "includePdf": False})

    @rule()
    def add_a_line(self) -> None:
        if len(self.lines()) < 4:
            self.edit("addItems", {"quoteId": self.given, "items": [an_item()]})

    @rule(data=st.data(), change=st.sampled_from([{"quantity": 2}, {"specification": {"ram": "64 GB"}}]))
    def change_a_line(self, data: Any, change: dict[str, Any]) -> None:
        self.edit("updateItem", {"itemId": self.item(data), "recipients": [a_recipient()], **change})

    @rule(data=st.data())
    def take_a_line_off(self, data: Any) -> None:
        self.edit("removeItem", {"itemId": self.item(data)})

    @rule(data=st.data(), step=st.sampled_from(["shipRecipient", "deliverRecipient"]), everyone=st.booleans())
    def fulfil(self, data: Any, step: str, everyone: bool) -> None:
        people = [it.id for line in self.lines() for it in line.recipients]
        for recipient in people if everyone else [data.draw(st.sampled_from(people))]:
            self.act(step, {"recipientId": recipient})

    @rule()
    def place_orders(self) -> None:
        self.look(self.service.work)

    @rule(hours=st.integers(1, 3), swept=st.booleans())
    def let_time_pass(self, hours: int, swept: bool) -> None:
        self.service.clock.move(hours=hours)
        if swept:
            over = self.quote is not None and is_over(self.quote.quote, self.service.clock())
            self.look(self.service.sweep)
            assert not over or (self.quote is not None and self.quote.quote.offer_status == "EXPIRED")

    # ---- what holds of each

    def act(self, mutation: str, input_: dict[str, Any]) -> list[Any]:
        """Ask for it. Refused, it changes nothing and says why; done, it made only moves of the tables."""
        before = self.quote
        errors: list[Any] = []
        Life.tried += 1
        self.steps += 1

        def ask() -> None:
            payload = self.service.act(mutation, input_)
            errors.extend(payload["userErrors"])

        self.look(ask)
        if self.gone and before is None:
            assert [it["__typename"] for it in errors] == ["NotFoundError"], mutation
        for error in errors:
            if error["__typename"] == "ConflictError":
                named = (error["currentStatus"], error["attemptedStatus"] or "")
                assert all(status in error["message"] for status in named), error
        if errors:
            assert self.quote == before, f"refused, {mutation} changed something"
        return errors

    def edit(self, mutation: str, input_: dict[str, Any]) -> None:
        """A change, which is for quotes on offer and undecided only; a later end brings back one that has expired."""
        before, now = self.quote, self.service.clock()
        errors = self.act(mutation, input_)
        if before is not None:
            head = before.quote
            undecided = head.decision_status == DecisionStatus.PENDING
            renewed = "expiresAt" in input_ and head.offer_status in LIVE | {QuoteOfferStatus.EXPIRED}
            on_offer = head.offer_status in LIVE and not is_over(head, now)
            editable = undecided and (on_offer or renewed)
            assert editable or [it["code"] for it in errors] == ["NOT_EDITABLE"], mutation

    def look(self, do: Any) -> None:
        before = self.quote
        do()
        self.quote = self.service.quote(self.id)
        if before is not None and self.quote is None:
            self.gone = True
        if before is not None and self.quote is not None:
            moved_by_the_tables(before, self.quote, self.service.clock())

    def by_the_table(self, step: Transition) -> str:
        """What the table says of a move, from the states that are stored."""
        assert self.quote is not None
        states = {it.field: str(getattr(self.quote.quote, attribute(it.field))) for it in MACHINES}
        if is_over(self.quote.quote, self.service.clock()):
            states[StatusField.OFFER_STATUS] = "EXPIRED"
        present = states[MACHINE_OF[step.name].field]
        if present in step.keeps:
            return "kept"
        free = all(states[field] in allowed for field, allowed in step.requires.items())
        return "moved" if present in step.sources and free else "refused"

    def teardown(self) -> None:
        if not hasattr(self, "id"):
            return
        events = self.service.events(self.id)
        reached = told_by(events)
        if self.quote is None:
            assert reached[self.id, StatusField.OFFER_STATUS] == "DELETED"
            assert events[-1].type == "QUOTE_DELETED"
            return
        for key, status in statuses(self.quote).items():
            assert reached.get(key, start_of(key)) == status, "history explains the present"
        self.told_fields(events)
        page = self.service.data("query($id: ID!) { quote(by: {id: $id}) { history { totalCount } } }", {"id": self.id})
        assert page["quote"]["history"]["totalCount"] == len(events)

    def told_fields(self, events: Sequence[Event]) -> None:
        """Each change of a field begins where the one before ended, and the last is what there is."""
        assert self.quote is not None
        parts = [part for line in self.quote.lines for part in (*line.offers, *line.recipients)]
        whole = [self.quote.quote, *parts, *self.service.price_options(self.id)]
        present = {(it.node, it.field): it.after for it in field_changes([], whole)}
        last: dict[tuple[NodeRef, str], str | None] = {}
        for change in (it for event in events for it in event.field_changes):
            key = (change.node, change.field)
            assert last.get(key, change.before) == change.before != change.after, change
            last[key] = change.after
        for change in (it for event in events for it in event.field_changes):
            assert (change.node_type, parse_id(change.node_id)[1]) == (change.node.type, change.node.id)
            assert change.label, "what was changed has a name, also when it is gone"
        # What stands beside the quote is told with it, and not among its parts.
        beside = {"QuoteAttachment", "VendorOrder"}
        for key, text in last.items():
            assert key[0].type in beside or present.get(key) == text, f"history explains the present: {key}"

    # ---- what there is

    def lines(self) -> Any:
        return self.quote.lines if self.quote is not None else self.last

    def offer(self, data: Any) -> str:
        chosen: str = data.draw(st.sampled_from([it.id for line in self.lines() for it in line.offers]))
        return chosen

    def item(self, data: Any) -> str:
        chosen: str = data.draw(st.sampled_from([line.item.id for line in self.lines()]))
        return chosen

    def in_hours(self, hours: int) -> str:
        until = self.service.clock().timestamp() + 3600 * hours
        return f"{type(self.service.clock()).fromtimestamp(until, self.service.clock().tzinfo):%Y-%m-%dT%H:%M:%SZ}"

    @property
    def quote(self) -> QuoteAggregate | None:
        return self._quote

    @quote.setter
    def quote(self, found: QuoteAggregate | None) -> None:
        self._quote = found
        if found is not None:
            self.last = found.lines


def moved_by_the_tables(before: QuoteAggregate, after: QuoteAggregate, at: datetime) -> None:
    """Every status that differs went along a move of its machine; the quote's own sums up its three. Time may have
    moved it unseen."""
    head = after.quote
    assert head.status == status_of(head.offer_status, head.decision_status, head.fulfilment_status)
    for machine in MACHINES:
        old, new = (getattr(it.quote, attribute(machine.field)) for it in (before, after))
        unseen = state_of(before.quote, machine.field, at)
        assert old == new or machine.allows(old, new) or machine.allows(unseen, new), f"{machine.name}: {old} to {new}"
    lines = {line.item.id: line for line in after.lines}
    for was in before.lines:
        now = lines.get(was.item.id)
        if was.item.decision != LineDecision.UNDECIDED:
            assert now is not None
            assert agreed(now) == agreed(was), "a closed line never changes"
        for machine, olds, news in (
            (LINE_OFFER, was.offers, now.offers if now else ()),
            (RECIPIENT, was.recipients, now.recipients if now else ()),
        ):
            found: dict[str, str] = {it.id: it.status for it in news}
            for part in olds:
                new = found.get(part.id, part.status)
                assert part.status == new or machine.allows(part.status, new), f"{machine.name}: {part.status} to {new}"


def agreed(line: Line) -> Any:
    """What a decision has settled. Place and sums follow from the lines around it."""
    item = line.item
    settled = (item.decision, item.closing_offer_id, item.agreement, item.quantity, item.specification)
    return settled, [(it.id, it.status, it.price, it.specification) for it in line.offers]


def statuses(quote: QuoteAggregate) -> dict[tuple[str, str], str]:
    parts = [part for line in quote.lines for part in (*line.offers, *line.recipients)]
    own = {(quote.quote.id, str(it.field)): str(getattr(quote.quote, attribute(it.field))) for it in MACHINES}
    whole = {(quote.quote.id, "STATUS"): str(quote.quote.status)}
    return {(part.id, "STATUS"): str(part.status) for part in parts} | own | whole


def start_of(key: tuple[str, str]) -> str:
    return STARTS.get(StatusField(key[1]), "PENDING")


def told_by(events: Any) -> dict[tuple[str, str], str]:
    """Where the events, one after the other, say that everything is. Each move is told once."""
    reached: dict[tuple[str, str], str] = {}
    for event in events:
        for change in event.changes:
            key = (change.node.id, str(change.field))
            if change.node.type != "VendorOrder":
                first = "OFFERED" if change.node.type == "PriceOption" else start_of(key)
                assert change.from_status == reached.get(key, first), "each change goes on where the last ended"
            reached[key] = change.to_status
    return reached


@pytest.fixture
def service(new_database: MakeDatabase) -> Iterator[InProcess]:
    loop = asyncio.new_event_loop()
    made = InProcess(loop.run_until_complete(new_database("sqlite")), loop)
    yield made
    made.close()
    loop.close()


def test_a_quote_keeps_to_its_tables_whatever_is_asked_of_it(service: InProcess) -> None:
    class OnThis(Life):
        pass

    OnThis.service = service
    Life.tried = 0
    slow = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    # To shrink a failure takes minutes here; the steps that lead to it are told as they are.
    phases = (Phase.explicit, Phase.reuse, Phase.generate)
    chosen = settings(max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=slow, phases=phases)
    run_state_machine_as_test(OnThis, settings=chosen)
    assert Life.tried > 1_000
