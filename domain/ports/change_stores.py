"""The storage of changes that are asked of connected systems, and of what these send to us."""

from collections.abc import Sequence
from typing import Protocol

from domain.connections.changes import ActionChange, OriginChange
from domain.connections.notices import HookAddress, StoredNotice
from domain.shared.access import TenantScope


class OriginChangeStore(Protocol):
    """Changes in the tenant scope. The quote is locked before its changes."""

    async def find(self, change_id: str) -> OriginChange | None:
        """The change, not locked."""

    async def lock(self, change_id: str) -> OriginChange | None: ...

    async def unsettled(self, quote_id: str) -> OriginChange | None:
        """The quote's change that is not settled yet; there is at most one."""

    async def add(self, change: OriginChange) -> None: ...

    async def save(self, change: OriginChange) -> None: ...


class ActionChangeStore(Protocol):
    """New device actions that were asked of connected systems, in the tenant scope. The action is locked before."""

    async def lock(self, action_id: str) -> ActionChange | None:
        """What was asked; None if the action was not asked of a system."""

    async def add(self, changes: Sequence[ActionChange]) -> None: ...

    async def save(self, change: ActionChange) -> None: ...


class ConnectionNoticeStore(Protocol):
    """What connected systems sent to us, in the tenant scope."""

    async def add(self, notice: StoredNotice) -> bool:
        """Keep a notice. Returns whether it is new: the same may be sent several times."""

    async def find(self, notice_id: str) -> StoredNotice | None: ...

    async def save(self, notice: StoredNotice) -> None: ...


class HookAddresses(Protocol):
    """Finds the connection of an address that a system sends to, before anything of it is believed."""

    async def find(self, token_hash: str) -> HookAddress | None:
        """The connection of an address; None if there is none that is connected."""


class ChangeWaiter(Protocol):
    """Waits for changes, beside every unit of work."""

    async def settled(self, tenant_scope: TenantScope, change_id: str) -> OriginChange | None:
        """The change once it is settled, or as it is after the longest wait."""

    async def actions_settled(self, tenant_scope: TenantScope, action_ids: Sequence[str]) -> Sequence[ActionChange]:
        """What was asked of systems for these device actions, once all of it is settled or after the longest wait."""


class NoChangeWaiter:
    """A `ChangeWaiter` that does not wait."""

    async def settled(self, tenant_scope: TenantScope, change_id: str) -> OriginChange | None:
        return None

    async def actions_settled(self, tenant_scope: TenantScope, action_ids: Sequence[str]) -> Sequence[ActionChange]:
        return ()


class NoHookAddresses:
    """`HookAddresses` without any."""

    async def find(self, token_hash: str) -> HookAddress | None:
        return None
