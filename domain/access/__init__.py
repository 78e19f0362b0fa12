"""API keys of companies and access tokens of people: who may make which, and what they may do."""
