"""Connections, origins and problems in the database."""
