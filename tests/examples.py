"""How many examples a property is tried with."""

from hypothesis import settings

# As many as CI, a developer or `make fast` has time for (conftest).
EXAMPLES = settings.default.max_examples if settings.default else 100
# Of a state machine, whose examples take many steps.
STATEFUL_EXAMPLES = min(150, 3 * EXAMPLES)
