"""Webhook endpoints and deliveries in the database."""
