"""Roles: named sets of scopes that people are given (docs/domain.md#roles)."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from domain.shared.access import Scope


class Role(StrEnum):
    """What a member of a company does there."""

    VIEWER = "VIEWER"
    REQUESTER = "REQUESTER"
    APPROVER = "APPROVER"
    BUYER = "BUYER"
    OPERATOR = "OPERATOR"
    ADMIN = "ADMIN"


_VIEWER = frozenset(
    {
        Scope.QUOTES_READ,
        Scope.ASSETS_READ,
        Scope.DEVICE_ACTIONS_READ,
        Scope.PRODUCTS_READ,
        Scope.KITS_READ,
        Scope.CUSTOMERS_READ,
        Scope.EMPLOYEES_READ,
    }
)
_REQUESTER = _VIEWER | {Scope.QUOTES_WRITE}
_APPROVER = _REQUESTER | {Scope.QUOTES_DECIDE}
_BUYER = _APPROVER | {Scope.ASSETS_WRITE, Scope.DEVICE_ACTIONS_WRITE, Scope.KITS_WRITE, Scope.CUSTOMERS_WRITE}

# Prices are set by operators, and people are managed by admins: neither role contains the other.
SCOPES: Mapping[Role, frozenset[Scope]] = MappingProxyType(
    {
        Role.VIEWER: _VIEWER,
        Role.REQUESTER: _REQUESTER,
        Role.APPROVER: _APPROVER,
        Role.BUYER: _BUYER,
        Role.OPERATOR: _BUYER | {Scope.QUOTES_MANAGE, Scope.LOGISTICS_MANAGE, Scope.JOBS_MANAGE},
        Role.ADMIN: _BUYER
        | {
            Scope.CUSTOM_FIELDS_MANAGE,
            Scope.WEBHOOKS_MANAGE,
            Scope.CONNECTIONS_MANAGE,
            Scope.MEMBERS_MANAGE,
            Scope.KEYS_MANAGE,
        },
    }
)


class RoleScopes(NamedTuple):
    """A role with its scopes, as text and in alphabetical order."""

    name: Role
    scopes: tuple[str, ...]


def scopes_of(role: Role) -> tuple[str, ...]:
    """The scopes of a role, in alphabetical order."""
    return tuple(sorted(map(str, SCOPES[role])))


def all_roles() -> tuple[RoleScopes, ...]:
    """Every role, in the order in which they are listed."""
    return tuple(RoleScopes(role, scopes_of(role)) for role in Role)


def beyond(role: Role, scopes: Collection[str]) -> tuple[str, ...]:
    """The scopes of a role that are not among these: who has these may not grant it, unless there are none."""
    return tuple(it for it in scopes_of(role) if it not in scopes)
