"""Connecting other systems, reading what is in them, and asking changes of them."""
