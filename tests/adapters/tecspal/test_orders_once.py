"""A vendor that makes the order, answers as if it had not, and lists it late still has it once (ADR 4)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.asana import AsanaClient
from adapters.tecspal.client import TecspalClient
from domain.fulfilment.vendor_orders import VendorOrderStatus
from domain.quotes.statuses import Verdict
from domain.shared.jobs import JobStatus, JobType, NewJob, RetryPolicy
from domain.use_cases.jobs.dead_jobs import RetryJob, retry_job
from domain.use_cases.quotes.decisions import Decide, decide
from domain.use_cases.quotes.steps import OfferRef
from domain.use_cases.worker import dispatch
from tests.builders import TENANT, a_caller, a_quote, item_of, line, priced
from tests.claiming import claim_one
from tests.fakes.storage import World

SETTLE = 60
BAD_ANSWERS = [
    *((status, '{"message": "no"}') for status in (302, 401, 403, 408, 409, 429, 500, 502, 503, 504)),
    *((201, text) for text in ("<html>", "", "null", "[]", '{"envelop": null}', '{"envelop": []}', '{"data": {}}')),
    (200, "[" * 100_000),
    (200, " " * 1_100_000),
]


class SlyVendor:
    """Makes what it is asked for, says something else, and lists it only once it is told to."""

    def __init__(self, status: int, text: str) -> None:
        self.posts: list[Any] = []
        self.listed: list[Any] = []
        self._status, self._text = status, text

    async def make(self, request: web.Request) -> web.Response:
        self.posts.append((await request.json())["data"])
        return web.Response(status=self._status, text=self._text)

    async def tell(self, request: web.Request) -> web.Response:
        return web.json_response({"envelop": self.listed, "data": self.listed})

    def list_all(self) -> None:
        self.listed = [{**made, "id": f"V-{n}", "gid": f"V-{n}"} for n, made in enumerate(self.posts, 1)]


@asynccontextmanager
async def a_sly_vendor(status: int, text: str) -> AsyncIterator[tuple[SlyVendor, World]]:
    """The vendor, and a world in which it is both the vendor and the board, and in which a line was just accepted."""
    vendor = SlyVendor(status, text)
    app = web.Application()
    app.add_routes([web.post("/orders/quote", vendor.make), web.get("/orders", vendor.tell)])
    app.add_routes([web.post("/tasks", vendor.make), web.get("/tasks", vendor.tell)])
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        url = str(server.make_url("")).rstrip("/")
        world = World(retry_policy=RetryPolicy(retry_delays=(10,) * 8, resend_after=timedelta(seconds=SETTLE)))
        world.external.orders = TecspalClient(url, "token", "tenant", session)  # type: ignore[assignment]
        world.external.tasks = AsanaClient(url, "token", "1", session)  # type: ignore[assignment]
        yield vendor, world


async def accept(world: World) -> None:
    quote = world.memory.keep(a_quote(line(priced)))
    await decide(world.deps, a_caller(), Decide(OfferRef(item_of(quote), ("itemId",)), Verdict.ACCEPT))


async def run_after(world: World, seconds: float, kind: JobType = JobType.PLACE_VENDOR_ORDER) -> None:
    world.clock.move(seconds=seconds)
    world.memory.jobs = {key: job for key, job in world.memory.jobs.items() if job.kind == kind}
    if (job := await claim_one(world.deps.jobs, "worker", world.clock())) is not None:
        await dispatch.run(world.deps, job)


@pytest.mark.parametrize(("status", "text"), BAD_ANSWERS)
async def test_an_order_made_behind_a_bad_answer_and_listed_late_is_adopted_and_not_made_twice(status, text):
    async with a_sly_vendor(status, text) as (vendor, world):
        await accept(world)
        for seconds in (0, 10, 10, 10):
            await run_after(world, seconds)
        vendor.list_all()
        await run_after(world, 10)

        [order] = world.memory.orders.values()
        assert (len(vendor.posts), order.vendor_order_id) == (1, "V-1")


@pytest.mark.parametrize(("status", "text"), BAD_ANSWERS)
async def test_a_task_made_behind_a_bad_answer_and_listed_late_is_not_made_twice(status, text):
    async with a_sly_vendor(status, text) as (vendor, world):
        quote = world.memory.keep(a_quote(line(priced)))
        world.memory.enqueue(TENANT, NewJob(JobType.CREATE_TASK, "task", {"quoteId": quote.quote.id}), world.clock())
        for seconds in (0, 10, 10, 10):
            await run_after(world, seconds, JobType.CREATE_TASK)
        vendor.list_all()
        await run_after(world, 10, JobType.CREATE_TASK)

        [job] = world.memory.jobs.values()
        assert (len(vendor.posts), job.status) == (1, JobStatus.DONE)


async def test_an_order_that_was_not_made_is_asked_for_again_once_things_have_settled():
    async with a_sly_vendor(401, "{}") as (vendor, world):
        await accept(world)
        for seconds in (0, 10, 10, 39):
            await run_after(world, seconds)
        assert len(vendor.posts) == 1

        await run_after(world, 10)
        assert len(vendor.posts) == 2


async def test_an_order_made_behind_a_refusal_is_looked_for_when_an_operator_tries_again():
    async with a_sly_vendor(400, '{"message": "Invalid field: brand"}') as (vendor, world):
        await accept(world)
        await run_after(world, 0)
        [job], [order] = world.memory.jobs.values(), world.memory.orders.values()
        assert (job.status, order.status) == (JobStatus.DEAD, VendorOrderStatus.FAILED)

        await retry_job(world.deps, a_caller(None), RetryJob(job.id))
        await run_after(world, 1)
        vendor.list_all()
        await run_after(world, 10)
        [order] = world.memory.orders.values()
        assert (len(vendor.posts), order.vendor_order_id) == (1, "V-1")
