"""The dependencies of the use cases."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from domain.portal.links import Links
from domain.ports.alarms import JobAlarms, NoJobAlarms
from domain.ports.change_stores import ChangeWaiter, HookAddresses, NoChangeWaiter, NoHookAddresses
from domain.ports.connections import Connecting
from domain.ports.external import ExternalServices, NoPdfRenderer, PdfRenderer
from domain.ports.jobs import ExpiryCheck, JobQueue, NoExpiryCheck
from domain.ports.secrets import NoSecretBox, SecretBox
from domain.ports.unit_of_work import UnitOfWorkFactory
from domain.ports.webhooks import Webhooks
from domain.shared.jobs import DEFAULT_RETRY_POLICY, RetryPolicy
from domain.shared.rate_limits import RateLimit


@dataclass(frozen=True, slots=True)
class Dependencies:
    """What every use case needs: storage, queue, external services, clock, ids and policies."""

    unit_of_work: UnitOfWorkFactory
    jobs: JobQueue
    external: ExternalServices
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    retry_policy: RetryPolicy = DEFAULT_RETRY_POLICY
    pdf_renderer: PdfRenderer = field(default_factory=NoPdfRenderer)
    links: Links = field(default_factory=Links)
    expiry_check: ExpiryCheck = field(default_factory=NoExpiryCheck)
    secret_box: SecretBox = field(default_factory=NoSecretBox)
    webhooks: Webhooks = field(default_factory=Webhooks)
    alarms: JobAlarms = field(default_factory=NoJobAlarms)
    operators: tuple[str, ...] = ()
    connecting: Connecting = field(default_factory=Connecting)
    changes: ChangeWaiter = field(default_factory=NoChangeWaiter)
    hooks: HookAddresses = field(default_factory=NoHookAddresses)
    # The limit of keys that have none of their own; None: they are not limited.
    rate_limit: RateLimit | None = None
