"""Subscriptions and answers in parts as event streams and multipart answers, over HTTP."""
