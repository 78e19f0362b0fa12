"""Tokens of an OpenID Connect provider: its discovery document, its keys, and the verification of what it signed."""
