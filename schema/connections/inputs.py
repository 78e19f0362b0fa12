"""What one sends to connect systems."""

from typing import Any, NamedTuple

import strawberry

from domain.connections.drafts import ConnectionDraft
from domain.connections.systems import Credentials
from domain.use_cases.connections.connecting import (
    ConnectSystem,
    DisconnectSystem,
    PauseConnection,
    ResumeConnection,
    SyncConnection,
    UpdateConnection,
)
from schema.connections.enums import System
from schema.shared.inputs import asking_dry_run_field, company_id_field, dry_run_field
from schema.shared.scalars import URL, CurrencyCode

_NAME = "Name of the connection, at most 200 characters. The history shows it as the actor."
_BASE_URL = "`https` address below which the system answers, such as `https://api.example.com`."
_CURRENCY = "ISO 4217 code of the currency of records that do not say theirs."
_KEPT = "With `updateConnection`, it stays if it is omitted, and `null` removes it."


@strawberry.input(description="Credentials for quipteams.")
class QuipteamsCredentialsInput:
    token: str = strawberry.field(description="API key of quipteams.")
    webhook_secret: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="Secret by which quipteams signs what it sends. Without it, nothing that it sends is read. "
        f"{_KEPT}",
    )


@strawberry.input(description="Credentials for kitchen.co.")
class KitchenCredentialsInput:
    token: str = strawberry.field(description="API token of kitchen.co.")


@strawberry.input(description="Credentials for SalesByte.")
class SalesbyteCredentialsInput:
    token: str = strawberry.field(description="API token of SalesByte.")
    integration_id: str | None = strawberry.field(
        default=strawberry.UNSET,
        description=f"UUID of the integration, which is required to create quotes. {_KEPT}",
    )
    profile_id: int | None = strawberry.field(
        default=strawberry.UNSET, description=f"ID of the profile, which is required to create quotes. {_KEPT}"
    )


@strawberry.input(description="Credentials for w3trends Quick Quote.")
class QuickQuoteCredentialsInput:
    api_key: str = strawberry.field(description="API key of Quick Quote.")


@strawberry.input(one_of=True, description="Credentials of a system: exactly one field, that of `system`.")
class CredentialsInput:
    quipteams: QuipteamsCredentialsInput | None = strawberry.field(
        default=strawberry.UNSET, description="For `QUIPTEAMS`."
    )
    kitchen: KitchenCredentialsInput | None = strawberry.field(default=strawberry.UNSET, description="For `KITCHEN`.")
    salesbyte: SalesbyteCredentialsInput | None = strawberry.field(
        default=strawberry.UNSET, description="For `SALESBYTE`."
    )
    quick_quote: QuickQuoteCredentialsInput | None = strawberry.field(
        default=strawberry.UNSET, description="For `QUICK_QUOTE`."
    )

    def given(self) -> "_Given":
        if self.quipteams:
            return _given(
                System.QUIPTEAMS, "quipteams", self.quipteams.token, webhook_secret=self.quipteams.webhook_secret
            )
        if self.kitchen:
            return _given(System.KITCHEN, "kitchen", self.kitchen.token)
        if self.salesbyte:
            given = self.salesbyte
            ours = {"uuid": given.integration_id, "profile_id": given.profile_id}
            return _given(System.SALESBYTE, "salesbyte", given.token, **ours)
        assert self.quick_quote, "one of them is given"
        return _given(System.QUICK_QUOTE, "quickQuote", self.quick_quote.api_key)


class _Given(NamedTuple):
    """Credentials as entered: of which system, in which field, and which of their attributes are omitted."""

    system: System
    field: str
    credentials: Credentials
    omitted: frozenset[str]


def _given(system: System, field: str, token: str, **optional: Any) -> _Given:
    omitted = frozenset(name for name, value in optional.items() if value is strawberry.UNSET)
    known = {name: value for name, value in optional.items() if name not in omitted}
    return _Given(system, field, Credentials(token, **known), omitted)


def _draft(
    name: str | None, base_url: str | None, currency: str | None, given: CredentialsInput | None
) -> ConnectionDraft:
    if given is None:
        return ConnectionDraft(name, base_url, currency)
    system, field, credentials, omitted = given.given()
    return ConnectionDraft(name, base_url, currency, credentials, system, ("credentials", field), omitted)


@strawberry.input(description="Input for `connectSystem`.")
class ConnectSystemInput:
    system: System = strawberry.field(description="Which system it is.")
    name: str = strawberry.field(description=_NAME)
    base_url: URL = strawberry.field(description=_BASE_URL)
    credentials: CredentialsInput = strawberry.field(
        description="Credentials of the system. They are stored encrypted."
    )
    currency_code: CurrencyCode | None = strawberry.field(default=None, description=f"{_CURRENCY} Default: `USD`.")
    company_id: strawberry.ID | None = company_id_field()
    dry_run: bool = asking_dry_run_field()

    def command(self) -> ConnectSystem:
        draft = _draft(self.name, self.base_url, self.currency_code, self.credentials)
        return ConnectSystem(self.system, draft, self.company_id)


@strawberry.input(description="Input for `updateConnection`. Omitted fields stay unchanged.")
class UpdateConnectionInput:
    connection_id: strawberry.ID = strawberry.field(description="The connection.")
    name: str | None = strawberry.field(default=None, description=_NAME)
    base_url: URL | None = strawberry.field(
        default=None, description=f"{_BASE_URL} Another address requires the credentials for it."
    )
    credentials: CredentialsInput | None = strawberry.field(
        default=None, description="New credentials of the system. What is omitted of them stays."
    )
    currency_code: CurrencyCode | None = strawberry.field(default=None, description=_CURRENCY)
    dry_run: bool = asking_dry_run_field()

    def command(self) -> UpdateConnection:
        draft = _draft(self.name, self.base_url, self.currency_code, self.credentials)
        return UpdateConnection(self.connection_id, draft)


@strawberry.input(description="Input for `pauseConnection`.")
class PauseConnectionInput:
    connection_id: strawberry.ID = strawberry.field(description="The connection.")
    dry_run: bool = dry_run_field()

    def command(self) -> PauseConnection:
        return PauseConnection(self.connection_id)


@strawberry.input(description="Input for `resumeConnection`.")
class ResumeConnectionInput:
    connection_id: strawberry.ID = strawberry.field(description="The connection.")
    dry_run: bool = dry_run_field()

    def command(self) -> ResumeConnection:
        return ResumeConnection(self.connection_id)


@strawberry.input(description="Input for `syncConnection`.")
class SyncConnectionInput:
    connection_id: strawberry.ID = strawberry.field(description="The connection.")
    full: bool = strawberry.field(
        default=False, description="Whether everything is read, and not only what has changed."
    )
    dry_run: bool = dry_run_field()

    def command(self) -> SyncConnection:
        return SyncConnection(self.connection_id, self.full)


@strawberry.input(description="Input for `disconnectSystem`.")
class DisconnectSystemInput:
    connection_id: strawberry.ID = strawberry.field(description="The connection.")
    keep_quotes: bool = strawberry.field(
        default=True,
        description="Whether the quotes of the system stay here. Otherwise they are deleted here: 200 of them at once, "
        "the others by a job, while `ConnectionSync.phase` is DELETING. Devices, device actions, employees and "
        "customers stay in any case.",
    )
    dry_run: bool = dry_run_field()

    def command(self) -> DisconnectSystem:
        return DisconnectSystem(self.connection_id, self.keep_quotes)
