"""API keys of companies and access tokens of people in the database."""
