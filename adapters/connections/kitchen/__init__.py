"""kitchen.co, read-only."""
