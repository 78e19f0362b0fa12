"""Decisions by REST on quotes of connected systems: they wait for the system, and say what is so."""

import asyncio
from datetime import timedelta

import pytest

from adapters.database.connections.changes import SqlChangeWaiter
from domain.connections.systems import System
from domain.shared.outbound_errors import Refused
from tests.api.support.connected import Connected, connected
from tests.api.support.rest import Rest
from tests.api.support.running import uuid_of
from tests.fakes.connected_systems import Call

BOTH = pytest.mark.parametrize(("method", "end"), [("PATCH", ""), ("POST", "/action")])


def path_of(there: Connected, end: str) -> str:
    return f"quotes/{there.made.order_id}/items/{uuid_of(there.made.item)}{end}"


@BOTH
@pytest.mark.parametrize(("action", "status"), [("accept", "accepted"), ("reject", "rejected")])
async def test_a_decision_is_answered_when_the_system_has_confirmed_it(api, method, end, action, status):
    there = await connected(api)
    decision = Rest(api).send(method, path_of(there, end), {"action": action})
    answer, _ = await asyncio.gather(decision, there.work_soon())
    assert answer.status == 200, answer.body
    assert answer.body["data"] == {"id": uuid_of(there.made.item), "type": "item", "status": status}
    assert (await there.shown("items { status }"))["items"] == [{"status": status.upper()}]


@BOTH
async def test_a_decision_that_the_system_refuses_is_a_conflict_with_its_reason(api, method, end):
    there = await connected(api)
    there.system.answers = [Call(does=False, failure=Refused("409 The quote is locked.", 409, "The quote is locked."))]
    decision = Rest(api).send(method, path_of(there, end), {"action": "accept"})
    answer, _ = await asyncio.gather(decision, there.work_soon())
    error = answer.body["error"]
    assert (answer.status, error["code"]) == (409, "CONFLICT")
    [detail] = error["details"]
    assert (detail["code"], detail["message"]) == ("REFUSED_BY_ORIGIN", "The quote is locked.")


@BOTH
async def test_a_decision_without_an_answer_in_time_says_what_is_still_so(api, method, end):
    there = await connected(api)
    deps = api.parts.deps
    object.__setattr__(deps, "changes", SqlChangeWaiter(api.parts.database, timedelta(milliseconds=10)))
    answer = await Rest(api).send(method, path_of(there, end), {"action": "accept"})
    assert answer.status == 200, answer.body
    assert answer.body["data"] == {"id": uuid_of(there.made.item), "type": "item", "status": "sourced"}
    assert (await there.shown("pendingChange { status }"))["pendingChange"] == {"status": "REQUESTED"}


@BOTH
async def test_what_the_system_has_no_call_for_is_a_conflict(api, method, end):
    there = await connected(api, System.KITCHEN)
    answer = await Rest(api).send(method, path_of(there, end), {"action": "accept"})
    error = answer.body["error"]
    assert (answer.status, error["code"]) == (409, "CONFLICT")
    [detail] = error["details"]
    assert detail["code"] == "NOT_SUPPORTED_BY_ORIGIN"
    assert "https://quotes.example/q/1" in detail["message"]
