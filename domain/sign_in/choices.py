"""The company and the environment that a person chooses for a request (docs/domain.md#people-who-sign-in)."""

from collections.abc import Iterable
from typing import NamedTuple

from domain.members.access import Membership
from domain.shared.access import Environment, Forbidden
from domain.sign_in.claims import SignIn


class Choice(NamedTuple):
    """A company, by its code in capitals, and an environment; None where the request names none."""

    company: str | None = None
    environment: Environment | None = None


NO_CHOICE = Choice()


class CompanyRequired(Forbidden):
    """The person is a member of several companies, and neither the token nor the request names one.

    `companies` has the code and the name of each that may be named.
    """

    def __init__(self, sign_in: SignIn, memberships: Iterable[Membership]) -> None:
        self.companies = tuple(sorted({(it.company_code, it.company_name) for it in memberships}))
        codes = ", ".join(code for code, _ in self.companies)
        super().__init__(f"Name one of the companies of {sign_in.shown}: {codes}.")


def chosen_by(environment: str | None, company: str | None) -> Choice:
    """What a request names. Raises: Forbidden."""
    try:
        named = Environment(environment.strip().upper()) if environment else None
    except ValueError:
        raise Forbidden("The environment that a request names must be `live` or `test`.") from None
    return Choice(company.strip().upper() or None if company else None, named)


def narrowed(sign_in: SignIn, choice: Choice) -> Choice:
    """What a request is for: by its token and by what it names itself. Raises: Forbidden, if these differ."""
    claimed = Choice(sign_in.company.upper() if sign_in.company else None, sign_in.environment)
    for what, of_token, named in zip(("company", "environment"), claimed, choice, strict=True):
        if of_token is not None and named is not None and of_token != named:
            raise Forbidden(f"The token is for the {what} {of_token}, and not for the one that the request names.")
    return Choice(claimed.company or choice.company, claimed.environment or choice.environment)
