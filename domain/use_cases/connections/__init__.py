"""Connecting other systems, and reading what is in them."""
