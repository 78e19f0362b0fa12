"""The composition root: creates every part of a process and connects them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from adapters.connections.calls import SystemCalls
from adapters.connections.systems import Systems
from adapters.database.access.store import ACCESS_LOADERS
from adapters.database.access.tokens import SqlAccessTokens
from adapters.database.catalogue.kits import KIT_LOADERS
from adapters.database.catalogue.products import CATALOGUE_LOADERS
from adapters.database.companies.api_keys import SqlApiKeys
from adapters.database.companies.company import COMPANY_LOADERS
from adapters.database.companies.custom_fields import CUSTOM_FIELD_LOADERS
from adapters.database.companies.customers import CUSTOMER_LOADERS
from adapters.database.companies.write_positions import WritePositions
from adapters.database.connections.changes import CHANGE_LOADERS, SqlChangeWaiter, SqlHookAddresses
from adapters.database.connections.failures import is_outage
from adapters.database.connections.store import CONNECTION_LOADERS
from adapters.database.core.engine import ANSWER_SECONDS, Database, open_database
from adapters.database.core.loader_specs import Computed, Distinct, LoaderSpec, Many, One, Paged
from adapters.database.core.reader import SqlReader
from adapters.database.core.replica import OpenReplica
from adapters.database.core.statement_count import count_statements_of
from adapters.database.fulfilment.vendor_orders import VENDOR_ORDER_LOADERS
from adapters.database.history.events import EVENT_LOADERS, SqlEventLog
from adapters.database.inventory.assets import ASSET_LOADERS
from adapters.database.inventory.device_actions import DEVICE_ACTION_LOADERS
from adapters.database.inventory.movements import MOVEMENT_LOADERS
from adapters.database.jobs.alarms import SqlJobAlarms
from adapters.database.jobs.figures import SqlJobFigures
from adapters.database.jobs.queue import JOB_LOADERS, SqlJobQueue
from adapters.database.members.store import MEMBER_LOADERS
from adapters.database.people.employees import EMPLOYEE_LOADERS
from adapters.database.portal.public_keys import PUBLIC_KEY_LOADERS, SqlPublicKeyring
from adapters.database.portal.signatures import SIGNATURE_LOADERS, SqlSignedDocuments
from adapters.database.quotes.price_options import PRICE_OPTION_LOADERS
from adapters.database.quotes.store import QUOTE_LOADERS, SqlExpiryCheck
from adapters.database.rate_limits.store import SqlRateLimits
from adapters.database.retention import SqlRetention
from adapters.database.stream_tickets.store import SqlStreamTickets
from adapters.database.trusted_documents.store import SqlTrustedDocuments
from adapters.database.unit_of_work import SqlUnitOfWorkFactory
from adapters.database.usage.store import SqlUsage
from adapters.database.webhooks.deliveries import SqlWebhookBacklog
from adapters.database.webhooks.event_data import SqlWebhookData
from adapters.database.webhooks.store import WEBHOOK_LOADERS
from adapters.http import vendor_session
from adapters.pdf.renderer import TypstRenderer
from adapters.secrets import secret_box
from adapters.signals.signals import Signals
from adapters.tenant_http.client import TenantHttpClient
from adapters.webhooks.signing import StandardSigner
from app.external import ConfiguredExternalServices
from app.query_readers import QueryReaders
from app.retention import Retention
from app.server.admission import Admission
from app.server.auth import Authenticator
from app.server.automatic_documents import AutomaticDocuments
from app.server.buckets.leased import LeasedBuckets
from app.server.connections.register import Connections
from app.server.credentials.access_tokens import AccessTokens
from app.server.customer_page import Customers
from app.server.documentation import DOCS_PATH
from app.server.engine import Engine
from app.server.error_docs import ErrorDocs
from app.server.hooks import Hooks
from app.server.http import Api
from app.server.job_metrics import JobMetrics
from app.server.new_documents import NewDocuments
from app.server.persisted_documents import PersistedDocuments
from app.server.rate_limits import RateLimits
from app.server.signal_metrics import SignalMetrics
from app.server.spending import BucketSpending
from app.server.streams.tickets import StreamTickets
from app.server.trusted_documents import TrustedDocuments
from app.settings import Settings
from app.sign_in import SignIns
from app.usage_writer import UsageWriter
from app.webhook_queries import EngineWebhookQueries
from app.worker import Worker
from domain.portal.links import Links
from domain.ports.connections import Connecting
from domain.ports.dependencies import Dependencies
from domain.ports.webhooks import Webhooks
from domain.shared.email_limits import EmailBudget
from domain.shared.ids import new_id
from domain.use_cases.worker.dispatch import jobs_for
from resolvers.context import Services
from resolvers.execution.checks import LoaderKind
from resolvers.loader_names import check_loaders

LOADERS: Mapping[str, LoaderSpec] = {
    **ACCESS_LOADERS,
    **COMPANY_LOADERS,
    **PRICE_OPTION_LOADERS,
    **QUOTE_LOADERS,
    **CATALOGUE_LOADERS,
    **KIT_LOADERS,
    **CUSTOMER_LOADERS,
    **CUSTOM_FIELD_LOADERS,
    **EMPLOYEE_LOADERS,
    **MEMBER_LOADERS,
    **VENDOR_ORDER_LOADERS,
    **ASSET_LOADERS,
    **DEVICE_ACTION_LOADERS,
    **MOVEMENT_LOADERS,
    **JOB_LOADERS,
    **EVENT_LOADERS,
    **PUBLIC_KEY_LOADERS,
    **SIGNATURE_LOADERS,
    **WEBHOOK_LOADERS,
    **CHANGE_LOADERS,
    **CONNECTION_LOADERS,
}
KINDS: Mapping[type[LoaderSpec], LoaderKind] = {
    One: LoaderKind.ONE,
    Many: LoaderKind.MANY,
    Distinct: LoaderKind.MANY,
    Computed: LoaderKind.MANY,
    Paged: LoaderKind.PAGE,
}


def loader_kinds() -> Mapping[str, LoaderKind]:
    """Returns whether each loader returns one row, many rows or a page."""
    return {name: KINDS[type(spec)] for name, spec in LOADERS.items()}


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a running process."""

    database: Database
    signals: Signals
    deps: Dependencies
    keys: SqlApiKeys
    authenticator: Authenticator
    engine: Engine
    api: Api
    worker: Worker
    closing: asyncio.Event
    customers: Customers
    hooks: Hooks
    links: Links
    usage: UsageWriter
    connections: Connections


