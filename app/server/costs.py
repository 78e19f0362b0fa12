"""What an operation costs, as its answer says it in `extensions.cost` (Shopify's shape)."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from orjson import Fragment

from app.server.document_cache import Prepared
from app.server.payers import Payer
from app.server.rate_limits import RateLimits, Taken, ThrottleStatus
from resolvers.execution.budget import Budget
from resolvers.weights import MUTATION_WEIGHT

# The header by which a client asks for more, with the details separated by commas.
HEADER = "X-Quotegraph-Cost"
# What each operation costs at least: it is read, prepared and answered, whatever it selects.
LEAST = 1
# What the beginning of a subscription costs: it reads where the events are that it follows, and no more. The state that
# is sent first, if a client asks for it, costs its own points.
START_OF_SUBSCRIPTION = 1

_THROTTLE_STATUS = ("maximumAvailable", "currentlyAvailable", "restoreRate")
_SUMS = b'{"requestedQueryCost":%d,"actualQueryCost":%d,"throttleStatus":'
_UNLIMITED = _SUMS + b"null}"
_LIMITED = _SUMS + b'{"maximumAvailable":%d,"currentlyAvailable":%d,"restoreRate":%d}}'


class CostDetails(NamedTuple):
    """What an answer says of its cost beside the sums: the cost of each field, and the number of SQL statements."""

    fields: bool = False
    statements: bool = False


NO_DETAILS = CostDetails()


def wanted_details(value: object) -> CostDetails:
    """Returns what the value of the header asks for. Raises: ValueError, if it asks for something else."""
    if value is None:
        return NO_DETAILS
    names = {it.strip().lower() for it in value.split(",")} if isinstance(value, str) else {""}
    if not names <= set(CostDetails._fields):
        raise ValueError(f"`{HEADER}` can be `fields`, `statements`, or both, separated by a comma.")
    return CostDetails(*(it in names for it in CostDetails._fields))


def details_of(
    asked: CostDetails, prepared: Prepared, variables: Mapping[str, Any] | None, statements: int | None
) -> dict[str, Any]:
    """Returns the details of the cost that a request asks for."""
    details: dict[str, Any] = {}
    if asked.fields:
        found = prepared.cost.by_field(variables)
        details["fields"] = [
            {
                "path": it.path,
                "definedCost": it.weight,
                "requestedTotalCost": it.total,
                "requestedChildrenCost": it.children,
            }
            for it in found
        ]
    return details if statements is None else {**details, "statements": statements}


def actual_cost(prepared: Prepared, budget: Budget) -> int:
    """Returns what an operation really cost. A mutation costs its points also where it failed."""
    return max(budget.points + prepared.cost.introspection_points, MUTATION_WEIGHT * prepared.mutations, LEAST)


def cost_extension(
    requested: int, actual: int, status: ThrottleStatus | None, details: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Returns the extensions of an answer. Without details they are written as JSON at once, which is cheap."""
    if details:
        throttle = None if status is None else dict(zip(_THROTTLE_STATUS, status[:3], strict=True))
        sums = {"requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": throttle}
        return {"cost": {**sums, **details}}
    if status is None:
        return {"cost": Fragment(_UNLIMITED % (requested, actual))}
    return {"cost": Fragment(_LIMITED % (requested, actual, *status[:3]))}


class Charge:
    """What an operation is charged: what it may cost, and in the end what it really cost."""

    __slots__ = ("_limits", "_taken", "payer", "requested")

    def __init__(self, requested: int, taken: Taken, payer: Payer, limits: RateLimits) -> None:
        self.requested = requested
        self.payer = payer
        self._taken = taken
        self._limits = limits

    @contextmanager
    def put_back(self) -> Iterator[None]:
        """Puts everything back, if the operation does not begin: it is refused, or its client leaves."""
        try:
            yield
        except BaseException:
            self._taken.settle(0)
            raise

    def settle(self, actual: int, details: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Charges what the operation cost. Returns the extensions of its answer."""
        self._taken.settle(actual)
        return cost_extension(self.requested, actual, self._limits.status(self.payer), details)

    def use_more(self, points: int) -> None:
        """Charges what is used after it was settled."""
        self._limits.use(self.payer, points)

    def settle_used(self, prepared: Prepared, budget: Budget) -> dict[str, Any]:
        """Charges what was used until now."""
        return self.settle(actual_cost(prepared, budget))


class ChargeOfStart:
    """What the beginning of a subscription is charged. All that it asked for is kept until the states that are sent
    first were answered, so that nobody begins more of them than they can pay."""

    __slots__ = ("_charge", "_is_settled", "_used")

    def __init__(self, charge: Charge) -> None:
        self._charge = charge
        self._used = START_OF_SUBSCRIPTION
        self._is_settled = False

    def add(self, points: int) -> None:
        """Charges what a state has cost. Several may cost more than was asked for."""
        if self._is_settled:
            self._charge.use_more(points)
            return
        self._used += points
        if self._used >= self._charge.requested:
            self.settle()

    def settle(self) -> None:
        """Puts back what was not used: nothing more is sent first. The first time only."""
        self._is_settled = True
        self._charge.settle(self._used)
