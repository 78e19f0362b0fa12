"""Takes what connected systems send to us, and reads again what it is about (docs/domain.md#notices)."""

from collections.abc import Mapping
from datetime import timedelta

from domain.connections.connections import credentials_of, hook_token_hash
from domain.connections.notices import HookAddress, stored
from domain.connections.records import ForeignDeviceAction, ForeignQuote, ForeignRecord, Unread
from domain.connections.systems import Collection
from domain.ports.connections import ConnectedSystem
from domain.ports.dependencies import Dependencies
from domain.shared.ids import RowId
from domain.shared.jobs import Again, Job, JobType, NewJob
from domain.shared.outbound_errors import Busy
from domain.use_cases.connections.saving import save_one, save_records
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
        record = await _record(system, notice.collection, notice.external_id)
    except Busy as busy:
        return Again(deps.now() + timedelta(seconds=busy.seconds), waits=str(busy))

    async def save(*records: ForeignRecord | Unread) -> None:
        async with deps.unit_of_work(job.tenant_scope) as work:
            connection = await work.connections.lock(RowId(notice.connection_id))
            if connection is None:
                return
            if records:
                await save_records(work, deps, connection, Collection(notice.collection), records, at)
            else:
                # What is gone shows in a reading.
                wake(work, connection)
            await work.connection_notices.save(notice._replace(worked_at=deps.now()))
            await work.commit()

    await (save() if record is None else save_one(deps, record, save))
    return None


async def _record(
    system: ConnectedSystem, collection: str, external_id: str
) -> ForeignQuote | ForeignDeviceAction | None:
    """The record that a notice is about. Raises: OutboundFailure."""
    if not external_id:
        return None
    if collection == Collection.QUOTES:
        return await system.quote(external_id)
    return await system.device_action(external_id) if collection == Collection.DEVICE_ACTIONS else None
