"""Webhooks: endpoints, event names, payloads, deliveries, and the rules of when they are tried again."""
