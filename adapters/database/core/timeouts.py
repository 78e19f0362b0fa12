"""How long a statement, a lock and an idle transaction may take, so that none occupies a connection for ever."""

from collections.abc import Mapping
from dataclasses import dataclass

_MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class Timeouts:
    """In seconds. The defaults are those of the settings. Migrations and commands may take as long as they need."""

    statement: float = 10.0
    lock: float = 10.0
    idle_transaction: float = 30.0

    @property
    def waiting(self) -> Mapping[str, str]:
        """The settings of every session of PostgreSQL."""
        return {
            "lock_timeout": _milliseconds(self.lock),
            "idle_in_transaction_session_timeout": _milliseconds(self.idle_transaction),
        }

    @property
    def session(self) -> Mapping[str, str]:
        """The settings of sessions that answer requests."""
        return {**self.waiting, "statement_timeout": _milliseconds(self.statement)}


UNLIMITED: Mapping[str, str] = {}


def _milliseconds(seconds: float) -> str:
    # 0 would switch the time-out off.
    return str(max(1, round(seconds * _MILLISECONDS)))
