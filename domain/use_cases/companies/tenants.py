"""Resolves the company of a command."""

from domain.ports.unit_of_work import UnitOfWork
from domain.shared.access import Caller
from domain.shared.errors import ErrorCode, InvalidInput, Path, Problem
from domain.shared.ids import parse_reference

COMPANY: Path = ("companyId",)


async def tenant_of(work: UnitOfWork, caller: Caller, company_id: str | None) -> int:
    """The tenant of a command: that of the caller's API key, or with a platform key that of `company_id`.

    Raises: InvalidInput.
    """
    if company_id is None:
        if caller.tenant_id is not None:
            return caller.tenant_id
        raise InvalidInput(Problem(ErrorCode.REQUIRED, "A platform key names the company.", COMPANY))
    tenant = await work.tenants.by_company(parse_reference(COMPANY, company_id, "Company"))
    if tenant is None or caller.tenant_id not in (None, tenant.id):
        raise InvalidInput(Problem(ErrorCode.UNKNOWN_REFERENCE, "There is no such company.", COMPANY))
    return tenant.id
