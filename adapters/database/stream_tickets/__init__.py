"""Stream tickets in the database."""
