"""The keys of a provider: read once, renewed as they change, and kept while the provider does not answer."""

import asyncio
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio

from adapters.oidc.documents import ProviderUnavailable, is_safe
from adapters.oidc.provider import FRESH_SECONDS, RETRY_SECONDS, UNKNOWN_KEY_SECONDS, Provider
from tests.adapters.support.emulated import answering, emulated
from tests.e2e.processes import eventually

DISCOVERY = "/.well-known/openid-configuration"


class Clock:
    now = 1_000.0

    def __call__(self):
        return self.now


@pytest_asyncio.fixture
async def emulator(tmp_path):
    async with emulated("oidc", tmp_path) as emulator:
        yield emulator


@asynccontextmanager
async def provider(emulator, clock=None, issuer=None):
    found = Provider(issuer or emulator.url, emulator.session, clock or Clock())
    try:
        yield found
    finally:
        await found.close()


async def rotated(emulator, **how):
    _, key = await emulator.call("POST", "/control/rotate", how)
    return key["kid"]


async def reads(emulator):
    return [it["path"] for it in await emulator.received()]


async def test_many_tokens_cause_one_read(emulator):
    key_id = await rotated(emulator)
    async with provider(emulator) as found:
        keys = await asyncio.gather(*(found.key(key_id) for _ in range(50)))
        assert {it.algorithms for it in keys} == {("RS256",)}
        assert await found.endpoints() == (f"{emulator.url}/authorize", f"{emulator.url}/token")
    assert await reads(emulator) == [DISCOVERY, "/jwks"]


async def test_a_new_key_is_read_when_a_token_names_it_but_at_most_once_a_minute(emulator):
    clock = Clock()
    await rotated(emulator)
    async with provider(emulator, clock) as found:
        assert await found.key("invented") is None
        key_id = await rotated(emulator, alg="ES256")
        for _ in range(20):
            assert await found.key(key_id) is None
        assert len(await reads(emulator)) == 2
        clock.now += UNKNOWN_KEY_SECONDS
        assert (await found.key(key_id)).algorithms == ("ES256",)
    assert len(await reads(emulator)) == 4


async def test_a_key_that_is_no_longer_published_is_dropped_when_the_keys_are_read_again(emulator):
    clock = Clock()
    first = await rotated(emulator)
    async with provider(emulator, clock) as found:
        assert await found.key(first)
        await rotated(emulator, keep=False)
        clock.now += FRESH_SECONDS

        async def is_gone():
            return await found.key(first) is None

        assert await eventually(is_gone)


async def test_the_last_keys_stay_in_use_while_the_provider_does_not_answer(emulator):
    clock = Clock()
    key_id = await rotated(emulator)
    async with provider(emulator, clock) as found:
        assert await found.key(key_id)
        await emulator.go_wrong(mode="status", status=503, times=100)
        clock.now += 100 * FRESH_SECONDS
        assert await found.key(key_id)
        assert await found.key("invented") is None
        assert await found.key(key_id)


async def test_a_provider_that_cannot_be_read_is_asked_again_after_some_seconds(emulator):
    clock = Clock()
    key_id = await rotated(emulator)
    await emulator.go_wrong(mode="status", status=500)
    async with provider(emulator, clock) as found:
        for _ in range(3):
            with pytest.raises(ProviderUnavailable, match="500"):
                await found.key(key_id)
        assert len(await reads(emulator)) == 1
        clock.now += RETRY_SECONDS
        assert await found.key(key_id)


@pytest.mark.parametrize("mode", ["garbage", "drop"])
async def test_an_answer_that_cannot_be_read_is_an_outage(emulator, mode):
    # aiohttp itself tries again on a new connection.
    await emulator.go_wrong(mode=mode, path="/jwks", times=3)
    async with provider(emulator) as found:
        with pytest.raises(ProviderUnavailable, match="/jwks"):
            await found.key("any")


async def test_discovery_of_another_issuer_is_not_trusted(emulator):
    async with provider(emulator, issuer=f"{emulator.url}/") as found:
        with pytest.raises(ProviderUnavailable, match="discovery is that of"):
            await found.key("any")


@pytest.mark.parametrize("body", [{"issuer": 7}, {}, [], "x" * 300_000])
async def test_discovery_that_is_no_discovery_is_an_outage(emulator, body):
    async with answering(body) as url, provider(emulator, issuer=url) as found:
        with pytest.raises(ProviderUnavailable):
            await found.key("any")


async def test_a_redirect_is_not_followed(emulator):
    async with answering({}, 302, {"Location": emulator.url}) as url, provider(emulator, issuer=url) as found:
        with pytest.raises(ProviderUnavailable, match="302"):
            await found.key("any")


@pytest.mark.parametrize(
    "url", ["https://id.example/keys", "http://127.0.0.1:80/keys", "http://localhost/keys", "http://[::1]/keys"]
)
def test_addresses_with_tls_or_of_this_machine_are_safe(url):
    assert is_safe(url)


@pytest.mark.parametrize(
    "url",
    ["http://id.example/", "file:///etc/passwd", "https://", "https://a:b@id.example", "//x", "http://[", None],
)
def test_other_addresses_are_not_safe(url):
    assert not is_safe(url)
