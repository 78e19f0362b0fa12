"""How the secrets of companies are stored: encrypted, with a key that is not in the database."""

from typing import Protocol

from domain.shared.outbound_errors import NotConfigured


class SecretBox(Protocol):
    """Encrypts secrets for storage. Raises: NotConfigured, without a key."""

    def seal(self, secret: str) -> str:
        """The secret as it is stored."""

    def open(self, sealed: str) -> str:
        """The secret that was stored. Raises: NotConfigured, if none of the keys decrypts it."""


class NoSecretBox:
    """A `SecretBox` for processes without a key."""

    def seal(self, secret: str) -> str:
        raise NotConfigured("QUOTEGRAPH_SECRET_KEY is not set.")

    open = seal
