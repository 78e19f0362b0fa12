"""The errors of callers who are refused, as clients see them."""

from graphql import GraphQLError

from domain.shared.access import Forbidden
from domain.sign_in.admission import InvitationExpired
from domain.sign_in.choices import CompanyRequired
from resolvers.errors import Code, Reason, api_error, forbidden


def forbidden_by(refused: Forbidden) -> GraphQLError:
    """Returns the error of a caller who may do nothing."""
    match refused:
        case CompanyRequired():
            companies = [{"code": code, "name": name} for code, name in refused.companies]
            return api_error(Code.FORBIDDEN, str(refused), Reason.COMPANY_REQUIRED, companies=companies)
        case InvitationExpired():
            return api_error(Code.FORBIDDEN, str(refused), Reason.INVITATION_EXPIRED)
    return forbidden(str(refused))
