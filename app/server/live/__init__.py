"""Subscriptions: how events reach all who follow them."""
