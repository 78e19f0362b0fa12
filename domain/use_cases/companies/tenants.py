"""For which company something is done."""

from domain.ports.unit_of_work import UnitOfWork
from domain.shared.access import Caller
from domain.shared.errors import ErrorCode, InvalidInput, Problem, Problems
from domain.shared.ids import parse_id


async def tenant_of(work: UnitOfWork, caller: Caller, company_id: str | None) -> int:
    """The tenant something is done for: a company's key has its own, a platform key names it. Raises: InvalidInput."""
    if company_id is None:
        if caller.tenant_id is not None:
            return caller.tenant_id
        raise InvalidInput(Problem(ErrorCode.REQUIRED, "A platform key names the company.", ("companyId",)))
    problems = Problems()
    company = problems.check(("companyId",), parse_id, company_id, "Company")
    problems.raise_if_any()
    tenant = await work.tenants.by_company(company[1]) if company else None
    if tenant is None or caller.tenant_id not in (None, tenant.id):
        raise InvalidInput(Problem(ErrorCode.UNKNOWN_REFERENCE, "There is no such company.", ("companyId",)))
    return tenant.id
