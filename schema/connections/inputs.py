"""What one sends to connect systems."""

import strawberry

from domain.connections.drafts import ConnectionDraft
from domain.connections.systems import Credentials
from domain.use_cases.connections.connecting import (
    ConnectSystem,
    DisconnectSystem,
    PauseConnection,
    SyncConnection,
    UpdateConnection,
)
from schema.connections.enums import System
from schema.shared.inputs import company_id_field, dry_run_field
from schema.shared.scalars import URL, CurrencyCode

_NAME = "Name of the connection, at most 200 characters. The history shows it as the actor."
_BASE_URL = "`https` address below which the system answers, such as `https://api.example.com`."
_CURRENCY = "ISO 4217 code of the currency of records that do not say theirs."


@strawberry.input(description="Credentials for quipteams.")
class QuipteamsCredentialsInput:
    token: str = strawberry.field(description="API key of quipteams.")
    webhook_secret: str | None = strawberry.field(
        default=None, description="Secret by which quipteams signs what it sends. Null: nothing that it sends is read."
    )


@strawberry.input(description="Credentials for kitchen.co.")
class KitchenCredentialsInput:
    token: str = strawberry.field(description="API token of kitchen.co.")


@strawberry.input(description="Credentials for SalesByte.")
class SalesbyteCredentialsInput:
    token: str = strawberry.field(description="API token of SalesByte.")
    integration_id: str | None = strawberry.field(
        default=None, description="UUID of the integration, which is required to create quotes."
    )
    profile_id: int | None = strawberry.field(
        default=None, description="ID of the profile, which is required to create quotes."
    )


@strawberry.input(description="Credentials for w3trends Quick Quote.")
class QuickQuoteCredentialsInput:
    api_key: str = strawberry.field(description="API key of Quick Quote.")


@strawberry.input(one_of=True, description="Credentials, as the system asks for them.")
class CredentialsInput:
    quipteams: QuipteamsCredentialsInput | None = strawberry.field(
        default=strawberry.UNSET, description="Of quipteams."
    )
    kitchen: KitchenCredentialsInput | None = strawberry.field(default=strawberry.UNSET, description="Of kitchen.co.")
    salesbyte: SalesbyteCredentialsInput | None = strawberry.field(
        default=strawberry.UNSET, description="Of SalesByte."
    )
    quick_quote: QuickQuoteCredentialsInput | None = strawberry.field(
        default=strawberry.UNSET, description="Of Quick Quote."
    )

    def parsed(self) -> tuple[System, Credentials, str]:
        """The system that the credentials are of, and the name of the field."""
        if self.quipteams:
            ours = Credentials(self.quipteams.token, webhook_secret=self.quipteams.webhook_secret)
            return System.QUIPTEAMS, ours, "quipteams"
        if self.kitchen:
            return System.KITCHEN, Credentials(self.kitchen.token), "kitchen"
        if self.salesbyte:
            given = self.salesbyte
            return System.SALESBYTE, Credentials(given.token, given.integration_id, given.profile_id), "salesbyte"
        assert self.quick_quote, "one of them is given"
        return System.QUICK_QUOTE, Credentials(self.quick_quote.api_key), "quickQuote"


def _draft(
    name: str | None, base_url: str | None, currency: str | None, given: CredentialsInput | None
) -> ConnectionDraft:
    if given is None:
        return ConnectionDraft(name, base_url, currency)
    system, credentials, field = given.parsed()
    return ConnectionDraft(name, base_url, currency, credentials, system, ("credentials", field))


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
    dry_run: bool = dry_run_field()

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
    credentials: CredentialsInput | None = strawberry.field(default=None, description="New credentials of the system.")
    currency_code: CurrencyCode | None = strawberry.field(default=None, description=_CURRENCY)
    dry_run: bool = dry_run_field()

    def command(self) -> UpdateConnection:
        draft = _draft(self.name, self.base_url, self.currency_code, self.credentials)
        return UpdateConnection(self.connection_id, draft)


@strawberry.input(description="Input for `pauseConnection`.")
class PauseConnectionInput:
    connection_id: strawberry.ID = strawberry.field(description="The connection.")
    is_paused: bool = strawberry.field(default=True, description="Whether the system is not read. False to go on.")
    dry_run: bool = dry_run_field()

    def command(self) -> PauseConnection:
        return PauseConnection(self.connection_id, self.is_paused)


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
        "the others by a job, while `ConnectionSync.phase` is DELETING.",
    )
    dry_run: bool = dry_run_field()

    def command(self) -> DisconnectSystem:
        return DisconnectSystem(self.connection_id, self.keep_quotes)
