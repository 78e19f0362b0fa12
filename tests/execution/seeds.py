"""The seed of this run: another one each time, unless QUOTEGRAPH_TEST_SEED says which.

CI takes one and the same, so that it fails for what a commit changed; a developer's runs look further.
"""

import os
import random

SEED = int(
    os.environ.get("QUOTEGRAPH_TEST_SEED") or (1 if os.environ.get("CI") else random.SystemRandom().randrange(10**9))
)
