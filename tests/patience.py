"""How long a test waits for what must come."""

# Long enough for a busy machine. A test that passes never waits for it, so that no test judges by how fast it is.
PATIENCE = 60.0
