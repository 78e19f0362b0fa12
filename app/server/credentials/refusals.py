"""The errors of callers who are refused, as clients see them."""

from graphql import GraphQLError

from domain.shared.access import Expired, Forbidden, Unauthorized
from domain.sign_in.admission import InvitationExpired
from domain.sign_in.choices import CompanyRequired
from resolvers.errors import Code, Reason, api_error, forbidden, unauthorized


def unauthorized_by(refused: Unauthorized) -> GraphQLError:
    """Returns the error of a caller who is not known, or no longer."""
    if isinstance(refused, Expired):
        return api_error(Code.UNAUTHORIZED, str(refused), Reason.CREDENTIAL_EXPIRED)
    return unauthorized(str(refused))


def forbidden_by(refused: Forbidden) -> GraphQLError:
    """Returns the error of a caller who may do nothing."""
    match refused:
        case CompanyRequired():
            companies = [{"code": code, "name": name} for code, name in refused.companies]
            return api_error(Code.FORBIDDEN, str(refused), Reason.COMPANY_REQUIRED, companies=companies)
        case InvitationExpired():
            return api_error(Code.FORBIDDEN, str(refused), Reason.INVITATION_EXPIRED)
    return forbidden(str(refused))
