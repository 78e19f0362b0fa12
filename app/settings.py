"""The settings, read from environment variables (`QUOTEGRAPH_…`). The defaults need no other services."""

import re
from datetime import timedelta
from math import isfinite
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from adapters.database.core.engine import BadDatabaseUrl, parse_url
from adapters.database.core.pgbouncer import is_behind_pgbouncer
from adapters.database.core.timeouts import Timeouts
from adapters.database.retention import RetentionPeriods
from adapters.mail.server_address import parse_mail_server, parse_sender
from adapters.secrets import parse_secret_keys
from adapters.signals.nats_address import parse_nats_url
from app.environment_settings import EnvironmentSettings, listed
from app.limit_settings import MAX_SECONDS, LimitSettings, Seconds
from app.oidc_settings import OidcSettings
from app.server.document_cache import CACHE_BYTES
from app.server.options import ServerOptions
from domain.shared.errors import Invalid
from domain.shared.jobs import DEFAULT_RETRY_POLICY, RetryPolicy
from domain.shared.parsers import email, optional_url

# An origin as browsers send it: in lower case, without a path or trailing slash.
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?|https?://\[[0-9a-f:]+\](:[0-9]{1,5})?")


class BadSettings(Exception):
    """A setting is invalid. The message names it and says what to set."""


