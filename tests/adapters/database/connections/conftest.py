"""Connections that are read."""

import pytest

from domain.connections.systems import System
from tests.adapters.database.connections.reading import SECRETS, Reading
from tests.builders import a_connection
from tests.databases import LIVE, a_company


@pytest.fixture
async def reading(database) -> Reading:
    tenant = (await a_company(database)).live
    connection = a_connection(tenant_id=tenant, system=System.QUICK_QUOTE)
    found = Reading(database, connection)
    async with found.deps.unit_of_work(LIVE) as work:
        await work.connections.add(connection, SECRETS)
        await work.commit()
    return found


@pytest.fixture
async def whole(reading: Reading) -> Reading:
    """A connection to a system with more than quotes."""
    reading.connection = reading.connection._replace(system=System.QUIPTEAMS)
    async with reading.deps.unit_of_work(LIVE) as work:
        await work.connections.save(reading.connection)
        await work.commit()
    return reading
