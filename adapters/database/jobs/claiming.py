"""Finding the tenants with due jobs, and leasing the first jobs of each, without reading the jobs behind them.

A tenant may have 100,000 due jobs. The index of waiting jobs is therefore searched for the next tenant, again and again
from the one found before, instead of being read from one end to the other.
"""

from functools import cache
from typing import Any

from sqlalchemy import Select, Update, bindparam, literal, or_, select, type_coerce, update
from sqlalchemy.sql.elements import ColumnElement

from adapters.database.companies.tables import tenants
from adapters.database.core.column_types import each_key
from adapters.database.jobs.tables import IS_WAITING, jobs

_NOW = bindparam("now", type_=jobs.c.run_at.type)
_FREE = or_(jobs.c.lease_until.is_(None), jobs.c.lease_until <= _NOW)
_DUE = (IS_WAITING, jobs.c.run_at <= _NOW, _FREE)

# Whether anything is due. Parameter: now.
FIRST_DUE = select(jobs.c.id).where(*_DUE).limit(1)


@cache
def turns_of(dialect: str) -> Select[Any]:
    """The tenants that have due jobs of some kinds, as `Turn`s. Parameters: keys (the kinds), now."""
    kinds = each_key(dialect)
    first_tenant = _next_tenant(kinds.c.value, literal(0)).label("tenant_id")
    found = select(kinds.c.value.label("kind"), first_tenant).cte("found", recursive=True)
    found = found.union_all(
        select(found.c.kind, _next_tenant(found.c.kind, found.c.tenant_id)).where(found.c.tenant_id.is_not(None))
    )
    of_this = (jobs.c.kind == found.c.kind, jobs.c.tenant_id == found.c.tenant_id)
    first = select(jobs.c.run_at).where(*_DUE, *of_this).order_by(jobs.c.run_at).limit(1)
    since = first.correlate(found).scalar_subquery().label("since")
    turns = select(
        type_coerce(found.c.kind, jobs.c.kind.type).label("kind"), found.c.tenant_id, tenants.c.environment, since
    )
    due = turns.join(tenants, tenants.c.id == found.c.tenant_id).subquery("turns")
    return select(due.c.kind, due.c.tenant_id, due.c.environment, due.c.since).where(due.c.since.is_not(None))


def _next_tenant(kind: ColumnElement[Any], after: ColumnElement[Any]) -> Any:
    waiting = select(jobs.c.tenant_id).where(IS_WAITING, jobs.c.kind == kind, jobs.c.tenant_id > after)
    return waiting.order_by(jobs.c.tenant_id).limit(1).correlate_except(jobs).scalar_subquery()


def _leasing() -> Update:
    mine = (jobs.c.kind == bindparam("of_kind", type_=jobs.c.kind.type), jobs.c.tenant_id == bindparam("of_tenant"))
    due = select(jobs.c.id).where(*_DUE, *mine).order_by(jobs.c.run_at, jobs.c.id)
    # A common table expression is evaluated once, so that no more than `number` are locked.
    first = due.limit(bindparam("number")).with_for_update(skip_locked=True).cte("first")
    leased = {
        "attempts": jobs.c.attempts + 1,
        "lease_owner": bindparam("owner"),
        "lease_until": bindparam("until", type_=jobs.c.lease_until.type),
    }
    return update(jobs).where(jobs.c.id.in_(select(first.c.id))).values(leased).returning(jobs.c.id)


# Leases the first due jobs of a turn. Parameters: of_kind, of_tenant, number, owner, now, until.
LEASE_FIRST = _leasing()
