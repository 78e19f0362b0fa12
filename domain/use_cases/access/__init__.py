"""Use cases of API keys and access tokens."""
