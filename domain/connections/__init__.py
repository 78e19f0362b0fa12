"""Connections to other quote systems, and the records that come from them (docs/concepts.md)."""
