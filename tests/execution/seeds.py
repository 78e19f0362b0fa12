"""The seed of this run: another one each time, unless QUOTEGRAPH_TEST_SEED says which."""

import os
import random

SEED = int(os.environ.get("QUOTEGRAPH_TEST_SEED") or random.SystemRandom().randrange(10**9))