class Settings(EnvironmentSettings, LimitSettings, OidcSettings, BaseSettings):
    """Addresses, credentials, limits and intervals. `*_sandbox_*` settings are for test data: without one, jobs of test
    data fail and never use the live address (docs/domain.md#tenancy)."""

    model_config = SettingsConfigDict(env_prefix="QUOTEGRAPH_", extra="ignore")

    database_url: str = "sqlite+aiosqlite:///quotegraph.db"
    # What tells other processes of commits: NATS, or PostgreSQL without PgBouncer in between (adapters/signals/).
    signals_url: SecretStr | None = None
    # A streaming replica that queries may be read from (docs/running.md#replicas).
    read_database_url: str | None = None
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    worker: Literal["inline", "off"] = "inline"
    executor: Literal["plan", "plan-rows", "graphql-core"] = "plan"
    # The documents of automatic persisted queries that are kept for each tenant, in each process; 0: none.
    persisted_query_bytes: int = Field(default=256 * 1024, ge=0, le=16 * 1024 * 1024)
    # The memory of a process for prepared documents and their plans.
    document_cache_bytes: int = Field(default=CACHE_BYTES, ge=1024 * 1024, le=1024 * 1024 * 1024)
    # The public base URL of the links in e-mails. Default: the address where the server listens.
    public_url: str | None = None
    # The base URL of the documentation that errors refer to. Default: `/docs` of this server.
    docs_url: str | None = None
    # Origins whose pages may call the API from browsers, separated by commas; `*` for all, `loopback` for those of
    # `localhost` and of loopback addresses, on any port.
    cors_origins: str = ""
    # For how long browsers are to call this installation with TLS only (Strict-Transport-Security); 0: not said.
    hsts_seconds: int = Field(default=0, ge=0, le=63_072_000)
    # How long a statement, a lock of the database and a transaction between two statements may take.
    statement_seconds: Seconds = Field(default=10.0, gt=0)
    lock_seconds: Seconds = Field(default=10.0, gt=0)
    idle_transaction_seconds: Seconds = Field(default=30.0, gt=0)
    # The number of our own proxies in front of the server, each of which appends to X-Forwarded-For.
    trusted_proxies: int = Field(default=0, ge=0, le=10)
    # The key that encrypts stored secrets, or NEW,OLD while it is replaced (adapters/secrets.py).
    secret_key: SecretStr | None = None
    # Whether webhooks may be sent to addresses of this machine, also without TLS (domain/shared/tenant_urls.py).
    allow_loopback_webhooks: bool = False
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    tecspal_url: str | None = None
    tecspal_token: str | None = None
    tecspal_tenant_id: str | None = None
    tecspal_sandbox_url: str | None = None
    tecspal_sandbox_token: str | None = None
    tecspal_sandbox_tenant_id: str | None = None
    # What Tecspal is sent as the brand of a MacBook, which its documented list lacks (docs/domain.md#tecspal-brands).
    tecspal_apple_brand: Literal["omit", "APPLE"] = "omit"

    asana_url: str | None = None
    asana_token: str | None = None
    asana_project: str = "1"
    asana_sandbox_url: str | None = None
    asana_sandbox_token: str | None = None
    asana_sandbox_project: str = "1"

    bamboohr_url: str | None = None
    bamboohr_key: str | None = None

    smtp_url: str | None = None
    smtp_sandbox_url: str | None = None
    mail_from: str = "quotes@quotegraph.invalid"
    # Who gets an e-mail when all jobs of a type fail, separated by commas.
    operators_email: str = ""

    vendor_timeout: float = Field(default=10.0, gt=0, le=12)
    retry_delays: str = ",".join(f"{delay:g}" for delay in DEFAULT_RETRY_POLICY.retry_delays)
    job_lease_seconds: float = Field(default=DEFAULT_RETRY_POLICY.lease.total_seconds(), ge=1, le=60)
    settle_seconds: Seconds = Field(default=DEFAULT_RETRY_POLICY.resend_after.total_seconds(), ge=0)
    look_seconds: Seconds = Field(default=DEFAULT_RETRY_POLICY.poll_interval.total_seconds(), gt=0)
    look_most_seconds: Seconds = Field(default=DEFAULT_RETRY_POLICY.max_poll_interval.total_seconds(), gt=0)
    # Between two readings of a connected system, and between two of everything; 0: everything on request only.
    sync_seconds: Seconds = Field(default=300, gt=0)
    full_sync_hours: float = Field(default=24, ge=0, le=8_760)

    # E-mails that one key may cause in an hour; 0: no limit.
    max_emails_per_hour: int = Field(default=2_000, ge=0)
    # How long data is kept; 0: forever (adapters/database/retention.py).
    keep_jobs_days: float = Field(default=30, ge=0, le=36_500)
    keep_idempotency_keys_hours: float = Field(default=24, ge=0, le=876_000)
    keep_events_days: float = Field(default=0, ge=0, le=36_500)
    keep_usage_days: float = Field(default=400, ge=0, le=36_500)
    keep_webhook_deliveries_days: float = Field(default=30, ge=0, le=36_500)

    shutdown_seconds: Seconds = Field(default=10.0, gt=0)

    @field_validator("database_url")
    @classmethod
    def _usable_database(cls, value: str) -> str:
        try:
            parsed = parse_url(value)
        except BadDatabaseUrl as bad:
            raise ValueError(str(bad)) from None
        directory = Path(parsed.database or "").parent
        if parsed.drivername.startswith("sqlite") and not directory.is_dir():
            raise ValueError(f"There is no directory {directory}.")
        return value

    @field_validator("signals_url")
    @classmethod
    def _usable_signals(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value():
            return None
        url = value.get_secret_value()
        if not url.startswith("postgresql"):
            parse_nats_url(url)
            return value
        try:
            parsed = parse_url(url)
        except BadDatabaseUrl as bad:
            raise ValueError(str(bad)) from None
        if is_behind_pgbouncer(parsed):
            raise ValueError("PgBouncer passes no notifications on; name PostgreSQL itself.")
        return value

    @field_validator("read_database_url")
    @classmethod
    def _usable_replica(cls, value: str | None) -> str | None:
        if not value:
            return None
        try:
            parsed = parse_url(value)
        except BadDatabaseUrl as bad:
            raise ValueError(str(bad)) from None
        if not parsed.drivername.startswith("postgresql"):
            raise ValueError("only PostgreSQL has replicas; use postgresql+asyncpg://user@host/name.")
        return value

    @model_validator(mode="after")
    def _same_kind_of_database(self) -> "Settings":
        if self.read_database_url and not self.database_url.startswith("postgresql"):
            raise ValueError("QUOTEGRAPH_READ_DATABASE_URL: it needs a QUOTEGRAPH_DATABASE_URL that is PostgreSQL too.")
        if (self.signals_address or "").startswith("postgresql") and not self.database_url.startswith("postgresql"):
            raise ValueError("QUOTEGRAPH_SIGNALS_URL: it needs a QUOTEGRAPH_DATABASE_URL that is PostgreSQL too.")
        return self

    @field_validator(
        "public_url", "docs_url", "bamboohr_url", "tecspal_url", "tecspal_sandbox_url", "asana_url", "asana_sandbox_url"
    )
    @classmethod
    def _usable_address(cls, value: str | None) -> str | None:
        if not value:
            return None
        try:
            return str(optional_url(value)).rstrip("/")
        except Invalid as bad:
            raise ValueError(bad.message) from None

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, value: str) -> str:
        for origin in listed(value):
            if origin not in ("*", "loopback") and not _ORIGIN.fullmatch(origin):
                raise ValueError(
                    f"{origin[:100]!r} is not an origin; set https://app.example, http://localhost:3000, loopback, or *"
                )
        return value

    @field_validator("smtp_url", "smtp_sandbox_url")
    @classmethod
    def _usable_mail_server(cls, value: str | None) -> str | None:
        if value:
            parse_mail_server(value)
        return value or None

    @field_validator("operators_email")
    @classmethod
    def _usable_addresses(cls, value: str) -> str:
        try:
            return ",".join(email(it) for it in listed(value))
        except Invalid as bad:
            raise ValueError(f"{bad.message} Separate several by commas.") from None

    @field_validator("mail_from")
    @classmethod
    def _usable_sender(cls, value: str) -> str:
        parse_sender(value)
        return value

    @field_validator(
        "tecspal_token",
        "tecspal_tenant_id",
        "tecspal_sandbox_token",
        "tecspal_sandbox_tenant_id",
        "asana_token",
        "asana_sandbox_token",
        "bamboohr_key",
    )
    @classmethod
    def _fit_for_a_header(cls, value: str | None) -> str | None:
        if value and not (value.isascii() and value.isprintable()):
            raise ValueError("set printable ASCII characters on one line")
        return value or None

    @field_validator("secret_key")
    @classmethod
    def _usable_keys(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value():
            return None
        parse_secret_keys(value.get_secret_value())
        return value

    @field_validator("retry_delays")
    @classmethod
    def _numbers(cls, value: str) -> str:
        try:
            delays = [float(part) for part in value.split(",") if part.strip()]
        except ValueError:
            raise ValueError("set seconds separated by commas, such as 2,15,60") from None
        if not all(isfinite(delay) and 0 <= delay <= MAX_SECONDS for delay in delays):
            raise ValueError(f"a delay must be 0 to {MAX_SECONDS:,.0f} seconds")
        return value

    @property
    def signals_address(self) -> str | None:
        """What carries signals, with its password."""
        return self.signals_url.get_secret_value() if self.signals_url else None

    @property
    def base(self) -> str:
        """The base URL of our links."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def operators(self) -> tuple[str, ...]:
        """The addresses of the operators, each once."""
        return tuple(dict.fromkeys(listed(self.operators_email)))

    @property
    def origins(self) -> frozenset[str]:
        """The origins whose pages may call the API from browsers."""
        return frozenset(listed(self.cors_origins))

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The keys that decrypt stored secrets, the newest first; none if none is set."""
        return parse_secret_keys(self.secret_key.get_secret_value()) if self.secret_key else ()

    @property
    def server_options(self) -> ServerOptions:
        return ServerOptions(
            self.trusted_proxies,
            self.body_limits,
            self.public_body_limits,
            self.max_answer_bytes,
            self.origins,
            self.batching,
            self.socket_init_seconds,
            self.unread_bytes,
            self.socket_limits,
            self.hsts_seconds,
        )

    @property
    def timeouts(self) -> Timeouts:
        return Timeouts(self.statement_seconds, self.lock_seconds, self.idle_transaction_seconds)

    @property
    def retry_policy(self) -> RetryPolicy:
        lease, resend_after = timedelta(seconds=self.job_lease_seconds), timedelta(seconds=self.settle_seconds)
        interval, max_interval = timedelta(seconds=self.look_seconds), timedelta(seconds=self.look_most_seconds)
        return RetryPolicy(self.delays, lease, resend_after, interval, max_interval)

    @property
    def retention_periods(self) -> RetentionPeriods:
        return RetentionPeriods(
            timedelta(days=self.keep_jobs_days) or None,
            timedelta(hours=self.keep_idempotency_keys_hours) or None,
            timedelta(days=self.keep_events_days) or None,
            timedelta(days=self.keep_usage_days) or None,
            timedelta(days=self.keep_webhook_deliveries_days) or None,
        )

    @property
    def delays(self) -> tuple[float, ...]:
        return tuple(float(part) for part in self.retry_delays.split(",") if part.strip())


def read_settings(**overrides: object) -> Settings:
    """Reads the settings of this process. Raises: BadSettings."""
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as invalid:
        messages = [
            f"QUOTEGRAPH_{it['loc'][0]}".upper() + f": {it['msg']}" if it["loc"] else it["msg"]
            for it in invalid.errors()
        ]
        raise BadSettings("\n".join(messages).replace("Value error, ", "")) from None
