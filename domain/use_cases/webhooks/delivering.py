"""Sends the due deliveries of webhook endpoints."""

from domain.ports.dependencies import Dependencies
from domain.shared.jobs import Again, Job


async def deliver_webhooks(deps: Dependencies, job: Job) -> Again | None:
    """Send the due deliveries of one endpoint, in order."""
    return None
