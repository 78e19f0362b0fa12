"""The client of every address that a tenant can choose (ADR 14)."""
