"""A process that claims one job which talks to a connected system, and runs it: for tests that kill it.

Run as `python -m tests.api.support.one_job DATABASE_URL`.
"""

import asyncio
import sys

from pydantic import SecretStr

from adapters.connections.calls import SystemCalls
from adapters.connections.systems import Systems
from app.settings import Settings
from app.wiring import assemble, utc_now
from domain.ports.connections import Connecting
from domain.shared.access import Environment
from domain.shared.lanes import Lane, Service
from domain.use_cases.worker import dispatch
from tests.api.support.running import SECRET_KEY


async def main(database_url: str) -> None:
    settings = Settings(database_url=database_url, worker="off", secret_key=SecretStr(SECRET_KEY))
    async with assemble(settings) as parts, SystemCalls(utc_now, loopback=True) as calls:
        object.__setattr__(parts.deps, "connecting", Connecting(Systems(calls)))
        queue = parts.deps.jobs
        [job] = await queue.claim("a process that is killed", utc_now(), {Service(Lane.CHANGES, Environment.LIVE): 1})
        await dispatch.run(parts.deps, job)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
