"""Finds out where a quote comes from, and refuses what its system has no call for."""

from collections.abc import Sequence

from domain.connections.changes import ASKED, QuoteOrigin, check_decides_lines, check_supported, not_supported
from domain.connections.connections import check_connected
from domain.connections.systems import NAMES, Capability, System
from domain.ports.unit_of_work import UnitOfWork
from domain.quotes.aggregate import QuoteAggregate
from domain.shared.errors import ErrorCode, InvalidInput, NodeRef, Problem
from domain.shared.ids import RowId
from domain.shared.parsers import camel
from domain.use_cases.connections.steps import open_connection

# The parts of a quote that a decision or an edit can be about.
_PARTS = ("QuoteItem", "Alternative")


def is_foreign(quote: QuoteAggregate) -> bool:
    """Whether the quote comes from a connected system."""
    return quote.quote.connection_id is not None


async def origin_of(work: UnitOfWork, quote: QuoteAggregate) -> QuoteOrigin:
    """Where a quote of a connected system comes from. One that is not created there yet has no id there."""
    assert quote.quote.connection_id is not None
    connection = await work.connections.find(RowId(quote.quote.connection_id))
    origin = await work.origins.of_node(RowId(quote.quote.id))
    assert connection is not None
    if origin is None:
        return QuoteOrigin(connection, System(connection.system), "", None, {})
    parts = await work.origins.of_records(connection.id, _PARTS, [origin.record_id])
    ids = {it.node_id: it.external_id for it in parts}
    return QuoteOrigin(connection, System(connection.system), origin.record_id, origin.url, ids)


async def supporting_origin(work: UnitOfWork, quote: QuoteAggregate, capability: Capability) -> QuoteOrigin:
    """The origin of a quote of a connected system that has a call for this. Raises: NotSupportedByOrigin,
    Disconnected."""
    origin = await origin_of(work, quote)
    check_supported(quote.quote, origin, capability)
    check_connected(origin.connection)
    return origin


async def line_deciding_origin(work: UnitOfWork, quote: QuoteAggregate) -> QuoteOrigin:
    """The origin of a quote of a connected system that decides on single lines. Raises: NotSupportedByOrigin,
    Disconnected."""
    origin = await origin_of(work, quote)
    check_decides_lines(quote.quote, origin)
    check_connected(origin.connection)
    return origin


async def refuse_foreign_values(work: UnitOfWork, node: NodeRef, attributes: Sequence[str]) -> None:
    """Check that no connected system says the values of these attributes of an object; a system that is connected no
    longer says nothing. Raises: InvalidInput, with the input field of each."""
    origin = await work.origins.of_node(RowId(node.id)) if attributes else None
    connection = await open_connection(work, origin.connection_id) if origin else None
    if connection is None:
        return
    system = System(connection.system)
    message = f"{NAMES[system]} ({system}) says this value. Change it there."
    problems = (Problem(ErrorCode.NOT_SUPPORTED_BY_ORIGIN, message, (camel(it),)) for it in attributes)
    raise InvalidInput(*problems)


async def refuse_foreign(work: UnitOfWork, quote: QuoteAggregate, needs: Capability) -> None:
    """Check that a quote is our own, for what is asked of no connected system. Raises: NotSupportedByOrigin."""
    if is_foreign(quote):
        origin = await origin_of(work, quote)
        check_supported(quote.quote, origin, needs)
        raise not_supported(quote.quote, origin, ASKED[needs])
