"""What a client says of itself: in the payload of `connection_init`, because browsers cannot set headers on a
WebSocket, or else in the headers of the handshake."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.server.credentials.choices import choice_of
from app.server.partial_answers import HEADER, wants_partial
from app.server.usage import NAME_HEADERS, VERSION_HEADERS, Client, client_of
from domain.sign_in.choices import Choice

KEYS = ("authorization", "apikey", "api_key", "key")


class Introduction:
    """The payload of `connection_init`, with the members of `headers` in it, in any case; and the headers."""

    def __init__(self, payload: Mapping[str, Any] | None, headers: Mapping[str, str]) -> None:
        self._sent = _lower(payload or {})
        if isinstance(nested := self._sent.get("headers"), dict):
            self._sent = {**_lower(nested), **self._sent}
        self._headers = headers

    @property
    def authorization(self) -> str | None:
        """The authorization, with or without Bearer."""
        for name in KEYS:
            if isinstance(value := self._sent.get(name), str):
                return value if " " in value.strip() else f"Bearer {value}"
        return self._headers.get("Authorization")

    @property
    def choice(self) -> Choice:
        """The company and environment that the person chooses. Raises: Forbidden."""
        return choice_of(lambda name: self._first((name,)))

    @property
    def is_partial(self) -> bool:
        """Whether fields that the key may not select are to be null. Raises: ValueError."""
        return wants_partial(self._first((HEADER,)))

    @property
    def client(self) -> Client:
        return client_of(self._first(NAME_HEADERS), self._first(VERSION_HEADERS))

    def _first(self, names: Sequence[str]) -> Any:
        return next((it for name in names if (it := self._sent.get(name.lower()) or self._headers.get(name))), None)


def _lower(sent: Mapping[str, Any]) -> dict[str, Any]:
    return {str(name).lower(): value for name, value in sent.items()}