@asynccontextmanager
async def assemble(settings: Settings) -> AsyncIterator[Parts]:
    """Creates all parts, and closes them in order at the end. Raises: TypeError, if a loader is missing."""
    check_loaders(loader_kinds())
    # PostgreSQL itself ends a statement earlier, unless it is halted or out of reach.
    answered = max(ANSWER_SECONDS, settings.statement_seconds + 5)
    database = open_database(settings.database_url, answer_seconds=answered, timeouts=settings.timeouts)
    try:
        async with _assembled(settings, database) as parts:
            yield parts
    finally:
        await database.close()


@asynccontextmanager
async def _assembled(settings: Settings, database: Database) -> AsyncIterator[Parts]:
    count_statements_of(database)
    closing = asyncio.Event()
    tenant_http = TenantHttpClient(utc_now, loopback=settings.allow_loopback_webhooks)
    calls = SystemCalls(utc_now, loopback=settings.allow_loopback_webhooks)
    signals_of_database = Signals(database, settings.signals_address)
    async with vendor_session() as session, tenant_http, calls, signals_of_database as signals:
        retry_policy = settings.retry_policy
        queue = SqlJobQueue(database, retry_policy.lease)
        emails = EmailBudget(settings.max_emails_per_hour, utc_now)
        positions = WritePositions(database) if settings.read_database_url else None
        wrote = positions.note if positions else None
        keys_kept = settings.retention_periods.idempotency_keys
        ledger = SqlUnitOfWorkFactory(database, jobs_for, utc_now, signals.committed, emails, wrote, keys_kept)
        external = ConfiguredExternalServices(settings, session)
        links = Links(settings.base)
        deps = Dependencies(
            ledger.begin,
            queue,
            external,
            utc_now,
            new_id,
            retry_policy,
            TypstRenderer(),
            links,
            SqlExpiryCheck(database),
            secret_box(settings.secret_keys),
            Webhooks(
                sender=tenant_http,
                signer=StandardSigner(),
                data=SqlWebhookData(database),
                backlog=SqlWebhookBacklog(database),
                queries=EngineWebhookQueries(lambda: engine),
                loopback=settings.allow_loopback_webhooks,
            ),
            SqlJobAlarms(database),
            settings.operators,
            Connecting(
                Systems(calls),
                timedelta(seconds=settings.sync_seconds),
                timedelta(hours=settings.full_sync_hours),
                loopback=settings.allow_loopback_webhooks,
                is_outage=is_outage,
            ),
            changes=SqlChangeWaiter(database),
            hooks=SqlHookAddresses(database),
            rate_limit=settings.key_rate_limit,
        )
        reader = SqlReader(database, LOADERS, settings.most_rows)
        readers, replica = QueryReaders(reader), None
        if settings.read_database_url and positions:
            replica = OpenReplica(settings.read_database_url, reader, LOADERS, settings.most_rows)
            count_statements_of(replica.database)
            readers.use(replica.replica, replica.reader, positions)
        keyring = SqlPublicKeyring(database)
        shared = LeasedBuckets(SqlRateLimits(database)) if database.pools and settings.key_rate_limit else None
        rate_limits = RateLimits(settings.key_rate_limit, settings.network_rate_limit, shared)
        spending = BucketSpending(settings.max_cost, rate_limits)
        wrong_keys, budgets = settings.wrong_keys, settings.customer_budgets
        log = SqlEventLog(database)
        services = Services(reader, log, signals, deps, closing.is_set, keyring, wrong_keys, budgets, spending)
        keys = SqlApiKeys(database)
        sign_ins = SignIns(settings, session, database, deps, wrong_keys)
        sources = [AccessTokens(SqlAccessTokens(database), utc_now, wrong_keys), *sign_ins.sources]
        authenticator = Authenticator(keys, utc_now, sources, settings.trusted_proxies, wrong_keys)
        persisted = PersistedDocuments(
            TrustedDocuments(SqlTrustedDocuments(database)),
            AutomaticDocuments(settings.persisted_query_bytes),
            settings.environments_with_only_trusted,
            settings.disclosure,
        )
        docs = ErrorDocs(lambda: settings.docs_url or f"{links.base}{DOCS_PATH}")
        engine = Engine(
            services,
            planned=settings.executor != "graphql-core",
            json_subtrees=settings.executor == "plan",
            limits=settings.operation_limits,
            persisted=persisted,
            cache_bytes=settings.document_cache_bytes,
            docs=docs,
            readers=readers,
            admission=Admission(settings.max_operations),
            rate_limits=rate_limits,
            new_documents=NewDocuments(settings.document_seconds),
            disclosure=settings.disclosure,
        )
        retention = Retention(SqlRetention(database, settings.retention_periods), utc_now)
        worker = Worker(deps, signals.jobs, retention=retention)
        connections = Connections(settings.connection_limits)
        jobs = JobMetrics(worker.results, deps.webhooks.results, SqlJobFigures(database), utc_now)
        tickets = StreamTickets(SqlStreamTickets(database), authenticator, utc_now)
        api = Api(engine, authenticator, tickets, database, jobs, docs, connections, settings.server_options)
        api.page.offer_sign_in(sign_ins.offer)
        api.metrics.add(SignalMetrics(signals.figures))
        api.metrics.add(readers)
        signed_documents = SqlSignedDocuments(database)
        customers = Customers(services, authenticator, signed_documents, rate_limits, settings.trusted_proxies)
        try:
            usage = UsageWriter(engine.usage, SqlUsage(database), utc_now)
            yield Parts(
                database,
                signals,
                deps,
                keys,
                authenticator,
                engine,
                api,
                worker,
                closing,
                customers,
                Hooks(deps, authenticator, settings.notice_budget, settings.trusted_proxies),
                links,
                usage,
                connections,
            )
        finally:
            await authenticator.close()
            await rate_limits.close()
            await sign_ins.close()
            for it in (replica, positions):
                if it is not None:
                    await it.close()
