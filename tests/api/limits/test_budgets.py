"""Budgets beside the points of keys and networks: wrong keys, what customers do by public keys, and documents."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from graphql import GraphQLError

from domain.rate_limits.buckets import SECOND
from domain.shared.ids import new_id
from domain.shared.rate_limits import RateLimit
from resolvers.budgets import POINTS_OF_CUSTOMER, SETTINGS, BudgetType, CustomerBudgets
from tests.api.support.customers import visit
from tests.api.support.makers import a_quote
from tests.api.support.running import Answer, Running, document, running
from tests.api.support.sockets import Closed, Socket

VIEWER = "{ viewer { environment } }"


@pytest.fixture
def served(new_database):
    """Servers of their own, with settings."""

    @asynccontextmanager
    async def serve(**settings: Any) -> AsyncIterator[Running]:
        async with running(await new_database("sqlite"), **settings) as api:
            yield api

    return serve


def refused(answer: Answer) -> str:
    """Which budget was used up, as an answer says it."""
    found = answer.error["extensions"]
    assert found["code"] == "RATE_LIMITED"
    assert found["retryAfter"] >= 1
    assert found["setting"] == SETTINGS[found["budget"]]
    return str(found["budget"])


async def test_who_tries_many_wrong_keys_has_to_wait_and_the_keys_of_others_go_on_working(served):
    async with served(wrong_key_rate_limit="90/1") as api:
        assert (await api.run(VIEWER)).status == 200
        answers = await asyncio.gather(*(api.run(VIEWER, key=f"qk_live_{number}") for number in range(8)))
        assert sorted(it.status for it in answers) == [401] * 3 + [429] * 5
        for it in answers:
            if it.status == 429:
                assert refused(it) == "WRONG_KEYS"
                assert int(it.headers["Retry-After"]) == it.error["extensions"]["retryAfter"]
        # One that was never seen here is still looked up.
        assert [(await api.run(VIEWER, key=it)).status for it in (api.customer, api.operator)] == [200, 200]


async def test_the_rest_api_and_documents_refuse_too_many_wrong_keys_too(served):
    async with served(wrong_key_rate_limit="30/1") as api:
        await api.run(VIEWER, key="qk_live_wrong")
        for path in ("/api/v1/quotes", f"/quotes/{new_id()}/quote.pdf"):
            wrong = {"Authorization": "Bearer qk_live_wrong"}
            async with api.http.get(api.server.make_url(path), headers=wrong) as response:
                assert (response.status, int(response.headers["Retry-After"]) >= 1) == (429, True)


async def test_access_tokens_and_public_keys_are_guessed_from_the_same_budget(served):
    async with served(wrong_key_rate_limit="60/1") as api:
        assert (await api.run(VIEWER, key="qa_wrong")).status == 401
        assert (await visit(api, '{ publicQuote(key: "wrong") { orderId } }')).errors == []
        assert refused(await api.run(VIEWER, key="qa_wrong")) == "WRONG_KEYS"


async def test_a_key_that_was_revoked_is_no_guess(served):
    async with served(wrong_key_rate_limit="30/1") as api:
        key = await api.key("quotes:read")
        await api.revoke(key)
        assert [(await api.run(VIEWER, key=key)).status for _ in range(5)] == [401] * 5


async def test_a_socket_with_one_wrong_key_too_many_is_closed_with_the_reason(served):
    async with served(wrong_key_rate_limit="30/1") as api:
        await api.run(VIEWER, key="qk_live_wrong")
        async with api.http.ws_connect(api.url, protocols=("graphql-transport-ws",)) as raw:
            socket = Socket(raw)
            await socket.say(type="connection_init", payload={"Authorization": "Bearer qk_live_wrong"})
            with pytest.raises(Closed) as closed:
                await socket.hear()
        assert (closed.value.code, "wrong keys" in closed.value.reason) == (4429, True)


def decline(key: str) -> tuple[str, Any]:
    return document("declineQuoteByKey"), {"input": {"key": key, "dryRun": True}}


def fill_in(key: str) -> tuple[str, Any]:
    return document("fillInQuote"), {"input": {"key": key, "customFields": [], "dryRun": True}}


LIMITS = {"signing_rate_limit": "20/1", "fill_in_rate_limit": "30/1", "rate_limit": "6000/100"}


@pytest.mark.parametrize(("act", "times", "budget"), [(decline, 2, "SIGNING"), (fill_in, 3, "FILLING_IN")])
async def test_what_a_customer_does_by_a_public_key_has_a_budget_of_its_own(served, act, times, budget):
    async with served(**LIMITS) as api:
        quote = await a_quote(api)
        for _ in range(times):
            assert (await visit(api, *act(quote.key))).errors == []
        assert refused(await visit(api, *act(quote.key))) == budget
        # Reading the quote is not part of it, nor is the other budget.
        assert (await visit(api, f'{{ publicQuote(key: "{quote.key}") {{ orderId }} }}')).errors == []
        other = fill_in if act is decline else decline
        assert (await visit(api, *other(quote.key))).errors == []


async def test_the_server_of_a_company_acts_for_many_customers_and_for_each_within_the_budget_of_the_quote(served):
    async with served(**LIMITS) as api:
        quotes = [await a_quote(api) for _ in range(3)]
        for quote in quotes:
            for _ in range(2):
                assert (await api.run(*decline(quote.key))).errors == []
        assert refused(await api.run(*decline(quotes[0].key))) == "SIGNING"


async def test_an_upload_by_a_public_key_is_part_of_the_budget_of_signing(served):
    async with served(**LIMITS) as api:
        quote = await a_quote(api)
        for _ in range(2):
            assert (await visit(api, *decline(quote.key))).errors == []
        url = api.server.make_url(f"/q/{quote.key}/documents")
        async with api.http.post(url, data=b"%PDF-1.4") as response:
            assert (response.status, int(response.headers["Retry-After"]) >= 1) == (429, True)


async def test_without_a_rate_limit_customers_have_none_either(served):
    async with served(signing_rate_limit="20/1", rate_limit="off") as api:
        quote = await a_quote(api)
        answers = [await visit(api, *decline(quote.key)) for _ in range(4)]
        assert [it.errors for it in answers] == [[]] * 4


async def test_a_pdf_costs_points_and_one_that_is_not_there_costs_one(served):
    async with served(rate_limit="120/1", public_rate_limit="100/1") as api:
        key = await api.key("quotes:read", "quotes:write")
        quote = await a_quote(api)

        async def fetched(path: str, **headers: str) -> tuple[int, int]:
            async with api.http.get(api.server.make_url(path), headers=headers) as response:
                return response.status, int(response.headers["X-RateLimit-Remaining"])

        bearer = {"Authorization": f"Bearer {key}"}
        assert await fetched(f"/quotes/{quote.id}/quote.pdf", **bearer) == (200, 70)
        other = "1" if quote.id.endswith("0") else "0"
        status, left = await fetched(f"/quotes/{quote.id[:-1]}{other}/quote.pdf", **bearer)
        assert (status, left >= 69) == (404, True)
        assert (await fetched(f"/quotes/{quote.id}/quote.pdf", **bearer))[0] == 200
        assert (await fetched(f"/quotes/{quote.id}/quote.pdf", **bearer))[0] == 429
        assert [(await fetched(f"/q/{quote.key}/quote.pdf"))[0] for _ in range(3)] == [200, 200, 429]


def test_nothing_is_taken_from_one_bucket_if_the_other_is_empty():
    now = SECOND
    budgets = CustomerBudgets(RateLimit(2 * POINTS_OF_CUSTOMER, 1), now=lambda: now)
    for quote in ("a", "b"):
        budgets.take(BudgetType.SIGNING, quote, "network")
    for _ in range(5):
        with pytest.raises(GraphQLError, match="Try again in 10 seconds"):
            budgets.take(BudgetType.SIGNING, "a", "network")
    budgets.take(BudgetType.SIGNING, "a")
    with pytest.raises(GraphQLError):
        budgets.take(BudgetType.SIGNING, "a")
