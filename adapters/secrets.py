"""Encrypts stored secrets with Fernet (AES-128-CBC and HMAC-SHA-256), by the keys of a setting.

The newest key encrypts. An older one decrypts what it encrypted, until `quotegraph secrets rotate` has replaced that.
"""

import re
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from domain.ports.secrets import NoSecretBox, SecretBox
from domain.shared.outbound_errors import NotConfigured

# 32 bytes in base64url. The library skips other characters, so that a mistyped key would silently be another one.
_KEY = re.compile(r"[A-Za-z0-9_-]{43}=")
_MAX_KEYS = 2


def new_secret_key() -> str:
    """Returns a new random key."""
    return Fernet.generate_key().decode()


def parse_secret_keys(setting: str) -> tuple[str, ...]:
    """Returns the keys of a setting, the newest first. Raises: ValueError, whose message has no part of a key."""
    keys = tuple(part.strip() for part in setting.split(","))
    if not all(_KEY.fullmatch(it) for it in keys):
        raise ValueError("a key is 32 bytes in base64url (44 characters); `quotegraph secrets create-key` makes one")
    if len(keys) > _MAX_KEYS:
        raise ValueError("set one key, or NEW,OLD until `quotegraph secrets rotate` has run")
    return keys


class FernetSecretBox:
    """Implements the `SecretBox` port with one key or more, the newest first."""

    def __init__(self, keys: Sequence[str]) -> None:
        fernets = [Fernet(it) for it in keys]
        self._newest = fernets[0]
        self._all = MultiFernet(fernets)

    def seal(self, secret: str) -> str:
        return self._newest.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        try:
            return self._all.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise NotConfigured("No key in QUOTEGRAPH_SECRET_KEY decrypts a stored secret.") from None

    def reseal(self, sealed: str) -> str:
        """Returns the secret encrypted with the newest key; what that key has encrypted is returned as it is.

        Raises: NotConfigured.
        """
        try:
            self._newest.decrypt(sealed.encode())
        except InvalidToken:
            return self.seal(self.open(sealed))
        return sealed


def secret_box(keys: Sequence[str]) -> SecretBox:
    """Returns a box for these keys, or one that refuses everything if there are none."""
    return FernetSecretBox(keys) if keys else NoSecretBox()
