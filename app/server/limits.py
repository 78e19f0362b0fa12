"""The limits of one operation, and the error of an answer that exceeds one."""

from dataclasses import dataclass, field

from graphql import FieldNode, GraphQLError, OperationDefinitionNode

from app.server.document_shape import ShapeLimits
from resolvers.errors import over_limit
from resolvers.execution.budget import BYTES, POINTS, ROWS, OverBudget

COST_SETTING = "QUOTEGRAPH_MAX_COST"
BYTES_SETTING = "QUOTEGRAPH_MAX_ANSWER_BYTES"
_VERBS = {POINTS: "cost", ROWS: "take", BYTES: "have"}
# Lists without pages may be longer than assumed, and what a mutation did is to be answered: an operation is stopped
# where it costs so many times what it may cost as computed. A statement reads so many rows for each point.
OVERRUN = 4


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one operation (ADR 11). The defaults are those of the settings."""

    cost: int = 5_000
    answer_bytes: int = 16 * 1024 * 1024
    tokens: int = 1_500
    public_tokens: int = 500
    shape: ShapeLimits = field(default_factory=ShapeLimits)
    # Of its variables (`variables.py`).
    variable_bytes: int = 1024 * 1024
    variable_levels: int = 25
    list_length: int = 2_500
    # Each mutation is a transaction.
    mutations: int = 20

    @property
    def run_cost(self) -> int:
        """What an operation may really cost."""
        return OVERRUN * self.cost


def over_budget(
    over: OverBudget, operation: OperationDefinitionNode, bytes_setting: str | None = BYTES_SETTING
) -> GraphQLError:
    """Returns the error of an exceeded limit, with the path where it happened or of the operation's first field. The
    limit of bytes is that of `bytes_setting`; None where it is fixed."""
    first = next((it for it in operation.selection_set.selections if isinstance(it, FieldNode)), None)
    start = [] if first is None else [(first.alias or first.name).value]
    setting = bytes_setting if over.what == BYTES else COST_SETTING
    named = "" if setting is None else f", {OVERRUN} times {setting}" if setting == COST_SETTING else f" ({setting})"
    message = (
        f"The answer would {_VERBS[over.what]} {over.found:,} {over.what} or more; the limit is {over.limit:,}{named}. "
        "Request smaller pages or fewer fields."
    )
    error = over_limit(over.what, over.found, over.limit, setting, message)
    return GraphQLError(message, path=list(over.path) or start, extensions=error.extensions)
