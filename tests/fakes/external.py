"""Fakes of the external services: vendor, task board and mailer. They record their calls and can be made to fail."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from domain.fulfilment.vendor_api import OrderRequest, PlacedOrder, ReportedOrder
from domain.ports.external import Mailer, MovementVendor, OrderVendor, TaskBoard
from domain.shared.access import Environment
from domain.shared.messages import Email, NewTask
from domain.shared.outbound_errors import NotConfigured
from tests.fakes.movements import FakeMovements


@dataclass
class Answer:
    """How a service answers one call: whether it executes it, whether the result is visible at once, and the failure
    that is raised, if any."""

    does: bool = True
    shows: bool = True
    failure: BaseException | None = None


@dataclass
class FakeVendor:
    """A fake `OrderVendor` and `TaskBoard`. Each call uses one of `answers`; when none are left, calls succeed."""

    answers: list[Answer] = field(default_factory=list)
    looks: list[BaseException] = field(default_factory=list)
    word: str = "pending"
    report: ReportedOrder = field(default_factory=lambda: ReportedOrder("", ""))
    calls: list[str] = field(default_factory=list)
    posts: list[Any] = field(default_factory=list)
    done: dict[str, str] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    # The lines that were asked for last, with the serial numbers that they had.
    lines: Mapping[str, Collection[str]] = field(default_factory=dict)

    async def place_order(self, request: OrderRequest) -> PlacedOrder:
        return self._order(self._take(request.external_item_id, request, *(it.external_item_id for it in request.more)))

    async def find_order(
        self, company_code: str, country_code: str, external_item_ids: Collection[str]
    ) -> PlacedOrder | None:
        found = self._look(*external_item_ids)
        return None if found is None else self._order(found)

    async def create_task(self, task: NewTask) -> str:
        return self._take(task.reference, task)

    async def find_task(self, reference: str, since: datetime) -> str | None:
        return self._look(reference)

    async def order(
        self, company_code: str, vendor_id: str, serial_numbers: Mapping[str, Collection[str]]
    ) -> Sequence[ReportedOrder]:
        self.lines = serial_numbers
        if self.looks:
            raise self.looks.pop(0)
        return [replace(self.report, vendor_id=vendor_id, status=self.word) for _ in serial_numbers]

    async def confirm_order(self, company_code: str, vendor_id: str) -> None:
        self._act("confirm", vendor_id, "accepted")

    async def cancel_order(self, company_code: str, vendor_id: str) -> None:
        self._act("cancel", vendor_id, "cancelled")

    async def select_alternative(self, company_code: str, vendor_id: str, group_id: str, candidate_id: str) -> None:
        self._act(f"select {group_id} {candidate_id}", vendor_id, self.word)

    def _act(self, verb: str, vendor_id: str, word: str) -> None:
        """Handle a call for an existing order. If it is executed, the order has the status `word`."""
        self.calls.append(f"{verb} {vendor_id}")
        answer = self.answers.pop(0) if self.answers else Answer()
        if answer.does:
            self.word = word
        if answer.failure is not None:
            raise answer.failure

    def reveal(self) -> None:
        """Make the results of all executed calls visible."""
        self.shown |= self.done

    def _take(self, reference: str, sent: Any, *more: str) -> str:
        self.posts.append(sent)
        answer = self.answers.pop(0) if self.answers else Answer()
        if answer.does:
            self.done |= dict.fromkeys((reference, *more), f"V-{len(self.posts)}")
            if answer.shows:
                self.reveal()
        if answer.failure is not None:
            raise answer.failure
        return self.done.get(reference, "")

    def _look(self, *references: str) -> str | None:
        if self.looks:
            raise self.looks.pop(0)
        return next((self.shown[it] for it in references if it in self.shown), None)

    def _order(self, vendor_id: str) -> PlacedOrder:
        ids = frozenset(id_ for id_, found in self.done.items() if found == vendor_id)
        return PlacedOrder(vendor_id, f"N-{vendor_id}", self.word, ids)


@dataclass
class FakeMailer:
    """Records the e-mails. Each e-mail raises one of `failures`, while there are any, and is then not recorded."""

    failures: list[BaseException] = field(default_factory=list)
    letters: list[Email] = field(default_factory=list)

    async def send(self, email: Email) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.letters.append(email)


@dataclass
class FakeExternalServices:
    """One vendor, board and mailer for every environment."""

    orders: FakeVendor = field(default_factory=FakeVendor)
    tasks: FakeVendor = field(default_factory=FakeVendor)
    mail: FakeMailer = field(default_factory=FakeMailer)
    mover: FakeMovements = field(default_factory=FakeMovements)

    def vendor(self, environment: Environment) -> OrderVendor:
        return self.orders

    def movements(self, environment: Environment) -> MovementVendor:
        return self.mover

    def board(self, environment: Environment) -> TaskBoard:
        return self.tasks

    def mailer(self, environment: Environment) -> Mailer:
        return self.mail


class UnreachableExternalServices:
    """External services without any settings."""

    def vendor(self, environment: Environment) -> OrderVendor:
        raise NotConfigured("no vendor")

    def movements(self, environment: Environment) -> MovementVendor:
        raise NotConfigured("no vendor")

    def board(self, environment: Environment) -> TaskBoard:
        raise NotConfigured("no board")

    def mailer(self, environment: Environment) -> Mailer:
        raise NotConfigured("no mailer")
