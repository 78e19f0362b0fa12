"""Whose turn an operation takes: that of its key, or of the client's address without one."""

from domain.portal.public_keys import ClientInfo
from domain.shared.access import NOBODY, Caller


def payer_of(caller: Caller, client: ClientInfo) -> str:
    return f"address {client.address}" if caller is NOBODY else caller.key_id
