"""Takes what connected systems send to us, and reads again what it is about (docs/domain.md#notices)."""

from collections.abc import Mapping
from datetime import timedelta

from domain.connections.connections import credentials_of, hook_token_hash
from domain.connections.notices import HookAddress, stored
from domain.connections.systems import Collection
from domain.ports.dependencies import Dependencies
from domain.shared.ids import RowId
from domain.shared.jobs import Again, Job, JobType, NewJob
from domain.shared.outbound_errors import Busy
from domain.use_cases.connections.saving import save_records
from domain.use_cases.connections.steps import wake
from domain.use_cases.connections.systems import NotConnected, connected


class WronglySigned(Exception):
    """The signature of a request is missing or does not fit."""


async def address_of(deps: Dependencies, token: str) -> HookAddress | None:
    """The connection whose system sends to the address with this token; None if there is none."""
    return await deps.hooks.find(hook_token_hash(token))


async def receive_notice(deps: Dependencies, address: HookAddress, headers: Mapping[str, str], body: bytes) -> None:
    """Keep a notice, and let a job read what it is about. The same notice is kept once, however often it is sent.

    Raises: WronglySigned, Invalid, NotConfigured.
    """
    credentials = credentials_of(deps.secret_box.open(address.sealed_credentials))
    notice = deps.connecting.systems.notice(address.system, headers, body, credentials)
    if notice is None:
        raise WronglySigned
    kept = stored(address, notice, body, deps.now(), deps.new_id())
    async with deps.unit_of_work(address.tenant_scope) as work:
        if await work.connection_notices.add(kept):
            job = NewJob(JobType.READ_NOTICE, f"notice:{kept.id}", {"noticeId": kept.id})
            work.enqueue(address.tenant_id, job)
            await work.commit()


async def read_notice(deps: Dependencies, job: Job) -> Again | None:
    """Read again what a notice is about; nothing that it says is believed. Raises: OutboundFailure."""
    async with deps.unit_of_work(job.tenant_scope) as work:
        notice = await work.connection_notices.find(job.payload["noticeId"])
        if notice is None or notice.worked_at is not None:
            return None
        try:
            system = await connected(work, deps, notice.connection_id)
        except NotConnected:
            # Whoever resumes the connection reads what has changed.
            return None
    at = deps.now()
    try:
        named = notice.collection == Collection.QUOTES and notice.external_id
        record = await system.quote(notice.external_id) if named else None
    except Busy as busy:
        return Again(deps.now() + timedelta(seconds=busy.seconds), waits=str(busy))
    async with deps.unit_of_work(job.tenant_scope) as work:
        connection = await work.connections.lock(RowId(notice.connection_id))
        if connection is None:
            return None
        if record is not None:
            await save_records(work, deps, connection, Collection.QUOTES, [record], at)
        else:
            # There is no call for one record of the others, and what is gone shows in a reading.
            wake(work, connection)
        await work.connection_notices.save(notice._replace(worked_at=deps.now()))
        await work.commit()
    return None
