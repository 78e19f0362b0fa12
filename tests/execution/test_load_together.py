"""Loads of one resolver that run at the same time."""

import asyncio

import pytest

from resolvers.loaders import load_together


async def test_the_values_come_in_the_order_of_the_loads():
    slow = asyncio.sleep(0.001, "slow")
    assert await load_together(slow, asyncio.sleep(0, "fast")) == ["slow", "fast"]


async def test_the_error_is_that_of_the_first_load_whichever_fails_first():
    failed_second = asyncio.Event()

    async def first() -> None:
        await failed_second.wait()
        raise KeyError("first")

    async def second() -> None:
        failed_second.set()
        raise ValueError("second")

    with pytest.raises(KeyError, match="first"):
        await load_together(first(), second())
