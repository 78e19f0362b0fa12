"""Creates tasks for the people who price quotes."""

from domain.ports.dependencies import Dependencies
from domain.shared.jobs import Job
from domain.shared.messages import NewTask
from domain.use_cases.jobs.at_most_once import call_at_most_once
from domain.use_cases.worker.emails import locked


async def create_task(deps: Dependencies, job: Job) -> None:
    """Create a task in Asana to price a new quote (docs/domain.md#create-quote). Raises: OutboundFailure."""
    board = deps.external.board(job.environment)
    async with deps.unit_of_work(job.tenant_scope) as work:
        quote = await locked(work, job)
        company = (await work.tenants.by_id(job.tenant_id)).company_name
    head = quote.quote
    lines = "\n".join(f"- {line.item.quantity} × {line.item.title}" for line in quote.lines)
    task = NewTask(
        head.id, f"Price quote {head.order_id} for {company}", f"Asked for by {head.requester_email}\n{lines}"
    )
    await call_at_most_once(
        deps, job, lambda: board.find_task(task.reference, since=job.created_at), lambda: board.create_task(task)
    )
