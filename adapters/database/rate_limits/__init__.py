"""Buckets of points in the database, for all processes together."""
