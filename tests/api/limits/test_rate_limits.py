"""Rate limits as clients see them: the headers of answers, refusals, and sockets that stay open."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from app.server import key_watch
from app.server.credentials import lookups
from domain.shared.access import ApiKey, Environment, Scope, key_prefix, new_key
from domain.shared.ids import new_id
from domain.shared.rate_limits import RateLimit
from tests.api.support.access import an_access_token, an_api_key
from tests.api.support.running import Answer, Running, company_id, running
from tests.api.support.sockets import Socket, connected
from tests.patience import PATIENCE

VIEWER = "{ viewer { environment } }"
TEN = "{ products(first: 10) { nodes { id } } }"
LIMIT = "{ rateLimit { limit } }"
HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


@pytest_asyncio.fixture
async def limited(new_database) -> AsyncIterator[Running]:
    """Thirty points for each key, and ten for each network, restored too slowly to matter."""
    async with running(await new_database("sqlite"), rate_limit="30/1", public_rate_limit="10/1") as api:
        yield api


async def used_up(api: Running, query: str = TEN) -> Answer:
    """The answer of the first operation that is refused."""
    for _ in range(50):
        answer = await api.run(query)
        if answer.errors:
            return answer
    raise AssertionError("nothing was refused")


async def test_an_answer_says_what_the_key_has_left(limited):
    answer = await limited.run(TEN)
    limit, remaining, reset = (int(answer.headers[it]) for it in HEADERS)
    assert limit == 30
    assert remaining < 30
    assert time.time() * 1000 <= reset <= time.time() * 1000 + 31_000


async def test_an_operation_that_asks_for_too_much_is_refused_with_the_points_there_are(limited):
    answer = await used_up(limited)
    found = answer.error["extensions"]
    assert (answer.status, answer.codes) == (429, ["RATE_LIMITED"])
    assert (found["limit"], found["restoreRate"]) == (30, 1)
    assert found["requested"] > found["available"] == int(answer.headers["X-RateLimit-Remaining"])
    assert found["retryAfter"] == int(answer.headers["Retry-After"]) >= 1


async def test_an_operation_of_values_only_costs_a_point_too(limited):
    answer = await limited.run("{ __typename }")
    assert (answer.cost["requestedQueryCost"], answer.cost["actualQueryCost"]) == (1, 1)
    refused = await used_up(limited, "{ __typename }")
    assert (refused.status, refused.error["extensions"]["requested"]) == (429, 1)


async def test_what_is_left_is_told_when_nothing_is_and_is_owed(limited):
    await used_up(limited, VIEWER)
    for _ in range(3):
        answer = await limited.run("{ rateLimit { available } }")
        assert (answer.status, answer.data) == (200, {"rateLimit": {"available": 0}})
        assert (answer.cost["requestedQueryCost"], answer.cost["actualQueryCost"]) == (0, 1)
    assert (await limited.run(VIEWER)).error["extensions"]["retryAfter"] >= 3


async def test_two_processes_share_the_bucket_of_a_key(new_database):
    url = await new_database("postgresql")
    async with running(url, rate_limit="100/1") as api, running(url, False, rate_limit="100/1") as other:
        other.customer = api.customer
        answers = [await (api, other)[number % 2].run(VIEWER) for number in range(160)]
        points = 100 - int(answers[0].headers["X-RateLimit-Remaining"])
        assert {it.status for it in answers} == {200, 429}
        # A process may hold a point that is too little for an operation; few are restored meanwhile.
        assert 90 <= points * sum(it.status == 200 for it in answers) <= 115


async def test_a_key_may_have_a_limit_of_its_own(limited):
    secret = new_key(Environment.LIVE)
    held, now = frozenset({Scope.PRODUCTS_READ}), datetime.now(UTC)
    key = ApiKey(new_id(), "Wide", key_prefix(secret), Environment.LIVE, None, None, held, now)
    await limited.parts.keys.add(replace(key, rate_limit=RateLimit(70_000, 7)), secret)
    assert (await limited.run(TEN, key=secret)).headers["X-RateLimit-Limit"] == "70000"


async def test_one_key_that_has_used_its_points_leaves_another_alone(limited):
    await used_up(limited)
    assert (await limited.run(TEN, key=limited.operator)).status == 200


async def test_over_a_socket_the_operation_is_refused_and_the_socket_stays(limited):
    async with connected(limited) as socket:
        await used_up(limited)
        error = await socket.refusal(await socket.start(TEN))
        assert error["extensions"]["code"] == "RATE_LIMITED"
        assert error["extensions"]["retryAfter"] >= 1
        assert await socket.event(await socket.start("{ __typename }")) == "Query"


async def test_on_an_event_stream_the_refusal_is_its_only_event(limited):
    await used_up(limited)
    sent = {"Accept": "text/event-stream", "Authorization": f"Bearer {limited.customer}"}
    async with limited.http.post(limited.url, json={"query": TEN}, headers=sent) as response:
        assert '"RATE_LIMITED"' in await response.text()


async def test_an_operation_of_a_batch_is_refused_for_itself(new_database):
    async with running(await new_database("sqlite"), rate_limit="30/1", batching=10) as api:
        async with api.http.post(
            api.url, json=[{"query": TEN}] * 10, headers={"Authorization": f"Bearer {api.customer}"}
        ) as response:
            answers = await response.json()
        assert response.status == 200
        assert "data" in answers[0]
        assert answers[-1]["errors"][0]["extensions"]["code"] == "RATE_LIMITED"


@pytest.mark.parametrize("path", ["/graphql", "/schema.graphql", "/no-such-path", "/"])
async def test_every_response_has_the_headers(limited, path):
    async with limited.http.get(limited.server.make_url(path), allow_redirects=False) as response:
        assert [it for it in HEADERS if it in response.headers] == list(HEADERS), response.status


async def test_a_refused_key_is_answered_with_what_its_network_has(limited):
    answer = await limited.run(TEN, key="qk_live_wrong")
    assert (answer.status, answer.headers["X-RateLimit-Limit"]) == (401, "10")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_operating_paths_have_none(limited, path):
    async with limited.http.get(limited.server.make_url(path)) as response:
        assert not set(HEADERS) & set(response.headers)


async def test_without_a_limit_there_are_no_headers(new_database):
    async with running(await new_database("sqlite"), rate_limit="off") as api:
        assert not set(HEADERS) & set((await api.run(TEN)).headers)


async def test_pages_of_other_origins_may_read_them(new_database):
    async with running(await new_database("sqlite"), cors_origins="*") as api:
        answer = await api.run(TEN, headers={"Origin": "https://app.example"})
        assert set(HEADERS) <= set(answer.headers["Access-Control-Expose-Headers"].split(", "))


async def test_who_has_no_key_pays_by_network(new_database):
    async with running(await new_database("sqlite"), rate_limit="30/1", public_rate_limit="2/1") as api:
        query = '{ publicQuote(key: "wrong") { orderId items { title specification { cpu } } } }'
        async with api.http.post(api.url, json={"query": query}) as response:
            answer = await response.json()
        assert (response.status, answer["errors"][0]["extensions"]["limit"]) == (429, 2)


@pytest.fixture
def checked_often(monkeypatch):
    """The keys of open connections are checked all the time, and found keys are not kept."""
    monkeypatch.setattr(key_watch, "CHECK_SECONDS", 0.01)
    monkeypatch.setattr(lookups, "CACHE_SECONDS", 0.0)


async def test_another_limit_of_a_key_counts_in_every_process_also_on_open_sockets(new_database, checked_often):
    url = await new_database("postgresql")
    async with running(url, rate_limit="60/1") as api, running(url, False, rate_limit="60/1") as other:
        manager = await api.key(Scope.KEYS_MANAGE, Scope.PRODUCTS_READ, company=None)
        id_, secret = await an_api_key(api, manager, scopes=["products:read"], companyId=company_id("AUSTRAL"))

        async def limits(socket: Socket) -> list[int]:
            by_request = (await other.data(LIMIT, key=secret))["rateLimit"]["limit"]
            return [by_request, (await socket.event(await socket.start(LIMIT)))["limit"]]

        async with connected(other, key=secret) as socket:
            assert await limits(socket) == [60, 60]
            given = {"apiKeyId": id_, "rateLimit": {"limit": 70_000, "restoreRate": 700}}
            await api.act("updateApiKey", given, key=manager)
            async with asyncio.timeout(PATIENCE):
                while await limits(socket) != [70_000, 70_000]:
                    await asyncio.sleep(0.01)


async def test_the_tokens_of_a_key_have_its_limit(limited):
    manager = await limited.key(Scope.KEYS_MANAGE, Scope.PRODUCTS_READ, company=None)
    given = {"scopes": ["products:read"], "companyId": company_id("AUSTRAL")}
    _, secret = await an_api_key(limited, manager, **given, rateLimit={"limit": 25, "restoreRate": 1})
    _, token = await an_access_token(limited, secret, scopes=["products:read"])
    assert (await limited.data(LIMIT, key=token))["rateLimit"]["limit"] == 25
