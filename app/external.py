"""The clients of external services: one set for live data, one (the sandboxes) for test data."""

from typing import Any

import aiohttp

from adapters.asana import AsanaClient
from adapters.mail.mailer import SmtpMailer
from adapters.tecspal.client import TecspalClient
from adapters.tecspal.lists import TecspalLists
from adapters.tecspal.movements import TecspalMovements
from app.settings import Settings
from domain.ports.external import Mailer, MovementVendor, OrderVendor, TaskBoard
from domain.shared.access import Environment
from domain.shared.outbound_errors import NotConfigured


class ConfiguredExternalServices:
    """Implements the `ExternalServices` port. Clients are created on use, so that a missing setting only fails the jobs
    that need it."""

    def __init__(self, settings: Settings, session: aiohttp.ClientSession) -> None:
        self._settings = settings
        self._session = session

    def vendor(self, environment: Environment) -> OrderVendor:
        return self._tecspal(environment)

    def movements(self, environment: Environment) -> MovementVendor:
        return TecspalMovements(self._tecspal(environment))

    def vendor_lists(self, environment: Environment) -> TecspalLists:
        """What the vendor sells, and the devices of companies. Raises: NotConfigured."""
        return TecspalLists(self._tecspal(environment))

    def board(self, environment: Environment) -> TaskBoard:
        return AsanaClient(
            self._setting("asana_{}url", environment),
            self._setting("asana_{}token", environment),
            self._setting("asana_{}project", environment),
            self._session,
            self._settings.vendor_timeout,
        )

    def mailer(self, environment: Environment) -> Mailer:
        return SmtpMailer(
            self._setting("smtp_{}url", environment), self._settings.mail_from, self._settings.vendor_timeout
        )

    def _tecspal(self, environment: Environment) -> TecspalClient:
        apple_brand = self._settings.tecspal_apple_brand
        return TecspalClient(
            self._setting("tecspal_{}url", environment),
            self._setting("tecspal_{}token", environment),
            self._setting("tecspal_{}tenant_id", environment),
            self._session,
            self._settings.vendor_timeout,
            None if apple_brand == "omit" else apple_brand,
        )

    def _setting(self, pattern: str, environment: Environment) -> str:
        name = pattern.format("sandbox_" if environment == Environment.TEST else "")
        value = getattr(self._settings, name)
        if not value:
            raise NotConfigured(f"QUOTEGRAPH_{name.upper()} is not set.")
        return str(value)


class NoExternalServices:
    """External services for commands, which call none. Raises: AssertionError on any use."""

    def vendor(self, environment: Environment) -> Any:
        raise AssertionError("commands do not call external services")

    board = mailer = movements = vendor
