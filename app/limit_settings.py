"""The settings of limits: what one request, one connection and one caller may take. `Settings` inherits them."""

from dataclasses import fields
from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, Field, field_validator

from app.server.bodies import PUBLIC_BYTES, PUBLIC_BYTES_SETTING, BodyLimits
from app.server.connections.limits import ConnectionLimits
from app.server.document_shape import ShapeLimits
from app.server.documents import MOST_TOKENS
from app.server.limits import OVERRUN, Limits
from app.server.new_documents import SECONDS
from app.server.sockets.limits import SocketLimits
from domain.shared.errors import Invalid
from domain.shared.rate_limits import RateLimit, written_rate_limit
from resolvers.budgets import WRONG_KEY_LIMIT, CustomerBudgets, NoticeBudget, WrongKeys

MAX_SECONDS = timedelta(days=30).total_seconds()
Seconds = Annotated[float, Field(le=MAX_SECONDS, allow_inf_nan=False)]


class LimitSettings(BaseModel):
    """Limits of a process, each with its range."""

    # What an operation may cost, in points (computed before it runs, and counted while it does), and the bytes of its
    # answer.
    max_cost: int = Field(default=5_000, ge=100, le=1_000_000)
    max_answer_bytes: int = Field(default=16 * 1024 * 1024, ge=64 * 1024)
    # The largest request body; the limit of a WebSocket message is an eighth of it. And that of one without an API key.
    max_request_bytes: int = Field(default=2 * 1024 * 1024, ge=64 * 1024, le=64 * 1024 * 1024)
    max_public_request_bytes: int = Field(default=PUBLIC_BYTES, ge=4 * 1024, le=1024 * 1024)
    # The variables of an operation as JSON, how deep they are nested, and how long each list in them is. A message is
    # three levels deeper, and orjson writes no more than 254.
    max_variable_bytes: int = Field(default=1024 * 1024, ge=1024, le=64 * 1024 * 1024)
    max_variable_levels: int = Field(default=25, ge=10, le=200)
    max_list_length: int = Field(default=2_500, ge=200, le=1_000_000)
    # The tokens of a document with an API key, and without one (ADR 11).
    max_tokens: int = Field(default=1_500, ge=200, le=MOST_TOKENS)
    max_public_tokens: int = Field(default=500, ge=200, le=MOST_TOKENS)
    # The processor time that new documents of a key may take in a minute; 0: no limit (app/server/new_documents.py).
    document_seconds: float = Field(default=SECONDS, ge=0, le=600)
    # What a document with an API key may have; without one a quarter of each (app/server/document_shape.py).
    max_fields: int = Field(default=600, ge=20, le=20_000)
    max_aliases: int = Field(default=100, ge=4, le=20_000)
    max_root_fields: int = Field(default=30, ge=4, le=20_000)
    max_repeated_fields: int = Field(default=50, ge=4, le=20_000)
    max_fragments: int = Field(default=100, ge=4, le=20_000)
    max_directives: int = Field(default=50, ge=4, le=20_000)
    max_arguments: int = Field(default=250, ge=20, le=20_000)
    # Each object may be in a list, and orjson writes no more than 254 levels of either.
    max_levels: int = Field(default=50, ge=20, le=100)
    # How many operations a request may have in an array; 0: arrays are refused.
    batching: int = Field(default=0, ge=0, le=100)
    # The mutations of an operation, each of which is a transaction.
    max_mutations: int = Field(default=20, ge=1, le=1_000)
    # How long a WebSocket may take to send `connection_init`.
    socket_init_seconds: Seconds = Field(default=10.0, gt=0)
    # The WebSockets of one key and of one address; the operations at a time of one of them and of all with one key; and
    # how many messages a second are read from one.
    max_sockets_per_key: int = Field(default=12_000, ge=1, le=1_000_000)
    max_sockets_per_address: int = Field(default=12_000, ge=1, le=1_000_000)
    max_operations_per_socket: int = Field(default=100, ge=1, le=10_000)
    max_subscriptions_per_key: int = Field(default=10_000, ge=1, le=1_000_000)
    max_messages_per_second: int = Field(default=100, ge=1, le=100_000)
    # How much a subscriber may leave unread before its connection is closed.
    unread_bytes: int = Field(default=256 * 1024, ge=16 * 1024, le=64 * 1024 * 1024)
    # The operations under way at a time; others are refused (app/server/admission.py).
    max_operations: int = Field(default=32, ge=1, le=10_000)
    # The connections of clients (app/server/connections/): how many; for how long a request may arrive, a connection be
    # without one, and an answer be unread; and the bytes of all unread answers.
    max_connections: int = Field(default=16_384, ge=10, le=1_000_000)
    request_seconds: Seconds = Field(default=30.0, gt=0)
    keep_alive_seconds: Seconds = Field(default=75.0, gt=0)
    unread_seconds: Seconds = Field(default=30.0, gt=0)
    max_unread_bytes: int = Field(default=128 * 1024 * 1024, ge=1024 * 1024)

    # The points of a key's bucket, and how many are restored in a second; or off (app/server/rate_limits.py). And those
    # of a network without a key.
    rate_limit: str = "6000/100"
    public_rate_limit: str = "1000/20"
    # The points of one network for wrong keys, each of which takes 30; and of a network or a quote for what customers
    # do by a public key, which takes 10 (resolvers/budgets.py).
    wrong_key_rate_limit: str = str(WRONG_KEY_LIMIT)
    signing_rate_limit: str = "200/2"
    fill_in_rate_limit: str = "600/10"
    # The notices of connected systems that one network may send, and how many a second in the long run.
    hook_rate_limit: str = "1000/50"

    @field_validator(
        *("rate_limit", "public_rate_limit", "wrong_key_rate_limit"),
        *("signing_rate_limit", "fill_in_rate_limit", "hook_rate_limit"),
    )
    @classmethod
    def _usable_rate_limit(cls, value: str) -> str:
        try:
            _rate_limit(value)
        except Invalid:
            raise ValueError("set points and how many are restored in a second, such as 6000/100, or off") from None
        return value

    @property
    def key_rate_limit(self) -> RateLimit | None:
        """The bucket of each key; None: not limited."""
        return _rate_limit(self.rate_limit)

    @property
    def network_rate_limit(self) -> RateLimit | None:
        """The bucket of each network whose requests have no key; None: not limited."""
        return _rate_limit(self.public_rate_limit)

    @property
    def wrong_keys(self) -> WrongKeys:
        return WrongKeys(_rate_limit(self.wrong_key_rate_limit))

    @property
    def customer_budgets(self) -> CustomerBudgets:
        """Without limits where keys have none."""
        if self.key_rate_limit is None:
            return CustomerBudgets()
        return CustomerBudgets(_rate_limit(self.signing_rate_limit), _rate_limit(self.fill_in_rate_limit))

    @property
    def notice_budget(self) -> NoticeBudget:
        """Without a limit where keys have none."""
        return NoticeBudget(None if self.key_rate_limit is None else _rate_limit(self.hook_rate_limit))

    @property
    def operation_limits(self) -> Limits:
        return Limits(
            self.max_cost,
            self.max_answer_bytes,
            self.max_tokens,
            self.max_public_tokens,
            self.shape_limits,
            self.max_variable_bytes,
            self.max_variable_levels,
            self.max_list_length,
            self.max_mutations,
        )

    @property
    def body_limits(self) -> BodyLimits:
        return BodyLimits(self.max_request_bytes, self.max_variable_levels)

    @property
    def public_body_limits(self) -> BodyLimits:
        return BodyLimits(self.max_public_request_bytes, self.max_variable_levels, PUBLIC_BYTES_SETTING)

    @property
    def shape_limits(self) -> ShapeLimits:
        return ShapeLimits(*(getattr(self, it.name) for it in fields(ShapeLimits)))

    @property
    def most_rows(self) -> int:
        """How many rows a statement reads at most."""
        return OVERRUN * self.max_cost

    @property
    def socket_limits(self) -> SocketLimits:
        return SocketLimits(
            self.max_sockets_per_key,
            self.max_sockets_per_address,
            self.max_operations_per_socket,
            self.max_subscriptions_per_key,
            self.max_messages_per_second,
        )

    @property
    def connection_limits(self) -> ConnectionLimits:
        return ConnectionLimits(
            self.max_connections,
            self.request_seconds,
            self.keep_alive_seconds,
            self.unread_seconds,
            self.max_unread_bytes,
        )


def _rate_limit(value: str) -> RateLimit | None:
    return None if value.strip().lower() == "off" else written_rate_limit(value)
