"""Tries the address and the credentials of a system, and finds out whose account they are for
(docs/domain.md#accounts).

No system says it. So a few records that were read before are looked for: two accounts may use the same ids, but their
records were not created at the same moment.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from typing import NamedTuple

from domain.connections.changes import failure_reason
from domain.connections.connections import Connection
from domain.connections.drafts import ParsedConnection
from domain.connections.origins import KnownRecord
from domain.connections.records import ForeignDeviceAction, ForeignQuote
from domain.connections.systems import BASE_URLS, NAMES, Collection, System
from domain.ports.connections import ConnectedSystem
from domain.ports.dependencies import Dependencies
from domain.ports.unit_of_work import UnitOfWork
from domain.shared.errors import ErrorCode, InvalidInput, Problem
from domain.shared.outbound_errors import Busy, NotConfigured, OutboundFailure, Refused, Unreadable
from domain.shared.parsers import with_full_stop

# How many records of a connection are looked for, and of how many connections that have ended.
MOST_RECORDS = 6
MOST_ENDED = 10
# How many records are looked for in all.
MOST_LOOKUPS = 15

UNAUTHORISED = frozenset({401, 403})


class ReadBefore(NamedTuple):
    """A connection, and some of the records that were read of it."""

    connection: Connection
    records: Sequence[KnownRecord]


async def all_read_before(
    work: UnitOfWork, tenant_id: int, system: System, parsed: ParsedConnection
) -> list[ReadBefore]:
    """The company's connections to this system at this address, and then those that have ended, the last one first."""
    connected = await work.connections.connected(tenant_id, system, parsed.base_url)
    ended = await work.connections.ended(tenant_id, system, parsed.base_url, MOST_ENDED)
    return [await read_before(work, it) for it in (*connected, *ended)]


async def read_before(work: UnitOfWork, connection: Connection) -> ReadBefore:
    return ReadBefore(connection, await work.origins.sample(connection.id, MOST_RECORDS))


async def try_new(
    deps: Dependencies, system: System, parsed: ParsedConnection, before: Sequence[ReadBefore]
) -> Connection | None:
    """Try an address and credentials. Returns which of the earlier connections is or was to the same account, if there
    is one. Raises: InvalidInput."""
    with _trying(system):
        opened = await _checked(deps, system, parsed)
        left = MOST_LOOKUPS
        for it in before:
            records = it.records[:left]
            left -= len(records)
            if await _has_one_of(opened, records):
                return it.connection
    return None


async def try_changed(deps: Dependencies, parsed: ParsedConnection, before: ReadBefore) -> None:
    """Try a new address or new credentials of a connection. Raises: InvalidInput, also if they are for an account
    other than that which was read so far."""
    system = System(before.connection.system)
    with _trying(system):
        opened = await _checked(deps, system, parsed)
        is_same = not before.records or await _has_one_of(opened, before.records)
    if not is_same:
        message = "None of the records that were read before is there: this is another account. Connect it with "
        problem = Problem(ErrorCode.OTHER_ACCOUNT, f"{message}`connectSystem`.", ("credentials",))
        raise InvalidInput(problem)


async def _checked(deps: Dependencies, system: System, parsed: ParsedConnection) -> ConnectedSystem:
    assert parsed.credentials is not None
    opened = deps.connecting.systems.open(system, parsed.base_url, parsed.credentials)
    await opened.check()
    return opened


async def _has_one_of(system: ConnectedSystem, records: Sequence[KnownRecord]) -> bool:
    for known in records:
        found = await _found(system, known)
        if found is None:
            continue
        is_ours = found.reference is not None and found.reference == known.reference
        if is_ours or found.created_at == known.created_at:
            return True
    return False


async def _found(system: ConnectedSystem, known: KnownRecord) -> ForeignQuote | ForeignDeviceAction | None:
    """The record with an id as it is there now. One that the system refuses or that cannot be read is not there: it may
    be of another account, and that the credentials are accepted is known."""
    try:
        if known.collection == Collection.QUOTES:
            return await system.quote(known.external_id)
        return await system.device_action(known.external_id)
    except (Refused, Unreadable):
        return None


@contextmanager
def _trying(system: System) -> Iterator[None]:
    """Within it, what a system answers says what is wrong with the address and the credentials. Raises:
    InvalidInput."""
    try:
        yield
    except NotConfigured as missing:
        raise InvalidInput(Problem(ErrorCode.NOT_CONFIGURED, str(missing), ())) from None
    except Refused as refused:
        if refused.status in UNAUTHORISED:
            raise InvalidInput(_not_accepted(system, refused)) from None
        raise InvalidInput(_unreachable(system, refused)) from None
    except Busy as busy:
        raise InvalidInput(_busy(system, busy)) from None
    except OutboundFailure as failure:
        raise InvalidInput(_unreachable(system, failure)) from None


def _not_accepted(system: System, refused: Refused) -> Problem:
    said = f" {with_full_stop(refused.reason)}" if refused.reason else ""
    message = (
        f"The system does not accept these credentials.{said} Take them again from the settings of {NAMES[system]}, "
        "and check that `baseUrl` is of the same account."
    )
    return Problem(ErrorCode.INVALID_CREDENTIALS, message, ("credentials",))


def _busy(system: System, busy: Busy) -> Problem:
    message = f"{NAMES[system]} asks to wait, as these credentials have had many calls. Try again in "
    return Problem(ErrorCode.UNREACHABLE, f"{message}{ceil(busy.seconds)} seconds.", ("credentials",))


def _unreachable(system: System, failure: OutboundFailure) -> Problem:
    message = (
        f"The system does not answer as expected at this address. {with_full_stop(failure_reason(failure))} "
        f"For {NAMES[system]}, `baseUrl` is {BASE_URLS[system]}."
    )
    return Problem(ErrorCode.UNREACHABLE, message, ("baseUrl",))
