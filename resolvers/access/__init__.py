"""The filters of lists of API keys and access tokens."""
